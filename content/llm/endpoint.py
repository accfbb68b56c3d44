"""Which language model writes, by the operator's settings, and what it costs."""

from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

MILLION = 1_000_000
CHARACTERS_OF_A_TOKEN = 3  # a low guess, so that estimates are rather too high


@dataclass(frozen=True)
class Endpoint:
    """One server with OpenAI's API, as its operator set it: trusted, and so may be private."""

    base_url: str  # without a slash at the end
    model: str
    key: str = field(default="", repr=False)
    first_seconds: float = 60.0  # until the first words, and between any two parts
    seconds: float = 180.0  # for a whole answer
    tokens_max: int = 2000  # of an answer
    price_in: Decimal | None = None  # dollars for a million tokens
    price_out: Decimal | None = None

    @property
    def host(self) -> str:
        """Where it is, for people: its name and, where the address has one, its port."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def is_own(self) -> bool:
        """Whether it is on this machine or in this network, so that no text leaves it."""
        name = urlsplit(self.base_url).hostname or ""
        try:
            return not ip_address(name).is_global
        except ValueError:
            return "." not in name or name.endswith((".local", ".localhost", ".internal", ".lan"))

    @property
    def has_price(self) -> bool:
        return self.price_in is not None and self.price_out is not None

    def cost(self, tokens_in: int | None, tokens_out: int | None) -> Decimal | None:
        """Return the dollars for so many tokens; None where a price or a count is not known."""
        if self.price_in is None or self.price_out is None or None in (tokens_in, tokens_out):
            return None
        total = (tokens_in or 0) * self.price_in + (tokens_out or 0) * self.price_out
        return (total / MILLION).quantize(Decimal("0.000001"))


def endpoint() -> Endpoint | None:
    """Return the language model that is set up; None where there is none."""
    if not (settings.LLM_BASE_URL and settings.LLM_MODEL):
        return None
    return Endpoint(
        base_url=settings.LLM_BASE_URL,
        model=settings.LLM_MODEL,
        key=settings.LLM_API_KEY,
        first_seconds=settings.LLM_FIRST_SECONDS,
        seconds=settings.LLM_SECONDS,
        tokens_max=settings.LLM_MAX_TOKENS,
        price_in=settings.LLM_PRICE_IN if settings.LLM_PRICE_IN != "" else None,
        price_out=settings.LLM_PRICE_OUT if settings.LLM_PRICE_OUT != "" else None,
    )


def tokens_in(text: str) -> int:
    """Guess how many tokens a text has, for estimates: rather too many than too few."""
    letters = sum(1 if sign.isascii() else CHARACTERS_OF_A_TOKEN for sign in text)
    return letters // CHARACTERS_OF_A_TOKEN + 1
