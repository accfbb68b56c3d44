"""Forms that write pieces and take in pictures, through the same verbs as everything else."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction

from content.models import MediaAsset, Piece
from content.uploads import TAKEN, keep_upload
from content.writing import EditConflict, save_version, write_piece
from organisation.backoffice import VerbForm
from organisation.rights import PUBLISH_POST, may


class PieceForm(VerbForm):
    """Title and status of a piece, and what its next version says."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 8, "cols": 80}), required=False)
    link = forms.CharField(required=False, widget=forms.URLInput(attrs={"class": "vTextField"}))
    picture = forms.FileField(
        required=False, label="picture or video", help_text=f"{TAKEN}. It is added to the others."
    )
    alt = forms.CharField(
        required=False,
        label="What it shows",
        help_text="For those who cannot see it.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    keep_pictures = forms.BooleanField(
        required=False, initial=True, label="Keep the pictures it has"
    )
    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Piece
        fields = ("brand", "title", "status", "labels")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = self.instance if self.instance.pk else None
        if self.kept and self.kept.current:
            self.initial = {
                **self.initial,
                "text": self.kept.current.text,
                "link": self.kept.current.link,
                "edits": self.kept.edits,
            }

    def act(self) -> models.Model:
        """Write the piece, or a new version of it when anything it says was changed."""
        self._check_labels()
        if self.kept is None:
            return self._write()
        piece = self.kept
        with transaction.atomic():
            piece.labels.set(self.cleaned_data["labels"])
            if SAID & set(self.changed_data):
                self._save_version(piece)
            piece.title, piece.status = self.cleaned_data["title"], self.cleaned_data["status"]
            piece.save(update_fields=["title", "status", "updated_at"])
        return piece

    def _check_labels(self) -> None:
        brand = self.kept.brand if self.kept else self.cleaned_data["brand"]
        for label in self.cleaned_data["labels"]:
            if label.brand_id != brand.pk:
                raise ValidationError(
                    {"labels": f"“{label}” is a label of {label.brand}, not of {brand}. "
                               "Nothing was saved."}
                )  # fmt: skip
        if self.kept:
            self._check_held(self.kept)

    def _check_held(self, piece: Piece) -> None:
        """A label that is on hold holds the posts of its pieces, and losing it releases them."""
        changed = set(self.cleaned_data["labels"]) ^ set(piece.labels.all())
        held = [label for label in changed if label.held]
        if held and not may(self.request.user, PUBLISH_POST, piece.brand):
            raise ValidationError(
                {"labels": f"The label “{held[0]}” is on hold, and so are the posts of its pieces. "
                           "Nothing was saved: your role does not include holding posts or "
                           "letting them go."}
            )  # fmt: skip

    def _write(self) -> Piece:
        answers = self.cleaned_data
        piece = write_piece(
            brand=answers["brand"],
            title=answers["title"],
            text=answers["text"],
            link=answers["link"],
            media=self._new_pictures(answers["brand"]),
            by=self.request.user,  # type: ignore[arg-type]
        )
        piece.labels.set(answers["labels"])
        if answers["status"] != piece.status:
            piece.status = answers["status"]
            piece.save(update_fields=["status"])
        return piece

    def _save_version(self, piece: Piece) -> None:
        answers = self.cleaned_data
        try:
            save_version(
                piece,
                text=answers["text"],
                link=answers["link"],
                media=[*self._old_pictures(piece), *self._new_pictures(piece.brand)],
                variants=piece.current.variants if piece.current else None,
                expected_edits=answers["edits"] or 0,
                by=self.request.user,  # type: ignore[arg-type]
            )
        except EditConflict as conflict:
            raise ValidationError(
                f"{conflict} Your text was not saved. Copy it, open the piece anew and look at "
                "the new version."
            ) from conflict

    def _old_pictures(self, piece: Piece) -> list[MediaAsset]:
        if piece.current is None or not self.cleaned_data["keep_pictures"]:
            return []
        return [use.asset for use in piece.current.media.select_related("asset")]

    def _new_pictures(self, brand: Any) -> list[MediaAsset]:
        upload = self.cleaned_data.get("picture")
        return [keep(self, upload, brand)] if upload else []


SAID = {"text", "link", "picture", "keep_pictures"}


class MediaAssetForm(VerbForm):
    """A picture or video for a brand."""

    picture = forms.FileField(label="picture or video", help_text=f"{TAKEN}.")

    class Meta:
        model = MediaAsset
        fields = ("brand", "alt")

    def act(self) -> models.Model:
        return keep(self, self.cleaned_data["picture"], self.cleaned_data["brand"])


def keep(form: VerbForm, upload: Any, brand: Any) -> MediaAsset:
    """Keep an uploaded picture or video; what is wrong with it is said at its field."""
    try:
        return keep_upload(
            upload,
            upload.name,
            brand=brand,
            by=form.request.user,  # type: ignore[arg-type]
            alt=form.cleaned_data.get("alt", ""),
        )
    except ValidationError as refusal:
        raise ValidationError({"picture": refusal.messages}) from refusal
