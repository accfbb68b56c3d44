"""Sign-ins keep by which name a server will answer, where it says so (RFC 9207)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platforms", "0008_spending")]

    operations = [
        migrations.AddField(
            model_name="oauthflow",
            name="issuer",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        )
    ]
