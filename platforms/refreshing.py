"""Renewing tokens before they end, by one process at a time, so that none is lost half way.

A renewal is claimed on the credential's row by a conditional UPDATE that also counts it, committed
before the request leaves. What the platform hands out is stored by compare-and-swap on the row's
version, both tokens in one transaction, before anybody uses it. So a process that dies leaves a
count behind: the answer to one renewal is lost. Where refresh tokens are used up by being used,
the same one is tried once more, for platforms that allow that for a while, and then a person is
asked. Elsewhere a renewal may be repeated as often as it takes.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from organisation.notices import open_notice, resolve_notice
from platforms.budgets import wait
from platforms.connecting import refresh_time
from platforms.doors import NoApp, Place, open_door, place_of
from platforms.errors import (
    CredentialsExpired,
    NotSent,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
)
from platforms.failpoints import reached
from platforms.fields import current_key_id
from platforms.models import Account, PlatformCredential
from platforms.oauth import Grant, Refreshes, WayIn, refresher, way_in_of

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # longer than platforms.doors.PATIENCE and one answer
AT_ONCE = 20  # accounts that one tick looks at
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LOST = 2  # renewals without an answer after which a used-up refresh token is given up
YOUNG = timedelta(minutes=5)  # a token younger than this is not renewed because of a refusal
MEANWHILE = timedelta(seconds=30)  # how long posts wait for a renewal
REFUSALS = (CredentialsExpired, PermissionMissing, Rejected)

Type = PlatformCredential.Type


@dataclass(frozen=True)
class Renewal:
    """A claimed renewal."""

    credential: PlatformCredential
    account: Account
    place: Place
    path: Refreshes
    secrets: dict[str, str] = field(repr=False)
    unanswered: int = 0  # earlier renewals of this version whose answer was lost


def refresh_due(now: datetime) -> int:
    """Renew what is due and return how many were tried."""
    due = PlatformCredential.objects.filter(
        _free(now),
        is_active=True,
        credential_type=Type.ACCESS_TOKEN,
        account__isnull=False,
        refresh_at__lte=now,
    )
    tried = 0
    for pk in list(due.order_by("refresh_at").values_list("pk", flat=True)[:AT_ONCE]):
        if renewal := claim(pk, now):
            refresh(renewal, now)
            tried += 1
    return tried


def _free(now: datetime) -> Q:
    return Q(refresh_lease_until=None) | Q(refresh_lease_until__lte=now)


def claim(pk: int, now: datetime) -> Renewal | None:
    """Claim the renewal of an access token. None: another has it, or there is no way to do it."""
    rows = PlatformCredential.objects.select_related("account__platform", "account__brand")
    row = rows.filter(pk=pk, is_active=True).first()
    if row is None or row.account is None:
        return None
    account = row.account
    place = place_of(account.brand, account.platform, account.login_path, account.server)
    path = refresher(place.path) if place else None
    if place is None or path is None:
        PlatformCredential.objects.filter(pk=pk).update(refresh_at=None)
        return None
    unanswered = row.refresh_unanswered
    if path.rotates and unanswered >= LOST:
        _give_up(row, _lost(account), now)
        return None
    mine = PlatformCredential.objects.filter(_free(now), pk=pk, is_active=True, version=row.version)
    lease = now + LEASE
    if not mine.update(refresh_lease_until=lease, refresh_unanswered=F("refresh_unanswered") + 1):
        return None
    row.refresh_lease_until = lease
    kept = account.credentials.filter(is_active=True)
    secrets = {one.credential_type: str(one.credential_value) for one in kept}
    return Renewal(row, account, place, path, secrets, unanswered)


def refresh(renewal: Renewal, now: datetime) -> None:
    """Ask the platform and write down what came of it. No transaction is open meanwhile."""
    try:
        door = open_door(renewal.place, *renewal.secrets.values())
        grant = renewal.path.refresh(door, renewal.secrets)
        reached("refresh: after the answer")
    except NoApp as error:
        _nothing_left(renewal, str(error), now)
    except NotSent as error:
        _nothing_left(renewal, error.sentence, now)
    except RateLimited as error:
        _answered(renewal, refresh_at=error.until or now + FIRST_PAUSE)
    except REFUSALS as error:
        _refused(renewal, error.sentence, now)
    except PlatformError as error:  # an answer that says nothing, or none
        log.warning("The token of %s was not renewed: %s", renewal.account, error.sentence)
        _release(renewal, refresh_at=now + _pause(renewal.unanswered))
    else:
        store(renewal, grant, now)


def store(renewal: Renewal, grant: Grant, now: datetime) -> bool:
    """Keep what was handed out, unless somebody reconnected the account meanwhile.

    By the version alone and not by the lease: an answer that comes late is still the only one
    that holds the tokens which are good now.
    """
    pk, version = renewal.credential.pk, renewal.credential.version
    with transaction.atomic():
        mine = PlatformCredential.objects.filter(pk=pk, is_active=True, version=version)
        stored = mine.update(
            **_new_value(grant.access_token, now),
            expires_at=grant.expires_at,
            refresh_at=refresh_time(renewal.place.path, grant.expires_at, now),
            **({"scopes": list(grant.scopes)} if grant.scopes is not None else {}),
        )
        if not stored:
            return False
        reached("refresh: between the two tokens")
        if grant.refresh_token:
            renewal.account.credentials.filter(
                is_active=True, credential_type=Type.REFRESH_TOKEN
            ).update(**_new_value(grant.refresh_token, now))
        _well_again(renewal.account, now)
    return True


def _new_value(value: str, now: datetime) -> dict[str, object]:
    return {
        "credential_value": value,
        "last_four": value[-4:] if len(value) >= 12 else "",
        "key_id": current_key_id(),
        "version": F("version") + 1,
        "stored_at": now,
        "updated_at": now,
        "refresh_lease_until": None,
        "refresh_unanswered": 0,
        "refresh_refused": 0,
    }


def _well_again(account: Account, now: datetime) -> None:
    Account.objects.filter(pk=account.pk, state=Account.State.EXPIRING).update(
        state=Account.State.CONNECTED, state_reason="", state_since=now
    )
    Account.objects.filter(pk=account.pk).update(check_failures=0)
    resolve_notice(f"token:{account.pk}", now, "The token was renewed.")


def _mine(renewal: Renewal) -> QuerySet[PlatformCredential]:
    """The claimed row, as long as nobody stored something newer."""
    return PlatformCredential.objects.filter(
        pk=renewal.credential.pk, is_active=True, version=renewal.credential.version
    )


def _release(renewal: Renewal, **values: object) -> None:
    """Give the claim back, unless another process has it by now."""
    _mine(renewal).filter(refresh_lease_until=renewal.credential.refresh_lease_until).update(
        refresh_lease_until=None, **values
    )


def _answered(renewal: Renewal, **values: object) -> None:
    """Give the claim back and take its count off: what became of this request is known."""
    less = Greatest(F("refresh_unanswered") - 1, 0)
    _release(renewal, refresh_unanswered=less, **values)


def _nothing_left(renewal: Renewal, sentence: str, now: datetime) -> None:
    log.warning("The token of %s was not renewed: %s", renewal.account, sentence)
    _answered(renewal, refresh_at=now + FIRST_PAUSE)


def _pause(failures: int) -> timedelta:
    return min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)


def _refused(renewal: Renewal, sentence: str, now: datetime) -> None:
    """The platform said no. Once may be its mistake; several times in a row is its word."""
    refused = renewal.credential.refresh_refused + 1
    pause = now + _pause(refused)
    _answered(renewal, refresh_refused=refused, refresh_at=pause)
    if renewal.path.rotates and renewal.unanswered:
        _give_up(renewal.credential, _lost(renewal.account), now)
    elif refused >= settings.DISCONNECT_AFTER:
        _give_up(renewal.credential, sentence, now)


def _lost(account: Account) -> str:
    return (
        f"{account.platform.name} was asked to renew the token and its answer was lost, so the "
        "token that is good now is not known here."
    )


def _give_up(credential: PlatformCredential, sentence: str, now: datetime) -> None:
    """Stop renewing and say so. Posts go on as long as the present token is good."""
    mine = PlatformCredential.objects.filter(pk=credential.pk, version=credential.version)
    with transaction.atomic():
        if not mine.filter(is_active=True).update(refresh_at=None, refresh_lease_until=None):
            return
        account = Account.objects.select_related("platform").get(credentials=credential)
        if credential.expires_at and credential.expires_at > now:
            warn(account, credential.expires_at, sentence, now)
        else:
            disconnect(account, sentence, now)


def warn(account: Account, ends: datetime, why: str, now: datetime) -> None:
    """Tell people that a token ends and nothing but they can help. The account goes on sending."""
    sentence = f"{why} The token of {account.name} ends on {ends:%d %B %Y at %H:%M} UTC."
    Account.objects.filter(pk=account.pk, state=Account.State.CONNECTED).update(
        state=Account.State.EXPIRING, state_reason=sentence, state_since=now
    )
    open_notice(
        f"token:{account.pk}",
        f"{sentence} Posts go out until then. Reconnect the account before.",
        brand=account.brand_id,
    )


def disconnect(account: Account, sentence: str, now: datetime) -> bool:
    """Stop an account that sends until a person reconnects it. One that is stopped stays as is."""
    sending = Account.objects.filter(pk=account.pk, state__in=Account.SENDING_STATES)
    with transaction.atomic():
        if not sending.update(
            state=Account.State.NEEDS_RECONNECT, state_reason=sentence, state_since=now
        ):
            return False
        resolve_notice(f"token:{account.pk}", now, "It ended.")
        open_notice(
            f"account:{account.pk}",
            f"{sentence} {account.meanwhile}",
            brand=account.brand_id,
        )
    return True


def watch_ends(now: datetime) -> None:
    """Warn of tokens that end soon and that nobody renews, and stop accounts whose token ended."""
    soon = now + timedelta(days=settings.TOKEN_WARN_DAYS)
    rows = PlatformCredential.objects.filter(
        is_active=True,
        credential_type=Type.ACCESS_TOKEN,
        refresh_at=None,
        expires_at__lte=soon,
        account__state__in=Account.SENDING_STATES,
    )
    for row in rows.select_related("account__platform").defer("credential_value"):
        account, ends = row.account, row.expires_at
        if account is None or ends is None:
            continue
        if ends <= now:
            disconnect(account, f"The token of {account.name} ended.", now)
        elif account.state == Account.State.CONNECTED:
            warn(account, ends, "Nobody can renew it but you.", now)


def helps(account: Account, asked_at: datetime, now: datetime) -> bool:
    """Whether a post that was refused for its token need not stop the account.

    True when the token was replaced after `asked_at`, and when a renewal may help; `ask` for it.
    """
    token = _token_of(account)
    return token is not None and (_replaced(token, asked_at) or _may_be_renewed(token, now))


def ask(account: Account, asked_at: datetime, now: datetime) -> None:
    """Renew a token that was refused, unless it was replaced since; the posts wait for that."""
    token = _token_of(account)
    if token is None or _replaced(token, asked_at):
        return
    leased = token.refresh_lease_until and token.refresh_lease_until > now
    if not leased:
        own = PlatformCredential.objects.filter(pk=token.pk, version=token.version)
        own.update(refresh_at=now)
    wait(account, now + MEANWHILE)


def _token_of(account: Account) -> PlatformCredential | None:
    tokens = account.credentials.filter(is_active=True, credential_type=Type.ACCESS_TOKEN)
    return tokens.defer("credential_value").first()


def _replaced(token: PlatformCredential, asked_at: datetime) -> bool:
    return token.stored_at is not None and token.stored_at >= asked_at


def _may_be_renewed(token: PlatformCredential, now: datetime) -> bool:
    young = token.stored_at is not None and now - token.stored_at < YOUNG
    return token.refresh_at is not None and not young and not token.refresh_refused


def path_of(account: Account) -> WayIn | None:
    """Return the way by which an account was connected; None for a pasted token."""
    return way_in_of(account.platform.adapter, account.login_path)
