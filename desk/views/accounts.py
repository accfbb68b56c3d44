"""The pages about accounts: all of them, one of them, and what can be done with one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView

from desk.accounts import AccountList, account_page, describe
from desk.asking import asked_back
from desk.forms import terms_form
from desk.reach import chosen_brand, reach_of
from desk.views.pausing import pause, resume
from organisation.clock import database_now
from organisation.models import User
from organisation.rights import CONNECT_ACCOUNT, may
from platforms.models import Account
from posting.checking_tokens import Verdict, ask
from posting.spending import set_terms


@method_decorator(never_cache, name="dispatch")
class PlatformsPage(LoginRequiredMixin, TemplateView):
    """Every account of the person's brands."""

    template_name = "syndication/accounts/accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach = reach_of(self.request)
        accounts = AccountList(reach, timezone.now(), chosen_brand(self.request))
        may_connect = reach.may_anywhere(CONNECT_ACCOUNT)
        return super().get_context_data(accounts=accounts, may_connect=may_connect, **kwargs)


@method_decorator(never_cache, name="dispatch")
class AccountDetail(LoginRequiredMixin, TemplateView):
    """One account."""

    template_name = "syndication/accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = account_of(self.request, self.kwargs["pk"])
        page = account_page(account, reach_of(self.request), timezone.now())
        return super().get_context_data(**describe(page), **kwargs)


ASKED = ("pause", "resume")  # one may come back from it, but not from what went out meanwhile


def account_of(request: HttpRequest, pk: int) -> Account:
    """Return the account, or raise Http404 where it is another brand's."""
    mine = Account.objects.visible_to(request.user).select_related("platform", "brand")
    return get_object_or_404(mine, pk=pk)


def must_connect(person: User, account: Account) -> None:
    """Raise PermissionDenied unless the person may connect accounts of this brand."""
    if not may(person, CONNECT_ACCOUNT, account.brand):
        raise PermissionDenied(
            f"Connecting, pausing and resuming accounts is for administrators of {account.brand}."
        )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Pause it or resume it (GET asks first), ask its platform whether the token works, or say what
    it may spend."""
    acts = {"pause": pause, "resume": resume, "check": _check, "terms": _terms}
    if slug not in acts:
        raise Http404("There is no such act.")
    account = account_of(request, pk)
    person: User = request.user  # type: ignore[assignment]
    must_connect(person, account)
    if request.method != "POST" and slug not in ASKED:
        return HttpResponseNotAllowed(["POST"])
    question = acts[slug](request, account, person)
    return question or redirect(asked_back(request) or reverse("desk:account", args=[pk]))


def _check(request: HttpRequest, account: Account, person: User) -> None:
    checked = ask(account)
    if checked.verdict == Verdict.WORKS:
        Account.objects.filter(pk=account.pk).update(checked_at=database_now(), check_failures=0)
        messages.success(request, checked.sentence)
    else:
        messages.warning(request, checked.sentence)


def _terms(request: HttpRequest, account: Account, person: User) -> None:
    form = terms_form(account, request.POST)
    if form is None:
        raise Http404("There is nothing to say of this account.")
    if not form.is_valid():
        sentences = " ".join(str(word) for words in form.errors.values() for word in words)
        messages.error(request, f"{sentences} Nothing was changed.")
        return
    said = form.cleaned_data
    released = set_terms(
        account,
        by=person,
        now=database_now(),
        pays_per_use=said.get("pays_per_use", account.pays_per_use),
        monthly_cap=said.get("monthly_cap", account.monthly_cap),
        tier=said.get("tier", account.tier),
    )
    more = f" {released} that waited for the cap are looked at again." if released else ""
    messages.success(request, f"Saved for {account.name}.{more}")
