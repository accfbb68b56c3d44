"""The OpenAPI description: problems are described once, for every operation."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from organisation.api.problems import MEDIA_TYPE

WORDS = {
    "400": "Not valid",
    "401": "No token, or one that opens nothing",
    "403": "The token's scopes or the person's role do not allow it",
    "404": "Nothing there, or it belongs to others",
    "405": "The address does not know the method",
    "406": "No such form of answer",
    "409": "Not possible now",
    "413": "The body is too large",
    "415": "The body is not JSON",
    "422": "The idempotency key came with another request before",
    "429": "Too many requests",
}
OF_READING = ("400", "401", "403", "404", "405", "406", "429")
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. What happened, what it means, and what to do.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "example": "urn:syndication:problem:invalid"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901, into the body"},
                    "parameter": {"type": "string", "description": "A header or query parameter"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the problems that any operation may answer with. A hook of drf-spectacular."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in schemas.items():
        if name.endswith("Request"):  # what Strict reads
            schema["additionalProperties"] = False
    schemas["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for code in OF_READING if method == "get" else WORDS:
                if code != "422" or method == "post":
                    operation["responses"].setdefault(code, _response(code))
    return result


def _response(code: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": WORDS[code], "content": {MEDIA_TYPE: {"schema": schema}}}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "organisation.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "organisation.api.authentication.SignedIn"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class SchemaView(SpectacularJSONAPIView):
    """The description itself, for whoever may use the API."""


@method_decorator(never_cache, name="dispatch")
class DocsPage(LoginRequiredMixin, SpectacularSwaggerSplitView):
    """The description as a page to try things on. Nothing on it comes from another server."""

    url_name = "api:schema"
    template_name = "syndication/api/docs.html"
