"""What Facebook sends to an app's callbacks: a payload signed with the app's secret.

Source: Meta's "Data Deletion Request Callback".
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode

from sandbox.logins import App


def signed_request(app: App, person: str) -> str:
    """`signature.payload`, both in base64url without padding."""
    facts = {"algorithm": "HMAC-SHA256", "issued_at": int(time.time()), "user_id": person}
    payload = encoded(json.dumps(facts).encode())
    signature = hmac.new(app.secret.encode(), payload.encode(), hashlib.sha256).digest()
    return f"{encoded(signature)}.{payload}"


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
