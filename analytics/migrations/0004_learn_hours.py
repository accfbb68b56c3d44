"""The periodic task that works out the hours of accounts, as a row that the admin can change."""

from django.db import migrations

NAME = "Work out the best times of accounts"
EVERY = 600  # seconds


def add_task(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    interval, _ = interval_model.objects.get_or_create(every=EVERY, period="seconds")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NAME,
        defaults={
            "task": "analytics.tasks.learn_best_times",
            "interval": interval,
            "queue": "work",
            "expire_seconds": EVERY,
        },
    )


def remove_task(apps, schema_editor):
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0003_account_hours"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_task, remove_task)]
