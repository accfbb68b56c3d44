"""A stand-in for the social platforms: an independent program that keeps its own ledger.

It shares no code, no database and no idea of how the product works with the product itself,
so that it can be the referee of "never twice, never lost". See `README.md` beside this file.
"""
