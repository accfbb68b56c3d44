"""Secrets are cut from everything that is kept or shown."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

# Values of these names are secret whoever sends them.
_NAMED = re.compile(
    r"(?i)(access_?token|refresh_?token|id_token|input_token|accessJwt|refreshJwt|client_secret"
    r"|appsecret_proof|fb_exchange_token|code_verifier|password)"
    r"(\\?[\"']?\s*[=:]\s*\\?[\"']?)([^\s\"'&,}\\•]+)"
)
# A JSON Web Token, which is known by its form wherever it stands.
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
# PostgreSQL stores neither NUL nor half a surrogate pair, and a platform may answer with both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_HEADER = re.compile(r"(?im)^((?:proxy-)?authorization|cookie|set-cookie)\s*:\s*.+$")


class Redactor:
    """Replaces known secrets, and whatever stands where secrets stand, by their last four."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._written: dict[str, str] = {}  # each way a secret may be written, and its mask
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """Treat this value as secret too, for example a proof derived from a token."""
        if not secret:
            return
        for written in (secret, quote(secret, safe=""), quote_plus(secret), _in_json(secret)):
            self._written[written] = masked(secret)

    def __call__(self, text: str) -> str:
        text = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
        # The longest first: a secret may be part of another.
        for written in sorted(self._written, key=len, reverse=True):
            text = text.replace(written, self._written[written])
        text = _JWT.sub(lambda match: masked(match[0]), text)
        text = _HEADER.sub(lambda match: f"{match[1]}: {masked(match[0])}", text)
        return _NAMED.sub(lambda match: match[1] + match[2] + masked(match[3]), text)

    def __repr__(self) -> str:
        return "Redactor()"


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def masked(secret: str) -> str:
    """Return dots and the last four characters, or only dots for a short secret."""
    tail = secret[-4:] if len(secret) >= 12 else ""
    return f"••••{tail}"
