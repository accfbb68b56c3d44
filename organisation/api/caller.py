"""Who asks: a person, through a session or through a token that may narrow what they can do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from organisation import rights
from organisation.models import ApiToken, Brand, Scope, User

if TYPE_CHECKING:  # it imports the settings, and they name this module
    from rest_framework.views import APIView

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Caller:
    """The person, and the token they sent instead of signing in."""

    user: User
    token: ApiToken | None

    def narrowed(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Leave only the token's brand of rows that the person may see."""
        if self.token is None or self.token.brand_id is None:
            return rows
        return rows.filter(brand=self.token.brand_id)

    def may(self, right: str, brand: Brand) -> bool:
        elsewhere = self.token and self.token.brand_id not in (None, brand.pk)
        return not elsewhere and rights.may(self.user, right, brand)

    def require_scope(self, scope: str) -> None:
        """Raise PermissionDenied unless the token has the scope. A session has all."""
        if self.token is not None and scope not in self.token.scopes:
            raise PermissionDenied(
                f"This token lacks the scope {scope}. Nothing was done. "
                "Use a token that has it, or make one in the back office."
            )

    def require(self, right: str, brand: Brand, scope: str) -> None:
        """Raise PermissionDenied unless both the token and the person's role allow it."""
        self.require_scope(scope)
        if not self.may(right, brand):
            raise PermissionDenied(
                f"{self.user} has no role at {brand} that allows this. Nothing was done. "
                "Ask an administrator of the brand."
            )


def caller_of(request: Request) -> Caller:
    """Return who asks. The permission has made sure that it is a person."""
    user: User = request.user  # type: ignore[assignment]
    return Caller(user, request.auth if isinstance(request.auth, ApiToken) else None)


class HasScope(BasePermission):
    """Asks for the scope that the view's `scopes` name for the method; the verb asks for more."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        scopes: dict[str, Any] = getattr(view, "scopes", {})
        needed = scopes.get("GET" if request.method == "HEAD" else request.method or "")
        if needed:
            caller_of(request).require_scope(Scope(needed))
        return True
