"""Posts that are out are looked at again: the index for it, and the periodic task."""

from django.db import migrations, models

NAME = "Look again at posts that are out"
EVERY = 60  # seconds


def add_task(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    interval, _ = interval_model.objects.get_or_create(every=EVERY, period="seconds")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={
            "task": "posting.tasks.verify_published",
            "interval": interval,
            "queue": "work",
            "expire_seconds": EVERY,
        },
    )


def remove_task(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("posting", "0010_posts_out_lately"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["next_look_at"],
                condition=models.Q(status="published", next_look_at__isnull=False),
                name="post_to_verify",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="kind",
            field=models.CharField(
                choices=[
                    ("comment", "First comment"),
                    ("edit", "Edit"),
                    ("delete", "Delete"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(add_task, remove_task),
    ]
