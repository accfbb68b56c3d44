"""Notes on days of the calendar: a question over the page, or a page of its own."""

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from desk.asking import ask, back
from desk.numbers import whole
from desk.reach import chosen_brand, reach_of
from organisation.models import User
from organisation.rights import WRITE_PIECE, may
from scheduling.models import DayNote
from scheduling.notes import NoteConflict, change_note, delete_note, write_note

FRAGMENT = "syndication/scheduling/_note.html"


class NoteForm(forms.Form):
    """A day and a line for it."""

    day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": "That is no day. Write it as 2026-11-30."},
    )
    text = forms.CharField(
        label="Note",
        strip=True,
        widget=forms.TextInput(
            attrs={"class": "form-control", "maxlength": DayNote.TEXT_MAX, "autofocus": True}
        ),
        error_messages={"required": "The note says nothing. Write a line."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 1970 < day.year < 2200:
            raise ValidationError("That day is too far away. Check the year.")
        return day


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def day_note_new(request: HttpRequest) -> HttpResponse:
    """Write a note on a day, for one of the brands one writes for."""
    brands = reach_of(request).where(WRITE_PIECE)
    if not brands:
        raise PermissionDenied("Your role does not include writing notes.")
    wanted = request.POST.get("brand", "")
    brand = next((one for one in brands if str(one.pk) == wanted), None)
    first = {"day": request.GET.get("day", "") or f"{timezone.localdate()}"}
    form = NoteForm(request.POST or None, initial=first)
    if request.method == "POST" and brand is None:
        form.add_error(None, "Say for which brand the note is.")
    if brand and form.is_valid():
        asked = form.cleaned_data
        try:
            write_note(brand, asked["day"], asked["text"], by=_person(request))
        except ValidationError as refusal:
            form.add_error("text", refusal)
        else:
            messages.success(request, f"The note stands on {_said(asked['day'])}.")
            return back(request)
    chosen = brand or chosen_brand(request)
    context = {"form": form, "brands": brands, "chosen": chosen, "note": None}
    return ask(request, FRAGMENT, context, title="Note on a day")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def day_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a note, or delete it. Another brand's is not found."""
    notes = DayNote.objects.visible_to(request.user).select_related("brand", "author")
    note = get_object_or_404(notes, pk=pk)
    if not may(request.user, WRITE_PIECE, note.brand):
        raise PermissionDenied(f"Your role at {note.brand} does not include writing notes.")
    first = {"day": note.day, "text": note.text, "version": note.version}
    form = NoteForm(request.POST or None, initial=first)
    if request.method == "POST" and request.POST.get("act") == "delete":
        return _deleted(request, note)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            change_note(
                note, asked["day"], asked["text"], version=asked["version"] or 0,
                by=_person(request),
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error("text", refusal)
        except NoteConflict as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The note stands on {_said(note.day)}.")
            return back(request)
    context = {"form": form, "brands": [note.brand], "chosen": note.brand, "note": note}
    return ask(request, FRAGMENT, context, title="Note on a day")


def _deleted(request: HttpRequest, note: DayNote) -> HttpResponse:
    try:
        delete_note(note, version=whole(request.POST.get("version", "")), by=_person(request))
    except NoteConflict as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The note of {_said(note.day)} is deleted.")
    return back(request)


def _person(request: HttpRequest) -> User:
    person: User = request.user  # type: ignore[assignment]
    return person


def _said(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
