"""Folders and tags of the media library, and what ffmpeg says of a video."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0009_writing"),
        ("organisation", "0007_switch_until"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mediaasset",
            name="codecs",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Of a video, where ffmpeg was asked.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="mediaasset",
            name="frame_rate",
            field=models.FloatField(
                db_default=0, default=0, help_text="Pictures a second of a video; 0: not known"
            ),
        ),
        migrations.AddField(
            model_name="mediaasset",
            name="poster",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Where the still picture of a video is kept; empty: there is none.",
                max_length=200,
            ),
        ),
        migrations.AlterField(
            model_name="mediaasset",
            name="original_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="name"),
        ),
        migrations.CreateModel(
            name="MediaFolder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="media_folders",
                        to="organisation.brand",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="mediaasset",
            name="folder",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assets",
                to="content.mediafolder",
            ),
        ),
        migrations.CreateModel(
            name="MediaTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="media_tags",
                        to="organisation.brand",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.AddField(
            model_name="mediaasset",
            name="tags",
            field=models.ManyToManyField(blank=True, related_name="assets", to="content.mediatag"),
        ),
        migrations.AddIndex(
            model_name="mediaasset",
            index=models.Index(fields=["brand", "-created_at", "-id"], name="media_by_brand"),
        ),
        migrations.AddIndex(
            model_name="mediaasset",
            index=models.Index(fields=["folder", "-created_at", "-id"], name="media_by_folder"),
        ),
        migrations.AddConstraint(
            model_name="mediafolder",
            constraint=models.UniqueConstraint(
                models.F("brand"),
                django.db.models.functions.text.Lower("name"),
                name="media_folder_once_per_brand",
            ),
        ),
        migrations.AddConstraint(
            model_name="mediatag",
            constraint=models.UniqueConstraint(
                models.F("brand"),
                django.db.models.functions.text.Lower("name"),
                name="media_tag_once_per_brand",
            ),
        ),
    ]
