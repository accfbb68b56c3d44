"""Making, revoking and recognising the tokens that programs use."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from organisation.audit import record
from organisation.models import ApiToken, Brand, Scope, User

MARK = "syn_"  # so that scanners for leaked secrets, and people, know what they found
SHOWN = 8  # characters of a token that stay visible
USE_IS_NOTED_EVERY = timedelta(minutes=1)  # so that reading does not become writing


def issue_token(
    user: User,
    *,
    name: str,
    scopes: Sequence[str],
    by: User | str,
    now: datetime,
    brand: Brand | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for the person; return its row and the token itself, which is kept nowhere.

    Raises ValidationError for what cannot be, with nothing made.
    """
    _check(user, name, scopes, brand, expires_at, now)
    text = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            brand=brand,
            name=name.strip(),
            prefix=text[:SHOWN],
            hash=_hash(text),
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        sentence = f"{by} made the API token {token} for {user}: {', '.join(token.scopes)}."
        record("make API token", sentence, by=by, subject=token, brand=brand)
    return token, text


def revoke_token(token: ApiToken, *, by: User, now: datetime) -> None:
    """Let the token open nothing any more. Doing it twice does it once."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            sentence = f"{by} revoked the API token {token} of {token.user}."
            record("revoke API token", sentence, by=by, subject=token, brand=token.brand)


def token_for(text: str, now: datetime) -> ApiToken | None:
    """Return the standing token of this text, and note that it was used.

    Found by its hash, which tells nothing about how close a guess came.
    """
    digest = _hash(text)
    standing = ApiToken.objects.standing(now).select_related("user", "brand")
    token = standing.filter(hash=digest).first()
    if token is None or not hmac.compare_digest(token.hash, digest):
        return None
    _note_use(token, now)
    return token


def _note_use(token: ApiToken, now: datetime) -> None:
    long_ago = now - USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < long_ago:
        rows = ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=long_ago))
        rows.filter(pk=token.pk).update(last_used_at=now)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _check(
    user: User,
    name: str,
    scopes: Sequence[str],
    brand: Brand | None,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    unknown = sorted(set(scopes) - set(Scope.values))
    wrong: dict[str, str] = {}
    if not name.strip() or len(name) > 80 or not name.isprintable():
        wrong["name"] = "Give the token a name of 1 to 80 characters. No token was made."
    if unknown or not scopes:
        wrong["scopes"] = f"Choose from {', '.join(Scope.values)}. No token was made."
    if brand and not Brand.objects.visible_to(user).filter(pk=brand.pk).exists():
        wrong["brand"] = f"{user} does not work for {brand}. No token was made."
    if expires_at and expires_at <= now:
        wrong["expires_at"] = "That moment is past. No token was made. Choose a later one."
    if wrong:
        raise ValidationError({field: [sentence] for field, sentence in wrong.items()})
