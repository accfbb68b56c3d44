"""How often one token, or one person's session, may ask."""

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from organisation.api.caller import caller_of

if TYPE_CHECKING:  # it imports the settings, and they name this module
    from rest_framework.views import APIView

WINDOW = 60  # seconds


class PerToken(BaseThrottle):
    """Counts requests by the minute, in the cache.

    A counter that is raised in one step: unlike a kept list of times it neither grows with the
    limit nor lets two requests at once be counted as one.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return True  # answered with 401 before this counts for anything
        key = f"api:{self._name(request)}:{int(time.time() // WINDOW)}"
        cache.add(key, 0, timeout=2 * WINDOW)
        try:
            return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE
        except ValueError:  # the cache dropped it in between, or keeps nothing
            return True

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return WINDOW - time.time() % WINDOW

    @staticmethod
    def _name(request: Request) -> str:
        caller = caller_of(request)
        return f"token:{caller.token.pk}" if caller.token else f"user:{caller.user.pk}"
