"""The page of an account's slots, hours and days off, and of what its brand asks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from desk.account_times import (
    BlackoutFileForm,
    BlackoutForm,
    HoursForms,
    RulesForm,
    SlotForms,
    hours_asked,
    hours_in,
    rules_asked,
    told_of_days_off,
)
from desk.numbers import whole
from desk.views.accounts import account_of
from organisation.models import User
from organisation.rights import PUBLISH_POST, may
from platforms.models import Account
from scheduling import setting
from scheduling.days_off import take_days_off
from scheduling.models import Blackout, Slot, TimeRules
from scheduling.slots import coming, queues_of

BLACKOUTS = 50


@method_decorator(never_cache, name="dispatch")
class AccountTimesPage(LoginRequiredMixin, View):
    """Each part is a form of its own, named by `part`; what was typed stays when it is refused."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, account_of(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_of(request, pk)
        by: User = request.user  # type: ignore[assignment]
        if not may(by, PUBLISH_POST, account.brand):
            raise PermissionDenied(f"Your role at {account.brand} does not include scheduling.")
        parts = {
            "slots": self._slots,
            "rules": self._rules,
            "brand-rules": self._rules,
            "blackout": self._blackout,
            "blackout-file": self._blackout_file,
            "end-blackout": self._end_blackout,
        }
        part = request.POST.get("part", "")
        bound = parts[part](request, account, by) if part in parts else {}
        if bound:
            return self._page(request, account, status=422, **bound)
        return redirect("desk:account_times", pk)

    def _slots(self, request: HttpRequest, account: Account, by: User) -> dict[str, Any]:
        forms = SlotForms(request.POST, prefix="slots")
        if not forms.is_valid():
            return {"slots": forms}
        setting.set_slots(
            account, [(row["days"], row["at"], row["queue"]) for row in forms.given], by=by
        )
        messages.success(request, "The slots are set. Posts keep the times they have.")
        return {}

    def _rules(self, request: HttpRequest, account: Account, by: User) -> dict[str, Any]:
        part = request.POST["part"]
        name = "brand_" if part == "brand-rules" else ""
        rules, hours = RulesForm(request.POST, prefix=part), HoursForms(
            request.POST, prefix=f"{part}-hours"
        )  # fmt: skip
        if not (rules.is_valid() and hours.is_valid()):
            return {f"{name}rules": rules, f"{name}hours": hours}
        values = dict(rules.cleaned_data)
        values["hours"] = hours_in(hours, values.pop("any_hour"))
        setting.set_rules(account.brand, None if name else account, by=by, **values)
        messages.success(request, "The rules are set.")
        return {}

    def _blackout(self, request: HttpRequest, account: Account, by: User) -> dict[str, Any]:
        form = BlackoutForm(request.POST, prefix="blackout")
        if not form.is_valid():
            return {"blackout": form}
        given = dict(form.cleaned_data)
        whose = None if given.pop("whole_brand") else account
        try:
            setting.add_blackout(account.brand, whose, **given, by=by)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return {"blackout": form}
        messages.success(request, "Nothing goes out on these days without being told.")
        return {}

    def _blackout_file(self, request: HttpRequest, account: Account, by: User) -> dict[str, Any]:
        form = BlackoutFileForm(request.POST, request.FILES, prefix="file")
        if not form.is_valid():
            return {"blackout_file": form}
        whose = None if form.cleaned_data["whole_brand"] else account
        data, today = form.cleaned_data["calendar"].read(), timezone.localdate()
        try:
            taken = take_days_off(data, account.brand, whose, by=by, today=today)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return {"blackout_file": form}
        messages.success(request, told_of_days_off(taken))
        return {}

    def _end_blackout(self, request: HttpRequest, account: Account, by: User) -> dict[str, Any]:
        number = whole(request.POST.get("blackout", ""))
        mine = Blackout.objects.filter(brand=account.brand, account__in=[account])
        mine = mine | Blackout.objects.filter(brand=account.brand, account=None)
        setting.end_blackout(get_object_or_404(mine, pk=number), by=by)
        messages.success(request, "The blackout is gone.")
        return {}

    def _page(
        self, request: HttpRequest, account: Account, status: int = 200, **bound: Any
    ) -> HttpResponse:
        now = timezone.now()
        rows = {one.account_id: one for one in TimeRules.objects.filter(brand=account.brand)}
        own, shared = rows.get(account.pk), rows.get(None)
        slots = [
            {"days": slot.days, "at": slot.at, "queue": slot.queue}
            for slot in Slot.objects.filter(account=account)
        ]
        today = timezone.localdate()
        siblings = Account.objects.filter(brand=account.brand)
        off = Blackout.objects.filter(brand=account.brand, last__gte=today)
        off = off.filter(account=account) | off.filter(account=None)
        context = {
            "account": account,
            "may_set": may(request.user, PUBLISH_POST, account.brand),
            "slots": SlotForms(initial=slots, prefix="slots"),
            "turns": coming(account, now),
            "queues": queues_of(siblings.values_list("pk", flat=True)),
            "rules": RulesForm(initial=rules_asked(own), prefix="rules"),
            "hours": HoursForms(initial=hours_asked(own), prefix="rules-hours"),
            "brand_rules": RulesForm(initial=rules_asked(shared), prefix="brand-rules"),
            "brand_hours": HoursForms(initial=hours_asked(shared), prefix="brand-rules-hours"),
            "blackout": BlackoutForm(prefix="blackout"),
            "blackout_file": BlackoutFileForm(prefix="file"),
            "blackouts": off[:BLACKOUTS],
            **bound,
        }
        return render(request, "syndication/accounts/times.html", context, status=status)
