"""Connecting by OAuth 2: a person goes to the platform, comes back once, and chooses.

Nothing is connected by coming back. A code is exchanged for tokens, those are kept encrypted for
half an hour, and only what the person then chooses becomes an account.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from organisation.models import Brand, User
from platforms.connecting import connect_account
from platforms.doors import NoApp, Place, open_door, place_of
from platforms.errors import PlatformError
from platforms.keeping import keep_arranged
from platforms.models import Account, OAuthFlow, PlatformCredential
from platforms.oauth import (
    ArrangesApps,
    Door,
    Grant,
    LoginPath,
    Offer,
    Question,
    Scope,
    missing_scopes,
)
from platforms.values import AccountFacts

AT_THE_PLATFORM = timedelta(minutes=15)  # from the button to the answer
TO_CHOOSE = timedelta(minutes=30)  # from the answer to the choice
KEPT = timedelta(days=1)  # so that a late answer gets a sentence that is about it
WORDS_MAX = 200  # characters of a platform's own words


class FlowRefused(Exception):
    """The answer of a platform is not taken. The sentence is for the person who came with it."""

    def __init__(self, sentence: str, flow: OAuthFlow | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.flow = flow  # known, and this person's: they can begin again where they began


def hash_of(value: str) -> str:
    """Return what is kept of a value that is itself kept nowhere."""
    return hashlib.sha256(value.encode()).hexdigest()


def begin(
    place: Place,
    *,
    by: User,
    browser: str,
    now: datetime,
    account: Account | None = None,
    again: bool = False,
) -> str:
    """Note that this person, in this browser, goes to the platform, and return where to.

    `browser` is a secret that only this session has. Raises NoApp, and any PlatformError where
    the server has to be asked first.
    """
    path, door = _agreed_to(place), open_door(place)
    pkce, issuer = path.uses_pkce, ""
    if isinstance(path, ArrangesApps):
        door, pkce, issuer = _arranged(place, path, door, by, now)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    OAuthFlow.objects.filter(begun_at__lt=now - KEPT).delete()
    OAuthFlow.objects.create(
        state_hash=hash_of(state),
        browser_hash=hash_of(browser),
        user=by,
        brand=place.brand,
        platform=place.platform,
        login_path=path.slug,
        server=place.server,
        account=account,
        redirect_uri=door.redirect_uri,
        begun_at=now,
        expires_at=now + AT_THE_PLATFORM,
        secret=verifier if pkce else "",
        issuer=issuer,
    )
    challenge = _challenge(verifier) if pkce else ""
    return path.authorize_url(door, Question(state, challenge, again))


def _arranged(
    place: Place, path: ArrangesApps, door: Door, by: User, now: datetime
) -> tuple[Door, bool, str]:
    """Let the server know this program, and keep as which.

    Says whether it knows PKCE, and by which name it will answer; empty where it does not say.
    """
    asked = path.arrange(door)
    owner = (place.brand, place.app_platform, place.server)
    keys = keep_arranged(owner, asked.app, door.app, by=by, now=now)
    return replace(door, app=keys), asked.pkce, asked.issuer


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def arrive(said: Mapping[str, str], *, by: User, browser: str, now: datetime) -> OAuthFlow:
    """Take the platform's answer, once, and keep what it offers. Raises FlowRefused."""
    flow = _claim(said.get("state", ""), by, browser, now)
    _check_issuer(flow, said.get("iss", ""), now)
    if said.get("error") or said.get("error_code"):
        _end(flow, now)
        raise FlowRefused(_refusal(flow, said), flow)
    if not said.get("code"):
        _end(flow, now)
        raise FlowRefused(f"{flow.platform} sent you back without an answer. Begin again.", flow)
    try:
        offers = _offers(flow, said["code"])
    except (PlatformError, NoApp) as error:
        _end(flow, now)
        sentence = getattr(error, "sentence", str(error))
        raise FlowRefused(f"{sentence} Nothing was connected. Begin again.", flow) from None
    flow.expires_at = now + TO_CHOOSE
    flow.secret = _packed(offers)  # type: ignore[assignment]
    flow.save(update_fields=["expires_at", "secret"])
    return flow


