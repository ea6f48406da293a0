"""Change how a project works with machines."""

from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from tasks.models import Acceptance, Machine, MachinePolicy, Project
from workers.models import User

SHARES = {"control_share": (0.0, 0.5), "target_error": (0.001, 0.5), "level": (0.8, 0.999)}
LEAST_CHECKED = (20, 100_000)
LEAST_CONTROL = 0.02  # while a machine settles tasks alone, people go on checking at least so many
TESTED = ("accepts", "target_error", "level", "least_checked")


@transaction.atomic
def change_machine_policy(*, project: Project, actor: User | None, now: datetime, **changes: Any) -> MachinePolicy:
    """Put these changes in force. Another machine, or another target, is tested from the start.

    The control share is for what comes from now on: what machines said already stays hidden or shown.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    policy = MachinePolicy.objects.filter(project=project).first() or MachinePolicy(project=project)
    before = {name: getattr(policy, name) for name in TESTED}
    for name, value in changes.items():
        setattr(policy, name, value)
    if problems := _problems(policy):
        raise InvalidInput(problems)
    if any(getattr(policy, name) != old for name, old in before.items()):
        Acceptance.objects.filter(project=project, ended_at=None).update(ended_at=now)
        policy.looked_at = 0  # what was spent of the doubt stays spent
        policy.stopped_at = None if policy.accepts else policy.stopped_at
    policy.changed_by, policy.changed_at = actor, now
    policy.save()
    events.emit(
        "machines.policy_changed",
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        accepts=policy.accepts_id,
    )
    return policy


def _problems(policy: MachinePolicy) -> list[Problem]:
    found = [
        Problem(name, f"must be between {low} and {high}", "range")
        for name, (low, high) in SHARES.items()
        if not low <= getattr(policy, name) <= high
    ]
    low, high = LEAST_CHECKED
    if not low <= policy.least_checked <= high:
        found.append(Problem("least_checked", f"must be between {low} and {high}", "range"))
    machine: Machine | None = policy.accepts
    if machine is not None and machine.organization_id != policy.project.organization_id:
        found.append(Problem("accepts", f"there is no machine {machine.pk}", "missing"))
    if machine is not None and policy.control_share < LEAST_CONTROL:
        message = f"must be at least {LEAST_CONTROL} while a machine settles tasks alone"
        found.append(Problem("control_share", message, "range"))
    return found
