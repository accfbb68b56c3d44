"""Secrets are cut from everything that is kept or shown."""

import re
from collections.abc import Iterable

# Values of these names are secret whoever sends them.
_NAMED = re.compile(
    r"(?i)(access_token|appsecret_proof|client_secret|refresh_token|fb_exchange_token|password)"
    r"([\"']?\s*[=:]\s*[\"']?)([^\s\"'&,}]+)"
)
_HEADER = re.compile(r"(?im)^(authorization|cookie|set-cookie)\s*:\s*.+$")


class Redactor:
    """Replaces known secrets, and whatever stands where secrets stand, by their last four."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = {secret for secret in secrets if secret}

    def hide(self, secret: str) -> None:
        """Treat this value as secret too, for example a proof derived from a token."""
        self._secrets.add(secret)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, masked(secret))
        text = _NAMED.sub(lambda match: match[1] + match[2] + masked(match[3]), text)
        return _HEADER.sub(lambda match: f"{match[1]}: {masked(match[0])}", text)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"


def masked(secret: str) -> str:
    """Return dots and the last four characters, or only dots for a short secret."""
    tail = secret[-4:] if len(secret) >= 12 else ""
    return f"••••{tail}"
