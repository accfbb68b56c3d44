"""Facebook Login, by which people let us post to their Pages.

Sources: Meta's "Manually Build a Login Flow", "Get Long-Lived Page Access Tokens" and "Debug
Token". The flow has no PKCE; the app's secret takes part in each exchange instead.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from platforms import graph, graph_errors
from platforms.errors import PermissionMissing, RateLimited, Rejected, Unclear
from platforms.links import web_address
from platforms.oauth import Door, Grant, LoginPath, Offer, Question, Scope, authorization_url
from platforms.telling import Act, Teller
from platforms.values import AccountFacts, Json

GRAPH = "https://graph.facebook.com"
DIALOG = "https://www.facebook.com"
EXCHANGE = Act("the sign-in")
LISTING = Act("the list of Pages")
PAGE_SIZE = 100
LISTS_READ = 10  # so that a thousand Pages are found and no answer keeps us reading for ever
MAY_POST = "CREATE_CONTENT"
FIELDS = "id,name,access_token,tasks,link,picture"


class FacebookLogin:
    """Sign in at Facebook and choose Pages. Page tokens got this way do not end by themselves."""

    slug = "facebook-login"
    name = "Facebook Login"
    hint = "A person who manages the Page signs in at Facebook and chooses it."
    app_of = "facebook"
    uses_pkce = False
    scopes: tuple[Scope, ...] = (
        Scope("pages_show_list", "to show which Pages there are"),
        Scope("pages_manage_posts", "to post"),
        Scope("pages_read_engagement", "to look whether a post is out"),
        Scope("pages_manage_engagement", "for first comments", needed=False),
        Scope("read_insights", "for figures", needed=False),
    )

    def authorize_url(self, door: Door, question: Question) -> str:
        # Without it what was declined before is not offered again.
        again = {"auth_type": "rerequest"} if question.again else {}
        site = DIALOG if door.base_url == GRAPH else door.base_url
        scope = ",".join(scope.name for scope in self.scopes)
        dialog = f"{site}/{door.version}/dialog/oauth"
        return authorization_url(dialog, door, question, scope, **again)

    def exchange(self, door: Door, code: str, verifier: str) -> Grant:
        """The code gives a token for an hour or two, and that one a token for about 60 days.

        Only Pages listed with the long one get tokens without an end.
        """
        app = {"client_id": door.app.client_id, "client_secret": door.app.client_secret}
        said = self._ask(
            door,
            EXCHANGE,
            "oauth/access_token",
            {**app, "redirect_uri": door.redirect_uri, "code": code},
        )
        short = self._token_in(door, said)
        said = self._ask(
            door,
            EXCHANGE,
            "oauth/access_token",
            {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short},
        )
        return self._looked_at(door, self._token_in(door, said))

    def _looked_at(self, door: Door, token: str) -> Grant:
        """Ask what the token may do: people can leave out any permission."""
        app_token = f"{door.app.client_id}|{door.app.client_secret}"
        door.client.redactor.hide(app_token)
        said = self._ask(door, EXCHANGE, "debug_token", {"input_token": token}, app_token)
        facts = said.get("data")
        if not isinstance(facts, dict) or not isinstance(facts.get("scopes"), list):
            raise self._tell(door).error(Unclear, EXCHANGE, "it did not say what it allows")
        if not facts.get("is_valid") or str(facts.get("app_id")) != door.app.client_id:
            raise self._tell(door).error(PermissionMissing, EXCHANGE, "the token is another app's")
        scopes = tuple(str(name) for name in facts["scopes"])
        ends = facts.get("expires_at")
        expires_at = datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends else None
        return Grant(token, expires_at, scopes=scopes, granted_by=str(facts.get("user_id") or ""))

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        return [self._offer(door, page, grant) for page in self.pages(door, grant, FIELDS)]

    def pages(self, door: Door, grant: Grant, fields: str) -> list[Json]:
        """Return the Pages this person has a role on, each with its own token."""
        found: list[Json] = []
        words: dict[str, Any] = {"fields": fields, "limit": PAGE_SIZE}
        for _ in range(LISTS_READ):
            said = self._ask(door, LISTING, "me/accounts", words, grant.access_token)
            pages = said.get("data")
            if not isinstance(pages, list) or not all(isinstance(page, dict) for page in pages):
                raise self._tell(door).error(Unclear, LISTING, "the list is missing")
            found += pages
            paging = said.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not paging.get("next") or not after:
                break
            words["after"] = after
        return found

    def _offer(self, door: Door, page: Json, grant: Grant) -> Offer:
        token, name = str(page.get("access_token") or ""), str(page.get("name") or page.get("id"))
        door.client.redactor.hide(token)
        picture = (page.get("picture") or {}).get("data") or {}
        facts = AccountFacts(
            str(page.get("id")),
            name,
            web_address(page.get("link")),
            web_address(picture.get("url")),
        )
        obstacle = ""
        if not token:
            obstacle = "Facebook handed out no token for this Page. Tick it when Facebook asks."
        elif MAY_POST not in (page.get("tasks") or []):
            obstacle = (
                "Your role on this Page does not include creating content. "
                "Ask whoever runs the Page for it."
            )
        # A Page's token has no end of its own, unlike that of the person.
        own = Grant(token, None, scopes=grant.scopes, granted_by=grant.granted_by)
        return Offer(facts, own, obstacle)

    def _ask(
        self, door: Door, act: Act, path: str, words: Mapping[str, Any], token: str = ""
    ) -> Json:
        """Read from Graph. A token travels in a header, and proves that it comes from the app."""
        parameters = dict(words)
        headers = {"Authorization": f"Bearer {token}"} if token else None
        if token and "|" not in token and door.app.client_secret:
            parameters["appsecret_proof"] = graph.proof(token, door.app.client_secret)
            door.client.redactor.hide(parameters["appsecret_proof"])
        answer = door.client.request(
            "GET", f"{door.base_url}/{door.version}/{path}", params=parameters, headers=headers
        )
        if 200 <= answer.status < 300:
            return answer.json()
        tell, said = self._tell(door), graph_errors.refusal(answer)
        if said is None:
            raise tell.error(Unclear, act, f"it answered {answer.status} and nothing readable")
        kind, until = graph_errors.kind_of(answer.status, said), None
        if kind is RateLimited:
            until = graph.regained_at(answer.headers, datetime.now(UTC))
        kind = kind if token or until else _of_exchange(kind)
        raise tell.error(kind, act, graph_errors.words_of(said), until=until)

    def _token_in(self, door: Door, said: Json) -> str:
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise self._tell(door).error(Unclear, EXCHANGE, "it said yes and gave no token")
        door.client.redactor.hide(token)
        return token

    def _tell(self, door: Door) -> Teller:
        return Teller("Facebook", door.client.redactor)


def _of_exchange(kind: type[Exception]) -> Any:
    """Refusing a code is refusing what was sent: there is no account yet to be reconnected."""
    return kind if kind is Unclear else Rejected


FACEBOOK_LOGIN: LoginPath = FacebookLogin()
