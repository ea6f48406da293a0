"""The audit trail of an organization: who did what when."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from labeling.outbox.models import Event
from tasks.models import Dataset, Machine, Project, Webhook
from workers.models import ApiKey, Group, Invitation, Membership, Placeholder, User

NAMED: dict[str, tuple[Any, str]] = {  # a thing's rows, and the field that names them
    "api_key": (ApiKey, "name"),
    "dataset": (Dataset, "name"),
    "group": (Group, "name"),
    "invitation": (Invitation, "email"),
    "machine": (Machine, "name"),
    "membership": (Membership, "user__name"),
    "project": (Project, "name"),
    "user": (User, "name"),
    "webhook": (Webhook, "url"),
}
CHUNK = 1000


def entries(
    *,
    organization_id: int,
    actor: int | None = None,
    key: int | None = None,
    person: int | None = None,
    kind: str = "",
    thing: str = "",
    number: int | None = None,
    project: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Event]:
    """`actor` or the API key `key` did it; `person` did it, or it was done to them.

    `thing` is a kind's first word, `number` the id of one.
    """
    found = Event.objects.filter(organization_id=organization_id, trail=True)
    if actor is not None:
        found = found.filter(actor_id=actor)
    if key is not None:
        found = found.filter(key_id=key)
    if person is not None:
        about = Q(kind__startswith="user.", object_id=person) | Q(payload__user=person)
        found = found.filter(Q(actor_id=person) | about)
    if kind:
        found = found.filter(kind=kind)
    if thing:
        found = found.filter(kind__startswith=f"{thing}.")
    if number is not None:
        found = found.filter(object_id=number)
    if project is not None:
        found = found.filter(project_id=project)
    if since:
        found = found.filter(created_at__gte=since)
    if until:
        found = found.filter(created_at__lt=until)
    return found.select_related("actor")


def names_of(events: Iterable[Event], *, organization_id: int) -> dict[tuple[str, int], str]:
    """What the things in these events are called: {("project", 7): "Street scenes"}. A few queries, however many.

    Of the organization only, whatever the events say.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        for thing, pk in things_of(event):
            wanted[thing].add(pk)
    found: dict[tuple[str, int], str] = {}
    for thing, pks in wanted.items():
        if thing in NAMED:
            model, field = NAMED[thing]
            ours = Q(pk__in=pks) & (_people(organization_id) if model is User else Q(organization_id=organization_id))
            found |= {(thing, pk): name for pk, name in model.objects.filter(ours).values_list("pk", field)}
    return found


def _people(organization_id: int) -> Q:
    """Members, whether they have access now or not; who came with an archive; machines."""
    kinds: tuple[Any, ...] = (Membership, Placeholder, Machine)
    theirs = [Q(pk__in=kind.objects.filter(organization_id=organization_id).values("user_id")) for kind in kinds]
    return theirs[0] | theirs[1] | theirs[2]


def things_of(event: Event) -> Iterator[tuple[str, int]]:
    if event.object_id:
        yield event.kind.partition(".")[0], event.object_id
    if event.project_id:
        yield "project", event.project_id
    if event.key_id:
        yield "api_key", event.key_id
    if isinstance(person := event.payload.get("user"), int):
        yield "user", person


def all_of(found: QuerySet[Event]) -> Iterator[list[Event]]:
    """Newest first, in chunks: however long the trail is, this needs the memory of one chunk."""
    last: int | None = None
    while chunk := list((found.filter(pk__lt=last) if last else found).order_by("-pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk
