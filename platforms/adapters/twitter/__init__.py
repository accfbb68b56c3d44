"""X, through version 2 of its API.

X has no idempotency key: a request that creates and gets no answer is never repeated, only looked
for in the account's own timeline. X refuses a text that it has already, which after an unclear try
is a sign that the first one landed.

Sources: X's own OpenAPI description 2.167 and the documentation beside it, of August 2026. What is
known from others only is marked (3p), what nobody could confirm (unsure).
"""

from platforms.adapters.twitter.adapter import Twitter

__all__ = ["Twitter"]
