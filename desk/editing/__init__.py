"""The pages on which many posts are changed at once."""
