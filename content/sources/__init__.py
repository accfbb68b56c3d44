"""Where pieces come from: reading texts, splitting them, and looking at feeds.

Whatever is read is plain text by the time it is kept: no markup of a source reaches a page.
"""
