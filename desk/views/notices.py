"""The page of notices, the way from a notice to what it is about, and the switch of the mails."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from desk.notices import ByMail, NoticeList, address_of
from desk.numbers import whole
from desk.signs import Signs
from organisation.models import Notice, User
from organisation.people import set_notice_mail


@method_decorator(never_cache, name="dispatch")
class NoticesPage(LoginRequiredMixin, TemplateView):
    template_name = "syndication/notices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person: User = self.request.user  # type: ignore[assignment]
        asked = self.request.GET
        return super().get_context_data(
            notices=NoticeList(person, "over" in asked, whole(asked.get("before", ""))),
            by_mail=ByMail(person, Signs(timezone.now())),
            **kwargs,
        )


@login_required
@never_cache
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the post or account the notice is about: mails link here."""
    found = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    return redirect(address_of(found, request.user) or "desk:notices")  # type: ignore[arg-type]


@login_required
@require_POST
def notice_mail(request: HttpRequest) -> HttpResponse:
    """Switch one's own mails on or off."""
    person: User = request.user  # type: ignore[assignment]
    set_notice_mail(person, request.POST.get("wanted") == "yes")
    words = "Notices are mailed to you from now on."
    if not person.notice_mail:
        words = "Notices are no longer mailed to you. They still stand here."
    messages.success(request, words)
    return redirect("desk:notices")
