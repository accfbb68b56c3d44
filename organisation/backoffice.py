"""The admin's common ground: rights by role and brand, read-only history, saving by verbs.

What a person may do in the admin follows from the same roles as on the staff pages. `is_staff`
opens the door, the role in each brand decides the rest, and a superuser may do everything.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from organisation.models import Brand
from organisation.rights import brands_where, may


class OfBrands(admin.ModelAdmin):
    """Rows of the brands a person works for. Others' rows are not found."""

    brand_path: ClassVar[str] = "brand"  # the lookup from a row to its brand
    right: ClassVar[str] = ""  # what it takes to add and change; empty: nobody does
    right_to_view: ClassVar[str] = ""  # empty: every member of the brand
    show_full_result_count = False  # never a second walk through a million rows
    list_per_page = 50
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{self.brand_path}__in": self._brands_to_view(request)})

    def _brands_to_view(self, request: HttpRequest) -> models.QuerySet[Brand]:
        if self.right_to_view:
            return brands_where(request.user, self.right_to_view)
        return Brand.objects.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.right, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.right)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _may(self, request: HttpRequest, right: str, obj: Any = None) -> bool:
        if not right or not self.has_view_permission(request):
            return False
        if obj is None:
            return holds_somewhere(request, right)
        brand = self.brand_of(obj)
        return request.user.is_superuser if brand is None else may(request.user, right, brand)

    def brand_of(self, obj: Any) -> Brand | None:
        for name in self.brand_path.split("__"):
            obj = obj if name == "pk" else getattr(obj, name)
        return obj

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        """Offer, and accept, only what the person may use."""
        kwargs["queryset"] = usable(db_field.remote_field.model, request, self.right)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A row that is not there and a row of others look the same: not found."""
        found = super().get_object(request, *args, **kwargs)
        if found is None:
            raise Http404("There is no such row, or it belongs to another brand.")
        return found


def holds_somewhere(request: HttpRequest, right: str) -> bool:
    """Whether the person holds the right in any brand; asked once per page, not once per model."""
    held: dict[str, bool] = request.__dict__.setdefault("_held_rights", {})
    if right not in held:
        superuser = request.user.is_superuser
        held[right] = superuser or brands_where(request.user, right).exists()
    return held[right]


def usable(model: Any, request: HttpRequest, right: str) -> models.QuerySet[Any]:
    """The rows of a model this person may choose for something that takes `right`."""
    rows = model._default_manager.all()
    if model is Brand:
        return brands_where(request.user, right) if right else rows.visible_to(request.user)
    visible = getattr(rows, "visible_to", None)
    return visible(request.user) if visible else rows


class UntilActionForm(ActionForm):
    """Beside the actions of a list: how long what is paused or held stays so."""

    until = forms.DateTimeField(
        label="Until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}),
        help_text="In your time zone; empty: until somebody ends it.",
    )


class UntilActions(OfBrands):
    """A list whose actions may last until a time, and are done row by row where the role allows."""

    action_form = UntilActionForm

    def until(self, request: HttpRequest) -> datetime | None:
        """Return the time beside the action. Raises ValidationError with the sentence to show."""
        field = UntilActionForm.base_fields["until"]
        until: datetime | None = field.clean(request.POST.get("until", ""))
        if until and until <= timezone.now():
            raise ValidationError("The time beside the action has passed.")
        return until

    def each(
        self,
        request: HttpRequest,
        rows: Iterable[Any],
        verb: Callable[[Any, datetime | None], Any],
        done: str,
        right: str = "",
    ) -> None:
        """Do it where the person has the right, and say how often, and how often not.

        `right` is what it takes; empty: what it takes to change a row.
        """
        try:
            until = self.until(request)
        except ValidationError as refusal:
            sentence = " ".join(refusal.messages)
            self.message_user(request, f"{sentence} Nothing was changed.", messages.ERROR)
            return
        rows = list(rows)
        takes = right or self.right
        mine = [row for row in rows if may(request.user, takes, self.brand_of(row))]  # type: ignore[arg-type]
        for row in mine:
            verb(row, until)
        if mine:
            self.message_user(request, f"{len(mine)} {done}", messages.SUCCESS)
        if others := len(rows) - len(mine):
            sentence = f"{others} left alone: your role in their brand does not include it."
            self.message_user(request, sentence, messages.WARNING)


class ReadOnly(OfBrands):
    """History, and rows that only verbs change."""

    right = ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ForEveryone(ReadOnly):
    """Read-only rows of the installation that belong to no brand."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return admin.ModelAdmin.get_queryset(self, request)


class VerbForm(forms.ModelForm):
    """A form whose saving is a verb. What the verb refuses stands on the form, and nothing is kept.

    `request` is set by SavesByVerb.
    """

    request: HttpRequest

    def act(self) -> models.Model:
        """Do it, and return the row. May raise ValidationError."""
        raise NotImplementedError

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound or self.errors:
            return
        try:
            self.instance = self.act()
        except ValidationError as refusal:
            self._show(refusal)

    def _show(self, refusal: ValidationError) -> None:
        """Put each sentence at its field, or above the form when it has none."""
        told = getattr(refusal, "error_dict", None) or {NON_FIELD_ERRORS: refusal.error_list}
        for name, errors in told.items():
            self.add_error(name if name in self.fields else None, errors)

    def _post_clean(self) -> None:
        """The verb checks and builds the row, so the fields are not copied to one here."""

    def save(self, commit: bool = True) -> Any:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing is left to save."""


class SavesByVerb(OfBrands):
    """Adds and changes rows with a VerbForm."""

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        made = super().get_form(request, *args, **kwargs)
        return type(made.__name__, (made,), {"request": request})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Not inside the admin's own transaction: a picture is decoded here, and that must not
        # hold SQLite's only write lock. The verbs open the transactions they need.
        return self._changeform_view(request, *self._four(*args, **kwargs))  # type: ignore[attr-defined]

    @staticmethod
    def _four(
        object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> tuple[Any, ...]:
        return object_id, form_url, extra_context

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form's verb has saved it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The form's verb has saved everything."""
