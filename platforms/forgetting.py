"""Forgetting what a platform says a person took back.

The accounts that this person connected are paused and their tokens erased. The posts stay: the
organisation wrote them, and what is out remains in its records. Of the person only the platform's
id was kept here, beside those accounts, and that goes too.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from organisation.audit import record
from organisation.models import Brand
from organisation.notices import open_notice, resolve_notice
from platforms.doors import SANDBOX_APP
from platforms.flows import hash_of
from platforms.models import Account, Erasure, Platform, PlatformCredential
from platforms.models.account import SANDBOX
from platforms.oauth import login_paths_of, way_in_of
from platforms.registry import ADAPTERS
from platforms.signed_request import read


@dataclass(frozen=True)
class Who:
    """A person at a platform, as the apps of some brands know them."""

    user_id: str
    platform: Platform
    apps: frozenset[tuple[int, str]]  # brand and server of each app that signed


def forget(platform: Platform, kind: str, signed: str, now: datetime) -> Erasure:
    """Do what a signed request asks for, once, and return what was done. Raises NotSigned.

    A repetition of the same request gets the same answer and touches nothing.
    """
    known = _app_secrets(platform)
    facts, signers = read(signed, known)
    request_hash = hash_of(f"{kind}:{signed}")
    if earlier := Erasure.objects.filter(request_hash=request_hash).first():
        return earlier
    apps = frozenset(place for secret in signers for place in known[secret])
    who = Who(str(facts["user_id"]), platform, apps)
    try:
        with transaction.atomic():
            done = Erasure.objects.create(
                platform=platform,
                kind=kind,
                code=secrets.token_urlsafe(18),
                request_hash=request_hash,
                accounts=0,
                done_at=now,
            )
            done.accounts = _forget_accounts(who, kind, now)
            done.save(update_fields=["accounts"])
    except IntegrityError:  # the same request at the same moment: that one did it
        return Erasure.objects.get(request_hash=request_hash)
    return done


def _app_secrets(platform: Platform) -> dict[str, set[tuple[int, str]]]:
    """Return the secrets of all apps at this platform, with the brand and server of each."""
    rows = PlatformCredential.objects.filter(
        platform=platform,
        account=None,
        is_active=True,
        credential_type=PlatformCredential.Type.APP_SECRET,
    )
    known: dict[str, set[tuple[int, str]]] = {}
    if settings.SANDBOX_URL:  # its one app is every brand's, for accounts that are there
        brands = Brand.objects.values_list("pk", flat=True)
        known[SANDBOX_APP.client_secret] = {(pk, SANDBOX) for pk in brands}
    for row in rows:
        known.setdefault(str(row.credential_value), set()).add((row.brand_id, row.server))
    return known


def _forget_accounts(who: Who, kind: str, now: datetime) -> int:
    slugs = [
        adapter.slug
        for adapter in ADAPTERS
        for path in login_paths_of(adapter)
        if path.app_of == who.platform.slug
    ]
    granted = Account.objects.filter(granted_by=who.user_id, platform__slug__in=slugs)
    accounts = [
        account
        for account in granted.select_related("platform", "brand").order_by("pk")
        if (account.brand_id, account.server) in who.apps and _came_by(account, who.platform)
    ]
    for account in accounts:
        _forget_account(account, kind, now)
    return len(accounts)


def _came_by(account: Account, platform: Platform) -> bool:
    path = way_in_of(account.platform.adapter, account.login_path)
    return path is not None and path.app_of == platform.slug


def _forget_account(account: Account, kind: str, now: datetime) -> None:
    """Pause it, and leave no token and no trace of the person. Inside the caller's transaction."""
    locked = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    what = "took back the permission"
    if kind == Erasure.Kind.DATA:
        what = "asked for the deletion of their data"
    sentence = (
        f"{account.platform} says that the person who connected {account.name} {what}. "
        "Its tokens are erased and it is paused. Reconnect it as somebody else, then resume it."
    )
    locked.credentials.all().delete()
    Account.objects.filter(pk=locked.pk).update(
        state=Account.State.PAUSED,
        state_reason=sentence,
        state_since=now,
        granted_by="",
        login_path="",
        paused_until=None,
        halted=False,
        blocked_until=None,
    )
    resolve_notice(f"token:{locked.pk}", now, "Its tokens are erased.")
    open_notice(
        f"account:{locked.pk}", f"{sentence} Its posts wait until then.", brand=locked.brand_id
    )
    verb = f"forget {kind}"
    record(verb, sentence, by=str(account.platform), subject=locked, brand=account.brand)
