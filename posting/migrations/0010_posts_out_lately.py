from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posting", "0009_lists_of_one_author")]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["published_at"],
                condition=models.Q(status="published"),
                name="post_out_lately",
            ),
        ),
    ]
