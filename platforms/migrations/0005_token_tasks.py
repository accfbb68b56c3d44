"""The periodic tasks that keep tokens alive, as rows that the admin can change."""

from django.db import migrations

# name, task, every so many seconds
TASKS = (
    ("Renew tokens and warn of their end", "platforms.tasks.keep_tokens", 60),
    ("Check tokens at their platforms", "posting.tasks.check_tokens", 300),
)


def add_tasks(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    task_model = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, every in TASKS:
        interval, _ = interval_model.objects.get_or_create(every=every, period="seconds")
        task_model.objects.get_or_create(
            name=name,
            defaults={
                "task": task,
                "interval": interval,
                "queue": "work",
                "expire_seconds": every,
            },
        )


def remove_tasks(apps, schema_editor):
    names = [name for name, *_ in TASKS]
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("platforms", "0004_connecting"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_tasks, remove_tasks)]
