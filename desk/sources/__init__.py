"""The pages of sources and feeds: what they ask, and what they show."""
