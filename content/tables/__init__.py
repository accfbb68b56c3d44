"""Tables as files: CSV as people's programs write it, read row by row and written row by row."""
