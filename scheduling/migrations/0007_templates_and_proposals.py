"""Schedule templates, and times that are proposed for many posts at once."""

import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0007_text_prints"),
        ("organisation", "0007_switch_until"),
        ("platforms", "0009_issuer"),
        ("posting", "0014_policy_override"),
        ("scheduling", "0006_takes_suggestions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("way", models.SlugField(help_text="How the times were found.", max_length=20)),
                ("words", models.CharField(help_text="What was asked for.", max_length=300)),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="Rises with every change."),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposal",
                        to="posting.batch",
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="organisation.brand",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ProposedPost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        help_text="In the order of what was chosen, from 0."
                    ),
                ),
                ("existed", models.BooleanField(default=False)),
                (
                    "again",
                    models.BooleanField(
                        default=False,
                        help_text="A further copy of what the account has, or gets by this.",
                    ),
                ),
                (
                    "wall_time",
                    models.CharField(
                        blank=True, help_text="Empty: no time was found.", max_length=19
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=64)),
                ("fold", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why this time, or why none.", max_length=400
                    ),
                ),
                ("left_out", models.BooleanField(default=False)),
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
                    "piece_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="content.pieceversion",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposed",
                        to="posting.post",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="scheduling.proposal",
                    ),
                ),
            ],
            options={
                "ordering": ("place",),
            },
        ),
        migrations.CreateModel(
            name="ScheduleTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "version",
                    models.PositiveIntegerField(default=1, help_text="Rises with every change."),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedule_templates",
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
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="TemplateStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="In the list, from 0.")),
                (
                    "day",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Days after the start; 0 is the start itself."
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        help_text="The first such day from then on. Empty: that very day.",
                        null=True,
                    ),
                ),
                (
                    "at",
                    models.TimeField(help_text="By the account’s own clock.", verbose_name="time"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: every account of the brand on the platform of the channel.",
                        null=True,
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
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="scheduling.scheduletemplate",
                    ),
                ),
            ],
            options={
                "ordering": ("place", "pk"),
            },
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["brand", "-at", "-id"], name="proposal_by_brand"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("confirmed_at", None)),
                fields=["expires_at"],
                name="proposal_to_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch", None), ("confirmed_at", None), ("undone_at", None)),
                    models.Q(("batch__isnull", False), ("confirmed_at__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_confirmed_has_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="proposedpost",
            index=models.Index(fields=["proposal", "due_at"], name="proposed_by_time"),
        ),
        migrations.AddConstraint(
            model_name="proposedpost",
            constraint=models.UniqueConstraint(
                fields=("proposal", "place"), name="proposed_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedpost",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at", None), ("wall_time", "")),
                    models.Q(
                        ("due_at__isnull", False),
                        models.Q(("wall_time", ""), _negated=True),
                        models.Q(("zone", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="proposed_time_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedpost",
            constraint=models.CheckConstraint(
                condition=models.Q(("existed", False), ("post__isnull", False), _connector="OR"),
                name="proposed_post_is_there",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduletemplate",
            constraint=models.UniqueConstraint(
                models.F("brand"),
                django.db.models.functions.text.Lower("name"),
                name="schedule_template_name_once",
                violation_error_message="The brand has a template of this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatestep",
            constraint=models.UniqueConstraint(
                fields=("template", "place"), name="template_step_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="templatestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("day__lte", 365)),
                name="template_step_within_a_year",
                violation_error_message="A step comes 365 days after the start at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="templatestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday", None), ("weekday__lte", 6), _connector="OR"),
                name="template_step_weekday",
            ),
        ),
    ]
