"""What every view of the API is made of."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from organisation.api.caller import Caller, caller_of
from organisation.api.problems import InvalidParameter
from organisation.models import Scope


class ApiView(APIView):
    """One address. `scopes` says which scope a token needs for each method, at the least."""

    scopes: ClassVar[dict[str, Scope]] = {}

    @property
    def caller(self) -> Caller:
        return caller_of(self.request)


def read_body(serializer: type[Serializer], request: Request) -> dict[str, Any]:
    """Return what the body says. Raises ValidationError with each field that is wrong."""
    reader = serializer(data=request.data)
    reader.is_valid(raise_exception=True)
    return reader.validated_data


def read_query(serializer: type[Serializer], request: Request) -> dict[str, Any]:
    """Return what the query parameters say. Raises InvalidParameter."""
    known = serializer().fields
    if unknown := set(request.query_params) - set(known):
        names = ", ".join(known)
        raise InvalidParameter(
            {name[:80]: [f"There is no such parameter. There is {names}."] for name in unknown}
        )
    reader = serializer(data=request.query_params.dict())
    if not reader.is_valid():
        raise InvalidParameter(reader.errors)
    return reader.validated_data
