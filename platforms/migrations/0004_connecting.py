import django.db.models.deletion
import platforms.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0006_mail_and_work_worker"),
        ("platforms", "0003_account_paused_until"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
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
                            ("deauthorised", "Permission taken back"),
                            ("data", "Deletion of data"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("request_hash", models.CharField(max_length=64, unique=True)),
                (
                    "accounts",
                    models.PositiveIntegerField(help_text="How many accounts were concerned."),
                ),
                ("done_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="OAuthFlow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state_hash", models.CharField(max_length=64, unique=True)),
                ("browser_hash", models.CharField(max_length=64)),
                ("login_path", models.CharField(max_length=40)),
                ("server", models.CharField(blank=True, max_length=200)),
                ("redirect_uri", models.CharField(max_length=500)),
                ("begun_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "answered_at",
                    models.DateTimeField(help_text="Its state is used up since then.", null=True),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("secret", platforms.fields.EncryptedTextField(blank=True)),
            ],
            options={
                "db_table": "platforms_oauthflow",
            },
        ),
        migrations.AddField(
            model_name="account",
            name="check_failures",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, help_text="Checks that failed in a row."
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="checked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="granted_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The platform's id of the person who agreed, so that they can take it back.",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="login_path",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The way by which it was connected; empty for a token that was pasted.",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="platformcredential",
            name="refresh_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When it is renewed next; empty: never.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="platformcredential",
            name="refresh_refused",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, help_text="Renewals refused in a row."
            ),
        ),
        migrations.AddField(
            model_name="platformcredential",
            name="refresh_unanswered",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, help_text="Renewals whose answer was lost."
            ),
        ),
        migrations.AddField(
            model_name="platformcredential",
            name="stored_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Since when this value is the one in use.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("granted_by", ""), _negated=True),
                fields=["granted_by"],
                name="account_granted_by",
            ),
        ),
        migrations.AddIndex(
            model_name="platformcredential",
            index=models.Index(
                condition=models.Q(("is_active", True), ("refresh_at__isnull", False)),
                fields=["refresh_at"],
                name="credential_to_refresh",
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="platform",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="platforms.platform",
            ),
        ),
        migrations.AddField(
            model_name="oauthflow",
            name="account",
            field=models.ForeignKey(
                help_text="The account that is reconnected; empty: whichever are chosen.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="platforms.account",
            ),
        ),
        migrations.AddField(
            model_name="oauthflow",
            name="brand",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="organisation.brand",
            ),
        ),
        migrations.AddField(
            model_name="oauthflow",
            name="platform",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="platforms.platform",
            ),
        ),
        migrations.AddField(
            model_name="oauthflow",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="oauthflow",
            index=models.Index(fields=["begun_at"], name="oauth_flow_begun"),
        ),
    ]
