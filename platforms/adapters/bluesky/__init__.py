"""Bluesky, and any other personal data server that speaks the AT Protocol.

A post is a record in the account's own repository, under a key that we choose before anything is
sent. The same key can never hold two posts, so that a request whose answer was lost may be repeated
until one comes back, and whether a post is out is read by its key, exactly.

Sources: the lexicons of `com.atproto` and `app.bsky`, Bluesky's own documentation, and the
reference server, which the tests run.
"""

from platforms.adapters.bluesky.adapter import Bluesky

__all__ = ["Bluesky"]
