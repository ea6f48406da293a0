"""Batches made on our own pages, of a project's tasks; a task tells its batch."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0024_label_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="work",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="batches",
                to="tasks.project",
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="project",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="batches",
                to="tasks.orderproject",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=Q(project__isnull=False, work=None) | Q(project=None, work__isnull=False),
                name="batch_is_ordered_or_our_own",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tasks",
                to="tasks.batch",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="batch",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tasks.batch"
            ),
        ),
        migrations.AlterField(
            model_name="bulk",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reopen", "Ask again"),
                    ("prioritise", "Set the priority"),
                    ("gold", "Make gold"),
                    ("review", "Send to review"),
                    ("cancel", "Cancel"),
                    ("batch", "Put into a batch"),
                ],
                max_length=10,
            ),
        ),
    ]
