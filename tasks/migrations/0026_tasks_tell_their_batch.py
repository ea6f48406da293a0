"""Tasks that were ordered in a batch tell it themselves."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def tell(apps: Any, schema_editor: Any) -> None:
    task, order = apps.get_model("tasks", "Task"), apps.get_model("tasks", "Order")
    batch = order.objects.filter(task=OuterRef("pk")).values("batch")[:1]
    task.objects.filter(ordered_as__batch__isnull=False).update(batch=Subquery(batch))


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0025_batches_of_our_own"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
