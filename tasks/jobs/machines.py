"""Let machines settle tasks alone where that is allowed, and tell when they may no more."""

from celery import shared_task
from django.utils import timezone

from labeling.outbox.subscriptions import subscribe
from tasks.models import MachinePolicy
from tasks.services import machine_accepting


@shared_task
def accept(project_id: int) -> int:
    """Test the bound, stop when it is broken, accept what may be."""
    if not MachinePolicy.objects.filter(project=project_id, accepts__isnull=False).exists():
        return 0
    return machine_accepting.run(project_id=project_id, now=timezone.now())


@shared_task
def accept_everywhere() -> int:
    """Every project that lets a machine settle tasks alone. Run by beat."""
    projects = list(MachinePolicy.objects.filter(accepts__isnull=False).values_list("pk", flat=True))
    for project_id in projects:
        accept.delay(project_id)
    return len(projects)


@shared_task
def tell_of_stop(project_id: int) -> bool:
    """Mail to whoever switched it on."""
    return machine_accepting.mail_stop(project_id=project_id)


def _project(event: object) -> tuple[int]:
    return (event.project_id,)  # type: ignore[attr-defined]  # an Event


subscribe(accept, "machines.policy_changed", arguments=_project)
subscribe(tell_of_stop, "machine.stopped", arguments=_project)
