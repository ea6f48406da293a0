"""Read machines and what they said. Every query begins with an organization and a mode."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404

from tasks.models import Machine, MachineAnswer, Project, Task


def machines_of(*, organization_id: int, mode: str) -> QuerySet[Machine]:
    return Machine.objects.filter(organization_id=organization_id, mode=mode)


def machine_of(*, organization_id: int, mode: str, machine_id: int) -> Machine:
    """Another organization's machine is as missing as one that never was."""
    machine = machines_of(organization_id=organization_id, mode=mode).filter(pk=machine_id).first()
    if machine is None:
        raise Http404
    return machine


def machine_users(project_id: int) -> frozenset[int]:
    """Annotators of the project's organization that are no people."""
    organizations = Project.objects.filter(pk=project_id).values("organization_id")
    return frozenset(Machine.objects.filter(organization_id__in=organizations).values_list("user_id", flat=True))


def votes_of_machines(tasks: Iterable[Task]) -> dict[int, str]:
    """Which answers of these tasks are a machine's, and whose: {answer: name and version}."""
    votes = MachineAnswer.objects.filter(task__in=[task.pk for task in tasks], answer__isnull=False)
    return {row.answer_id or 0: str(row.machine) for row in votes.select_related("machine")}


def machines_in(project: Project) -> list[Machine]:
    """Those that said something here, the newest first."""
    spoke = MachineAnswer.objects.filter(project=project).order_by().values("machine").distinct()
    return list(Machine.objects.filter(pk__in=spoke).order_by("-pk"))
