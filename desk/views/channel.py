"""The page of one channel of one platform, and what can be pretended there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView

from desk.channel import ChannelPage
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from desk.simulating import FAULTS, CannotPretend, pretend
from desk.views.accounts import account_of, must_connect
from organisation.models import User
from platforms.models import ChannelType
from platforms.registry import ADAPTERS


@method_decorator(never_cache, name="dispatch")
class PlatformPosting(LoginRequiredMixin, TemplateView):
    """One channel: its accounts, what fits, what waits, what was tried, and a trial."""

    template_name = "syndication/posting/platform_posting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        page = ChannelPage(
            channel_type_of(self.kwargs["platform"], self.kwargs["channel"]),
            reach_of(self.request),
            timezone.now(),
            chosen_brand(self.request),
            account=whole(asked.get("account", "")),
            piece=whole(asked.get("piece", "")),
        )
        return super().get_context_data(page=page, faults=FAULTS.items(), **kwargs)


@login_required
@never_cache
@require_POST
def channel_pretend(request: HttpRequest, platform: str, channel: str) -> HttpResponse:
    """Order a fault for the next post of an account in the sandbox."""
    row = channel_type_of(platform, channel)
    account = account_of(request, whole(request.POST.get("account", "")))
    person: User = request.user  # type: ignore[assignment]
    must_connect(person, account)
    if account.platform_id != row.platform_id:
        raise Http404("This account has no such channel.")
    try:
        messages.success(request, pretend(account, request.POST.get("fault", "")))
    except CannotPretend as refusal:
        messages.warning(request, str(refusal))
    return redirect(f"{reverse('desk:channel', args=[platform, channel])}?account={account.pk}")


@require_safe
def channel_moved(request: HttpRequest, platform: str, channel: str) -> HttpResponse:
    """The older address of a channel's page."""
    channel_type_of(platform, channel)
    query = request.META.get("QUERY_STRING", "")
    address = reverse("desk:channel", args=[platform, channel])
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def channel_type_of(platform: str, channel: str) -> ChannelType:
    """Return the channel, or raise Http404 where no adapter offers it."""
    offered = {(one.slug, its.slug) for one in ADAPTERS for its in one.channels}
    if (platform, channel) not in offered:
        raise Http404("There is no such channel.")
    rows = ChannelType.objects.select_related("platform")
    return get_object_or_404(rows, platform__slug=platform, slug=channel)
