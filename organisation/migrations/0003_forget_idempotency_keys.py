"""The periodic task that forgets old idempotency keys, as a row that the admin can change."""

from django.db import migrations

NAME = "Forget old idempotency keys"
TASK = "organisation.tasks.forget_idempotency_keys"


def add_task(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    hourly, _ = interval_model.objects.get_or_create(every=1, period="hours")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={"task": TASK, "interval": hourly, "queue": "clock", "expire_seconds": 3600},
    )


def remove_task(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_api_tokens"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_task, remove_task)]
