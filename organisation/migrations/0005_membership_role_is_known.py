from django.db import migrations, models

ROLES = ["author", "editor", "publisher", "administrator", "auditor"]


def refuse_unknown_roles(apps, schema_editor):
    """Nobody's rights are guessed: who has an unknown role is named, and nothing is changed."""
    rows = apps.get_model("organisation", "Membership").objects.using(
        schema_editor.connection.alias
    )
    unknown = rows.exclude(role__in=ROLES).select_related("user", "brand").order_by("pk")
    if found := [f"{row.user.username} at {row.brand.name}: {row.role!r}" for row in unknown]:
        raise ValueError(
            f"There are memberships with a role that does not exist ({'; '.join(found)}). Nothing "
            "was changed. Open them in the back office of the version you came from, choose one of "
            f"{', '.join(ROLES)}, and migrate again."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_instance"),
    ]

    operations = [
        migrations.RunPython(refuse_unknown_roles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(role__in=ROLES), name="membership_role_is_known"
            ),
        ),
    ]
