"""Who labels what: people and groups of projects, and the order of batches."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from labeling.errors import InvalidInput, Problem, StaleState
from tasks.models import Batch, OrderProject, Project, Task
from tasks.scale.batches import locked_batch
from tasks.scale.projects import Duplicate, Unknown, apply_people
from tasks.selectors.batches import batches_of, in_order
from tasks.services import batch_tasks
from tasks.services.claiming import slots_opened
from workers.models import Group, Membership
from workers.services import groups


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
    groups = list(locked.ordered_in.groups.filter(name__in=names))
    if missing := set(names) - {group.name for group in groups}:
        raise Unknown(f"the project has no group {sorted(missing)[0]!r}")
    keep_for(batch=locked, groups=groups)
    return locked


def keep_for(*, batch: Batch, groups: Sequence[Group]) -> None:
    """Its row is locked."""
    batch.groups.set(groups)
    tasks = Task.objects.filter(batch=batch)
    if groups:
        tasks.exclude(kept_for=batch).update(kept_for=batch)
    else:
        tasks.exclude(kept_for=None).update(kept_for=None)
    if batch.asked_in is not None:
        slots_opened(batch.asked_in)


@transaction.atomic
def set_order(*, batches: Sequence[Batch], now: datetime) -> None:
    """The first one's tasks come first."""
    for place, batch in enumerate(batches, 1):
        _place(batch, place, now)


@transaction.atomic
def set_order_within(*, project: Project, batches: Sequence[Batch], now: datetime) -> None:
    """Of one project's batches, all that are under way: they change the places they have among themselves."""
    listed = {batch.pk: batch for batch in in_order(batches_of(project))}
    if sorted(batch.pk for batch in batches) != sorted(listed):
        raise StaleState("the batches are not those of a moment ago")
    free = sorted({batch.place for batch in listed.values() if batch.place is not None})
    last = free[-1] if free else 0
    places = free + list(range(last + 1, last + 1 + len(listed) - len(free)))
    for place, batch in zip(places, batches, strict=True):
        _place(listed[batch.pk], place, now)


@transaction.atomic
def reset_order(*, batches: QuerySet[Batch], now: datetime) -> None:
    for batch in batches.filter(place__isnull=False).select_related("project"):
        _place(batch, None, now)


def _place(batch: Batch, place: int | None, now: datetime) -> None:
    if batch.place == place:
        return
    Batch.objects.filter(pk=batch.pk).update(place=place)
    batch.place = place
    batch_tasks.follow_or_ask(batch, now)
    if batch.asked_in is not None:
        slots_opened(batch.asked_in)
