from __future__ import annotations

from sandbox.wire import Request, Response
from sandbox.world import World


def answer(request: Request, world: World) -> Response | None:
    return None
