"""Two doors: a bearer token, or the session of somebody who has signed in."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from organisation.clock import database_now
from organisation.models import ApiToken, User
from organisation.tokens import token_for

REFUSED = (
    "This token opens nothing: it is unknown, expired or revoked. Nothing was done. "
    "Make a new one in the back office."
)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer syn_…`. Asked first, so that its challenge goes with every 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_for(text.strip(), database_now())
        if token is None:
            raise AuthenticationFailed(REFUSED)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Syndication"'


class SignedIn(SessionAuthentication):
    """The session of the staff pages. What changes something needs the CSRF token as well."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                "The request came with a session and without its CSRF token. Nothing was done. "
                "Send the token in X-CSRFToken, or use an API token."
            ) from error
