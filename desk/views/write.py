"""Create piece, steps 3 and 4: channels, tone and writer; then the pieces as they appear."""

import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView

from content.models import WritingItem, WritingRun
from content.writers.queue import again, stop
from content.writers.starting import NotPossible, start
from desk.numbers import whole
from desk.sources.pages import visible_sources
from desk.views.create_piece import person, steps
from desk.views.home import for_polling
from desk.writing.form import WriteForm
from desk.writing.progress import RunProgress, latest_runs
from organisation.models import Brand
from organisation.rights import WRITE_PIECE, may


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for channels, tone and writer (GET), and begin to write (POST): once for each form."""
    source = get_object_or_404(visible_sources(request.user), pk=pk)
    _check_right(request, source.brand)
    is_sent = request.method == "POST"
    asked = request.POST if is_sent else request.GET
    form = WriteForm(source, asked, person(request), is_sent)
    if is_sent:
        try:
            run = start(
                source,
                form.sections,
                form.targets,
                by=form.user,
                tone=form.tone,
                writer=form.writer,
                key=form.key,
                only_new=not form.again,
            )
        except NotPossible as refusal:
            form.errors = [str(refusal)]
        else:
            return redirect("desk:writing", pk=run.pk)
    context = {"form": form, "source": source, "runs": latest_runs(source.pk), **steps(3)}
    status = 422 if form.errors else 200
    return render(request, "syndication/writing/write.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class WritingPage(LoginRequiredMixin, DetailView):
    """The pieces of one run. Another brand's run is not found."""

    template_name = "syndication/writing/run.html"
    context_object_name = "run"

    def get_queryset(self) -> QuerySet[WritingRun]:
        return _visible_runs(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**live_context(self.request, self.object), **kwargs)


@for_polling
def writing_live(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The page's content; 304 while it is what the page shows already."""
    context = live_context(request, get_object_or_404(_visible_runs(request), pk=pk))
    response = render(request, "syndication/writing/_run_live.html", context)
    response.headers["ETag"] = context["etag"]
    return get_conditional_response(request, etag=context["etag"], response=response) or response


def live_context(request: HttpRequest, run: WritingRun) -> dict[str, Any]:
    progress = RunProgress(run, timezone.now(), may_write=may(request.user, WRITE_PIECE, run.brand))
    done = not progress.is_moving
    shown = {"run": run, "progress": progress, **steps(5 if done else 4)}
    body = render_to_string("syndication/writing/_run.html", shown, request)
    lasting = "\n".join(line for line in body.splitlines() if "csrfmiddlewaretoken" not in line)
    tag = hashlib.sha256(f"{progress.trigger}\n{lasting}".encode()).hexdigest()[:32]
    return {"run": run, "progress": progress, "body": body, "etag": f'"{tag}"'}


@login_required
@require_POST
def writing_act(request: HttpRequest, pk: uuid.UUID, slug: str) -> HttpResponse:
    """Stop a run, or have what failed or was stopped written after all."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404("There is no such thing to do.")
    run = get_object_or_404(_visible_runs(request), pk=pk)
    _check_right(request, run.brand)
    act(request, run)
    return redirect("desk:writing", pk=run.pk)


def _stop(request: HttpRequest, run: WritingRun) -> None:
    spared = stop(run, by=person(request))
    if spared:
        left = f"{spared} piece{'s are' if spared > 1 else ' is'} not begun"
        messages.success(request, f"Stopped: {left}. What is being written is written to its end.")
    else:
        messages.info(request, "There was nothing left to stop.")


def _retry(request: HttpRequest, run: WritingRun) -> None:
    _again(request, _asked_items(request, run))


def _retry_offline(request: HttpRequest, run: WritingRun) -> None:
    _again(request, _asked_items(request, run), WritingRun.Writer.OFFLINE)


def _again(request: HttpRequest, items: QuerySet[WritingItem], writer: str = "") -> None:
    number = again(items, writer=writer)
    if number:
        messages.success(request, f"{number} piece{'s' if number > 1 else ''} will be written.")
    else:
        messages.info(request, "There was nothing left to write again.")


def _asked_items(request: HttpRequest, run: WritingRun) -> QuerySet[WritingItem]:
    if not (wanted := request.POST.get("item", "")):
        return run.items.all()
    return run.items.filter(pk=get_object_or_404(run.items, pk=whole(wanted)).pk)


ACTS = {"stop": _stop, "retry": _retry, "offline": _retry_offline}


def _visible_runs(request: HttpRequest) -> QuerySet[WritingRun]:
    return WritingRun.objects.visible_to(request.user).select_related("brand", "by", "source")


def _check_right(request: HttpRequest, brand: Brand) -> None:
    if not may(request.user, WRITE_PIECE, brand):
        raise PermissionDenied(f"Your role at {brand} does not include writing.")