def _claim(state: str, by: User, browser: str, now: datetime) -> OAuthFlow:
    """Use the state up. Of two requests with the same one, only one gets here the flow."""
    flow = (
        OAuthFlow.objects.select_related("brand", "platform", "account__platform")
        .filter(state_hash=hash_of(state), begun_at__gte=now - KEPT)
        .first()
    )
    if not state or flow is None:
        raise FlowRefused(
            "This is the answer to a sign-in that was not begun here, or long ago. "
            "Nothing was connected. Begin on this page."
        )
    if flow.user_id != by.pk or not secrets.compare_digest(flow.browser_hash, hash_of(browser)):
        raise FlowRefused(
            "This sign-in was begun in another browser, or by somebody else. Nothing was "
            "connected. Begin and end it in the same browser."
        )
    fresh = OAuthFlow.objects.filter(pk=flow.pk, answered_at=None)
    if flow.answered_at or not fresh.update(answered_at=now):
        raise FlowRefused(
            "This answer was used already; each counts once. Begin again if nothing came of it.",
            flow,
        )
    flow.answered_at = now
    if flow.expires_at <= now:
        _end(flow, now)
        minutes = int(AT_THE_PLATFORM.total_seconds() // 60)
        raise FlowRefused(
            f"It took longer than {minutes} minutes to come back. Nothing was connected. "
            "Begin again.",
            flow,
        )
    return flow


def _check_issuer(flow: OAuthFlow, named: str, now: datetime) -> None:
    """Let nobody else answer for a server that names itself with each answer (RFC 9207)."""
    if flow.issuer and named != flow.issuer:
        _end(flow, now)
        who = " ".join(named.split())[:WORDS_MAX] or "nobody"
        raise FlowRefused(
            f"The answer is signed by {who}, and the sign-in was begun at {flow.issuer}. Another "
            "server may have come between. Nothing was connected, and the code was not used.",
            flow,
        )


def _refusal(flow: OAuthFlow, said: Mapping[str, str]) -> str:
    """Say what the platform's error means. RFC 6749 names them; Facebook has its own besides."""
    name = flow.platform.name
    if said.get("error") == "access_denied":
        return f"You did not allow it at {name}. Nothing was connected."
    if said.get("error") in ("temporarily_unavailable", "server_error"):
        return f"{name} has a fault of its own right now. Nothing was connected. Try it later."
    words = said.get("error_description") or said.get("error_message") or said.get("error", "")
    words = " ".join(words.split())[:WORDS_MAX].rstrip(".")
    return f"{name} did not go on: {words or 'it gave no reason'}. Nothing was connected."


def _offers(flow: OAuthFlow, code: str) -> list[Offer]:
    place = place_in(flow)
    door = open_door(place, code, flow.secret)
    if door.redirect_uri != flow.redirect_uri:
        raise NoApp("SITE_URL was changed in between.")
    path = _agreed_to(place)
    grant = path.exchange(door, code, flow.secret)
    if any(scope.needed for scope in missing_scopes(path, grant.scopes)):
        # Without the permission to list, the list would be refused. The gap itself is shown.
        return [Offer(AccountFacts("", ""), Grant("", scopes=grant.scopes))]
    return path.offers(door, grant)


def _end(flow: OAuthFlow, now: datetime) -> None:
    OAuthFlow.objects.filter(pk=flow.pk).update(ended_at=now, secret="")
    flow.ended_at = now


def end(flow: OAuthFlow, now: datetime) -> None:
    """Give up what was offered. Its tokens are erased here; at the platform they stay valid."""
    _end(flow, now)


def erase_old_secrets(now: datetime) -> None:
    """Erase what nobody chose from in time. Harmless to repeat."""
    OAuthFlow.objects.filter(ended_at=None, expires_at__lte=now).update(ended_at=now, secret="")


@dataclass(frozen=True)
class Choice:
    """What a person may choose from after they agreed."""

    offers: list[Offer]
    missing: list[Scope]  # asked for and not given

    @property
    def lacks_needed(self) -> bool:
        return any(scope.needed for scope in self.missing)

    @property
    def possible(self) -> list[Offer]:
        return [] if self.lacks_needed else [one for one in self.offers if not one.obstacle]


def choice_of(flow: OAuthFlow) -> Choice:
    """Return what the flow offers."""
    offers = _unpacked(flow.secret)
    path = path_in(flow)
    granted = offers[0].grant.scopes if offers else None
    missing = missing_scopes(path, granted)
    return Choice([one for one in offers if one.facts.remote_id], missing)


def connect_chosen(
    flow: OAuthFlow, remote_ids: Collection[str], *, by: User, now: datetime
) -> list[Account]:
    """Connect what was chosen and end the flow. All of it or, with a ValidationError, nothing.

    Chosen twice at once, the second finds the flow ended.
    """
    choice = choice_of(flow)
    possible = {one.facts.remote_id: one for one in choice.possible}
    if not remote_ids:
        raise ValidationError("Choose at least one.")
    if unknown := set(remote_ids) - set(possible):
        raise ValidationError(f"{len(unknown)} of them cannot be connected. Choose again.")
    _check_same(flow, choice, remote_ids)
    with transaction.atomic():
        if not OAuthFlow.objects.filter(pk=flow.pk, ended_at=None, expires_at__gt=now).update(
            ended_at=now, secret=""
        ):
            raise ValidationError("This choice was made already, or it is too late. Begin again.")
        return [
            _connect(flow, possible[one], by, now) for one in possible if one in set(remote_ids)
        ]


def _check_same(flow: OAuthFlow, choice: Choice, remote_ids: Collection[str]) -> None:
    """An account is reconnected to itself: its queue must not go out somewhere else."""
    if flow.account and set(remote_ids) != {flow.account.remote_id}:
        raise ValidationError(another(flow, choice))


def another(flow: OAuthFlow, choice: Choice) -> str:
    """Return why what is offered does not reconnect the account; empty when it does."""
    if flow.account is None:
        return ""
    if any(one.facts.remote_id == flow.account.remote_id for one in choice.possible):
        return ""
    names = " and ".join(one.facts.name for one in choice.offers[:3]) or "no account"
    return (
        f"{flow.platform} offers {names}, and not {flow.account.name}. Its posts stay where they "
        f"are and nothing was changed. Sign in as somebody who manages {flow.account.name}, and "
        "tick it when asked."
    )


def _connect(flow: OAuthFlow, offer: Offer, by: User, now: datetime) -> Account:
    kept: dict[str, str] = {PlatformCredential.Type.ACCESS_TOKEN: offer.grant.access_token}
    if offer.grant.refresh_token:
        kept[PlatformCredential.Type.REFRESH_TOKEN] = offer.grant.refresh_token
    return connect_account(
        offer.facts,
        kept,
        brand=flow.brand,
        platform=flow.platform,
        by=by,
        now=now,
        server=flow.server,
        expires_at=offer.grant.expires_at,
        login_path=path_in(flow),
        scopes=offer.grant.scopes,
        granted_by=offer.grant.granted_by,
    )


def place_in(flow: OAuthFlow) -> Place:
    """Return where the flow goes. Raises NoApp when the way in is gone."""
    place = place_of(flow.brand, flow.platform, flow.login_path, flow.server)
    if place is None:
        raise NoApp(f"{flow.platform} can no longer be connected this way.")
    return place


def path_in(flow: OAuthFlow) -> LoginPath:
    return _agreed_to(place_in(flow))


def _agreed_to(place: Place) -> LoginPath:
    """Return the path as one that people agree to at the platform. Raises NoApp."""
    if not isinstance(place.path, LoginPath):
        raise NoApp(f"{place.platform} is connected here, and not at the platform.")
    return place.path


def connected_in(brand: Brand, flow: OAuthFlow) -> set[str]:
    """Return the platform's ids of what is connected in this brand already."""
    accounts = Account.objects.filter(brand=brand, platform=flow.platform, server=flow.server)
    return set(accounts.values_list("remote_id", flat=True))


def _packed(offers: list[Offer]) -> str:
    return json.dumps([_as_json(offer) for offer in offers])


def _as_json(offer: Offer) -> dict[str, Any]:
    facts, grant = offer.facts, offer.grant
    return {
        "facts": [facts.remote_id, facts.name, facts.url, facts.avatar_url],
        "server_facts": dict(facts.server_facts),
        "tokens": [grant.access_token, grant.refresh_token],
        "ends": grant.expires_at.timestamp() if grant.expires_at else None,
        "scopes": None if grant.scopes is None else list(grant.scopes),
        "by": grant.granted_by,
        "obstacle": offer.obstacle,
    }


def _unpacked(text: str) -> list[Offer]:
    return [_from_json(one) for one in json.loads(text or "[]")]


def _from_json(one: Mapping[str, Any]) -> Offer:
    access, refresh = one["tokens"]
    ends = datetime.fromtimestamp(one["ends"], UTC) if one["ends"] else None
    scopes = None if one["scopes"] is None else tuple(one["scopes"])
    grant = Grant(access, ends, refresh, scopes, one["by"])
    remote_id, name, url, avatar_url = one["facts"]
    facts = AccountFacts(remote_id, name, url, avatar_url, one["server_facts"])
    return Offer(facts, grant, one["obstacle"])
