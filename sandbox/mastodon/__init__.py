"""Mastodon: `/mastodon/api/v1/…`, and other servers that speak its API.

Limits an account may set: `max_characters`, `software` (a name such as "pleroma"),
`idempotency` (false = the key is ignored), `media_processing` (looks at an upload before it is
ready), `configuration` (numbers of its own, as `/api/v2/instance` tells them: they hold, too),
`rate` (requests in five minutes; without it nothing is limited), `pkce` (false = there is no
document about signing in, as before 4.3), `issuer` (another server, for which it speaks) and `iss`
(the issuer that it names on the way back from signing in, as it then announces; RFC 9207).
"""

from sandbox.mastodon.platform import Mastodon

__all__ = ["Mastodon"]
