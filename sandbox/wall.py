"""The wall: what is live, as a page for people. Every text on it is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from sandbox.accounts import Account
from sandbox.faults import Fault
from sandbox.images import measure
from sandbox.ledger import Entry, Media, iso
from sandbox.wire import Request, Response
from sandbox.world import World

SHOWN = 30  # posts of each account
ASSETS = Path(__file__).parent / "assets"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
GUARDS = (
    ("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="/_wall/mark.svg">
<link rel="stylesheet" href="/_wall/wall.css">
<script src="/_wall/wall.js" defer></script>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body>
<header class="top">
<h1><a href="/"><img src="/_wall/mark.svg" alt="" width="24" height="24"> Sandbox</a></h1>
<p>What is live on the simulated platforms. Nothing here has left this machine.</p>
</header>
<main>
{body}
</main>
</body>
</html>
"""


def answer(request: Request, world: World) -> Response | None:
    """The wall's page, one post's page, an image or a file of the page; None if none of these."""
    if request.method not in ("GET", "HEAD"):
        return None
    if request.path == "/":
        return page("Sandbox", overview(request.query.get("platform", ""), world))
    if request.path == "/favicon.ico":
        return asset("mark.svg")
    folder, _, name = request.path[1:].partition("/")
    if folder == "_wall":
        return asset(name)
    if folder == "_images":
        return image(name, world)
    entry = world.ledger.at_path(request.path)
    return page("Post · Sandbox", single(entry, world)) if entry else None


def page(title: str, body: str) -> Response:
    html = PAGE.format(title=escape(title), body=body)
    return Response(200, html.encode(), "text/html; charset=utf-8", GUARDS)


def asset(name: str) -> Response:
    known = {path.name: path for path in ASSETS.iterdir()}
    if name not in known:
        return Response(404, b"There is no such file.", "text/plain", GUARDS)
    kind = TYPES[known[name].suffix]
    return Response(200, known[name].read_bytes(), f"{kind}; charset=utf-8", GUARDS)


def image(name: str, world: World) -> Response:
    """A picture that was uploaded; `none` is the one of an account without a picture."""
    if name == "none":
        return asset("nobody.svg")
    data = world.shelf.get(name)
    found = measure(data) if data else None
    if data is None or found is None:
        return Response(404, b"This image is not kept any more.", "text/plain", GUARDS)
    return Response(200, data, found.mime, GUARDS)


def overview(platform: str, world: World) -> str:
    accounts = world.accounts.all()
    names = sorted({account.platform for account in accounts})
    shown = [name for name in names if platform in ("", name)]
    if not accounts:
        return EMPTY
    parts = [filters(names, platform), alarms(world.faults.armed())]
    parts += [
        section(name, [account for account in accounts if account.platform == name], world)
        for name in shown
    ]
    return "\n".join(parts)


EMPTY = """<section class="empty"><h2>No accounts yet</h2>
<p>Register one with <code>POST /_sandbox/accounts</code>; what is published to it appears here.</p>
</section>"""


def filters(names: list[str], chosen: str) -> str:
    links = [link("/", "All", chosen == "")]
    links += [
        link(f"/?platform={quote(name)}", name.capitalize(), chosen == name) for name in names
    ]
    return f'<nav aria-label="Platforms">{"".join(links)}</nav>'


def link(address: str, label: str, current: bool) -> str:
    mark = ' aria-current="page"' if current else ""
    return f'<a href="{escape(address)}"{mark}>{escape(label)}</a>'


def alarms(faults: list[Fault]) -> str:
    if not faults:
        return ""
    items = "".join(f"<li>{escape(sentence(fault))}</li>" for fault in faults)
    return f'<section class="faults"><h2>Faults armed</h2><ul>{items}</ul></section>'


def sentence(fault: Fault) -> str:
    who = "any account" if fault.account == "*" else f"account {fault.account}"
    what = "any call" if fault.call == "*" else fault.call
    often = "always" if fault.times == 0 else f"{fault.times} more"
    return f"{fault.fault} on {what} of {who} at {fault.platform}, {often}"


def section(platform: str, accounts: list[Account], world: World) -> str:
    columns = "".join(column(account, world) for account in accounts)
    title = escape(platform.capitalize())
    return f'<section><h2>{title}</h2><div class="columns">{columns}</div></section>'


def column(account: Account, world: World) -> str:
    entries = world.ledger.latest(account.platform, account.id, SHOWN)
    cards = "".join(card(entry, world) for entry in entries)
    total = world.ledger.count(account.platform, account.id)
    figure = f"{total:,} accepted" if total else "nothing yet"
    body = cards or '<p class="quiet">Nothing has been posted here.</p>'
    name = escape(account.name)
    head = f"<h3>{name}</h3><p class='quiet'>{escape(account.id)} · {figure}</p>"
    return f'<section class="account" aria-label="{name}">{head}{body}</section>'


def card(entry: Entry, world: World) -> str:
    replies = world.ledger.below(entry)
    answers = f"<ol>{''.join(f'<li>{words(reply)}</li>' for reply in replies)}</ol>"
    return f"<article{struck(entry)}>{words(entry)}{answers if replies else ''}</article>"


def struck(entry: Entry) -> str:
    return ' class="deleted"' if entry.deleted_at else ""


def words(entry: Entry) -> str:
    """Text, pictures and the line below them, of a post or a reply."""
    tag = "del" if entry.deleted_at else "div"
    text = f'<{tag} class="text">{escape(entry.text)}</{tag}>' if entry.text else ""
    shared = str(entry.notes.get("link") or "")
    also = f'<p class="shared">{escape(shared)}</p>' if shared else ""
    return f"{kind_of(entry)}{text}{poll(entry)}{also}{pictures(entry.media)}{footer(entry)}"


def poll(entry: Entry) -> str:
    """The answers of a post that asks something."""
    asked = entry.notes.get("poll")
    answers = asked.get("options") if isinstance(asked, dict) else None
    rows = "".join(f"<li>{escape(str(one))}</li>" for one in answers or ())
    return f'<ul class="poll">{rows}</ul>' if rows else ""


def kind_of(entry: Entry) -> str:
    """What sort of post it is, where its platform has several."""
    kind = str(entry.notes.get("kind") or "")
    return f'<p class="kind">{escape(kind.capitalize())}</p>' if kind else ""


def pictures(media: Iterable[Media]) -> str:
    shown = [
        f'<img src="/_images/{item.sha256}" alt="{escape(item.alt)}" loading="lazy">'
        if item.type != "video"
        else f'<video src="/_images/{item.sha256}" controls preload="metadata"></video>'
        for item in media
    ]
    return f'<div class="pictures">{"".join(shown)}</div>' if shown else ""


def footer(entry: Entry) -> str:
    made = iso(entry.created_at)
    notes = [f'<time datetime="{made}">{made[:10]} {made[11:23]} UTC</time>']
    if entry.edited_at:
        notes.append("edited")
    if entry.deleted_at:
        notes.append(f"deleted {iso(entry.deleted_at)[11:23]}")
    address = f'<a href="{escape(entry.path)}">{escape(entry.id)}</a>'
    return f'<p class="quiet">{" · ".join(notes)} · {address}</p>'


def single(entry: Entry, world: World) -> str:
    account = world.accounts.get(entry.platform, entry.account)
    name = account.name if account else entry.account
    title = f"<h2>{escape(name)} on {escape(entry.platform.capitalize())}</h2>"
    return f'<section class="single">{title}{card(entry, world)}</section>'
