from django.db import migrations, models


class Migration(migrations.Migration):
    """App passwords are secrets of their own kind. Only a name is added; no table changes."""

    dependencies = [
        ("platforms", "0006_fallback"),
    ]

    operations = [
        migrations.AlterField(
            model_name="platformcredential",
            name="credential_type",
            field=models.CharField(
                choices=[
                    ("access_token", "Access token"),
                    ("refresh_token", "Refresh token"),
                    ("app_password", "App password"),
                    ("app_id", "App id"),
                    ("app_secret", "App secret"),
                ],
                max_length=50,
            ),
        ),
    ]
