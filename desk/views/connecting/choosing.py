"""Which of the pages and accounts that the platform offers are connected."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from desk.views.connecting.asked import flow_of, person_of, start_address
from desk.views.connecting.refusing import refused_flow
from organisation.clock import database_now
from platforms.flows import (
    FlowRefused,
    another,
    choice_of,
    connect_chosen,
    connected_in,
    end,
    place_in,
)
from platforms.models import Account, OAuthFlow


@login_required
@never_cache
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def connect_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the pages and accounts the platform offers?"""
    now = database_now()
    flow = flow_of(request, pk)
    if flow.is_over(now) or flow.answered_at is None:
        if flow.ended_at is None:
            end(flow, now)
        sentence = "This choice was made already, or it is too late for it. Begin again."
        return refused_flow(request, FlowRefused(sentence, flow))
    if request.method == "POST" and "cancel" in request.POST:
        end(flow, now)
        messages.info(request, "Nothing was connected.")
        return redirect("desk:platforms")
    wrong = ""
    if request.method == "POST":
        try:
            accounts = connect_chosen(
                flow, request.POST.getlist("account"), by=person_of(request), now=now
            )
        except ValidationError as error:
            wrong = " ".join(error.messages)
        else:
            return _connected(request, flow, accounts)
    return _choices(request, flow, wrong)


def _choices(request: HttpRequest, flow: OAuthFlow, wrong: str) -> HttpResponse:
    choice = choice_of(flow)
    known = connected_in(flow.brand, flow)
    only = flow.account.remote_id if flow.account else ""
    ticked = request.POST.getlist("account")
    offers = [
        {
            "offer": one,
            "known": one.facts.remote_id in known,
            "obstacle": one.obstacle or _not_this(one.facts.remote_id, only, flow),
            "ticked": one.facts.remote_id in ticked if ticked else one.facts.remote_id == only
            or (not only and len(choice.possible) == 1),
        }
        for one in choice.offers
    ]  # fmt: skip
    context = {
        "flow": flow,
        "choice": choice,
        "offers": offers,
        "wrong": wrong or another(flow, choice),
        "possible": any(not one["obstacle"] for one in offers) and not choice.lacks_needed,
        "again": start_address(place_in(flow), flow.account, again=True),
    }
    return render(request, "syndication/accounts/choose.html", context)


def _not_this(remote_id: str, only: str, flow: OAuthFlow) -> str:
    if not only or remote_id == only or flow.account is None:
        return ""
    return f"You are reconnecting {flow.account.name}."


def _connected(request: HttpRequest, flow: OAuthFlow, accounts: list[Account]) -> HttpResponse:
    names = " and ".join(account.name for account in accounts)
    verb = "is" if len(accounts) == 1 else "are"
    again = "again " if flow.account else ""
    messages.success(request, f"{names} {verb} {again}connected.")
    for account in accounts:
        if not account.can_send:
            messages.warning(request, f"{account.name} stays paused until you resume it.")
    if len(accounts) == 1:
        return redirect("desk:account", accounts[0].pk)
    return redirect("desk:platforms")
