"""What is read: whether a post is out, its text as it is there, and how it does.

Sources: Mastodon's documentation of `statuses` and of the entities Status, StatusSource, Account.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from platforms import fediverse
from platforms.adapters.mastodon.rules import THREAD, texts_sent
from platforms.adapters.mastodon.server import Server
from platforms.errors import PlatformError, Unclear
from platforms.http import Answer
from platforms.links import web_address
from platforms.looking import (
    CLOCKS_DIFFER,
    Candidate,
    Listing,
    look_for,
    started_at,
    without_servers,
    words_of_html,
)
from platforms.parts import step_of
from platforms.pauses import moment_in
from platforms.telling import READING, Act
from platforms.values import (
    Absent,
    CannotTell,
    Found,
    Json,
    Limits,
    Metric,
    Rendition,
    Sighting,
    StepRecord,
)

STATUSES_READ = 40  # the most that a page has: docs.joinmastodon.org/methods/accounts/#statuses
PAGES_READ = 5  # a busy account has more than a page since the request began
NOBODY_S = "\N{NULL}"  # a text that no post has
UPLOAD = re.compile(r"media:\d+")  # the journal's names of uploads

STATUS_FIGURES = {
    "favourites_count": "reactions",
    "reblogs_count": "shares",
    "replies_count": "comments",
    "quotes_count": "",
}
ACCOUNT_FIGURES = {"followers_count": "followers", "following_count": "", "statuses_count": ""}


def status_at(name: str) -> str:
    """Return the path of one status."""
    return f"/api/v1/statuses/{name}"


def is_gone(answer: Answer) -> bool:
    """Say whether the server itself, and no proxy, says that there is no such thing."""
    return answer.status in (404, 410) and bool(fediverse.error_in(answer))


def attachments_of(status: Json) -> list[Json]:
    """Return a status's pictures and videos."""
    shown = status.get("media_attachments")
    return [one for one in shown if isinstance(one, dict)] if isinstance(shown, list) else []


def find(
    server: Server,
    account: str,
    rendition: Rendition,
    limits: Limits,
    steps: Sequence[StepRecord],
    known_ids: frozenset[str],
) -> Sighting:
    """Look for a post, or the last part of a thread that was begun. See `FindsPosts.find`."""
    texts = texts_sent(rendition, limits, steps)
    places = [place for place in range(1, len(texts) + 1) if started_at(steps, step_of(place))]
    if not places:
        return CannotTell("No request for this post is on record.")
    place = places[-1]
    done = {step.key: str((step.result or {}).get("id") or "") for step in steps}
    started = started_at(steps, step_of(place))
    uploads = {name for key, name in done.items() if UPLOAD.fullmatch(key)} if place == 1 else set()
    text = texts[place - 1]
    if started is None or not (text.strip() or uploads):
        return CannotTell("A post without a text cannot be told from others. Look at the account.")
    try:
        statuses, more = _statuses_since(server, account, started - CLOCKS_DIFFER)
        above = done.get(step_of(place - 1)) if place > 1 else None
        beside = [one for one in statuses if _stands_below(one, above)]
        own = [_candidate(server, one) for one in beside]
    except PlatformError as error:
        return CannotTell(error.sentence)
    # Without a text only its upload tells it from others: then no text is like it.
    wanted = without_servers(text) if text.strip() else NOBODY_S
    listing = Listing("The account", own, more)
    seen: Sighting = _with_upload(beside, own, uploads, known_ids) or look_for(
        wanted, started, listing, known_ids
    )
    if not isinstance(seen, Found) or len(texts) == 1:
        return seen
    part = replace(seen, part_id=seen.remote_id, unfinished=place < len(texts))
    evidence = f"Post {place} of {len(texts)}: {seen.evidence}"
    if place == 1:
        return replace(part, evidence=evidence)
    first = done.get(step_of(1), "")
    url = next((str((s.result or {}).get("url") or "") for s in steps if s.key == step_of(1)), "")
    return replace(part, remote_id=first, url=url, evidence=evidence)


