"""Signing in for Instagram, by the person who runs the account's Page or by the account itself.

Sources: Meta's "Instagram API with Facebook Login" and "Business Login for Instagram", read in
2026. Neither has PKCE; the app's secret takes part in each exchange instead.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from platforms import graph, graph_errors
from platforms.adapters.instagram.profile import API, site_of
from platforms.adapters.instagram.reading import PROFESSIONAL
from platforms.errors import RateLimited, Rejected, Unclear
from platforms.http import Answer
from platforms.links import web_address
from platforms.meta_login import EXCHANGE, MAY_POST, FacebookLogin
from platforms.oauth import Door, Grant, LoginPath, Offer, Question, Scope, authorization_url
from platforms.telling import Act, Teller
from platforms.values import AccountFacts, Json

DIALOG = "https://www.instagram.com"
CODES = "https://api.instagram.com"  # where codes, and nothing else, become tokens
ACCOUNT = Act("the question about the account")
LINKED = "instagram_business_account{id,username,name,profile_picture_url}"
OWN_FIELDS = "user_id,username,name,account_type,profile_picture_url"


class InstagramByFacebook(FacebookLogin):
    """Sign in at Facebook and choose accounts that belong to Pages. Their tokens do not end."""

    hint = "A person who manages the Page that the account belongs to signs in at Facebook."
    scopes: tuple[Scope, ...] = (
        Scope("pages_show_list", "to show which Pages there are"),
        Scope("pages_read_engagement", "to reach the account through its Page"),
        Scope("instagram_basic", "to see the account"),
        Scope("instagram_content_publish", "to post"),
        Scope("instagram_manage_comments", "for first comments", needed=False),
        Scope("instagram_manage_insights", "for figures", needed=False),
    )

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        fields = f"id,name,access_token,tasks,{LINKED}"
        return [self._linked(door, page, grant) for page in self.pages(door, grant, fields)]

    def _linked(self, door: Door, page: Json, grant: Grant) -> Offer:
        """The account that belongs to a Page; posts go out with the Page's token."""
        token, name = str(page.get("access_token") or ""), str(page.get("name") or page.get("id"))
        door.client.redactor.hide(token)
        own = Grant(token, None, scopes=grant.scopes, granted_by=grant.granted_by)
        linked = page.get("instagram_business_account")
        if not isinstance(linked, dict) or not linked.get("id"):
            obstacle = "No professional Instagram account is linked to this Facebook Page."
            return Offer(AccountFacts(str(page.get("id")), name), own, obstacle)
        obstacle = ""
        if not token:
            obstacle = f"Facebook handed out no token for {name}. Tick the Page when it asks."
        elif MAY_POST not in (page.get("tasks") or []):
            obstacle = f"Your role on {name} does not include creating content. Ask for it there."
        return Offer(_facts(door, linked, str(linked["id"]), "facebook"), own, obstacle)


