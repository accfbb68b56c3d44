"""Recurring plans: rules of RFC 5545, the times they name, and the posts made for them."""