def _statuses_since(server: Server, account: str, since: datetime) -> tuple[list[Json], bool]:
    """Return the newest ones, back to `since` or as far as is read, and whether older ones are."""
    statuses: list[Json] = []
    query: dict[str, str | int] = {"limit": STATUSES_READ, "exclude_reblogs": "true"}
    for _ in range(PAGES_READ):
        page, more = _page(server, account, query)
        statuses += page
        oldest = moment_in(str(page[-1].get("created_at"))) if page else None
        if not more or oldest is None or oldest < since:
            return statuses, more
        last = server.id_in(page[-1], READING)
        if last == query.get("max_id"):  # a server that knows no pages gives the same one again
            return statuses[: -len(page)], True
        query["max_id"] = last
    return statuses, True


def _page(server: Server, account: str, query: Mapping[str, str | int]) -> tuple[list[Json], bool]:
    """Return one page, newest first, and whether there are older ones."""
    answer = server.request("GET", f"/api/v1/accounts/{account}/statuses", params=query)
    server.check(answer, READING)
    statuses = answer.json_list()
    more = len(statuses) >= STATUSES_READ or 'rel="next"' in answer.headers.get("Link", "")
    return statuses, more


def _stands_below(status: Json, above: str | None) -> bool:
    """Whether a status answers this one; or nothing, where it is to be the first."""
    return str(status.get("in_reply_to_id") or "") == (above or "")


def _with_upload(
    statuses: Sequence[Json],
    candidates: Sequence[Candidate],
    uploads: set[str],
    known_ids: frozenset[str],
) -> Found | None:
    """Find a post by what was uploaded for it and for no other: its text need not be read."""
    for status, candidate in zip(statuses, candidates, strict=True):
        ids = {str(one.get("id")) for one in attachments_of(status)}
        if uploads & ids and candidate.remote_id not in known_ids:
            said = f"The account shows what was uploaded for this post, in {candidate.remote_id}."
            return Found(candidate.remote_id, candidate.created_at, candidate.url, said)
    return None


def _candidate(server: Server, status: Json) -> Candidate:
    created = moment_in(str(status.get("created_at")))
    if created is None:
        raise server.tell.error(Unclear, READING, "a status has no time")
    # Some servers give the source; the HTML that all give shows mentions without their server.
    text = status.get("text") or words_of_html(str(status.get("content") or ""))
    url = web_address(status.get("url"))
    return Candidate(server.id_in(status, READING), created, without_servers(str(text)), url)


def read_back(server: Server, remote_id: str, channel: str) -> Sighting:
    """Ask for one post by its id. See `ReadsBack.read_back`."""
    try:
        answer = server.request("GET", status_at(remote_id))
        if is_gone(answer):
            return Absent(f"The server says that there is no post {remote_id}.")
        server.check(answer, READING)
        said = answer.json()
        created = moment_in(str(said.get("created_at")))
        if created is None:
            raise server.tell.error(Unclear, READING, "a status has no time")
        return Found(
            server.id_in(said, READING),
            created,
            web_address(said.get("url")),
            f"The server shows the post {remote_id}.",
            # Of a thread it is the first post alone.
            None if channel == THREAD else _text_of(server, remote_id),
        )
    except PlatformError as error:
        return CannotTell(error.sentence)


def _text_of(server: Server, remote_id: str) -> str | None:
    """The text as it was written; None where a server tells only the HTML, as before 4.0."""
    try:
        text = source(server, remote_id, READING).get("text")
    except PlatformError:
        return None
    return text if isinstance(text, str) else None


def source(server: Server, remote_id: str, act: Act) -> Json:
    """Return the text and the content warning as they were written. Raises PlatformError."""
    return server.ask(act, "GET", f"{status_at(remote_id)}/source")


def post_metrics(server: Server, remote_id: str) -> list[Metric]:
    """Read a post's figures. See `ReadsMetrics.post_metrics`."""
    return _metrics(server.ask(READING, "GET", status_at(remote_id)), STATUS_FIGURES)


def account_metrics(server: Server) -> list[Metric]:
    """Read the account's figures as they are now. See `ReadsMetrics.account_metrics`."""
    said = server.ask(READING, "GET", "/api/v1/accounts/verify_credentials")
    return _metrics(said, ACCOUNT_FIGURES)


def _metrics(said: Json, wanted: dict[str, str]) -> list[Metric]:
    return [
        Metric(name, said[name], means)  # type: ignore[arg-type]
        for name, means in wanted.items()
        if isinstance(said.get(name), int) and not isinstance(said[name], bool)
    ]
