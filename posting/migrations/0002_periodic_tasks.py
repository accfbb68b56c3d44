"""Put the periodic tasks into django-celery-beat's tables, where staff may change them."""

from django.db import migrations

# name, task, every so many seconds, expires after so many seconds
TASKS = (
    ("Dispatch due posts", "posting.tasks.dispatch_due", 1, 2),
    ("Release what dead workers held", "posting.tasks.reap_abandoned", 5, 5),
    ("Look for unconfirmed posts", "posting.tasks.reconcile_unconfirmed", 10, 10),
)


def add_tasks(apps, schema_editor):
    interval_model = apps.get_model("django_celery_beat", "IntervalSchedule")
    task_model = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, every, expires in TASKS:
        interval, _ = interval_model.objects.get_or_create(every=every, period="seconds")
        task_model.objects.get_or_create(
            name=name,
            defaults={
                "task": task,
                "interval": interval,
                "queue": "clock",
                "expire_seconds": expires,
            },
        )


def remove_tasks(apps, schema_editor):
    names = [name for name, *_ in TASKS]
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("posting", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_tasks, remove_tasks)]
