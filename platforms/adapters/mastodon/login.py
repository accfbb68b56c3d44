"""Signing in at a server with Mastodon's API, which a person names.

Every server keeps apps of its own, so that this program registers itself there, once for each
brand. Sources: Mastodon's documentation of `apps` and `oauth`, RFC 8414 for the server's document
about itself, RFC 7636 for PKCE, RFC 9207 for who answers.
"""

from urllib.parse import urlencode, urlsplit

from platforms import fediverse
from platforms.adapters.mastodon.server import Server
from platforms.errors import Rejected, Unclear
from platforms.http import Answer
from platforms.oauth import AppKeys, Arrangement, Door, Grant, LoginPath, Offer, Question, Scope
from platforms.telling import Act
from platforms.values import Json

APP_NAME = "Syndication"  # what people read when they are asked to agree
REGISTRATION = Act("the registration of this program")
EXCHANGE = Act("the sign-in")
# What RFC 6749, section 5.2, names in the refusals of a token.
NO_KEYS = "it said yes and gave no id and secret"
UNKNOWN_APP = "invalid_client"
ISSUER_MAX = 500  # characters; a longer one never matches, and so is refused


class MastodonLogin:
    """Sign in as the account. The token lasts until somebody takes it back."""

    slug = "mastodon-login"
    name = "a sign-in at its server"
    hint = "Sign in at the server where the account is, and allow this program to post."
    app_of = ""  # nobody makes one: it is registered at each server
    uses_pkce = True  # where the server's document about itself says so: since 4.3
    scopes: tuple[Scope, ...] = (
        Scope("read:accounts", "to see the account"),
        Scope("read:statuses", "to look whether a post is out"),
        Scope("write:statuses", "to post"),
        Scope("write:media", "to upload pictures and videos"),
    )

    def arrange(self, door: Door) -> Arrangement:
        """Register this program, unless the server still knows it as it is kept."""
        said = self._described(door)
        methods = said.get("code_challenge_methods_supported")
        pkce = isinstance(methods, list) and "S256" in methods
        names_itself = said.get("authorization_response_iss_parameter_supported") is True
        issuer = str(said["issuer"])[:ISSUER_MAX] if names_itself else ""
        known = door.app.client_id and self._is_known(door)
        return Arrangement(door.app if known else self._registered(door), pkce, issuer)

    def _described(self, door: Door) -> Json:
        """Read what the server says of itself; older ones have no such document.

        Raises Rejected where it speaks for another server.
        """
        answer = door.client.request(
            "GET", f"{door.base_url}/.well-known/oauth-authorization-server"
        )
        if answer.status == 429 or answer.status >= 500:  # it is not itself just now
            Server(door.base_url, door.client).check(answer, REGISTRATION)
        if answer.status != 200:
            return {}
        try:
            said = answer.json()
        except Unclear:
            return {}  # a page: servers with other software answer all addresses with one
        check_issuer(door.base_url, str(said.get("issuer") or ""))
        return said

    def _is_known(self, door: Door) -> bool:
        """Say whether the app is still there for this address. Servers forget unused ones."""
        answer = self._token(door, {"grant_type": "client_credentials", "scope": self._scope})
        if answer.status in (400, 401) and fediverse.error_in(answer) == UNKNOWN_APP:
            return False
        if answer.status != 200:
            return True  # it does not say so: then it is kept
        token = str(answer.json().get("access_token") or "")
        door.client.redactor.hide(token)
        server = Server(door.base_url, door.client, token)
        asked = server.request("GET", "/api/v1/apps/verify_credentials")
        if asked.status != 200:
            return True
        said = asked.json()
        addresses, scopes = _words(said, "redirect_uris", "redirect_uri"), _words(said, "scopes")
        return (not addresses or door.redirect_uri in addresses) and (
            not scopes or {scope.name for scope in self.scopes} <= scopes
        )

    def _registered(self, door: Door) -> AppKeys:
        answer = door.client.request(
            "POST",
            f"{door.base_url}/api/v1/apps",
            data={
                "client_name": APP_NAME,
                "redirect_uris": door.redirect_uri,
                "scopes": self._scope,
            },
        )
        server = Server(door.base_url, door.client)
        if answer.status in (301, 302, 303, 307, 308, 404, 405) or _is_page(answer):
            host = urlsplit(door.base_url).hostname
            raise Rejected(
                f"No Mastodon answers at {host}. Copy the address from your browser while you "
                "look at your own profile there."
            )
        server.check(answer, REGISTRATION)
        said = answer.json()
        name, secret = said.get("client_id"), said.get("client_secret")
        if not isinstance(name, str) or not isinstance(secret, str) or not name or not secret:
            raise server.tell.error(Unclear, REGISTRATION, NO_KEYS)
        door.client.redactor.hide(secret)
        return AppKeys(name, secret)

    def authorize_url(self, door: Door, question: Question) -> str:
        words = {
            "response_type": "code",
            "client_id": door.app.client_id,
            "redirect_uri": door.redirect_uri,
            "scope": self._scope,
            "state": question.state,
        }
        if question.challenge:
            words |= {"code_challenge": question.challenge, "code_challenge_method": "S256"}
        if question.again:
            words["force_login"] = "true"
        return f"{door.base_url}/oauth/authorize?{urlencode(words)}"

    def exchange(self, door: Door, code: str, verifier: str) -> Grant:
        words = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": door.redirect_uri,
            "scope": self._scope,
        }
        if verifier:
            words["code_verifier"] = verifier
        answer, server = self._token(door, words), Server(door.base_url, door.client)
        if 400 <= answer.status < 500 and answer.status != 429 and fediverse.error_in(answer):
            raise server.tell.error(Rejected, EXCHANGE, _refusal(answer))
        server.check(answer, EXCHANGE)
        said = answer.json()
        token = said.get("access_token")
        if not isinstance(token, str) or not token:
            raise server.tell.error(Unclear, EXCHANGE, "it said yes and gave no token")
        door.client.redactor.hide(token)
        return Grant(token, scopes=self._granted(said))

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        """The one account that signed in."""
        return [Offer(Server(door.base_url, door.client, grant.access_token).account(), grant)]

    def _token(self, door: Door, words: dict[str, str]) -> Answer:
        app = {"client_id": door.app.client_id, "client_secret": door.app.client_secret}
        return door.client.request("POST", f"{door.base_url}/oauth/token", data={**app, **words})

    @property
    def _scope(self) -> str:
        return " ".join(scope.name for scope in self.scopes)

    def _granted(self, said: Json) -> tuple[str, ...] | None:
        """What may be done, in our words: a server may hand out `write` for `write:media`."""
        given = _words(said, "scope")
        if not given:
            return None
        return tuple(
            scope.name
            for scope in self.scopes
            if scope.name in given or scope.name.partition(":")[0] in given
        )


def check_issuer(base_url: str, issuer: str) -> None:
    """Raise Rejected where a server speaks for another: a token would go to the wrong one."""
    mine, named = urlsplit(base_url), urlsplit(issuer)
    if (named.scheme, named.netloc.lower()) == (mine.scheme, mine.netloc.lower()):
        return
    if named.hostname is None:
        raise Rejected(f"{mine.hostname} does not say which server signs people in.")
    raise Rejected(
        f"{mine.hostname} says that people sign in at {named.hostname}. Type that address, if it "
        "is your server."
    )


def _is_page(answer: Answer) -> bool:
    return answer.status == 200 and "html" in answer.headers.get("Content-Type", "")


def _refusal(answer: Answer) -> str:
    said = answer.json()
    return str(said.get("error_description") or said.get("error"))


def _words(said: Json, *names: str) -> set[str]:
    """The words of the first of these that is there, as a list or as a text."""
    for name in names:
        told = said.get(name)
        if isinstance(told, str):
            return set(told.split())
        if isinstance(told, list):
            return {str(one) for one in told}
    return set()


LOGIN_PATHS: tuple[LoginPath, ...] = (MastodonLogin(),)
