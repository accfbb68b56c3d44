"""Is it well: preflight and doctor. Only reads rows of the others."""
