"""A piece's page, its versions beside each other, and what is done to a piece."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView

from content.archiving import archive, bring_back
from content.copying import duplicate_piece, restore_version
from content.drafts import become
from content.models import Draft, Piece, PieceVersion
from content.readying import make_ready
from content.writing import EditConflict
from desk.compose.filled import key_in
from desk.following import Followers
from desk.numbers import whole, wholes
from desk.pieces.comparing import compare
from desk.pieces.page import PiecePage, version_of, visible_pieces
from organisation.models import User
from organisation.rights import WRITE_PIECE, may
from posting.deciding import NotPossible
from posting.labels import label_piece


@method_decorator(never_cache, name="dispatch")
class PieceDetail(LoginRequiredMixin, DetailView):
    """Everything about one piece. Another brand's piece is not found."""

    template_name = "syndication/pieces/piece.html"
    context_object_name = "piece"

    def get_queryset(self) -> QuerySet[Piece]:
        return visible_pieces(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        page = PiecePage(
            self.object,
            self.request.user,  # type: ignore[arg-type]
            whole(asked.get("before_post", "")),
            whole(asked.get("before_version", "")),
        )
        return super().get_context_data(page=page, key=uuid.uuid4(), **kwargs)


@method_decorator(never_cache, name="dispatch")
class CompareVersions(LoginRequiredMixin, DetailView):
    """Two versions beside each other, the older first whichever was named first."""

    template_name = "syndication/pieces/compare.html"
    context_object_name = "piece"

    def get_queryset(self) -> QuerySet[Piece]:
        return visible_pieces(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        piece = self.object
        asked = sorted(whole(self.request.GET.get(name, "")) for name in ("one", "other"))
        older, newer = (_version(piece, number) for number in asked)
        page = PiecePage(piece, self.request.user)  # type: ignore[arg-type]
        return super().get_context_data(page=page, comparison=compare(older, newer), **kwargs)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show what restoring a version would change (GET), then save it as a new one (POST)."""
    by: User = request.user  # type: ignore[assignment]
    piece = _writable(request, pk)
    version = _version(piece, number)
    followers = Followers(piece, by)
    if request.method != "POST":
        return _ask_to_restore(request, version, followers, [one.pk for one in followers.posts])
    follow = wholes(request.POST.getlist("follow"))
    if _says_it_already(version):
        messages.info(request, f"The piece says what version {number} says. Nothing was changed.")
        return redirect("desk:piece", pk=pk)
    try:
        new = _restored(version, followers, follow, whole(request.POST.get("edits", "")))
    except EditConflict:
        return _ask_to_restore(request, version, followers, follow, overtaken=True, status=409)
    except _NotFollowed as refusal:
        fresh = Followers(piece, by)
        return _ask_to_restore(request, version, fresh, follow, errors=refusal.errors, status=422)
    except ValidationError as refusal:
        told = {"": refusal.messages}
        return _ask_to_restore(request, version, followers, follow, errors=told, status=422)
    sentence = f"Version {new.number} says again what version {number} says."
    messages.success(request, f"{sentence} {_taken_along(followers, follow)}".strip())
    return redirect("desk:piece", pk=pk)


@login_required
@never_cache
@require_POST
def piece_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Duplicate or archive a piece, bring it back, or set its labels."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404("There is no such act.")
    return act(request, _writable(request, pk))


class _NotFollowed(Exception):
    """A post that was to follow cannot. Undoes the saving."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__("A post could not follow.")


def _restored(
    version: PieceVersion, followers: Followers, follow: list[int], expected_edits: int
) -> PieceVersion:
    with transaction.atomic():
        new = restore_version(version, by=followers.user, expected_edits=expected_edits)
        errors = followers.take_along(follow, new, timezone.now())
        if errors:
            raise _NotFollowed(errors)
    return new


def _ask_to_restore(
    request: HttpRequest,
    version: PieceVersion,
    followers: Followers,
    follow: list[int],
    *,
    errors: dict[str, list[str]] | None = None,
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    piece = get_object_or_404(visible_pieces(followers.user), pk=version.piece_id)
    current = _version(piece, piece.current.number) if piece.current else None
    context = {
        "piece": piece,
        "version": version,
        "comparison": compare(current, version) if current else None,
        "followers": followers,
        "follow": follow,
        "errors": errors or {},
        "overtaken": overtaken,
    }
    return render(request, "syndication/pieces/restore.html", context, status=status)


def _says_it_already(version: PieceVersion) -> bool:
    current = version.piece.current
    return current is not None and (current.pk == version.pk or compare(current, version).same)


def _taken_along(followers: Followers, follow: list[int]) -> str:
    count = sum(post.pk in follow for post in followers.posts)
    return f"{_posts(count, 'says', 'say')} so too." if count else ""


def _posts(count: int, verb: str, verbs: str) -> str:
    return f"1 post {verb}" if count == 1 else f"{count} posts {verbs}"


def _writable(request: HttpRequest, pk: int) -> Piece:
    """Return the piece. Raises Http404 or PermissionDenied for who may not change it."""
    piece = get_object_or_404(visible_pieces(request.user), pk=pk)
    if not may(request.user, WRITE_PIECE, piece.brand):
        raise PermissionDenied(f"Your role at {piece.brand} does not include writing.")
    return piece


def _version(piece: Piece, number: int) -> PieceVersion:
    version = version_of(piece, number)
    if version is None:
        raise Http404("There is no such version.")
    return version


def _duplicate(request: HttpRequest, piece: Piece) -> HttpResponse:
    """Once for each form: a second press opens what the first has made."""
    by: User = request.user  # type: ignore[assignment]
    key = key_in(request.POST)
    made = Draft.objects.filter(pk=key, by=by, became__isnull=False).first()
    if made is None:
        with transaction.atomic():
            copy = duplicate_piece(piece, by=by)
            if not become(key, copy, by=by):
                transaction.set_rollback(True)
        made = Draft.objects.filter(pk=key, by=by, became__isnull=False).first()
    if made is None:
        raise Http404("This is none of our forms.")
    messages.success(request, "This is the duplicate. It says the same, and no post of it is made.")
    return redirect(f"{reverse('desk:compose')}?piece={made.became_id}")


def _archive(request: HttpRequest, piece: Piece) -> HttpResponse:
    page = PiecePage(piece, request.user)  # type: ignore[arg-type]
    if archive(piece, by=page.user):
        going = page.waiting
        words = f" {_posts(going, 'keeps its time', 'keep their times')}." if going else ""
        messages.success(request, f"“{piece}” is archived.{words}")
    else:
        messages.info(request, f"“{piece}” was archived already.")
    return redirect("desk:piece", pk=piece.pk)


def _bring_back(request: HttpRequest, piece: Piece) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    if bring_back(piece, by=by):
        messages.success(request, f"“{piece}” is {piece.get_status_display().lower()} again.")
    else:
        messages.info(request, f"“{piece}” is not in the archive.")
    return redirect("desk:piece", pk=piece.pk)


def _ready(request: HttpRequest, piece: Piece) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    if make_ready(piece, by=by):
        messages.success(request, f"“{piece}” is ready: it can go to channels now.")
    else:
        messages.info(request, f"“{piece}” is no draft any more, or says nothing yet.")
    return redirect("desk:piece", pk=piece.pk)


def _label(request: HttpRequest, piece: Piece) -> HttpResponse:
    """What was ticked or unticked since the page was shown; what others did meanwhile stays."""
    by: User = request.user  # type: ignore[assignment]
    shown, ticked = (set(wholes(request.POST.getlist(name))) for name in ("had", "label"))
    try:
        changed = label_piece(piece, add=ticked - shown, remove=shown - ticked, by=by)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        said = "The labels are set." if changed else "The labels are as they were."
        messages.success(request, said)
    return redirect("desk:piece", pk=piece.pk)


ACTS = {
    "duplicate": _duplicate,
    "archive": _archive,
    "bring-back": _bring_back,
    "ready": _ready,
    "labels": _label,
}
