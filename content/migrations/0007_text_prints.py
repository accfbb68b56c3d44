"""The prints of texts, made for every version there is."""

import django.db.models.deletion
from django.db import migrations, models

from content.sameness import prints_of

AT_ONCE = 500  # versions


def make_prints(apps, schema_editor):
    """Some 10,000 versions a second; run again, it goes on with those that have none."""
    versions = apps.get_model("content", "PieceVersion").objects.filter(prints=None)
    prints = apps.get_model("content", "TextPrint").objects
    rows = versions.order_by("pk").values_list("pk", "text", "link", "variants")
    made = []
    for pk, text, link, variants in rows.iterator(chunk_size=AT_ONCE):
        made += [
            prints.model(version_id=pk, channel=channel[:80], value=value)
            for channel, value in prints_of(text, link, variants).items()
        ]
        if len(made) >= AT_ONCE:
            prints.bulk_create(made)
            made = []
    prints.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("content", "0006_focus_of_pictures")]

    operations = [
        migrations.CreateModel(
            name="TextPrint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        help_text="One with words of its own; empty for all others.",
                        max_length=80,
                    ),
                ),
                (
                    "value",
                    models.CharField(blank=True, help_text="Empty: no text.", max_length=60),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prints",
                        to="content.pieceversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "channel"), name="print_once_per_channel"
                    )
                ],
            },
        ),
        migrations.RunPython(make_prints, migrations.RunPython.noop),
    ]
