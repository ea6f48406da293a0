from django.db import migrations

from labeling.outbox.trail import belongs


def mark(apps, schema_editor):
    """Events from before the audit trail: those of its kinds."""
    Event = apps.get_model("labeling", "Event")
    kinds = Event.objects.order_by().values_list("kind", flat=True).distinct()
    Event.objects.filter(kind__in=[kind for kind in kinds if belongs(kind)]).update(trail=True)


class Migration(migrations.Migration):

    dependencies = [
        ('labeling', '0003_trail'),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
