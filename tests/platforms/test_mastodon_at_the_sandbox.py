"""Mastodon's videos, moving pictures, focus and polls at the sandbox, and limits of odd servers."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from content.rendering import ChannelContent, render
from platforms.adapters.mastodon import Mastodon
from platforms.adapters.mastodon.reading import STATUSES_READ
from platforms.checking import problems_of, stopping
from platforms.contract import Connection
from platforms.errors import NotReady, NotSent, OutcomeUnknown, Rejected, VideoRefused
from platforms.fitting import Fitting
from platforms.jpeg import make_jpeg
from platforms.values import Absent, CannotTell, Found, Limits, MediaItem, Rendition
from tests.content.films import film
from tests.content.pictures import moving
from tests.content.pictures import picture as drawn
from tests.platforms.conftest import MakeClient
from tests.platforms.journal import MemoryJournal
from tests.sandbox.conftest import Sandbox, png, running

ACCOUNT, TOKEN = "2002", "token-0123456789abcdef"
TEXT = "Ferries & buses <late>\n\nSee https://example.org/times or ask @ana@other.example 🐟"
FILM, MOVING, WEBP = film(), moving(), drawn("WEBP", (300, 200))
KEPT = {"image/png": png(), "image/gif": MOVING, "video/mp4": FILM, "image/webp": WEBP}
SIZES = {"image/png": (3, 2), "image/gif": (20, 10), "video/mp4": (1080, 1920)}
Connect = Callable[..., Any]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running() as client:
        yield client


@pytest.fixture
def connect(sandbox: Sandbox, make_client: MakeClient) -> Connect:
    """An adapter for an account that knows what its server says of itself."""

    def make(**limits: Any) -> Any:
        account = sandbox.register("mastodon", ACCOUNT, TOKEN, limits=limits)
        connection = Connection(
            account["base_url"], "", ACCOUNT, make_client(TOKEN), {"access_token": TOKEN}, opened
        )
        facts = Mastodon(connection).identify()
        return Mastodon(replace(connection, server_facts=facts.server_facts))

    return make


def opened(item: MediaItem) -> io.BytesIO:
    """The file of an item, fitted where it is to be, as the product would make it."""
    kept = next(mime for mime in KEPT if item.sha256 == hashlib.sha256(KEPT[mime]).hexdigest())
    data = KEPT[kept]
    return io.BytesIO(make_jpeg(data, Fitting.parse(item.fitting)) if item.fitting else data)


def item(mime: str = "image/png", position: int = 1, **facts: Any) -> MediaItem:
    data = KEPT[mime]
    width, height = SIZES.get(mime, (300, 200))
    return MediaItem(
        position,
        "video" if mime.startswith("video/") else "image",
        mime,
        f"{position}.{mime.partition('/')[2]}",
        hashlib.sha256(data).hexdigest(),
        facts.pop("size", len(data)),
        facts.pop("width", width),
        facts.pop("height", height),
        **{"alt": "A grey square", "duration": 12.5 if mime == "video/mp4" else 0.0, **facts},
    )


def post(*media: MediaItem, text: str = TEXT, **options: Any) -> Rendition:
    return Rendition("status", text, media=media, options=options)


def limits_of(adapter: Any, channel: str = "status") -> Limits:
    return Mastodon.limits(channel, adapter.connection.server_facts)


def stops(adapter: Any, rendition: Rendition) -> set[str]:
    limits = limits_of(adapter, rendition.channel)
    return {problem.code for problem in stopping(problems_of(Mastodon, rendition, limits))}


def uploads(sandbox: Sandbox) -> int:
    return sum(one["path"].endswith("/media") for one in sandbox.received())


# Videos and what moves


@pytest.mark.parametrize("mime", ["video/mp4", "image/gif"])
def test_what_moves_is_prepared_while_the_post_waits_and_is_uploaded_once(connect, sandbox, mime):
    adapter, journal = connect(media_processing=2), MemoryJournal()
    for _ in range(2):
        with pytest.raises(NotReady, match="still preparing"):
            adapter.publish(post(item(mime)), journal)
        journal = journal.reborn()
    assert sandbox.posts() == []
    adapter.publish(post(item(mime)), journal)
    (live,) = sandbox.posts()
    (media,) = live["media"]
    assert (media["sha256"], media["alt"]) == (item(mime).sha256, "A grey square")
    assert uploads(sandbox) == 1


@pytest.mark.parametrize("mime", ["video/mp4", "image/gif"])
def test_what_moves_and_is_ready_at_the_first_look_goes_out_at_once(connect, sandbox, mime):
    connect().publish(post(item(mime)), MemoryJournal())
    assert len(sandbox.posts()) == 1


def test_a_film_that_cannot_be_prepared_is_refused_as_a_video(connect, sandbox, monkeypatch):
    monkeypatch.setitem(KEPT, "video/mp4", b"\0\0\0\x18ftypisom" + b"noise" * 90)
    adapter = connect()
    with pytest.raises(VideoRefused, match="video 1"):
        adapter.publish(post(item("video/mp4")), MemoryJournal())
    assert sandbox.posts() == []


def test_a_server_s_own_limits_of_videos_are_known_before(connect):
    own = {"video_size_limit": 100, "video_matrix_limit": 1000}
    adapter = connect(configuration={"media_attachments": own})
    film_post = post(item("video/mp4"))
    assert stops(adapter, film_post) == {"video_too_large", "video_too_many_pixels"}
    with pytest.raises(VideoRefused):
        adapter.publish(film_post, MemoryJournal())
    assert stops(connect(), film_post) == set()


def test_a_server_that_takes_no_videos_is_known_to(connect):
    types = {"supported_mime_types": ["image/jpeg", "image/png"]}
    adapter = connect(configuration={"media_attachments": types})
    assert stops(adapter, post(item("video/mp4"))) == {"too_many_videos"}


def test_a_video_and_a_picture_are_not_sent_together(connect):
    adapter, both = connect(), post(item("video/mp4"), item(position=2))
    assert stops(adapter, both) == {"mixed_media"}
    with pytest.raises(Rejected, match="already contains images"):
        adapter.publish(both, MemoryJournal())


@pytest.mark.parametrize("fault", ["maintenance", "redirect", "error_500_before", "reset_before"])
def test_an_upload_that_got_no_answer_is_repeated_and_nothing_is_out(connect, sandbox, fault):
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("mastodon", fault, call="upload")
    with pytest.raises(NotSent):
        adapter.publish(post(item("video/mp4")), journal)
    assert sandbox.posts() == []
    adapter.publish(post(item("video/mp4")), journal.reborn())
    assert len(sandbox.posts()) == 1


# Pictures


def test_what_matters_most_arrives(connect, sandbox):
    adapter = connect()
    focused = item(focus_x=0.25, focus_y=0.25)
    name = adapter.publish(post(focused), MemoryJournal()).remote_id
    shown = adapter.server.request("GET", f"/api/v1/statuses/{name}").json()
    assert shown["media_attachments"][0]["meta"]["focus"] == {"x": -0.5, "y": 0.5}


@pytest.mark.parametrize(
    "own",
    [
        {"image_matrix_limit": 15_000},
        {"image_size_limit": 3_000},
        {"supported_mime_types": ["image/jpeg", "image/png"]},
        {"image_matrix_limit": 7, "image_size_limit": 1_000},
    ],
)
def test_a_picture_is_fitted_to_what_the_server_takes(connect, sandbox, own):
    adapter = connect(configuration={"media_attachments": own})
    big = item("image/webp", size=max(len(WEBP), 4_000))
    made = render(ChannelContent(TEXT, media=(big,)), "status", limits_of(adapter))
    (fitted,) = made.media
    assert fitted.mime == "image/jpeg"
    assert stops(adapter, made) == set()
    adapter.publish(made, MemoryJournal())
    (media,) = sandbox.posts()[0]["media"]
    assert media["width"] * media["height"] <= own.get("image_matrix_limit", 60_000)
    assert (media["width"], media["height"]) == (fitted.width, fitted.height)


def test_a_picture_that_fits_is_sent_as_it_is(connect, sandbox):
    adapter = connect()
    made = render(ChannelContent(TEXT, media=(item("image/webp"),)), "status", limits_of(adapter))
    assert made.media[0].fitting == ""
    adapter.publish(made, MemoryJournal())
    assert sandbox.posts()[0]["media"][0]["sha256"] == item("image/webp").sha256


@pytest.mark.parametrize(("width", "height"), [(1, 1), (9_000, 3), (3, 9_000), (7_681, 4_320)])
@pytest.mark.parametrize("most", [12_345, 33_177_600])
def test_a_fitted_picture_never_has_too_many_pixels(width, height, most):
    facts = {"image_matrix_limit": most}
    limits = Mastodon.limits("status", facts)
    large = replace(item(), width=width, height=height)
    made = render(ChannelContent("", media=(large,)), "status", limits).media[0]
    assert 0 < made.width * made.height <= most


# Polls


def test_a_poll_goes_out_with_its_end(connect, sandbox):
    adapter = connect()
    said = {"poll": "Tea; Coffee", "poll_hours": 2, "poll_multiple": True, "poll_hide_totals": True}
    name = adapter.publish(post(text="Which?", **said), MemoryJournal()).remote_id
    shown = adapter.server.request("GET", f"/api/v1/statuses/{name}").json()["poll"]
    assert [one["title"] for one in shown["options"]] == ["Tea", "Coffee"]
    assert shown["multiple"] is True
    assert [one["votes_count"] for one in shown["options"]] == [None, None]
    left = datetime.fromisoformat(shown["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=118) < left <= timedelta(hours=2)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_change_of_the_text_leaves_the_poll_as_it_is(connect, hidden):
    adapter = connect()
    asked = post(text="Which?", poll="Tea; Coffee", poll_hide_totals=hidden)
    name = adapter.publish(asked, MemoryJournal()).remote_id
    before = adapter.server.request("GET", f"/api/v1/statuses/{name}").json()["poll"]
    adapter.edit(name, "Which one?", MemoryJournal())
    after = adapter.server.request("GET", f"/api/v1/statuses/{name}").json()["poll"]
    ends = [datetime.fromisoformat(one.pop("expires_at")) for one in (before, after)]
    assert before == after
    assert abs(ends[0] - ends[1]) < timedelta(seconds=2)


OWN_POLLS = {"max_options": 3, "max_characters_per_option": 5, "min_expiration": 7200}


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"poll": "Tea; Water; Milk"}, set()),
        ({"poll": "Tea"}, {"poll"}),
        ({"poll": ";;"}, {"poll"}),
        ({"poll": "A; B; C; D"}, {"poll"}),
        ({"poll": "Tea; Coffee"}, {"poll"}),
        ({"poll": "Tea; Tea"}, {"poll"}),
        ({"poll": "Tea; Milk", "poll_hours": 1}, {"poll_hours"}),
        ({"poll": "Tea; Milk", "poll_hours": 9999}, {"poll_hours"}),
        ({"poll": "Tea; Milk", "poll_hours": "soon"}, {"poll_hours"}),
        ({"poll_multiple": True}, {"poll"}),
        ({"poll": "Tea; Milk", "poll_multiple": "yes"}, {"poll_multiple"}),
    ],
)
def test_a_server_s_own_limits_of_polls_are_known_before(connect, sandbox, said, codes):
    adapter = connect(configuration={"polls": OWN_POLLS})
    asked = post(text="Which?", **said)
    assert stops(adapter, asked) == codes
    if codes == {"poll"} and said.get("poll", ";;").strip("; "):
        with pytest.raises(Rejected):
            adapter.publish(asked, MemoryJournal())
        assert sandbox.posts() == []


def test_a_poll_stands_beside_no_picture(connect):
    adapter, both = connect(), post(item(), text="Which?", poll="Tea; Coffee")
    assert stops(adapter, both) == {"poll_with_media"}
    with pytest.raises(Rejected):
        adapter.publish(both, MemoryJournal())


def test_an_answer_is_as_long_as_people_see_it(connect, sandbox):
    adapter = connect()
    asked = post(text="Which?", poll=f"{'👩‍👩‍👧‍👦' * 50}; Coffee")
    assert stops(adapter, asked) == set()
    adapter.publish(asked, MemoryJournal())
    assert len(sandbox.posts()) == 1


# Finding


@pytest.mark.parametrize("software", ["mastodon", "pleroma"])
def test_a_post_without_a_text_is_found_by_its_upload(connect, sandbox, software):
    adapter, silent = connect(software=software), post(item(), text="")
    adapter.publish(silent, MemoryJournal())
    journal = MemoryJournal()
    sandbox.arm("mastodon", "reset_after_accept")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(silent, journal)
    found = adapter.find(silent, journal.records())
    assert isinstance(found, Found)
    assert found.remote_id == sandbox.posts()[1]["id"]
    assert isinstance(adapter.find(silent, journal.records(), frozenset({found.remote_id})), Absent)


def test_a_post_without_a_text_that_never_arrived_is_absent(connect, sandbox):
    adapter, silent, journal = connect(), post(item(), text=""), MemoryJournal()
    adapter.publish(silent, MemoryJournal())
    sandbox.arm("mastodon", "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(silent, journal)
    assert isinstance(adapter.find(silent, journal.records()), Absent)
    sandbox.arm("mastodon", "maintenance", call="read")
    assert isinstance(adapter.find(silent, journal.records()), CannotTell)


def test_a_busy_account_is_read_back_page_by_page(connect, sandbox):
    """More than a page went out since: the post is found all the same, or known to be absent."""
    adapter, lost, never = connect(), MemoryJournal(), MemoryJournal()
    sandbox.arm("mastodon", "reset_after_accept")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(text="Ferries run late."), lost)
    sandbox.arm("mastodon", "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(text="It never arrived."), never)
    for number in range(STATUSES_READ + 2):
        adapter.publish(post(text=f"Number {number}"), MemoryJournal())
    found = adapter.find(post(text="Ferries run late."), lost.records())
    assert isinstance(found, Found)
    assert found.remote_id == sandbox.posts()[0]["id"]
    assert isinstance(adapter.find(post(text="It never arrived."), never.records()), Absent)


def test_as_far_as_is_read_nobody_is_told_that_a_post_is_absent(connect, sandbox, monkeypatch):
    monkeypatch.setattr("platforms.adapters.mastodon.reading.PAGES_READ", 1)
    adapter, never = connect(), MemoryJournal()
    sandbox.arm("mastodon", "reset_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(post(text="It never arrived."), never)
    for number in range(STATUSES_READ + 2):
        adapter.publish(post(text=f"Number {number}"), MemoryJournal())
    told = adapter.find(post(text="It never arrived."), never.records())
    assert isinstance(told, CannotTell)
    assert "may be older" in told.evidence
