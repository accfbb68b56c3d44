"""Recurring plans on the staff pages: the form, what it says back, and what stands on a page."""
