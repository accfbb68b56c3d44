"""Mastodon: `/mastodon/api/v1/…`, and other servers that speak its API.

Limits an account may set: `max_characters`, `software` (a name such as "pleroma"),
`idempotency` (false = the key is ignored), `media_processing` (looks at an upload before it is
ready) and `rate` (requests in five minutes; without it nothing is limited).
"""

from sandbox.mastodon.platform import Mastodon

__all__ = ["Mastodon"]
