"""The control interface below `/_sandbox/`: ledger, request log, faults, accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sandbox.accounts import Account
from sandbox.facebook.people import APP, EVERYTHING
from sandbox.facebook.signing import signed_request
from sandbox.faults import CALLS, KINDS, Fault
from sandbox.forms import Unreadable, read_json
from sandbox.logins import App, Person, Role
from sandbox.registry import PLATFORMS
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

NUMBER = (int, float)


class BadInput(Exception):
    """What was sent cannot be meant; the sentence names the field."""


def answer(request: Request, world: World) -> Response:
    """Answers a control request."""
    name = request.path.removeprefix("/_sandbox/").rstrip("/")
    calls = CONTROLS.get(name)
    if calls is None:
        known = ", ".join(CONTROLS)
        return json_response({"error": f"There is no control {name!r}; known: {known}."}, 404)
    if request.method not in calls:
        allowed = ", ".join(calls)
        return json_response(
            {"error": f"{name} answers {allowed}, not {request.method}."},
            405,
            headers=(("Allow", allowed),),
        )
    try:
        return calls[request.method](request, world)
    except BadInput as problem:
        return json_response({"error": str(problem)}, 400)


def show_ledger(request: Request, world: World) -> Response:
    entries = world.ledger.all(*wanted(request))
    return json_response({"posts": [entry.shown(world.origin) for entry in entries]})


def clear_ledger(request: Request, world: World) -> Response:
    world.uploads.clear()
    world.videos.clear()
    world.containers.clear()
    return json_response({"cleared": world.ledger.clear()})


def show_requests(request: Request, world: World) -> Response:
    return json_response({"requests": world.log.shown(*wanted(request))})


def clear_requests(request: Request, world: World) -> Response:
    return json_response({"cleared": world.log.clear()})


def wanted(request: Request) -> tuple[str, str]:
    """The filters of a list. Raises `BadInput` for one that does not exist."""
    for name in request.query:
        if name not in ("platform", "account"):
            raise BadInput(f"{name}: there is no such filter; use platform or account.")
    platform = request.query.get("platform", "")
    if platform:
        known_platform(platform)
    return platform, request.query.get("account", "")


def show_faults(request: Request, world: World) -> Response:
    return json_response({"faults": [asdict(fault) for fault in world.faults.armed()]})


def clear_faults(request: Request, world: World) -> Response:
    return json_response({"cleared": world.faults.clear()})


def arm_fault(request: Request, world: World) -> Response:
    sent = Sent(request, ("platform", "account", "call", "fault", "times", "seconds", "error"))
    fault = Fault(
        platform=known_platform(sent.text("platform")),
        account=sent.text("account", "*"),
        call=one_of("call", sent.text("call", "*"), CALLS),
        fault=one_of("fault", sent.text("fault"), sorted(KINDS)),
        times=sent.whole("times", 1),
        seconds=sent.number("seconds", 0) or 0,
        error=sent.mapping("error") or None,
    )
    if fault.error and fault.fault != "refuse":
        raise BadInput("error: only a refuse can be one of the platform's own errors.")
    world.faults.arm(fault)
    return json_response(asdict(fault), 201)


def show_accounts(request: Request, world: World) -> Response:
    """Registered accounts without their secrets."""
    shown = [
        {"platform": found.platform, "id": found.id, "name": found.name, "limits": found.limits}
        for found in world.accounts.all(*wanted(request)[:1])
    ]
    return json_response({"accounts": shown})


def register_account(request: Request, world: World) -> Response:
    names = ("platform", "id", "name", "token", "refresh_token", "expires_in", "limits")
    sent = Sent(request, names)
    account = Account(
        platform=known_platform(sent.text("platform")),
        id=sent.text("id"),
        name=sent.text("name", sent.text("id")),
        token=sent.text("token"),
        refresh_token=sent.text("refresh_token", "") or None,
        expires_in=sent.number("expires_in", None),
        limits=sent.mapping("limits"),
    )
    unknown = check_limits(account)
    check_token(account, world)
    world.accounts.register(account)
    said = {name: getattr(account, name) for name in names}
    said["base_url"] = f"{world.origin}/{account.platform}"
    return json_response(said | ({"unknown_limits": unknown} if unknown else {}), 201)


def register_app(request: Request, world: World) -> Response:
    sent = Sent(request, ("platform", "id", "secret", "name", "redirect_uris"))
    app = App(
        known_platform(sent.text("platform")),
        sent.text("id"),
        sent.text("secret"),
        sent.text("name", "Your app"),
        tuple(sent.texts("redirect_uris")),
    )
    world.logins.add_app(app)
    return json_response(asdict(app), 201)


def register_person(request: Request, world: World) -> Response:
    sent = Sent(request, ("platform", "id", "name", "pages"))
    pages = sent.data.get("pages", [])
    if not isinstance(pages, list) or not all(isinstance(page, dict) for page in pages):
        raise BadInput("pages: a list of objects is needed.")
    roles = tuple(
        Role(str(page.get("id")), str(page.get("name")), tuple(page.get("tasks", EVERYTHING)))
        for page in pages
    )
    name = sent.text("name", sent.text("id"))
    person = Person(known_platform(sent.text("platform")), sent.text("id"), name, roles)
    world.logins.add_person(person)
    return json_response(asdict(person), 201)


def revoke(request: Request, world: World) -> Response:
    """A person takes back what they allowed. Answers what the platform would send to the app."""
    sent = Sent(request, ("platform", "person", "app"))
    platform = known_platform(sent.text("platform"))
    app = world.logins.app(platform, sent.text("app", APP.id))
    if app is None:
        raise BadInput("app: there is none with this id.")
    person = sent.text("person")
    dead = world.logins.revoke(platform, person)
    return json_response({"revoked": dead, "signed_request": signed_request(app, person)})


def age_tokens(request: Request, world: World) -> Response:
    """Let every token from a login be older than it is."""
    sent = Sent(request, ("platform", "hours"))
    seconds = (sent.number("hours", 0.0) or 0.0) * 3600
    aged = world.logins.age(known_platform(sent.text("platform")), seconds)
    return json_response({"older": aged})


def forget_apps(request: Request, world: World) -> Response:
    platform = known_platform(request.query.get("platform", ""))
    return json_response({"forgotten": world.logins.forget_apps(platform)})


def expire_codes(request: Request, world: World) -> Response:
    world.logins.expire_codes()
    return json_response({"expired": True})


def check_limits(account: Account) -> list[str]:
    """Raises `BadInput` for a limit of the wrong type; answers the names nobody knows."""
    known = PLATFORMS[account.platform].limits
    for name, value in account.limits.items():
        if name in known and not right_type(value, known[name]):
            raise BadInput(f"limits.{name}: {value!r} is of the wrong type.")
    return [name for name in account.limits if name not in known]


def right_type(value: Any, wanted_type: type | tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return wanted_type is bool
    return isinstance(value, wanted_type)


def check_token(account: Account, world: World) -> None:
    if not PLATFORMS[account.platform].tokens_name_accounts:
        return
    holder = world.accounts.with_token(account.platform, account.token)
    if holder and holder.id != account.id:
        raise BadInput(f"token: account {holder.id} already has it; every account needs its own.")


def known_platform(name: str) -> str:
    return one_of("platform", name, list(PLATFORMS))


def one_of(name: str, value: str, known: list[str] | tuple[str, ...]) -> str:
    if value not in known:
        raise BadInput(f"{name}: {value!r} is not one of {', '.join(known)}.")
    return value


class Sent:
    """The JSON object of a control request. Its methods raise `BadInput`."""

    def __init__(self, request: Request, names: tuple[str, ...]) -> None:
        try:
            self.data: Mapping[str, Any] = read_json(request.body or b"{}")
        except Unreadable as problem:
            raise BadInput(f"body: {problem}.") from None
        for name in self.data:
            if name not in names:
                raise BadInput(f"{name}: there is no such field; known: {', '.join(names)}.")

    def text(self, name: str, default: str | None = None) -> str:
        value = self.data.get(name)
        if value is None:
            value = default
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # an id written as a number is still an id
        if not isinstance(value, str) or not (value or default == ""):
            raise BadInput(f"{name}: a text is needed.")
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.data.get(name)
        if value is None:
            return default
        if not right_type(value, int) or value < 0:
            raise BadInput(f"{name}: a whole number of 0 or more is needed.")
        return int(value)

    def number(self, name: str, default: float | None) -> float | None:
        value = self.data.get(name)
        if value is None:
            return default
        if not right_type(value, NUMBER) or not 0 <= value < float("inf"):
            raise BadInput(f"{name}: a number of 0 or more is needed.")
        return float(value) if isinstance(value, float) else value

    def texts(self, name: str) -> list[str]:
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise BadInput(f"{name}: a list of texts is needed.")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.data.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise BadInput(f"{name}: a JSON object is needed.")
        return value


Control = Callable[[Request, World], Response]

CONTROLS: dict[str, dict[str, Control]] = {
    "ledger": {"GET": show_ledger, "DELETE": clear_ledger},
    "requests": {"GET": show_requests, "DELETE": clear_requests},
    "faults": {"GET": show_faults, "POST": arm_fault, "DELETE": clear_faults},
    "accounts": {"GET": show_accounts, "POST": register_account},
    "apps": {"POST": register_app, "DELETE": forget_apps},
    "people": {"POST": register_person},
    "revocations": {"POST": revoke},
    "codes": {"DELETE": expire_codes},
    "tokens": {"POST": age_tokens},
}
