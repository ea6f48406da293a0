"""What the items page filters by, each from an index alone. Indexes of the project alone only were the beginning of
others."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT


def project(**named):
    return models.ForeignKey("tasks.project", db_index=False, **named)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0035_connection_check_code")]

    operations = [
        migrations.RemoveIndex(model_name="answer", name="answer_by_hour"),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["project", "created_at", "task"], name="answer_by_hour", condition=Q(is_live=True)
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["project", "active_ms", "task"], name="answer_by_seconds", condition=Q(is_live=True)
            ),
        ),
        migrations.AddIndex(
            model_name="consensus",
            index=models.Index(fields=["project", "method", "task"], name="consensus_by_method"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["batch", "id"], name="task_in_batch", condition=Q(batch__isnull=False)),
        ),
        migrations.AlterField("answer", "project", project(on_delete=PROTECT, related_name="answers")),
        migrations.AlterField("consensus", "project", project(on_delete=CASCADE, related_name="+")),
        migrations.AlterField("task", "project", project(on_delete=CASCADE, related_name="tasks")),
    ]
