"""How it stands with each account's token: what is known here, and what its platform says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from platforms.models import Account, PlatformCredential
from platforms.oauth import missing_scopes, way_in_of
from platforms.redaction import masked
from posting.checking_tokens import Verdict, ask

Type = PlatformCredential.Type


@dataclass(frozen=True)
class AccountState:
    """One account. `well` is what an exit code goes by: it sends, and its token is not refused."""

    account: int
    name: str
    platform: str
    brand: str
    state: str
    token: str  # masked
    ends: datetime | None
    renews: datetime | None
    missing: tuple[str, ...]  # permissions that were not given
    verdict: str
    sentence: str
    well: bool


def accounts_with_secrets(accounts: "Iterable[int] | None" = None) -> list[Account]:
    """Return the accounts, of these numbers or all, each with what to show of its secrets."""
    active = PlatformCredential.objects.filter(is_active=True).defer("credential_value")
    secrets = Prefetch("credentials", queryset=active, to_attr="secrets")
    rows = Account.objects.select_related("platform", "brand").prefetch_related(secrets)
    if accounts is not None:
        rows = rows.filter(pk__in=list(accounts))
    return list(rows.order_by("brand__name", "platform__name", "name", "pk"))


def token_row(account: Account) -> PlatformCredential | None:
    """Return what to show of the account's access token."""
    secrets: list[PlatformCredential] = account.secrets  # type: ignore[attr-defined]
    return next((row for row in secrets if row.credential_type == Type.ACCESS_TOKEN), None)


def missing_of(account: Account) -> list[str]:
    """Return the names of the permissions that were asked for and not given."""
    path = way_in_of(account.platform.adapter, account.login_path)
    row = token_row(account)
    if path is None or row is None or not row.scopes:
        return []
    return [scope.name for scope in missing_scopes(path, row.scopes)]


def state_of(account: Account, *, online: bool) -> AccountState:
    """Return how it stands with the account. `online` asks its platform, which only reads."""
    row = token_row(account)
    verdict, sentence = Verdict.UNKNOWN, account.state_reason
    if row is None:
        verdict, sentence = Verdict.REFUSED, "No token is stored. Reconnect the account."
    elif online:
        checked = ask(account)
        verdict, sentence = checked.verdict, checked.sentence
    return AccountState(
        account=account.pk,
        name=account.name,
        platform=account.platform.slug,
        brand=account.brand.name,
        state=account.state,
        token=masked("x" * 8 + row.last_four) if row and row.last_four else "••••" if row else "",
        ends=row.expires_at if row else None,
        renews=row.refresh_at if row else None,
        missing=tuple(missing_of(account)),
        verdict=verdict,
        sentence=sentence,
        well=account.can_send and verdict != Verdict.REFUSED,
    )
