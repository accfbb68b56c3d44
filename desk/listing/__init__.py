"""The one list of posts: which posts, narrowed by filters, a page at a time, row by row.

The posting hub, the schedule queue and the calendar's list are all this list with another kind.
"""
