"""Bringing in pieces and posts from a table: read, checked, looked at, and then made as a whole."""
