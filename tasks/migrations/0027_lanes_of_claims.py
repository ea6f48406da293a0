"""A claim walks the open tasks lane by lane, and what a batch shows is found by its tasks' states."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0026_tasks_tell_their_batch"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="task", name="task_open"),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                F("project"),
                Coalesce(F("kept_for"), 0, output_field=models.BigIntegerField()),
                F("priority") * -1,
                F("taken"),
                F("id"),
                condition=Q(state="open", taken__lt=F("wanted")),
                name="task_open",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=Q(batch__isnull=False), fields=["batch", "state", "id"], name="task_by_batch"
            ),
        ),
    ]
