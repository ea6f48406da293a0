"""Who labels what: people and groups of projects, and the order of batches."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When

from labeling.errors import InvalidInput, Problem, StaleState
from tasks.models import Batch, Order, OrderProject, Task
from tasks.models.ordering import BatchKind
from tasks.scale.batches import locked_batch
from tasks.scale.opening import FIRST_BATCH
from tasks.scale.projects import Duplicate, Unknown, apply_people
from tasks.services.claiming import slots_opened
from tasks.states import BatchState, TaskState
from workers.models import Group, Membership
from workers.services import groups

UNDER_WAY = (BatchState.STAGING, BatchState.IN_PROGRESS, BatchState.PAUSED)


@transaction.atomic
def assign(*, projects: Sequence[OrderProject], members: Collection[Membership], now: datetime, add: bool) -> None:
    users = [membership.user for membership in members]
    for project in projects:
        if add:
            project.members.add(*users)
        else:
            project.members.remove(*users)
        apply_people(ordered=project, now=now)


@transaction.atomic
def create_group(*, project: OrderProject, name: Any, members: Collection[Membership], now: datetime) -> Group:
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput(Problem("name", "a group needs a name", "required"))
    try:
        ids = [membership.user_id for membership in members]
        group = groups.create(organization=project.organization, name=name, user_ids=ids, actor=None)
    except StaleState as error:
        raise Duplicate(Problem("name", str(error), "unique")) from None
    project.groups.add(group)
    apply_people(ordered=project, now=now)
    return group


@transaction.atomic
def change_group(*, group: Group, add: Collection[Membership], remove: Collection[Membership]) -> Group:
    ids = set(group.users.values_list("pk", flat=True)) | {membership.user_id for membership in add}
    return groups.change(group=group, user_ids=ids - {membership.user_id for membership in remove}, actor=None)


@transaction.atomic
def give_to_groups(*, batch: Batch, names: Any) -> Batch:
    """Its tasks are asked of these groups of the project only; of everybody in the project when there are none."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput(Problem("groups", "groups must be a list of names", "type"))
    locked = locked_batch(batch)
    groups = list(locked.project.groups.filter(name__in=names))
    if missing := set(names) - {group.name for group in groups}:
        raise Unknown(f"the project has no group {sorted(missing)[0]!r}")
    locked.groups.set(groups)
    kept_for = locked if groups else None
    Task.objects.filter(ordered_as__batch=locked).exclude(kept_for=kept_for).update(kept_for=kept_for)
    if locked.project.project_id is not None:
        slots_opened(locked.project.project_id)
    return locked


def in_order(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """As somebody put them; the others calibration first, then the oldest."""
    first = Case(When(kind=BatchKind.CALIBRATION, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = batches.filter(state__in=UNDER_WAY).select_related("project").prefetch_related("groups")
    return rows.order_by(F("place").asc(nulls_last=True), first, "created_at", "pk")


@transaction.atomic
def set_order(*, batches: Sequence[Batch]) -> None:
    """The first one's tasks come first."""
    for place, batch in enumerate(batches, 1):
        Batch.objects.filter(pk=batch.pk).update(place=place)
        _hurry(batch, Value(FIRST_BATCH - place))


@transaction.atomic
def reset_order(*, batches: QuerySet[Batch]) -> None:
    own = Order.objects.filter(task=OuterRef("pk")).values("priority")[:1]
    for batch in batches.filter(place__isnull=False).select_related("project"):
        Batch.objects.filter(pk=batch.pk).update(place=None)
        _hurry(batch, Subquery(own))


def _hurry(batch: Batch, priority: Any) -> None:
    waiting = Task.objects.filter(ordered_as__batch=batch, state__in=(TaskState.OPEN, TaskState.PAUSED))
    waiting.update(priority=priority)
    if batch.project.project_id is not None:
        slots_opened(batch.project.project_id)
