"""Pictures and videos: from our disk to a blob that a post can name.

Pictures go to the account's own server. Videos go to Bluesky's video service, which encodes them
and hands them to that server. Source: Bluesky's guides "Images" and "Video".
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from platforms.adapters.bluesky.xrpc import Repo, call
from platforms.contract import Journal
from platforms.errors import NotReady, Rejected, Unclear
from platforms.http import Answer
from platforms.streams import Stream
from platforms.telling import Act, picture, video
from platforms.values import Json, MediaItem

UPLOAD_LIFE = timedelta(minutes=50)  # servers drop unused blobs after an hour or more (unsure)
NOT_KEPT = timedelta(0)  # how far a video is, is asked anew each time
PROCESSING = timedelta(seconds=10)  # until a video is looked at again
PASS_LIFE = timedelta(minutes=30)  # of the token for the video service; the longest it takes
COMPLETED, FAILED = "JOB_STATE_COMPLETED", "JOB_STATE_FAILED"


def blob_of(repo: Repo, item: MediaItem, journal: Journal) -> Json:
    """Return the blob of a picture or video. Raises NotReady while a video is being encoded."""
    step, same = f"media:{item.position}", {"media": item.identity}
    if item.type == "image":
        send = partial(upload_image, repo, item)
        return dict(journal.repeatable(step, send, UPLOAD_LIFE, same)["blob"])
    job = journal.repeatable(step, partial(_send_video, repo, item), UPLOAD_LIFE, same)
    look = partial(_fate_of, repo, str(job["id"]), video(item.position))
    fate = journal.repeatable(f"{step}:ready", look, NOT_KEPT)
    if not fate["blob"]:
        until = datetime.now(UTC) + PROCESSING
        raise repo.tell.error(NotReady, video(item.position), until=until)
    return dict(fate["blob"])


def upload_image(repo: Repo, item: MediaItem) -> Json:
    act = picture(item.position)
    return upload_bytes(repo, repo.connection.bytes_of(item), item.mime, act)


def upload_bytes(repo: Repo, data: bytes, mime: str, act: Act) -> Json:
    """Send bytes to the account's server and return its `blob`."""
    body, headers = Stream(len(data), lambda: iter((data,))), {"Content-Type": mime}
    answer = repo.request("POST", "com.atproto.repo.uploadBlob", body=body, headers=headers)
    repo.check(answer, act)
    return {"blob": _blob_in(repo, answer.json(), act)}


def _blob_in(repo: Repo, said: Json, act: Act) -> Json:
    blob = said.get("blob")
    link = blob.get("ref", {}).get("$link") if isinstance(blob, dict) else None
    if not isinstance(blob, dict) or not isinstance(link, str) or not link:
        raise repo.tell.error(Unclear, act, "it said yes and gave no blob")
    return {name: blob[name] for name in ("$type", "ref", "mimeType", "size") if name in blob}


def _send_video(repo: Repo, item: MediaItem) -> Json:
    act = video(item.position)
    _check_allowance(repo, act)
    token = _pass_for(repo, act, _server_did(repo), "com.atproto.repo.uploadBlob")
    answer = call(
        repo.connection.client,
        "POST",
        repo.video_service,
        "app.bsky.video.uploadVideo",
        token,
        params={"did": repo.did, "name": f"{item.sha256[:24]}.mp4"},
        body=repo.connection.stream_of(item),
        headers={"Content-Type": item.mime},
    )
    # A video that it has already is a 409, which names the job that made it.
    status = _job_in(answer)
    if answer.status != 409 or not status.get("jobId"):
        repo.check(answer, act)
    return {"id": repo.text_in(status, "jobId", act)}


def _fate_of(repo: Repo, job: str, act: Act) -> Json:
    """Ask how far a video is: its blob once it is ready. Raises Rejected when it never will be."""
    client, name = repo.connection.client, "app.bsky.video.getJobStatus"
    answer = call(client, "GET", repo.video_service, name, params={"jobId": job})
    repo.check(answer, act)
    status = _job_in(answer)
    state = repo.text_in(status, "state", act)
    if state == FAILED:
        words = status.get("message") or status.get("error") or "it could not be encoded"
        raise repo.tell.error(Rejected, act, words)
    ready = state == COMPLETED or isinstance(status.get("blob"), dict)
    return {"id": job, "blob": _blob_in(repo, status, act) if ready else None}


def _job_in(answer: Answer) -> Json:
    """The lexicon wraps a job's status; the service itself has also answered it bare."""
    said = answer.json()
    status = said.get("jobStatus")
    return status if isinstance(status, dict) else said


def _check_allowance(repo: Repo, act: Act) -> None:
    """Raise Rejected when the account may not send videos, as with an unconfirmed address."""
    method = "app.bsky.video.getUploadLimits"
    host = urlsplit(repo.video_service).hostname
    token = _pass_for(repo, act, f"did:web:{host}", method)
    answer = call(repo.connection.client, "GET", repo.video_service, method, token)
    repo.check(answer, act)
    said = answer.json()
    if said.get("canUpload") is False:
        words = said.get("message") or said.get("error") or "it takes no video of this account now"
        raise repo.tell.error(Rejected, act, words)


def _pass_for(repo: Repo, act: Act, audience: str, method: str) -> str:
    """Return a token of the account for one method of another service."""
    ends = int((datetime.now(UTC) + PASS_LIFE).timestamp())
    asked: dict[str, Any] = {"aud": audience, "lxm": method}
    if method == "com.atproto.repo.uploadBlob":
        asked["exp"] = ends  # the service keeps it until it has encoded the video
    said = repo.query(act, "com.atproto.server.getServiceAuth", **asked)
    return repo.text_in(said, "token", act)


def _server_did(repo: Repo) -> str:
    parts = urlsplit(repo.connection.base_url)
    port = f"%3A{parts.port}" if parts.port else ""
    return f"did:web:{parts.hostname}{port}"
