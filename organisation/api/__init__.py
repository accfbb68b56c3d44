"""What every part of the API shares: who asks, how often, what went wrong, what was asked before.

The resources themselves stand in the `api` of the app they belong to.
"""
