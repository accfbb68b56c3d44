"""Sources, their sections, feeds, which section a piece was made from, and the looks at feeds."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NAME = "Look at feeds"
EVERY = 60  # seconds


def add_task(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    interval, _ = interval_model.objects.get_or_create(every=EVERY, period="seconds")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={
            "task": "content.tasks.poll_feeds",
            "interval": interval,
            "queue": "work",
            "expire_seconds": EVERY,
        },
    )


def remove_task(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0007_text_prints"),
        ("organisation", "0007_switch_until"),
        ("platforms", "0009_issuer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="From 1.")),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                ("words", models.PositiveIntegerField()),
                ("sha256", models.CharField(help_text="Of its heading and text.", max_length=64)),
            ],
            options={
                "ordering": ("source", "position"),
            },
        ),
        migrations.AddField(
            model_name="piece",
            name="channel",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The one it was made for, such as mastodon/status; empty for all.",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="piece",
            name="origin",
            field=models.CharField(
                choices=[
                    ("written", "Written by hand"),
                    ("source", "Made from a source"),
                    ("demo", "Demo data"),
                ],
                default="written",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.URLField(max_length=2000)),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "interval",
                    models.DurationField(
                        default=datetime.timedelta(seconds=3600),
                        help_text="How long to wait between two looks.",
                    ),
                ),
                (
                    "reads_articles",
                    models.BooleanField(
                        default=False,
                        help_text="Read the page of each entry, where the feed has only a summary.",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("keep", "Keep new entries as sources"),
                            ("draft", "Also write a draft for each channel"),
                        ],
                        default="keep",
                        max_length=10,
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("next_poll_at", models.DateTimeField()),
                ("claims", models.PositiveIntegerField(default=0, editable=False)),
                ("claimed_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("etag", models.CharField(blank=True, editable=False, max_length=500)),
                ("last_modified", models.CharField(blank=True, editable=False, max_length=200)),
                ("polled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "read_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="The last look that went well.",
                        null=True,
                    ),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="Looks that failed in a row."
                    ),
                ),
                ("last_error", models.TextField(blank=True, editable=False)),
                (
                    "last_said",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="What the last look that went well brought.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeds",
                        to="organisation.brand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("title", "pk"),
            },
        ),
        migrations.CreateModel(
            name="FeedTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="platforms.account",
                    ),
                ),
                (
                    "channel_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="platforms.channeltype",
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="content.feed",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.AddField(
            model_name="piece",
            name="section",
            field=models.ForeignKey(
                blank=True,
                help_text="What it was made from. It is how a section is known to be processed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pieces",
                to="content.section",
            ),
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("file", "File"),
                            ("url", "Link"),
                            ("feed", "Feed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("aside", "Set aside")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "address",
                    models.URLField(
                        blank=True,
                        help_text="Where it can be read; what posts link.",
                        max_length=2000,
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200)),
                (
                    "text",
                    models.TextField(help_text="Plain text; lines that begin with # are headings."),
                ),
                ("words", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(help_text="Of the text.", max_length=64)),
                ("note", models.TextField(blank=True, help_text="What reading it has to say.")),
                (
                    "entry_id",
                    models.CharField(
                        blank=True, help_text="The feed's own name for it.", max_length=300
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, help_text="When it says that it appeared.", null=True
                    ),
                ),
                (
                    "fetched_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: it was not fetched.", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="organisation.brand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: it came by a feed.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sources",
                        to="content.feed",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="section",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sections",
                to="content.source",
            ),
        ),
        migrations.AddIndex(
            model_name="feed",
            index=models.Index(
                condition=models.Q(("paused_at", None)),
                fields=["next_poll_at"],
                name="feed_by_next_poll",
            ),
        ),
        migrations.AddConstraint(
            model_name="feed",
            constraint=models.UniqueConstraint(
                fields=("brand", "address"), name="feed_once_per_brand"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedtarget",
            constraint=models.UniqueConstraint(
                fields=("feed", "account", "channel_type"), name="feed_target_once"
            ),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["brand", "state", "-id"], name="source_by_brand"),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["brand", "sha256"], name="source_by_text"),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                condition=models.Q(("entry_id", ""), _negated=True),
                fields=("feed", "entry_id"),
                name="source_once_per_entry",
            ),
        ),
        migrations.AddIndex(
            model_name="section",
            index=models.Index(fields=["sha256"], name="section_by_text"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(
                fields=("source", "position"), name="section_place_once"
            ),
        ),
        migrations.RunPython(add_task, remove_task),
    ]
