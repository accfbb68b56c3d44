"""Instagram's publishing API: `/instagram/v26.0/…`, for either of its two logins.

Strict where it is: media is fetched by address and looked into, a container is checked before it is
published, once, and a day has only so many posts. Limits an account may set are in `platform.py`.
"""

from sandbox.instagram.platform import Instagram

__all__ = ["Instagram"]
