"""What is asked of times, slots, and conflicts that were left as they are."""

import django.db.models.deletion
import scheduling.holiday_calendars
import scheduling.models.rules
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0007_switch_until"),
        ("platforms", "0007_app_passwords"),
        ("posting", "0014_policy_override"),
        ("scheduling", "0003_day_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Blackout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(help_text="Included.", verbose_name="last day")),
                ("why", models.CharField(help_text="Such as “Stocktaking”.", max_length=120)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all accounts of the brand.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blackouts",
                        to="platforms.account",
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blackouts",
                        to="organisation.brand",
                    ),
                ),
            ],
            options={
                "ordering": ("first", "pk"),
                "indexes": [models.Index(fields=["brand", "last"], name="blackout_by_brand")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))),
                        name="blackout_ends_after_it_begins",
                        violation_error_message="The last day comes before the first.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IgnoredConflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                (
                    "facts",
                    models.CharField(
                        help_text="A hash of what the conflict rests on.", max_length=16
                    ),
                ),
                ("sentence", models.TextField(help_text="The conflict as it was told.")),
                ("note", models.CharField(help_text="Why it was left.", max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ignored_conflicts",
                        to="posting.post",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("post", "kind", "facts"), name="conflict_ignored_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        help_text="The sum of Monday 1, Tuesday 2 … Sunday 64."
                    ),
                ),
                ("at", models.TimeField(verbose_name="time")),
                (
                    "queue",
                    models.CharField(blank=True, help_text="Empty: for any post.", max_length=40),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="platforms.account",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "queue", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "at", "queue"),
                        name="slot_once",
                        violation_error_message="The account has this time in this queue already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 127)),
                        name="slot_has_days",
                        violation_error_message="Choose at least one day of the week.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimeRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hours",
                    models.JSONField(
                        blank=True,
                        help_text='The hours in which posts may go out, by the account\'s clock: [{"days": 31, "opens": "08:00", "closes": "20:00"}], Monday being 1 and Sunday 64. An empty list: at any hour. Nothing: as in the brand.',
                        null=True,
                        validators=[scheduling.models.rules.validate_hours],
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="Whose public holidays count, such as GB or GB-SCT; “none” for none.",
                        max_length=12,
                        validators=[scheduling.holiday_calendars.validate_country],
                    ),
                ),
                (
                    "daily_budget",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The most on one day of one account.",
                        null=True,
                        verbose_name="posts a day",
                    ),
                ),
                (
                    "look_back",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Days within which an account shall not say the same twice; 0 for never mind. Empty everywhere: 30.",
                        null=True,
                        verbose_name="look back",
                    ),
                ),
                (
                    "account",
                    models.OneToOneField(
                        blank=True,
                        help_text="Empty: all accounts of the brand.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="time_rules",
                        to="platforms.account",
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="time_rules",
                        to="organisation.brand",
                    ),
                ),
            ],
            options={
                "verbose_name": "time rules",
                "verbose_name_plural": "time rules",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("account", None)),
                        fields=("brand",),
                        name="time_rules_once_per_brand",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("look_back", None), ("look_back__lte", 365), _connector="OR"
                        ),
                        name="time_rules_look_back_a_year",
                        violation_error_message="Look back 365 days at most.",
                    ),
                ],
            },
        ),
    ]
