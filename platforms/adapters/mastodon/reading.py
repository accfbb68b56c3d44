"""What is read of posts that are out, and of the account: the text, and how they do.

Sources: Mastodon's documentation of `statuses` and of the entities Status, StatusSource, Account.
"""

from platforms import fediverse
from platforms.adapters.mastodon.server import Server
from platforms.errors import PlatformError, Unclear
from platforms.http import Answer
from platforms.links import web_address
from platforms.pauses import moment_in
from platforms.telling import READING, Act
from platforms.values import Absent, CannotTell, Found, Json, Metric, Sighting

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


def read_back(server: Server, remote_id: str) -> Sighting:
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
            _text_of(server, remote_id),
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
