"""X: `/twitter/2/…`, its consent page at `/twitter/i/oauth2/authorize`, and posts' addresses.

Strict where X is: unknown parameters and fields, text that it has already, media of another account
or of the wrong kind, a code after 30 seconds, a refresh token that was used. Limits an account may
set are in `platform.py`.
"""

from sandbox.twitter.platform import Twitter

__all__ = ["Twitter"]
