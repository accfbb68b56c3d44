"""Takes each request to the platform, the control interface or the wall, and applies faults."""

from __future__ import annotations

from dataclasses import replace

from sandbox import control, wall
from sandbox.faults import BEFORE, REFUSALS, Fault
from sandbox.forms import Unreadable
from sandbox.log import Logged
from sandbox.platform import Call, Platform, Refused
from sandbox.registry import PLATFORMS, settle_in
from sandbox.wire import Hold, Reply, Request, Reset, Response, json_response
from sandbox.world import World

NOT_JSON = b"\x00\x1f\x8b<<<\xff\xfe not what was promised"
MAINTENANCE = b"<!doctype html><title>Down for maintenance</title><p>We will be back soon.</p>"
MOVED = b"<!doctype html><title>Moved</title><p>This server has moved.</p>"
ELSEWHERE = "https://elsewhere.example/"
A_PAGE = b"<!doctype html><title>Please wait</title><p>Checking your browser.</p>"


class Router:
    """Answers every request to a sandbox with the given world."""

    def __init__(self, world: World) -> None:
        self.world = world
        settle_in(world)

    def answer(self, request: Request) -> Reply:
        prefix = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
        if prefix == "_sandbox":
            return control.answer(request, self.world)
        page = wall.answer(request, self.world)
        if page is not None:
            return page
        platform = PLATFORMS.get(prefix)
        logged = self.world.log.received(request, platform.name if platform else None)
        reply = self._of_platform(platform, request, logged) if platform else nowhere(request)
        if isinstance(reply, Response):
            logged.status, logged.created = reply.status, reply.created
        return reply

    def _of_platform(self, platform: Platform, request: Request, logged: Logged) -> Reply:
        try:
            call = platform.call(request, self.world)
        except Refused as refused:
            return platform.signed(refused.response, None)
        except Unreadable as problem:
            return json_response({"error": f"Cannot read this request: {problem}."}, 400)
        logged.account = call.account_id or None
        fault = self.world.faults.take(platform.name, call.account_id, call.kinds)
        if fault is None:
            return platform.signed(perform(call), call.account)
        return self._with_fault(platform, call, fault, logged)

    def _with_fault(self, platform: Platform, call: Call, fault: Fault, logged: Logged) -> Reply:
        logged.fault = fault.fault
        if fault.fault in BEFORE or fault.fault in REFUSALS:
            return prevented(platform, call, fault)
        response = perform(call)
        if response.status >= 400:
            # A fault of the answer needs something accepted; this one waits for the next request.
            self.world.faults.give_back(fault)
            logged.fault = None
            return platform.signed(response, call.account)
        logged.created = response.created
        return spoilt(platform, call, fault, response)


def perform(call: Call) -> Response:
    try:
        return call.perform()
    except Refused as refused:
        return refused.response


def prevented(platform: Platform, call: Call, fault: Fault) -> Reply:
    """The reply when nothing is accepted."""
    if fault.fault == "hang":
        return Hold(fault.seconds)
    if fault.fault == "reset_before":
        return Reset()
    if fault.fault == "maintenance":
        again = (("Retry-After", str(round(fault.seconds) or 60)),)
        return Response(503, MAINTENANCE, "text/html; charset=utf-8", again)
    if fault.fault == "redirect":
        return Response(301, MOVED, "text/html; charset=utf-8", (("Location", ELSEWHERE),))
    kind = "error_500" if fault.fault == "error_500_before" else fault.fault
    return platform.signed(platform.refusal(kind, fault.seconds, call, fault.error), call.account)


def spoilt(platform: Platform, call: Call, fault: Fault, response: Response) -> Reply:
    """The reply when everything was accepted and only the answer suffers."""
    if fault.fault == "reset_after_accept":
        return Reset()
    if fault.fault == "error_500_after_accept":
        error = platform.refusal("error_500", fault.seconds, call)
        return platform.signed(replace(error, created=response.created), call.account)
    if fault.fault == "garbage":
        response = replace(response, status=200, body=NOT_JSON)
    if fault.fault == "wrong_content_type":
        response = replace(response, status=200, body=A_PAGE, content_type="text/html")
    if fault.fault == "slow":
        response = replace(response, delay=fault.seconds)
    return platform.signed(response, call.account)


def nowhere(request: Request) -> Response:
    known = ", ".join(f"/{name}" for name in PLATFORMS)
    return json_response({"error": f"Nothing is served at {request.path}; try {known}."}, 404)
