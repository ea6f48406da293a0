"""Groups of labelers, to be given projects together."""

from collections.abc import Collection

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from workers.models import Group, Membership, Organization, User


@transaction.atomic
def create(*, organization: Organization, name: str, user_ids: Collection[int] = (), actor: User | None) -> Group:
    group = Group(organization=organization)
    _save(group, name)
    _set_users(group, user_ids)
    _announce("group.created", group, actor)
    return group


@transaction.atomic
def change(
    *, group: Group, name: str | None = None, user_ids: Collection[int] | None = None, actor: User | None
) -> Group:
    """`user_ids` is the whole new list. What is None stays."""
    if name is not None:
        _save(group, name)
    if user_ids is not None:
        _set_users(group, user_ids)
    _announce("group.changed", group, actor)
    return group


@transaction.atomic
def delete(*, group: Group, actor: User | None) -> None:
    """Projects given to the group lose it; its people's work stays."""
    _announce("group.deleted", group, actor)
    group.delete()


def join(*, group: Group, user: User) -> bool:
    """By an invitation. Whether they are new in it."""
    if group.users.filter(pk=user.pk).exists():
        return False
    group.users.add(user)
    _announce("group.changed", group, user)
    return True


def _save(group: Group, name: str) -> None:
    group.name = name.strip()
    if not 0 < len(group.name) <= 120:
        raise InvalidInput(Problem("name", f"must have 1 to 120 characters, not {len(group.name)}", "length"))
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise StaleState(f"There is a group {group.name!r} already.") from None


def _set_users(group: Group, user_ids: Collection[int]) -> None:
    """Only members of the group's organization; another's people answer like nobody."""
    members = set(
        Membership.objects.filter(organization_id=group.organization_id, user_id__in=user_ids).values_list(
            "user_id", flat=True
        )
    )
    problems = [
        Problem(f"users[{index}]", f"there is no member {each}", "unknown")
        for index, each in enumerate(user_ids)
        if each not in members
    ]
    if problems:
        raise InvalidInput(problems)
    group.users.set(members)


def _announce(kind: str, group: Group, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=group.organization_id,
        object_id=group.pk,
        actor_id=actor.pk if actor else None,
        name=group.name,
    )
