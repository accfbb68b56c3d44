"""Every variable the product reads from its environment, declared once.

`docs/settings.md` shows this table to operators; a test keeps the two the same.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
REQUIRED = object()


def level(word: str) -> str:
    """Return the logging level of that name. Raises ValueError when there is none."""
    if word.upper() not in logging.getLevelNamesMapping():
        raise ValueError(word)
    return word.upper()


def web_address(text: str) -> str:
    """Return the address without a slash at its end. Raises ValueError for what is none."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(text)
    return text.strip().rstrip("/")


def dollars(text: str) -> Decimal:
    """Return the amount. Raises ValueError for what is no number of 0 or more."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(text)
    return amount


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, type, default and what it decides."""

    name: str
    cast: Callable[..., Any] | type
    default: Any
    meaning: str


VARIABLES = (
    Variable("SECRET_KEY", str, REQUIRED, "Signs sessions and idempotency keys. Keep it secret."),
    Variable(
        "FERNET_KEYS",
        list,
        REQUIRED,
        "Keys that encrypt stored credentials, separated by commas. The first encrypts, all read.",
    ),
    Variable("DEBUG", bool, False, "Django's debug pages. Never on a server others can reach."),
    Variable(
        "SITE_URL",
        str,
        "http://127.0.0.1:8000",
        "The address people use. With https the cookies become secure and plain http redirects.",
    ),
    Variable(
        "MEDIA_BASE_URL",
        web_address,
        "",
        "Where platforms that do not take bytes, such as Instagram, fetch media from this server: "
        "a public https address. Empty: SITE_URL.",
    ),
    Variable(
        "ALLOWED_HOSTS",
        list,
        ["127.0.0.1", "localhost"],
        "Host names this server answers to, separated by commas, besides that of SITE_URL.",
    ),
    Variable(
        "BEHIND_PROXY",
        bool,
        False,
        "Trust X-Forwarded-Proto. Set it only behind a proxy that overwrites that header.",
    ),
    Variable(
        "DATA_DIR", Path, BASE_DIR / "data", "Folder for the database file, media and messages."
    ),
    Variable(
        "STATE_DIR",
        Path,
        "",
        "What this machine remembers so that an older copy of the database is noticed. Empty: "
        "beside DATA_DIR, with `-state` at its end. Not part of a backup.",
    ),
    Variable(
        "DATABASE_URL",
        str,
        "",
        "For example postgres://user:password@host/name. Empty means SQLite in DATA_DIR.",
    ),
    Variable(
        "CELERY_BROKER_URL",
        str,
        "embedded://",
        "redis://… or amqp://…. `embedded://` keeps messages as files in DATA_DIR.",
    ),
    Variable("SEND_SLOTS", int, 16, "Posts one sending worker may have in flight at once."),
    Variable(
        "DB_CONNECTIONS", int, 4, "Database connections each sending worker keeps, for all slots."
    ),
    Variable(
        "SANDBOX_URL",
        str,
        "",
        "Where accounts with the server `sandbox` send. Empty: such accounts cannot send.",
    ),
    Variable(
        "DEMO", bool, True, "Whether `make run` starts the sandbox and fills in a demo brand."
    ),
    Variable("PORT", int, 8000, "Where `make run` shows the pages; if taken, the next free one."),
    Variable(
        "SANDBOX_PORT", int, 8801, "Where `make run` puts the sandbox; if taken, the next free one."
    ),
    Variable(
        "FETCH_ALLOW",
        list,
        [],
        "Private hosts or networks, separated by commas, that addresses given by people may reach.",
    ),
    Variable(
        "LEASE_SECONDS",
        int,
        120,
        "How long a worker may hold a post before others may ask what became of it.",
    ),
    Variable(
        "SETTLE_SECONDS",
        int,
        60,
        "How long a platform may take to show a post, before its absence means anything.",
    ),
    Variable(
        "PLAN_AHEAD_DAYS",
        int,
        60,
        "How many days ahead the posts of recurring plans are made.",
    ),
    Variable("GIVE_UP_HOURS", int, 24, "How long a post that cannot be sent is tried again."),
    Variable(
        "CONNECT_TIMEOUT", float, 10.0, "Seconds to wait for a platform to take a connection."
    ),
    Variable("READ_TIMEOUT", float, 30.0, "Seconds to wait for each part of a platform's answer."),
    Variable(
        "LLM_BASE_URL",
        web_address,
        "",
        "A language model that writes pieces: any server with OpenAI's API, such as "
        "http://localhost:11434/v1. Empty: the offline writer writes.",
    ),
    Variable("LLM_API_KEY", str, "", "Its key. Empty: none is sent."),
    Variable("LLM_MODEL", str, "", "Its model, such as llama3.1:8b. Needed with LLM_BASE_URL."),
    Variable(
        "LLM_FIRST_SECONDS",
        float,
        60.0,
        "Seconds to wait for its first words, and between any two parts of its answer.",
    ),
    Variable("LLM_SECONDS", float, 180.0, "Seconds that one whole answer may take."),
    Variable(
        "LLM_MAX_TOKENS",
        int,
        2000,
        "Tokens that one answer may have; what a model thinks before it writes counts.",
    ),
    Variable(
        "LLM_AT_ONCE", int, 2, "Answers that each work worker asks for at the same time, 3 at most."
    ),
    Variable(
        "LLM_PRICE_IN",
        dollars,
        "",
        "Dollars for a million tokens that it reads. Empty: its cost is not known.",
    ),
    Variable("LLM_PRICE_OUT", dollars, "", "Dollars for a million tokens that it writes."),
    Variable(
        "DISCONNECT_AFTER",
        int,
        3,
        "Checks or renewals of a token that its platform refuses in a row before the account is "
        "called disconnected. A post that is refused for its token says so at once.",
    ),
    Variable(
        "TOKEN_WARN_DAYS",
        int,
        7,
        "How many days before its end people are told of a token that cannot be renewed.",
    ),
    Variable(
        "API_REQUESTS_PER_MINUTE",
        int,
        300,
        "Requests that one API token, or one person's session, may make a minute of each web "
        "process.",
    ),
    Variable(
        "EMAIL_URL",
        str,
        "",
        "The mail server: smtp+tls://user:password@host:587. Empty: notices are not mailed.",
    ),
    Variable(
        "DEFAULT_FROM_EMAIL",
        str,
        "",
        "Who mails come from, as in Syndication <syndication@example.org>. Needed with EMAIL_URL.",
    ),
    Variable(
        "MEDIA_STORAGE",
        str,
        "",
        "Where pictures and videos are kept: empty for a folder in DATA_DIR, or a bucket, "
        "s3://key:secret@host/bucket?region=eu-west-1. See docs/media.md.",
    ),
    Variable(
        "FFMPEG",
        str,
        "ffmpeg",
        "The program that makes still pictures of videos, by name or path. Where it is not "
        "installed, videos have none.",
    ),
    Variable("LOG_LEVEL", level, "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


class Environment:
    """Reads the declared variables; every fault is a sentence that names the variable."""

    def __init__(self, dotenv: Path = BASE_DIR / ".env") -> None:
        self._env = environ.Env()
        self._variables = {variable.name: variable for variable in VARIABLES}
        if dotenv.exists():
            self._env.read_env(str(dotenv))

    def __call__(self, name: str) -> Any:
        """Return the variable's value in its declared type.

        Raises ImproperlyConfigured when it is required and missing, or cannot be read.
        """
        variable = self._variables[name]
        raw = self._env.ENVIRON.get(name, "")
        if raw.strip() == "":
            return self._default(variable)
        try:
            return self._cast(variable, raw)
        except (ValueError, TypeError) as error:
            raise ImproperlyConfigured(
                f"{name}={raw!r} cannot be read as {variable.cast.__name__}. {variable.meaning}"
            ) from error

    def _default(self, variable: Variable) -> Any:
        if variable.default is REQUIRED:
            raise ImproperlyConfigured(
                f"{variable.name} is not set. {variable.meaning} "
                "`make run` writes one into .env; on a server set it in the environment."
            )
        return variable.default

    def _cast(self, variable: Variable, raw: str) -> Any:
        if variable.cast is Path:
            return Path(raw).expanduser().resolve()
        if variable.cast is bool and raw.lower() not in BOOLEAN_WORDS:
            raise ValueError(f"not one of {', '.join(sorted(BOOLEAN_WORDS))}")
        return self._env.parse_value(raw, variable.cast)

    def database(self, default: str) -> dict[str, Any]:
        """Return Django's settings for DATABASE_URL, or for `default` when it is empty."""
        url = self("DATABASE_URL") or default
        settings = environ.Env.db_url_config(url)
        if not settings.get("ENGINE"):
            raise ImproperlyConfigured(
                "DATABASE_URL cannot be read. It looks like postgres://user:password@host/name."
            )
        return dict(settings)

    def mail(self) -> dict[str, Any]:
        """Return Django's settings for EMAIL_URL; none when it is empty."""
        url = self("EMAIL_URL")
        if not url:
            return {}
        parts = urlsplit(url)
        if parts.scheme not in MAIL_PORTS or not parts.hostname or not _has_port(parts):
            raise ImproperlyConfigured(
                "EMAIL_URL cannot be read. It looks like smtp+tls://user:password@host:587 "
                "(STARTTLS), smtp+ssl://user:password@host:465 (TLS from the start) or "
                "smtp://localhost:25 (neither). Escape special characters of the password."
            )
        return {
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or MAIL_PORTS[parts.scheme],
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        }

    def storage(self) -> dict[str, Any]:
        """Return Django's entry for where media are kept. Raises ImproperlyConfigured."""
        url = self("MEDIA_STORAGE")
        if not url:
            return {"BACKEND": "content.storage.WholeFileStorage"}
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if parts.scheme not in ("s3", "s3+http") or not bucket or "/" in bucket:
            raise ImproperlyConfigured(
                "MEDIA_STORAGE cannot be read. It looks like s3://key:secret@host/bucket, or "
                "s3:///bucket?region=eu-west-1 at Amazon with its own ways to sign in. "
                "Escape special characters of the secret."
            )
        if find_spec("storages") is None or find_spec("boto3") is None:
            raise ImproperlyConfigured(
                "MEDIA_STORAGE names a bucket, and what speaks to buckets is not installed. "
                "Install it with pip install --require-hashes -r requirements-s3.txt."
            )
        scheme = "http" if parts.scheme == "s3+http" else "https"
        host = parts.netloc.rpartition("@")[2]
        options = {
            "bucket_name": bucket,
            "endpoint_url": f"{scheme}://{host}" if host else None,
            "region_name": dict(parse_qsl(parts.query)).get("region"),
            "access_key": unquote(parts.username or "") or None,
            "secret_key": unquote(parts.password or "") or None,
        }
        return {"BACKEND": "content.bucket.BucketStorage", "OPTIONS": options}


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is a number that can be one, or left out."""
    try:
        return parts.port != 0
    except ValueError:
        return False


MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}  # by scheme, with the usual port
BOOLEAN_WORDS = frozenset({"true", "yes", "on", "1", "false", "no", "off", "0"})
