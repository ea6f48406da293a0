"""The orders in which the items page goes through a project, each by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0016_bulk_and_views")]

    operations = [
        migrations.AddIndex(
            model_name="consensus",
            index=models.Index(fields=["project", "confidence", "task"], name="consensus_by_confidence"),
        ),
        migrations.AddIndex(
            model_name="consensus",
            index=models.Index(
                condition=models.Q(("agreement__isnull", False)),
                fields=["project", "agreement", "task"],
                name="consensus_by_agreement",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["project", "id"], name="task_in_order"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", False)),
                fields=["project", "resolved_at", "id"],
                name="task_by_end",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["project", "created_at"], name="answer_by_hour"),
        ),
    ]
