"""The pages on which tables are brought in."""
