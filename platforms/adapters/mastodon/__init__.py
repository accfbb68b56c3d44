"""Mastodon, and servers that speak its API.

Mastodon keeps an Idempotency-Key for an hour and answers with the same status again, so that a
request without an answer may be repeated with its key. Other servers ignore the key: for them a
post is sent once and looked for.
"""

from platforms.adapters.mastodon.adapter import Mastodon

__all__ = ["Mastodon"]
