"""The buttons beside a conflict."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from desk.asking import asked_back
from desk.conflicts import PRESSES, press
from organisation.models import User
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from posting.models import Post
from scheduling.solving import find_conflict


@login_required
@never_cache
@require_POST
def fix_conflict(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Put one conflict of a post right, or leave it with a note.

    The form names the conflict by `kind` and `facts`, may carry a `note`, and `next` for the page
    to go back to.
    """
    if verb not in PRESSES:
        raise Http404("There is no such button.")
    posts = Post.objects.visible_to(request.user).for_rows()
    post = get_object_or_404(posts, pk=pk)
    if not may(request.user, PUBLISH_POST, post.brand):
        raise PermissionDenied(f"Your role at {post.brand} does not include scheduling.")
    by: User = request.user  # type: ignore[assignment]
    now, asked = timezone.now(), request.POST
    try:
        conflict = find_conflict(post, asked.get("kind", ""), asked.get("facts", ""), now)
        done = press(post, conflict, verb, by=by, now=now, note=asked.get("note", ""))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
    return redirect(asked_back(request) or reverse("desk:post", args=[post.pk]))
