"""Where the part of a picture is that must stay when it is cut."""

from django.db import migrations, models

ACROSS = "What matters most, as a share of the width from the left."
ACROSS_HERE = "What matters most here, as a share of the width from the left."
DOWN = "And of the height, from the top."


class Migration(migrations.Migration):
    dependencies = [("content", "0005_videos")]

    operations = [
        migrations.AddField(
            "mediaasset", "focus_x", models.FloatField(default=0.5, help_text=ACROSS)
        ),
        migrations.AddField(
            "mediaasset", "focus_y", models.FloatField(default=0.5, help_text=DOWN)
        ),
        migrations.AddField(
            "versionmedia", "focus_x", models.FloatField(default=0.5, help_text=ACROSS_HERE)
        ),
        migrations.AddField(
            "versionmedia", "focus_y", models.FloatField(default=0.5, help_text=DOWN)
        ),
    ]
