"""Meta's upload host, for reels, stories and Instagram: the rest of a file in one request.

Source: Meta's "Reels Publishing" and "Resumable Uploads". A file that broke off goes on at the
byte that the platform has come to; `offset` says which that is.
"""

from urllib.parse import urlsplit

from platforms.errors import PlatformError, Rejected, Unclear
from platforms.graph import Graph
from platforms.http import Answer
from platforms.telling import Act
from platforms.values import Json, MediaItem

HOST = "rupload.facebook.com"
# It failed because of where it began or ended, and not because of what the file holds.
BROKEN_OFF = frozenset({"OffsetInvalidError", "PartialRequestError"})


def send_rest(graph: Graph, url: str, item: MediaItem, act: Act, offset: int = 0) -> None:
    """Send the file from `offset` to its end, to the address that a session was given.

    Raises Unclear, inside `repeatable` harmless, or Rejected when the file was refused.
    """
    if not _is_theirs(url, graph.connection.base_url):
        raise graph.tell.error(Unclear, act, "it named an address for it that is not its own")
    headers = {
        "Authorization": f"OAuth {graph.token}",
        "offset": str(offset),
        "file_size": str(item.size),
        "Content-Type": "application/octet-stream",
    }
    body = graph.connection.stream_of(item, offset)
    answer = graph.connection.client.request("POST", url, headers=headers, body=body)
    _check(graph, answer, act)


def _is_theirs(url: str, base_url: str) -> bool:
    """The token goes to Meta's upload host, or to the one server the account lives on."""
    there, base = urlsplit(url), urlsplit(base_url)
    if (there.scheme, there.netloc) == (base.scheme, base.netloc):
        return True
    return there.scheme == "https" and there.netloc == HOST


def _check(graph: Graph, answer: Answer, act: Act) -> None:
    said: Json = {}
    if 200 <= answer.status < 300:
        said = answer.json()
        if said.get("success") is True:
            return
    trouble = said.get("debug_info") or _trouble_in(answer)
    if trouble is None:
        graph.check(answer, act)
        raise graph.tell.error(Unclear, act, "it did not say that it has the file")
    raise _error(graph, trouble, act)


def _trouble_in(answer: Answer) -> Json | None:
    try:
        trouble = answer.json().get("debug_info")
    except Unclear:
        return None
    return trouble if isinstance(trouble, dict) else None


def _error(graph: Graph, trouble: Json, act: Act) -> PlatformError:
    kind, words = str(trouble.get("type") or ""), str(trouble.get("message") or "it failed")
    passes = trouble.get("retriable") is True or kind in BROKEN_OFF
    return graph.tell.error(Unclear if passes else Rejected, act, words)
