"""Instagram's adapter at the sandbox: both logins, every kind of post, every refusal."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from content.public_media import LIFE
from platforms.adapters.instagram import Instagram
from platforms.adapters.instagram.containers import LIFE as CONTAINER_LIFE
from platforms.adapters.instagram.errors import BY_CODE, MEANINGS
from platforms.checking import limits_for, problems_of, stopping
from platforms.contract import Connection
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotReady,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.fitting import fitted
from platforms.values import CannotTell, Found, MediaItem, Rendition, Unpublished
from tests.content.films import film
from tests.content.pictures import picture as jpeg
from tests.platforms.conftest import MakeClient
from tests.platforms.journal import MemoryJournal
from tests.sandbox.conftest import Sandbox, running

TOKEN, SECRET, ACCOUNT = "token-0123456789abcdef", "secret-0123456789abcdef", "17840001"
FILES = {
    "square.jpeg": jpeg("JPEG", (1080, 1080)),
    "other.jpeg": jpeg("JPEG", (1080, 1080), colour=(9, 80, 9)),
    "wide.jpeg": jpeg("JPEG", (1200, 300)),
    "drawing.png": jpeg("PNG", (1080, 1080)),
    "clip.mp4": film(),
    "broken.mp4": b"nothing that plays",
}


class Files(http.server.BaseHTTPRequestHandler):
    """Our public media, as far as Instagram sees it."""

    def do_GET(self) -> None:
        data = FILES.get(self.path.strip("/"))
        self.send_response(200 if data else 404)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running() as client:
        yield client


Connect = Callable[..., Any]


@pytest.fixture
def connect(sandbox: Sandbox, files: str, make_client: MakeClient) -> Connect:
    """An adapter of an account of the sandbox, which has told what it is."""

    def make(login: str = "instagram", **limits: Any) -> Any:
        if login == "facebook":
            limits["app_secret"] = SECRET
        account = sandbox.register(
            "instagram", ACCOUNT, TOKEN, limits={"login": login, "looks": 0, **limits}
        )
        connection = Connection(
            base_url=account["base_url"],
            version="v26.0",
            remote_id=ACCOUNT,
            client=make_client(TOKEN, SECRET),
            credentials={"access_token": TOKEN, "app_secret": SECRET},
            open_media=opened,
            server_facts={"login": login},
            address_of=lambda item: f"{files}/{item.name}",
        )
        return Instagram(connection)

    return make


def opened(item: MediaItem) -> Any:
    import io

    return io.BytesIO(FILES[item.name])


def medium(name: str = "square.jpeg", position: int = 1, **facts: Any) -> MediaItem:
    data, is_video = FILES[name], name.endswith(".mp4")
    known: dict[str, Any] = {
        "type": "video" if is_video else "image",
        "mime": "video/mp4" if is_video else "image/jpeg",
        "name": name,
        "sha256": f"{position}{len(data)}".zfill(64),
        "size": len(data),
        "width": 1080,
        "height": 1080,
        "alt": "" if is_video else "A loom",
        "duration": 9.0 if is_video else 0.0,
    }
    return MediaItem(position=position, **{**known, **facts})


def post(channel: str = "feed-post", *media: MediaItem, text: str = "Tweed", **options: Any) -> Any:
    return Rendition(channel, text, media=media or (medium(),), options=options)


KINDS = {
    "image": post(),
    "carousel": post("feed-post", medium(), medium("other.jpeg", 2), medium("clip.mp4", 3)),
    "reel": post("reel", medium("clip.mp4")),
    "story of an image": post("story", medium(), text=""),
    "story of a video": post("story", medium("clip.mp4"), text=""),
}
LOGINS = ("instagram", "facebook")
# Requests of ours for one post: quota, container, status, publishing, address; each part of a
# carousel has a container and a status of its own; bytes are one request more.
CALLS = {
    ("image", "instagram"): 5,
    ("image", "facebook"): 5,
    ("carousel", "instagram"): 11,
    ("carousel", "facebook"): 12,
    ("reel", "instagram"): 5,
    ("reel", "facebook"): 6,
    ("story of an image", "instagram"): 5,
    ("story of an image", "facebook"): 5,
    ("story of a video", "instagram"): 5,
    ("story of a video", "facebook"): 6,
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_goes_out_once_with_as_many_requests_as_it_takes(connect, sandbox, kind, login):
    receipt = connect(login).publish(KINDS[kind], MemoryJournal())
    (live,) = sandbox.posts()
    assert (live["id"], live["url"], live["text"]) == (
        receipt.remote_id,
        receipt.url,
        KINDS[kind].text,
    )
    assert [item["type"] for item in live["media"]] == [m.type for m in KINDS[kind].media]
    assert len(sandbox.received()) == CALLS[kind, login]


def test_what_describes_a_picture_arrives_with_it(connect, sandbox):
    connect().publish(KINDS["carousel"], MemoryJournal())
    assert [item["alt"] for item in sandbox.posts()[0]["media"]] == ["A loom", "A loom", ""]


class Killed(Exception):
    """The worker ends here."""


class ShortLived(MemoryJournal):
    """A journal whose worker is killed once `most` steps are done."""

    most = 0

    def repeatable(self, *args: Any, **kwargs: Any) -> Any:
        result = super().repeatable(*args, **kwargs)
        if len(self.steps) >= self.most:
            raise Killed
        return result


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("kind", KINDS)
def test_killed_after_any_step_the_rest_is_done_and_the_post_is_out_once(
    connect, sandbox, kind, login
):
    adapter, whole = connect(login), MemoryJournal()
    adapter.publish(KINDS[kind], whole)
    for most in range(1, len(whole.steps) + 1):
        sandbox.control("DELETE", "ledger")
        journal = ShortLived()
        journal.most = most
        with suppress(Killed):
            adapter.publish(KINDS[kind], journal)
        receipt = adapter.publish(KINDS[kind], journal.reborn())
        (live,) = sandbox.posts()
        assert (live["id"], live["url"]) == (receipt.remote_id, receipt.url)
    made = len(sandbox.received())
    assert adapter.publish(KINDS[kind], journal.reborn()) == receipt
    assert len(sandbox.received()) == made + 1  # only the look at the container


def test_a_container_that_is_out_already_is_never_published_again(connect, sandbox):
    adapter, journal = connect(), MemoryJournal()
    adapter.publish(KINDS["image"], journal)
    forgotten = MemoryJournal({k: v for k, v in journal.steps.items() if k != "post"})
    with pytest.raises(OutcomeUnknown, match="is out already"):
        adapter.publish(KINDS["image"], forgotten)
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize("kind", ["reel", "story of a video", "carousel"])
def test_while_it_is_prepared_the_worker_is_given_back(connect, sandbox, kind):
    adapter, journal = connect(looks=2), MemoryJournal()
    for _ in range(2):
        with pytest.raises(NotReady, match="still preparing"):
            adapter.publish(KINDS[kind], journal)
    assert sandbox.posts() == []
    adapter.publish(KINDS[kind], journal)
    assert len(sandbox.posts()) == 1
    made = [r for r in sandbox.received() if r["path"].endswith("/media")]
    assert len(made) == (4 if kind == "carousel" else 1)


def test_another_text_or_picture_is_another_container(connect, sandbox):
    adapter, journal = connect(looks=1), MemoryJournal()
    with pytest.raises(NotReady):
        adapter.publish(KINDS["reel"], journal)
    with pytest.raises(NotReady):
        adapter.publish(replace(KINDS["reel"], text="Edited meanwhile"), journal)
    adapter.publish(replace(KINDS["reel"], text="Edited meanwhile"), journal)
    assert sandbox.texts() == ["Edited meanwhile"]


def test_a_container_that_grew_too_old_is_made_anew(connect, sandbox):
    adapter, journal = connect(container_life=0.0), MemoryJournal()
    with pytest.raises(NotSent):
        adapter.publish(KINDS["image"], journal)
    sandbox.register("instagram", ACCOUNT, TOKEN, limits={"login": "instagram", "looks": 0})
    adapter.publish(KINDS["image"], journal)
    assert len(sandbox.posts()) == 1


def test_our_containers_end_before_theirs_and_addresses_outlive_their_fetching():
    assert timedelta(hours=24) > CONTAINER_LIFE
    assert timedelta(hours=1) < LIFE < timedelta(hours=24)


# Quota


def test_the_quota_is_read_before_anything_is_made_and_told(connect, sandbox):
    adapter = connect(quota_total=25, quota_used=20)
    adapter.publish(KINDS["image"], MemoryJournal())
    (told,) = adapter.connection.client.told
    assert (told.limit, told.remaining) == (25, 4)
    assert sandbox.received()[0]["path"].endswith("content_publishing_limit")


def test_with_no_post_left_nothing_is_made(connect, sandbox):
    adapter = connect(quota_total=3, quota_used=3)
    with pytest.raises(RateLimited, match="All 3 posts") as raised:
        adapter.publish(KINDS["image"], MemoryJournal())
    assert raised.value.until is not None
    assert len(sandbox.received()) == 1
    assert adapter.connection.client.told[0].remaining == 0


def test_where_the_total_is_not_said_fifty_is_assumed(connect, server):
    server.on(
        "GET",
        f"/v26.0/{ACCOUNT}/content_publishing_limit",
        reply({"data": [{"quota_usage": 50}]}),
    )
    adapter = Instagram(replace(connect().connection, base_url=server.url))
    with pytest.raises(RateLimited, match="All 50 posts"):
        adapter.publish(KINDS["image"], MemoryJournal())


def reply(said: Any) -> Any:
    from tests.platforms.replies import Reply

    return Reply(200, said)


# Refusals

AT = {
    2207006: "publish",
    2207008: "publish",
    2207020: "publish",
    2207027: "publish",
    2207042: "publish",
    2207050: "publish",
    2207051: "publish",
}


def order(sandbox: Sandbox, call: str, code: int, subcode: int | None = None) -> None:
    """Let the next such call be refused with this error."""
    sandbox.arm("instagram", "refuse", call=call, error={"code": code, "subcode": subcode})


@pytest.mark.parametrize("subcode", MEANINGS)
def test_each_row_of_the_table_of_refusals(connect, sandbox, subcode):
    meaning = MEANINGS[subcode]
    order(sandbox, AT.get(subcode, "upload"), 100, subcode)
    wanted: type[PlatformError] = NotSent if meaning.kind is Unclear else meaning.kind
    with pytest.raises(PlatformError) as raised:
        connect().publish(KINDS["image"], MemoryJournal())
    assert type(raised.value) is wanted
    assert raised.value.sentence.startswith(meaning.sentence)
    assert (raised.value.until is not None) == (meaning.pause is not None)
    assert sandbox.posts() == []


@pytest.mark.parametrize("subcode", [s for s, m in MEANINGS.items() if m.kind is Unclear])
def test_a_fault_of_theirs_while_publishing_leaves_the_outcome_unknown(connect, sandbox, subcode):
    order(sandbox, "publish", -1, subcode)
    journal = MemoryJournal()
    with pytest.raises(OutcomeUnknown):
        connect().publish(KINDS["image"], journal)
    assert journal.steps["post"].state == "started"


@pytest.mark.parametrize("code", BY_CODE)
def test_codes_without_a_subcode_are_known_too(connect, sandbox, code):
    order(sandbox, "upload", code)
    with pytest.raises(BY_CODE[code].kind, match=BY_CODE[code].sentence[:30]):
        connect().publish(KINDS["image"], MemoryJournal())


@pytest.mark.parametrize(
    ("subcode", "kind"),
    [
        ("2207026", Rejected),
        ("2207053", NotSent),
        ("2207099", NotSent),
        ("2207050", AccountBlocked),
    ],
)
def test_what_a_container_died_of_is_said(connect, sandbox, subcode, kind):
    with pytest.raises(kind) as raised:
        connect(dies_of=subcode).publish(KINDS["image"], MemoryJournal())
    if int(subcode) in MEANINGS:
        assert raised.value.sentence.startswith(MEANINGS[int(subcode)].sentence)
    made = [r for r in sandbox.received() if r["path"].endswith("/media")]
    assert len(made) == (2 if kind is NotSent else 1)  # where it may help, one more is tried


@pytest.mark.parametrize(
    ("media", "words"),
    [
        (medium("wide.jpeg"), "proportions"),
        (medium("drawing.png"), "takes JPEG"),
        (replace(medium(), name="nowhere.jpeg"), "MEDIA_BASE_URL"),
    ],
    ids=["too wide", "not a JPEG", "not to be fetched"],
)
def test_what_instagram_fetches_is_looked_into(connect, sandbox, media, words):
    with pytest.raises(PlatformError, match=words):
        connect().publish(post("feed-post", media), MemoryJournal())
    assert sandbox.posts() == []


@pytest.mark.parametrize("login", LOGINS)
def test_a_video_that_does_not_play_is_refused(connect, login):
    broken = medium("broken.mp4")
    with pytest.raises(Rejected, match=r"video|processing failed"):
        connect(login).publish(post("reel", broken), MemoryJournal())


FAULTS: dict[str, tuple[type[PlatformError], bool]] = {
    "refuse": (Rejected, False),
    "rate_limit": (RateLimited, False),
    "quota": (RateLimited, False),
    "expired_token": (CredentialsExpired, False),
    "error_500_before": (OutcomeUnknown, False),
    "reset_before": (OutcomeUnknown, False),
    "reset_after_accept": (OutcomeUnknown, True),
    "error_500_after_accept": (OutcomeUnknown, True),
    "garbage": (OutcomeUnknown, True),
    "wrong_content_type": (OutcomeUnknown, True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_publishing_is_looked_up_in_the_container(connect, sandbox, fault):
    kind, is_out = FAULTS[fault]
    adapter, journal = connect("facebook"), MemoryJournal()
    sandbox.arm("instagram", fault)
    with pytest.raises(PlatformError) as raised:
        adapter.publish(KINDS["image"], journal)
    assert type(raised.value) is kind
    assert len(sandbox.posts()) == is_out
    if kind is OutcomeUnknown:
        seen = adapter.find(KINDS["image"], journal.records())
        assert isinstance(seen, Found if is_out else Unpublished)


@pytest.mark.parametrize("call", ["upload", "read"])
@pytest.mark.parametrize("fault", ["error_500_before", "reset_after_accept", "garbage"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_other_request_is_harmless(connect, sandbox, fault, call, kind):
    adapter, journal = connect("facebook"), MemoryJournal()
    sandbox.arm("instagram", fault, call=call)
    with pytest.raises(NotSent):
        adapter.publish(KINDS[kind], journal)
    assert sandbox.posts() == []
    adapter.publish(KINDS[kind], journal)
    assert len(sandbox.posts()) == 1


def test_without_its_address_the_post_is_out_all_the_same(connect, sandbox):
    adapter, journal = connect(), MemoryJournal()
    publishing = adapter.profile.graph.ask

    def ask(act: Any, method: str, path: str, *args: Any) -> Any:
        said = publishing(act, method, path, *args)
        if path.endswith("media_publish"):
            sandbox.arm("instagram", "error_500_before", call="read")
        return said

    adapter.profile.graph.ask = ask
    receipt = adapter.publish(KINDS["image"], journal)
    assert (receipt.remote_id, receipt.url) == (sandbox.posts()[0]["id"], "")


# Finding


def test_by_instagram_login_one_post_since_is_this_one(connect, sandbox):
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("instagram", "reset_after_accept")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS["image"], journal)
    seen = adapter.find(KINDS["image"], journal.records())
    assert isinstance(seen, Found)
    assert seen.remote_id == sandbox.posts()[0]["id"]
    assert "is PUBLISHED" in seen.evidence


def test_by_instagram_login_two_posts_since_cannot_be_told_apart(connect, sandbox):
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("instagram", "reset_after_accept")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS["image"], journal)
    other = adapter.publish(post(text="Another"), MemoryJournal())
    seen = adapter.find(KINDS["image"], journal.records())
    assert isinstance(seen, CannotTell)
    assert "It is out" in seen.evidence
    known = frozenset({other.remote_id})
    assert isinstance(adapter.find(KINDS["image"], journal.records(), known), Found)


def test_a_story_is_found_among_the_stories(connect, sandbox):
    adapter, journal = connect("facebook"), MemoryJournal()
    adapter.publish(KINDS["image"], MemoryJournal())
    sandbox.arm("instagram", "garbage")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS["story of an image"], journal)
    seen = adapter.find(KINDS["story of an image"], journal.records())
    assert isinstance(seen, Found)
    assert "/stories/" in seen.url


def test_without_a_container_nobody_can_tell(connect):
    assert isinstance(connect().find(KINDS["image"], []), CannotTell)


def test_a_container_that_is_not_there_tells_nothing(connect, sandbox):
    adapter, journal = connect(), MemoryJournal()
    sandbox.arm("instagram", "error_500_before")
    with pytest.raises(OutcomeUnknown):
        adapter.publish(KINDS["image"], journal)
    sandbox.control("DELETE", "ledger")
    assert isinstance(adapter.find(KINDS["image"], journal.records()), CannotTell)


# Comments, deletion, identity


def test_where_the_api_is_tells_the_login_too(connect):
    by_facebook = replace(
        connect().connection, base_url="https://graph.facebook.com", server_facts={}
    )
    assert Instagram(by_facebook).profile.by_facebook
    assert not connect().profile.by_facebook
    facts = {"base_url": "https://graph.facebook.com"}
    assert not Instagram.limits("reel", facts).fetches_videos
    assert Instagram.limits("reel", {}).fetches_videos


def test_a_comment_stands_below_the_post(connect, sandbox):
    adapter = connect()
    receipt = adapter.publish(KINDS["image"], MemoryJournal())
    comment = adapter.comment(receipt.remote_id, "More in the shop.", MemoryJournal())
    _, below = sandbox.posts()
    assert (below["id"], below["parent"]) == (comment.remote_id, receipt.remote_id)


def test_only_facebook_login_deletes_and_twice_is_fine(connect, sandbox):
    adapter = connect("facebook")
    receipt = adapter.publish(KINDS["image"], MemoryJournal())
    for _ in range(2):
        adapter.delete(receipt.remote_id, MemoryJournal())
    assert sandbox.texts() == []
    with pytest.raises(Rejected, match="in the Instagram app"):
        connect("instagram").delete(receipt.remote_id, MemoryJournal())


@pytest.mark.parametrize("login", LOGINS)
def test_it_knows_whose_token_it_has_and_by_which_login(connect, login):
    facts = connect(login).identify()
    assert (facts.remote_id, facts.name) == (ACCOUNT, f"Account {ACCOUNT}")
    assert facts.server_facts == {"login": login, "username": f"account{ACCOUNT}"}


def test_a_personal_account_is_told_to_become_professional(connect):
    with pytest.raises(Rejected, match="personal account"):
        connect(account_type="PERSONAL").identify()


def test_a_page_without_an_account_is_told_to_link_one(connect):
    with pytest.raises(Rejected, match="No Instagram account belongs to this Facebook Page"):
        connect("facebook", unlinked=True).identify()


# What a person may choose


def test_choices_arrive_in_instagrams_words(connect, sandbox):
    chosen: dict[str, Any] = {
        "collaborators": ["glen.and.loom"],
        "reels_only": True,
        "cover_at": 2.5,
        "audio_name": "Loom",
        "ai_generated": True,
        "location_id": "7640",
    }
    connect().publish(post("reel", medium("clip.mp4"), **chosen), MemoryJournal())
    (made,) = [r for r in sandbox.received() if r["path"].endswith("/media")]
    said = made["parameters"]
    assert said["collaborators"] == '["glen.and.loom"]'
    assert (said["share_to_feed"], said["thumb_offset"]) == ("false", "2500")
    assert (said["audio_name"], said["is_ai_generated"]) == ("Loom", "true")
    assert said["location_id"] == "7640"


def test_people_are_tagged_in_their_picture(connect, sandbox):
    tags = [{"username": "mairi", "x": 0.2, "y": 0.8, "picture": 2}]
    media = (medium(), medium("other.jpeg", 2))
    connect().publish(post("feed-post", *media, user_tags=tags), MemoryJournal())
    made = [r["parameters"] for r in sandbox.received() if r["path"].endswith("/media")]
    assert "user_tags" not in made[0]
    assert made[1]["user_tags"] == '[{"username": "mairi", "x": 0.2, "y": 0.8}]'


@pytest.mark.parametrize("kind", ["feed-post", "reel"])
def test_a_paid_partnership_is_labelled_where_the_login_allows_it(connect, sandbox, kind):
    media = medium("clip.mp4") if kind == "reel" else medium()
    paid = post(kind, media, paid_partnership=True)
    connect("facebook").publish(paid, MemoryJournal())
    (made,) = [r for r in sandbox.received() if r["path"].endswith("/media")]
    assert made["parameters"]["is_paid_partnership"] == "true"
    by_facebook = limits_for(Instagram, kind, {"login": "facebook"})
    assert problems_of(Instagram, paid, by_facebook) == problems_of(
        Instagram, post(kind, media), by_facebook
    )
    by_instagram = limits_for(Instagram, kind, {})
    codes = [p.code for p in stopping(problems_of(Instagram, paid, by_instagram))]
    assert codes == ["paid_partnership"]
    off = post(kind, media, paid_partnership=False)
    assert stopping(problems_of(Instagram, off, by_instagram)) == []


def test_nothing_is_labelled_that_was_not_asked_for(connect, sandbox):
    connect("facebook").publish(post(), MemoryJournal())
    (made,) = [r for r in sandbox.received() if r["path"].endswith("/media")]
    assert not {"is_paid_partnership", "is_ai_generated"} & set(made["parameters"])


LIMITS = Instagram.limits("feed-post", {})
BAD: dict[str, tuple[Any, str]] = {
    "unknown": (post(glitter=1), "no option"),
    "four collaborators": (post(collaborators=["a", "b", "c", "d"]), "takes 3"),
    "a collaborator that is none": (post(collaborators=["not a name"]), "usernames"),
    "a tag without a place": (
        post(user_tags=[{"username": "a"}]),
        "username and place",
    ),
    "a tag outside": (post(user_tags=[{"username": "a", "x": 2, "y": 0, "picture": 1}]), "place"),
    "a tag elsewhere": (
        post(user_tags=[{"username": "a", "x": 0, "y": 0, "picture": 4}]),
        "picture 4, which is not there",
    ),
    "a cover behind the end": (post("reel", medium("clip.mp4"), cover_at=99), "behind the end"),
    "a cover on a picture": (post(cover_at=1), "no option"),
    "a video alone": (post("feed-post", medium("clip.mp4")), "as a reel"),
    "31 hashtags": (post(text=" ".join(f"#tag{n}" for n in range(31))), "31 hashtags"),
    "21 mentions": (post(text=" ".join(f"@person{n}" for n in range(21))), "mentions 21"),
    "an address": (post(text="See https://example.org"), "nobody can press"),
    "a place that is none": (post(location_id="Glasgow"), "number of its Facebook Page"),
    "a flag that is none": (post(ai_generated="yes"), "on or off"),
    "a label that is none": (post(paid_partnership=1), "on or off"),
    "a paid story": (post("story", paid_partnership=True), "no option"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_instagram_would_refuse_is_said_before(case):
    rendition, words = BAD[case]
    sentences = [p.sentence for p in Instagram.problems(rendition, LIMITS)]
    assert any(words in sentence for sentence in sentences), sentences


def test_numbers_and_addresses_are_no_hashtags_or_mentions():
    text = " ".join(f"#{n} me@example.org &#39;" for n in range(40))
    assert Instagram.problems(post(text=text), LIMITS) == []


@pytest.mark.parametrize("channel", ["feed-post", "story"])
def test_a_fitted_picture_is_one_that_instagram_takes(connect, channel):
    limits = Instagram.limits(channel, {})
    assert limits.picture_shape is not None
    (item,) = fitted([medium("wide.jpeg", width=1200, height=300)], limits.picture_shape)
    ratio = item.width / item.height
    assert limits.picture_shape.ratio_min <= ratio <= limits.picture_shape.ratio_max
