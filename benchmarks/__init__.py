"""Measurements. Run by hand; nothing here is asserted."""
