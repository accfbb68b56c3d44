"""Mastodon: `/mastodon/api/v1/…`, and other servers that speak its API.

Limits an account may set: `max_characters`, `software` (a name such as "pleroma"),
`idempotency` (false = the key is ignored), `media_processing` (looks at an upload before it is
ready), `rate` (requests in five minutes; without it nothing is limited), `pkce` (false = there is
no document about signing in, as before 4.3) and `issuer` (another server, for which it speaks).
"""

from sandbox.mastodon.platform import Mastodon

__all__ = ["Mastodon"]
