"""The periodic task that checks and imports files, should a wake-up be lost."""

from django.db import migrations

NAME = "Check and import files"
EVERY = 10  # seconds


def add_task(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    interval, _ = interval_model.objects.get_or_create(every=EVERY, period="seconds")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={
            "task": "scheduling.tasks.work_on_imports",
            "interval": interval,
            "queue": "work",
            "expire_seconds": EVERY,
        },
    )


def remove_task(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0008_imports"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_task, remove_task)]
