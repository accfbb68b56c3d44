"""What went wrong, as application/problem+json (RFC 9457): what happened, and what to do.

`errors` names each field that is wrong: by its JSON pointer (RFC 6901) into the body, or by the
name of the header or query parameter.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.encoding import escape_uri_path
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:syndication:problem:"
# JSON could carry them, yet no reader of JSON has to take them.
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


class Conflict(exceptions.APIException):
    """The row is not what the caller thinks it is. Nothing was changed."""

    status_code = 409
    default_code = "conflict"


class Busy(Conflict):
    """The same request is being worked on. It may be asked again after `wait` seconds."""

    default_code = "busy"

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class KeyReused(exceptions.APIException):
    """An idempotency key came back with another request."""

    status_code = 422
    default_code = "key-reused"


class TooLarge(exceptions.APIException):
    """The body is larger than is read."""

    status_code = 413
    default_code = "too-large"
    default_detail = (
        "The body is larger than 2 MB. Nothing was done. Shorten the text; pictures are uploaded "
        "first and named by their ids."
    )


class Fault(exceptions.APIException):
    """Something broke on our side. What the request had done is done whole or not at all."""

    default_code = "fault"
    default_detail = (
        "Something broke on our side; the fault is in the server's log. Posts are made or changed "
        "whole or not at all. Read what is there before you send the request again."
    )


class InvalidParameter(exceptions.ValidationError):
    """A header or a query parameter is not valid; `errors` names it."""


class NotThere(exceptions.NotFound):
    """Rows that the body names are not there, or belong to others: the same answer for both."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__("The request names what is not there. Nothing was done. See `errors`.")
        self.fields = fields


TITLES = {
    "authentication_failed": "Token refused",
    "busy": "Being worked on",
    "conflict": "Not possible now",
    "fault": "Fault on our side",
    "invalid": "Not valid",
    "key-reused": "Idempotency key used before",
    "method_not_allowed": "Method not allowed",
    "not_acceptable": "No such form of answer",
    "not_authenticated": "No token",
    "not_found": "Not found",
    "parse_error": "Not JSON",
    "permission_denied": "Not allowed",
    "throttled": "Too many requests",
    "too-large": "Too large",
    "unsupported_media_type": "Not JSON",
}
SENTENCES = {
    "invalid": "Something in the request is not valid. Nothing was done. Put right what `errors` "
    "names and send it again.",
    "method_not_allowed": "This address does not know the method {method}. Nothing was done. "
    "The header Allow names those it knows.",
    "not_acceptable": "The API answers in application/json only. Nothing was done. "
    "Accept that, or leave the header Accept out.",
    "not_authenticated": "The request came without a token and without a session. Nothing was "
    "done. Send a token as `Authorization: Bearer …`.",
    "not_found": "There is nothing at this address, or it belongs to others. Nothing was done. "
    "Check the path and the id.",
    "parse_error": "The body cannot be read as JSON in UTF-8. Nothing was done. "
    "Check how it is written.",
    "throttled": "Too many requests with this token. Nothing was done. Wait {wait} s, as "
    "Retry-After says, and send it again.",
    "unsupported_media_type": "The API takes application/json only. Nothing was done. "
    "Send Content-Type: application/json.",
}


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an error of any view into its answer; None for a bug, which stays one."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, DjangoPermissionDenied):
        exc = exceptions.PermissionDenied(*exc.args)
    elif isinstance(exc, RequestDataTooBig):
        exc = TooLarge()
    if not isinstance(exc, exceptions.APIException):
        return None
    response = Response(problem(exc, context["request"]), exc.status_code, content_type=MEDIA_TYPE)
    if challenge := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(max(round(wait), 1))
    return response


def problem(exc: exceptions.APIException, request: Any) -> dict[str, Any]:
    """Return the members of RFC 9457, and `errors` where single fields are to blame."""
    kind = _kind(exc)
    body: dict[str, Any] = {
        "type": f"{TYPE}{kind.replace('_', '-')}",
        "title": TITLES[kind],
        "status": exc.status_code,
        "detail": clean(_sentence(exc, kind, request)),
        "instance": escape_uri_path(clean(request.path)),
    }
    if errors := list(_errors(exc)):
        body["errors"] = errors
    return body


@csrf_exempt  # it changes nothing, and "not found" is what matters
def not_found(request: HttpRequest) -> JsonResponse:
    """Answer for every address below /api/ that is not one."""
    body = problem(exceptions.NotFound(), request)
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer where a view broke: a program gets a problem, a person the page for it."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return JsonResponse(problem(Fault(), request), status=500, content_type=MEDIA_TYPE)


def clean(text: str) -> str:
    """Return the text without what some readers of JSON refuse."""
    return _UNUSABLE.sub("\ufffd", text)


def _kind(exc: exceptions.APIException) -> str:
    kind = exc.default_code
    return kind if kind in TITLES else "invalid"


def _sentence(exc: exceptions.APIException, kind: str, request: Any) -> str:
    own = isinstance(exc.detail, str) and exc.detail != exc.default_detail
    if kind in SENTENCES and not (own and kind == "not_found"):
        wait = max(round(getattr(exc, "wait", 0) or 0), 1)
        return SENTENCES[kind].format(method=request.method, wait=wait)
    return str(exc.detail)


def _errors(exc: exceptions.APIException) -> Iterator[dict[str, str]]:
    fields: Any = exc.detail if isinstance(exc, exceptions.ValidationError) else None
    if isinstance(exc, NotThere):
        fields = exc.fields
    outside = isinstance(exc, InvalidParameter)  # of the body
    for pointer, sentence in _flat(fields, ""):
        where = {"parameter": pointer.lstrip("/")} if outside else {"pointer": pointer}
        yield {name: clean(text) for name, text in {**where, "detail": sentence}.items()}


def _flat(found: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Walk nested errors."""
    if isinstance(found, Mapping):
        for name, inner in found.items():
            whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _flat(inner, pointer if whole else f"{pointer}/{_escaped(name)}")
    elif isinstance(found, list | tuple):
        for place, inner in enumerate(found):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _flat(inner, f"{pointer}/{place}" if nested else pointer)
    elif found:
        yield pointer, str(found)


def _escaped(name: Any) -> str:
    """Escape a name for a JSON pointer (RFC 6901), and cut what only means to be long."""
    return str(name)[:80].replace("~", "~0").replace("/", "~1")
