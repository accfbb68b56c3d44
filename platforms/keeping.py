"""Keeping secrets: each takes the place of the one before it, of which only the tail remains."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from organisation.audit import record
from organisation.models import Brand, User
from platforms.fields import current_key_id
from platforms.models import Account, Platform, PlatformCredential
from platforms.oauth import AppKeys

Type = PlatformCredential.Type


def keep_secret(
    owner: Account | tuple[Brand, Platform, str],
    kind: str,
    value: str,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    refresh_at: datetime | None = None,
    scopes: Sequence[str] | None = None,
) -> PlatformCredential:
    """Put a secret in the place of the active one of its type. Call it inside a transaction.

    `owner` is an account, or brand, platform and server for what belongs to a brand's own app. The
    earlier row stays as history, without its value.
    """
    if isinstance(owner, Account):
        place = {
            "account": owner,
            "brand": owner.brand,
            "platform": owner.platform,
            "server": owner.server,
        }
        mine = PlatformCredential.objects.filter(account=owner)
    else:
        brand, platform, server = owner
        place = {"account": None, "brand": brand, "platform": platform, "server": server}
        mine = PlatformCredential.objects.filter(**place)
    earlier = mine.filter(credential_type=kind)
    version = max(earlier.values_list("version", flat=True), default=0) + 1
    retire(earlier)
    return PlatformCredential.objects.create(
        **place,
        credential_type=kind,
        credential_value=value,
        version=version,
        expires_at=expires_at,
        refresh_at=refresh_at,
        scopes=list(scopes or ()),
        stored_at=now,
    )


def retire(rows: QuerySet[PlatformCredential]) -> None:
    """Take secrets out of use and erase their values. Who had them, and until when, stays."""
    rows.filter(is_active=True).update(
        is_active=False,
        credential_value="",
        key_id=current_key_id(),
        refresh_at=None,
        refresh_lease_until=None,
    )


def earlier_than(credential: PlatformCredential) -> QuerySet[PlatformCredential]:
    """Return the active secrets whose place this one takes."""
    rows = PlatformCredential.objects.filter(
        is_active=True, credential_type=credential.credential_type
    ).exclude(pk=credential.pk)
    if credential.account_id:
        return rows.filter(account=credential.account_id)
    return rows.filter(
        account=None,
        brand=credential.brand_id,
        platform=credential.platform_id,
        server=credential.server,
    )


def keep_app(
    brand: Brand, platform: Platform, server: str, keys: AppKeys, *, by: User, now: datetime
) -> None:
    """Keep id and secret of a brand's own app at a platform. A public app has no secret."""
    owner = (brand, platform, server)
    with transaction.atomic():
        keep_secret(owner, Type.APP_ID, keys.client_id, now=now)
        if keys.client_secret:
            keep_secret(owner, Type.APP_SECRET, keys.client_secret, now=now)
        else:
            retire(_of_app(*owner).filter(credential_type=Type.APP_SECRET))
        sentence = f"{by} changed the app that {brand} uses at {platform}."
        record("change app", sentence, by=by, subject=platform, brand=brand)


def keep_arranged(
    owner: tuple[Brand, Platform, str],
    keys: AppKeys,
    before: AppKeys,
    *,
    by: User,
    now: datetime,
) -> AppKeys:
    """Keep an app that this program registered at a server, and return the one to use.

    `owner`: brand, platform and server. `before`: the app that was kept when the server was
    asked. Where another walk registered one meanwhile, that one stays, for its person may be at
    the server already.
    """
    if keys == before:
        return keys
    brand, platform, server = owner
    with transaction.atomic():
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        kept = app_keys(*owner)
        if kept is not None and kept != before:
            return kept
        keep_secret(owner, Type.APP_ID, keys.client_id, now=now)
        keep_secret(owner, Type.APP_SECRET, keys.client_secret, now=now)
        sentence = f"{by} had this program registered at {server}, to connect accounts of {brand}."
        record("register app", sentence, by=by, subject=platform, brand=brand)
    return keys


def replace_value(credential: PlatformCredential, value: str, *, by: User, now: datetime) -> None:
    """Replace the value of a stored secret, whose row stays, and write down who did."""
    with transaction.atomic():
        credential.credential_value = value  # type: ignore[assignment]
        credential.version += 1
        credential.stored_at = now
        credential.refresh_unanswered = credential.refresh_refused = 0
        credential.refresh_lease_until = None
        credential.save()
        kind = credential.get_credential_type_display().lower()
        where = credential.account or credential.platform
        sentence = f"{by} replaced the {kind} of {where}."
        record("replace secret", sentence, by=by, subject=credential, brand=credential.brand)


def app_keys(
    brand: Brand, platform: Platform, server: str, *, public: bool = False
) -> AppKeys | None:
    """Return the brand's own app at a platform; None when its id or secret is not stored.

    `public`: the platform knows apps without a secret, too.
    """
    rows = _of_app(brand, platform, server).filter(is_active=True)
    values = {row.credential_type: row.credential_value for row in rows}
    name, secret = values.get(Type.APP_ID), values.get(Type.APP_SECRET, "")
    return AppKeys(name, secret) if name and (secret or public) else None


def _of_app(brand: Brand, platform: Platform, server: str) -> QuerySet[PlatformCredential]:
    return PlatformCredential.objects.filter(
        account=None,
        brand=brand,
        platform=platform,
        server=server,
        credential_type__in=(Type.APP_ID, Type.APP_SECRET),
    )
