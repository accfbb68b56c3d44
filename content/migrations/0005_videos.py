"""How long a video lasts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0004_labels")]

    operations = [
        migrations.AddField(
            model_name="mediaasset",
            name="duration",
            field=models.FloatField(db_default=0, default=0, help_text="Seconds; 0 for a picture"),
        ),
    ]
