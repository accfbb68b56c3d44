"""What Django says of an exception, on its debug page and in mails, without any secret.

Django hides by name, and only when it is not debugging. A token is an argument of many functions
under many names, so here no value is shown at all: of variables their kind, of a request only
which parameters there were.
"""

from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

MAY_HOLD_SECRETS = (
    "QUERY_STRING",
    "REQUEST_URI",
    "HTTP_REFERER",
    "HTTP_COOKIE",
    "HTTP_AUTHORIZATION",
)
HIDDEN = SafeExceptionReporterFilter.cleansed_substitute


class SecretsHidden(SafeExceptionReporterFilter):
    """Hides values always, with DEBUG too."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> Any:
        return [(name, _kind(value)) for name, value in tb_frame.f_locals.items()]

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        return dict.fromkeys(request.POST, HIDDEN) if request is not None else {}

    def get_safe_request_meta(self, request: HttpRequest) -> Any:
        shown: dict[str, Any] = super().get_safe_request_meta(request)
        return {
            name: HIDDEN if name in MAY_HOLD_SECRETS else value for name, value in shown.items()
        }

    def get_safe_cookies(self, request: HttpRequest) -> Any:
        return dict.fromkeys(request.COOKIES, HIDDEN)


class Report(ExceptionReporter):
    """The report, whose template shows the address of the request besides."""

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        if self.request is not None:
            data["request_GET_items"] = dict.fromkeys(self.request.GET, HIDDEN).items()
            data["request_insecure_uri"] = self.request.build_absolute_uri(self.request.path)
        return data


class _Kind(str):
    """Shown as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _kind(value: Any) -> _Kind:
    return _Kind(f"<{type(value).__module__}.{type(value).__qualname__}>")
