"""Encryption keys and tokens. Never shows more of a token than its last four characters."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch

from monitoring.doctor.findings import Finding, Findings, fail, ok, warn
from monitoring.preflight import credential_faults
from organisation.clock import database_now
from platforms.errors import NotReady, NotSent, PlatformError, RateLimited, Unclear
from platforms.fields import current_key_id, known_key_ids
from platforms.models import Account, PlatformCredential
from platforms.redaction import masked
from posting.connecting import target_of
from posting.identifying import identify

SOON = timedelta(days=7)
# Says nothing about the token: the platform could not be asked properly.
NOT_THE_TOKEN = (NotSent, Unclear, RateLimited, NotReady)


def check_keys() -> Findings:
    """Can every stored credential be read, and with the key that is current?"""
    about = "keys"
    found = credential_faults()
    yield from (fail(about, sentence) for sentence in found)
    older = PlatformCredential.objects.filter(key_id__in=known_key_ids() - {current_key_id()})
    if count := older.count():
        yield warn(
            about,
            f"{count} stored credentials are encrypted with an older key. Keep that key in "
            "FERNET_KEYS, behind the current one.",
        )
    if not found:
        count = PlatformCredential.objects.count()
        keys = len(settings.FERNET_KEYS)
        yield ok(about, f"Stored credentials: {count}, all of them readable. Keys: {keys}.")


def check_tokens() -> Findings:
    """Does each account have what its platform asks for, and does that last?"""
    now = database_now()
    findings = [finding for account in _accounts() for finding in _of_account(account, now)]
    if not findings:
        yield ok("tokens", "No account is connected yet.")
    yield from findings


def check_tokens_online() -> Findings:
    """Ask each platform whose token it is. Reads only; nothing is posted."""
    for account in _accounts():
        yield _asked(account)


def _accounts() -> Iterable[Account]:
    active = PlatformCredential.objects.filter(is_active=True).defer("credential_value")
    secrets = Prefetch("credentials", queryset=active, to_attr="secrets")
    return Account.objects.select_related("platform").prefetch_related(secrets).order_by("pk")


def _of_account(account: Account, now: datetime) -> Findings:
    secrets: list[PlatformCredential] = account.secrets  # type: ignore[attr-defined]
    have = {secret.credential_type for secret in secrets}
    for kind in account.platform.adapter.credential_types:
        if kind not in have:
            words = kind.replace("_", " ")
            yield fail("tokens", f"{account}: no {words} is stored. Reconnect the account.")
    yield from (_of_secret(account, secret, now) for secret in secrets)
    if not account.can_send:
        reason = f"{account.get_state_display().lower()}. {account.state_reason}".strip()
        yield warn("tokens", f"{account} does not send: {reason} Its posts wait.")


def _of_secret(account: Account, secret: PlatformCredential, now: datetime) -> Finding:
    tail = masked("x" * 8 + secret.last_four) if secret.last_four else "••••"
    what = f"{account}: {secret.get_credential_type_display().lower()} {tail}"
    ends = secret.expires_at
    if ends is None:
        return ok("tokens", f"{what} has no end date.")
    if ends <= now:
        return fail("tokens", f"{what} ended on {ends:%Y-%m-%d %H:%M} UTC. Reconnect the account.")
    if ends <= now + SOON:
        return warn("tokens", f"{what} ends on {ends:%Y-%m-%d %H:%M} UTC. Reconnect it before.")
    return ok("tokens", f"{what} lasts until {ends:%Y-%m-%d}.")


def _asked(account: Account) -> Finding:
    try:
        facts = identify(target_of(account))
    except NOT_THE_TOKEN as error:
        return warn("online", f"{account} could not be asked: {error.sentence}")
    except PlatformError as error:
        return fail("online", f"{account}: {error.sentence}")
    if facts.remote_id != account.remote_id:
        return fail(
            "online",
            f"{account}: the token belongs to {facts.name} ({facts.remote_id}), not to "
            f"{account.remote_id}. Reconnect the account.",
        )
    return ok("online", f"{account}: {account.platform.name} accepts the token of {facts.name}.")
