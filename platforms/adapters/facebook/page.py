"""One Page: who it is, how to ask Graph for it, and where people see what it posts."""

from platforms.contract import Connection
from platforms.graph import Graph
from platforms.telling import Teller

API = "https://graph.facebook.com"
VIDEO_API = "https://graph-video.facebook.com"  # the same API, for uploads to `videos`
PUBLIC_SITE = "https://www.facebook.com"


class Page:
    """What every kind of post needs of its Page."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tell = Teller("Facebook", connection.client.redactor)
        self.graph = Graph(connection, self.tell)

    @property
    def id(self) -> str:
        return self.connection.remote_id

    @property
    def video_host(self) -> str:
        """Where parts of videos go: Facebook's own host for them, or the one stand-in."""
        return VIDEO_API if self.connection.base_url == API else self.connection.base_url

    def post_url(self, remote_id: str) -> str:
        """Where people see a post of the feed, or a story, by its id."""
        page, divided, number = remote_id.partition("_")
        site = site_of(self.connection.base_url)
        return f"{site}/{page}/posts/{number}" if divided else f"{site}/{remote_id}"

    def video_url(self, video_id: str) -> str:
        return f"{site_of(self.connection.base_url)}/{self.id}/videos/{video_id}"

    def reel_url(self, video_id: str) -> str:
        return f"{site_of(self.connection.base_url)}/reel/{video_id}"


def site_of(base_url: str) -> str:
    """Where people look: Facebook itself, or the stand-in that the API's address names."""
    return PUBLIC_SITE if base_url == API else base_url
