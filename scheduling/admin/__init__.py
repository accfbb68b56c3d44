"""What this app has in the admin: posts, plans, templates, and what is asked of times."""

from scheduling.admin import bulk, plans, posts, times

__all__ = ["bulk", "plans", "posts", "times"]
