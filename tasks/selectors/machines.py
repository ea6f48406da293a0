"""Read machines and what they said. Every query begins with an organization and a mode."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404

from labeling.quality.audit import is_sampled
from tasks.models import Acceptance, AcceptedTask, Machine, MachineAnswer, MachinePolicy, Project, Rejection, Task
from tasks.models.machines import Purpose
from tasks.states import ASKED, RejectionState, TaskState


def machines_of(*, organization_id: int, mode: str) -> QuerySet[Machine]:
    return Machine.objects.filter(organization_id=organization_id, mode=mode)


def machine_of(*, organization_id: int, mode: str, machine_id: int) -> Machine:
    """Another organization's machine is as missing as one that never was."""
    mine = machines_of(organization_id=organization_id, mode=mode).select_related("created_by", "key")
    machine = mine.filter(pk=machine_id).first()
    if machine is None:
        raise Http404
    return machine


def machine_users(project_id: int) -> frozenset[int]:
    """Annotators of the project's organization that are no people."""
    organizations = Project.objects.filter(pk=project_id).values("organization_id")
    return frozenset(Machine.objects.filter(organization_id__in=organizations).values_list("user_id", flat=True))


def is_of_machine(user_id: int) -> bool:
    return Machine.objects.filter(user=user_id).exists()


def names_of_machines(user_ids: Iterable[int]) -> dict[int, str]:
    """Those among these annotators who are no people, by the user that stands for them."""
    return {one.user_id: str(one) for one in Machine.objects.filter(user__in=list(user_ids))}


def votes_of_machines(tasks: Iterable[Task]) -> dict[int, str]:
    """Which answers of these tasks are a machine's, and whose: {answer: name and version}."""
    votes = MachineAnswer.objects.filter(task__in=[task.pk for task in tasks], answer__isnull=False)
    return {row.answer_id or 0: str(row.machine) for row in votes.select_related("machine")}


def machines_in(project: Project) -> list[Machine]:
    """Those that said something here, the newest first."""
    spoke = MachineAnswer.objects.filter(project=project).order_by().values("machine").distinct()
    return list(Machine.objects.filter(pk__in=spoke).order_by("-pk"))


def asked_of(project: Project, machine: Machine) -> QuerySet[Task]:
    """What it has not answered yet; checks among it, which look like anything else."""
    asked = Task.objects.filter(project=project, state__in=(*ASKED, TaskState.CHECK))
    spoke = MachineAnswer.objects.filter(machine=machine, task=OuterRef("pk"))
    return asked.exclude(Exists(spoke)).select_related("item")


def projects_of_machine(machine: Machine) -> list[Project]:
    """Where it said something, the newest first."""
    spoke = MachineAnswer.objects.filter(machine=machine).order_by().values("project").distinct()
    return list(Project.objects.filter(pk__in=spoke).order_by("-pk"))


def machine_policy_of(project: Project) -> MachinePolicy:
    """An unsaved one of defaults where none was ever made."""
    found = MachinePolicy.objects.filter(project=project).select_related("accepts").first()
    return found or MachinePolicy(project=project)


def is_control(policy: MachinePolicy, task: Task) -> bool:
    """Whether what machines say of the task is kept from people, so that there is something to compare with."""
    return is_sampled(policy.control_share, "machine", policy.project_id, task.item_id)


def said_by(project: Project, machine: Machine) -> dict[str, int]:
    """How many suggestions and votes it gave here, and how many votes reviewers rejected."""
    mine = MachineAnswer.objects.filter(project=project, machine=machine).order_by()
    counted = dict(mine.values_list("purpose").annotate(number=Count("pk")))
    refused = Rejection.objects.filter(project=project, annotator=machine.user_id, state=RejectionState.FINAL)
    return {purpose.value: counted.get(purpose.value, 0) for purpose in Purpose} | {"rejected": refused.count()}


def acceptance_of(project: Project) -> Acceptance | None:
    """The one in force, else the last one that ended."""
    return Acceptance.objects.filter(project=project).select_related("machine").order_by("-pk").first()


def accepted_of(project: Project) -> QuerySet[AcceptedTask]:
    """Tasks that a machine settled alone and that stand so."""
    return AcceptedTask.objects.filter(task__project=project, reopened_at=None)