class InstagramLogin:
    """Sign in at Instagram as the account itself. Its token lasts for 60 days and is renewed."""

    slug = "instagram-login"
    name = "Instagram Login"
    hint = "The account itself signs in at Instagram. No Facebook Page is needed."
    app_of = "instagram"
    uses_pkce = False
    # A token is renewed once it is a day old and as long as it has not ended.
    ahead = timedelta(days=20)
    rotates = False
    scopes: tuple[Scope, ...] = (
        Scope("instagram_business_basic", "to see the account"),
        Scope("instagram_business_content_publish", "to post"),
        Scope("instagram_business_manage_comments", "for first comments", needed=False),
        Scope("instagram_business_manage_insights", "for figures", needed=False),
    )

    def authorize_url(self, door: Door, question: Question) -> str:
        # Else the account that is signed in is taken (unsure).
        again = {"force_reauth": "true"} if question.again else {}
        scope = ",".join(scope.name for scope in self.scopes)
        dialog = f"{_at(door, DIALOG)}/oauth/authorize"
        return authorization_url(dialog, door, question, scope, **again)

    def exchange(self, door: Door, code: str, verifier: str) -> Grant:
        """The code gives a token for an hour, and that one a token for 60 days."""
        app = {"client_id": door.app.client_id, "client_secret": door.app.client_secret}
        words = {"grant_type": "authorization_code", "redirect_uri": door.redirect_uri}
        answer = door.client.request(
            "POST",
            f"{_at(door, CODES)}/oauth/access_token",
            data={**app, **words, "code": code.removesuffix("#_")},
        )
        said = self._said(door, EXCHANGE, answer)
        rows = said.get("data")  # newer apps are answered with a list of one
        short = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else said
        token, scopes = self._token_in(door, short), _scopes_in(short)
        long = self._ask(
            door,
            EXCHANGE,
            "access_token",
            {"grant_type": "ig_exchange_token", "client_secret": door.app.client_secret},
            token,
        )
        granted_by = str(short.get("user_id") or "")
        return Grant(
            self._token_in(door, long), _end_in(long), scopes=scopes, granted_by=granted_by
        )

    def refresh(self, door: Door, credentials: Mapping[str, str]) -> Grant:
        token = credentials["access_token"]
        words = {"grant_type": "ig_refresh_token"}
        said = self._ask(door, EXCHANGE, "refresh_access_token", words, token)
        return Grant(self._token_in(door, said), _end_in(said), scopes=_scopes_in(said))

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        answer = door.client.request(
            "GET",
            f"{door.base_url}/{door.version}/me",
            params={"fields": OWN_FIELDS},
            headers={"Authorization": f"Bearer {grant.access_token}"},
        )
        said = self._said(door, ACCOUNT, answer)
        name = str(said.get("user_id") or "")
        if not name:
            raise self._tell(door).error(Unclear, ACCOUNT, "it said yes and gave no id")
        kind = str(said.get("account_type") or "").upper().replace(" ", "_")
        obstacle = "" if kind in PROFESSIONAL else (
            "This is a personal account, to which no app can post. Make it a professional one in "
            "the Instagram app."
        )  # fmt: skip
        return [Offer(_facts(door, said, name, "instagram"), grant, obstacle)]

    def _ask(self, door: Door, act: Act, path: str, words: Mapping[str, str], token: str) -> Json:
        """Ask for another token. These two calls take the present one as a parameter only."""
        url, params = f"{door.base_url}/{path}", {**words, "access_token": token}
        return self._said(door, act, door.client.request("GET", url, params=params))

    def _said(self, door: Door, act: Act, answer: Answer) -> Json:
        """Return what was said. Raises what a refusal means, in either of Meta's two shapes."""
        if 200 <= answer.status < 300:
            return answer.json()
        tell, said = self._tell(door), graph_errors.refusal(answer)
        if said is None:
            words = _older_words(answer)
            if words:
                raise tell.error(Rejected, act, words)
            raise tell.error(Unclear, act, f"it answered {answer.status}")
        kind, until = graph_errors.kind_of(answer.status, said), None
        if kind is RateLimited:
            until = graph.regained_at(answer.headers, datetime.now(UTC))
        raise tell.error(kind, act, graph_errors.words_of(said), until=until)

    def _token_in(self, door: Door, said: Json) -> str:
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise self._tell(door).error(Unclear, EXCHANGE, "it said yes and gave no token")
        door.client.redactor.hide(token)
        return token

    def _tell(self, door: Door) -> Teller:
        return Teller("Instagram", door.client.redactor)


def _at(door: Door, host: str) -> str:
    """One of Instagram's other hosts, or the one address of whatever stands in for it."""
    return host if door.base_url == API else door.base_url


def _older_words(answer: Answer) -> str:
    """What api.instagram.com says of a code that it refuses; empty for anything else."""
    if not 400 <= answer.status < 500:
        return ""
    try:
        return str(answer.json().get("error_message") or "")
    except Unclear:
        return ""


def _scopes_in(said: Json) -> tuple[str, ...] | None:
    """What may be done, where it is told: as words with commas, or as a list."""
    told = said.get("permissions")
    names = told.split(",") if isinstance(told, str) else told
    if not isinstance(names, list) or not names:
        return None
    return tuple(str(name).strip() for name in names)


def _end_in(said: Json) -> datetime | None:
    seconds = said.get("expires_in")
    if not isinstance(seconds, int) or seconds <= 0:
        return None
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _facts(door: Door, said: Json, remote_id: str, login: str) -> AccountFacts:
    handle = str(said.get("username") or "")
    url = f"{site_of(door.base_url)}/{handle or remote_id}"
    picture = web_address(said.get("profile_picture_url"))
    name = str(said.get("name") or handle or remote_id)
    return AccountFacts(remote_id, name, url, picture, {"login": login, "username": handle})


LOGIN_PATHS: tuple[LoginPath, ...] = (InstagramLogin(), InstagramByFacebook())
