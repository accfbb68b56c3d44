"""Bluesky: `/bluesky/xrpc/…`, and all that stands around it: directory, site, video service.

Strict where a personal data server is: records are held against their lexicons, a key holds one
record, blobs must have been uploaded. Limits an account may set are in `platform.py`.
"""

from sandbox.bluesky.platform import Bluesky

__all__ = ["Bluesky"]
