"""Instagram in the contract of all adapters, by each login: recorded replies in Graph's shape."""

from datetime import datetime
from typing import Any, ClassVar

import pytest

from platforms.adapters.instagram import Instagram
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotReady,
    NotSent,
    PermissionMissing,
    RateLimited,
    Rejected,
)
from platforms.graph import proof
from platforms.values import CannotTell, Found, Rendition, StepRecord
from tests.platforms.contract import AdapterContract
from tests.platforms.contract_base import SECRET, STARTED, TOKEN, ContractBase, picture
from tests.platforms.contract_finding import FindingContract
from tests.platforms.contract_following import CommentingContract, IdentifyingContract
from tests.platforms.contract_golden import GoldenContract
from tests.platforms.contract_limits import LimitsContract
from tests.platforms.contract_publishing import PublishingContract
from tests.platforms.replies import Reply, ReplyServer
from tests.platforms.test_facebook import refused, usage

ACCOUNT, POST, CONTAINER = "17840001", "18023", "17999"
AT = f"/v26.0/{ACCOUNT}"
PROOF = proof(TOKEN, SECRET)
JPEG: dict[str, Any] = {"mime": "image/jpeg", "width": 1080, "height": 1080}


def of_instagram(subcode: int, code: int = 100) -> Reply:
    return refused(code, error_subcode=subcode)


class InstagramReplies(ContractBase):
    adapter = Instagram
    credentials = {"access_token": TOKEN, "app_secret": SECRET}
    remote_id = ACCOUNT
    create_path = f"{AT}/media_publish"
    created = Reply(200, {"id": POST})
    post_id = POST
    looks_again = 3  # how far the containers of two pictures and of the whole are
    list_path = f"{AT}/media"
    not_listed = CannotTell  # its container says that it is out
    delete_path = f"/v26.0/{POST}"
    deleted = Reply(200, {"success": True})
    gone = refused(100, message="Object does not exist", error_subcode=33)
    comment_path = f"/v26.0/{POST}/comments"
    commented = Reply(200, {"id": "179_55"})
    refusal_with_token = refused(
        190, 401, f"Malformed access token {TOKEN} with proof {PROOF}", headers={"X-Echo": TOKEN}
    )
    refusals = {
        "app limit": (refused(4, is_transient=True), RateLimited),
        "account's limit": (refused(80002, headers=usage(12)), RateLimited),
        "posts of the day": (of_instagram(2207042), RateLimited),
        "token": (refused(190, 401), CredentialsExpired),
        "token expired": (refused(190, 401, error_subcode=463), CredentialsExpired),
        "permission 10": (refused(10, 403), PermissionMissing),
        "permission 200": (refused(200, 403), PermissionMissing),
        "restricted": (of_instagram(2207050, 25), AccountBlocked),
        "spam": (of_instagram(2207051, 4), AccountBlocked),
        "still preparing": (refused(9007, error_subcode=2207027), NotReady),
        "container gone": (of_instagram(2207006), NotSent),
        "caption": (of_instagram(2207010, 36004), Rejected),
        "an error nobody listed": (refused(987654), Rejected),
    }

    @property
    def text_post(self) -> Rendition:
        """Instagram takes no text alone."""
        return Rendition("feed-post", "Ferries run late today.", media=(picture(**JPEG),))

    @property
    def picture_post(self) -> Rendition:
        return Rendition("feed-post", "Look.", media=(picture(1, **JPEG), picture(2, **JPEG)))

    def listing(self, *posts: tuple[str, datetime, str], more: bool = False) -> Reply:
        data = [
            {
                "id": name,
                "timestamp": f"{created:%Y-%m-%dT%H:%M:%S+0000}",
                "caption": text,
                "permalink": f"https://www.instagram.com/p/{name}/",
            }
            for name, created, text in posts
        ]
        paging = {"next": "https://…"} if more else {}
        return Reply(200, {"data": data, "paging": paging})

    def play_around(self, server: ReplyServer) -> None:
        limit = {"data": [{"quota_usage": 3, "config": {"quota_total": 100}}]}
        server.on("GET", f"{AT}/content_publishing_limit", Reply(200, limit))
        server.on("POST", f"{AT}/media", Reply(200, {"id": CONTAINER}))
        self.play_container(server, "FINISHED")
        address = {"permalink": f"https://www.instagram.com/p/{POST}/"}
        server.on("GET", f"/v26.0/{POST}", Reply(200, address))

    def play_container(self, server: ReplyServer, code: str) -> None:
        server.on("GET", f"/v26.0/{CONTAINER}", Reply(200, {"status_code": code}))

    def play_pictures(self, server: ReplyServer) -> None:
        server.on("POST", self.create_path, self.created)

    def open_step(self, started_at: datetime = STARTED) -> list[StepRecord]:
        """The container of the post is known, and publishing it was begun."""
        made = {"id": CONTAINER}
        container = StepRecord("container", "repeatable", "done", started_at, result=made)
        return [container, *super().open_step(started_at)]


class TestByFacebookLogin(InstagramReplies, AdapterContract):
    golden = "instagram-by-facebook"
    server_facts: ClassVar[dict[str, Any]] = {"login": "facebook"}

    @pytest.fixture(autouse=True)
    def _published_when_looked_for(
        self, request: pytest.FixtureRequest, server: ReplyServer, _played_around: None
    ) -> None:
        """Among the newest posts it looks only for one whose container says that it is out."""
        name = request.node.originalname
        if hasattr(FindingContract, name) or name.startswith("test_the_only_post"):
            self.play_container(server, "PUBLISHED")

    def derived_secrets(self) -> tuple[str, ...]:
        return (PROOF,)

    def test_the_only_post_without_a_text_since_is_this_one(self, adapter_here, server):
        server.on("GET", self.list_path, self.listing(("7", STARTED, "")))
        silent = Rendition("feed-post", "", media=(picture(**JPEG),))
        sighting = adapter_here.find(silent, self.open_step())
        assert isinstance(sighting, Found)
        assert sighting.remote_id == "7"


class TestByInstagramLogin(
    InstagramReplies,
    PublishingContract,
    LimitsContract,
    GoldenContract,
    CommentingContract,
    IdentifyingContract,
):
    """It deletes nothing and shows no captions: how posts are told apart is in test_instagram."""

    golden = "instagram-by-instagram"
    server_facts: ClassVar[dict[str, Any]] = {"login": "instagram"}
