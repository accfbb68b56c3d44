"""Recurring plans, their channels and their times."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("content", "0006_focus_of_pictures"),
        ("organisation", "0007_switch_until"),
        ("platforms", "0007_app_passwords"),
        ("posting", "0012_fallback"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        help_text="As RFC 5545 writes it: FREQ=WEEKLY;BYDAY=MO", max_length=300
                    ),
                ),
                (
                    "start",
                    models.CharField(
                        help_text="The first possible wall time: 2026-11-24T09:30:00", max_length=19
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        blank=True,
                        help_text="IANA name. Empty: each account's own zone.",
                        max_length=64,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="Rises with every change."),
                ),
                (
                    "made_through",
                    models.DateTimeField(
                        blank=True, help_text="Every time up to here has its post.", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedules",
                        to="organisation.brand",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        help_text="The plan that this one took over from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="scheduling.schedule",
                    ),
                ),
                (
                    "piece",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedules",
                        to="content.piece",
                    ),
                ),
            ],
            options={
                "verbose_name": "recurring plan",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ScheduleTarget",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="platforms.account",
                    ),
                ),
                (
                    "channel_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="platforms.channeltype",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="scheduling.schedule",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "nominal",
                    models.CharField(help_text="The wall time that the rule names.", max_length=19),
                ),
                (
                    "instant",
                    models.DateTimeField(help_text="When that is, in the zone of the plan."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("made", "Has its post"),
                            ("refused", "Could not be made"),
                            ("skipped", "Skipped"),
                        ],
                        default="refused",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was refused or skipped."),
                ),
                (
                    "paused",
                    models.BooleanField(
                        default=False, help_text="Its post is on hold because the plan is paused."
                    ),
                ),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                (
                    "post",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrence",
                        to="posting.post",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="occurrences",
                        to="scheduling.scheduletarget",
                    ),
                ),
            ],
            options={
                "ordering": ("instant", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(fields=["brand", "state", "-id"], name="schedule_by_brand"),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(
                condition=models.Q(("state", "active")),
                fields=["made_through"],
                name="schedule_to_expand",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduletarget",
            constraint=models.UniqueConstraint(
                fields=("schedule", "account", "channel_type"), name="schedule_target_once"
            ),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(fields=["target", "instant"], name="occurrence_by_time"),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(
                condition=models.Q(("state", "refused")),
                fields=["instant"],
                name="occurrence_refused",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(
                fields=("target", "nominal"), name="occurrence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "made"), _negated=True),
                    ("post__isnull", False),
                    _connector="OR",
                ),
                name="occurrence_made_has_post",
            ),
        ),
    ]
