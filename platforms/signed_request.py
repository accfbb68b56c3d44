"""Meta's signed requests: what its callbacks about people carry.

Source: Meta's "Data Deletion Request Callback": `signature.payload`, both base64url, the signature
HMAC-SHA256 of the encoded payload with the app's secret.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterable
from typing import Any

LONGEST = 4096  # characters; real ones have about 200
ALGORITHM = "HMAC-SHA256"


class NotSigned(Exception):
    """It was not signed by an app that is known here, or is not a signed request at all."""


def read(text: str, secrets: Iterable[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the payload and those secrets that signed it. Raises NotSigned.

    All secrets are tried, each in the same time: brands may share an app or have their own.
    """
    signature, dot, payload = text.partition(".")
    if len(text) > LONGEST or not dot or not text.isascii():
        raise NotSigned("This is not a signed request.")
    given, facts = _decoded(signature), _facts(payload)
    signers = [secret for secret in secrets if hmac.compare_digest(given, _sign(payload, secret))]
    if not signers:
        raise NotSigned("The signature is not that of an app known here.")
    if str(facts.get("algorithm", "")).upper() != ALGORITHM or not facts.get("user_id"):
        raise NotSigned("The payload is not what the documentation describes.")
    return facts, signers


def _sign(payload: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()


def _decoded(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError) as error:
        raise NotSigned("This is not a signed request.") from error


def _facts(payload: str) -> dict[str, Any]:
    try:
        facts = json.loads(_decoded(payload))
    except ValueError as error:
        raise NotSigned("This is not a signed request.") from error
    if not isinstance(facts, dict):
        raise NotSigned("This is not a signed request.")
    return facts
