"""What this app has in the admin: posts, plans, and what is asked of times."""

from scheduling.admin import plans, posts, times

__all__ = ["plans", "posts", "times"]
