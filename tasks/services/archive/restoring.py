"""Make an organization of an archive: all of it, or nothing.

First everything is read and checked, then rows are written in one transaction. Files come before the rows that name
them, in folders of this import's own, and go again when it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO
from uuid import uuid4

from django.db import DatabaseError, models, transaction
from django.db.models import Exists, OuterRef

from labeling.errors import BadFile, StaleState
from labeling.outbox import events
from labeling.outbox.models import Event
from labeling.pseudonym import look_again
from tasks.models import CallbackAccount, Project, ProjectVersion, Webhook
from tasks.services.archive.arriving import Arrivals
from tasks.services.archive.files_in import FilesIn
from tasks.services.archive.incoming import Incoming, fresh_ids, name_machines
from tasks.services.archive.kinds import KINDS, Kind
from tasks.services.archive.numbers import go_on_after
from tasks.services.archive.reading import open_archive
from tasks.services.archive.records import rows_of
from workers.models import Organization, User
from workers.services.organizations import with_free_slug

CHUNK = 500  # rows of one INSERT
BESIDE = ("events", "callback_accounts")  # what an organization may have and still is empty

Tick = Callable[[str, int], None]


@dataclass
class Restored:
    organization: Organization
    counts: dict[str, int] = field(default_factory=dict)


def restore_archive(
    stream: BinaryIO,
    *,
    now: datetime,
    into: Organization | None = None,
    name: str = "",
    slug: str = "",
    actor: User | None = None,
    token: str = "",
    tick: Tick = lambda _kind, _count: None,
    then: Callable[[Restored], None] = lambda _done: None,
) -> Restored:
    """Into an empty organization, or into a new one. BadFile names the file and the line that cannot be taken.

    `then` belongs to it: when it raises, nothing has happened. A second try with the same `token` finds the files of
    the first one, if its process died.
    """
    archive = open_archive(stream)
    arrivals = Arrivals(archive)
    for kind in KINDS:
        tick(kind.name, 0)
        arrivals.look_at(kind)
    with FilesIn(archive, token or uuid4().hex) as files, transaction.atomic():
        organization = _empty(into) if into else with_free_slug(name or archive.manifest["organization"]["name"], slug)
        CallbackAccount.objects.filter(organization=organization).delete()  # made by looking at a page; not in use yet
        for kind in KINDS:
            arrivals.numbers[kind.name].settle(kind.model)
        arrivals.settle(organization, now=now)
        done = Restored(organization)
        for kind in KINDS:
            incoming = Incoming(kind, archive, arrivals, organization, files, now)
            done.counts[kind.name] = _write(incoming, partial(tick, kind.name))
        go_on_after([kind.model for kind in KINDS if arrivals.numbers[kind.name].are_kept])
        _look_after(organization)
        events.emit(
            "organization.imported",
            organization_id=organization.pk,
            object_id=organization.pk,
            actor_id=actor.pk if actor else None,
            made_at=str(archive.manifest.get("made_at"))[:40],
        )
        then(done)
    look_again()
    return done


def is_empty(organization: Organization) -> bool:
    return _first_kind(organization) is None


def _first_kind(organization: Organization) -> Kind | None:
    return next((kind for kind in KINDS if kind.name not in BESIDE and rows_of(kind, organization).exists()), None)


def _empty(organization: Organization) -> Organization:
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    if found := _first_kind(locked):
        raise StaleState(f"{locked.name} is not empty: it has {found.name.replace('_', ' ')}")
    return locked


def _write(incoming: Incoming, tick: Callable[[int], None]) -> int:
    kind, count, source = incoming.kind, 0, incoming.rows()
    while chunk := list(islice(source, CHUNK)):
        fresh_ids(kind, [row for _, row in chunk])
        _insert(kind, chunk)
        count += len(chunk)
        tick(count)
    for name, pairs in incoming.lists.items():
        _insert_lists(kind, name, pairs)
    return count


def _insert(kind: Kind, chunk: list[tuple[int, models.Model]]) -> None:
    """As they are: `raw` keeps times that the database would set to now."""
    fields = kind.model._meta.concrete_fields
    try:
        with transaction.atomic():
            _insert_rows(kind.model, [row for _, row in chunk], fields)
    except DatabaseError as error:
        if len(chunk) == 1:
            words = str(error).strip().splitlines()[0]
            raise BadFile(f"{kind.file} line {chunk[0][0]}: the database refuses it: {words}") from error
        for one in chunk:
            _insert(kind, [one])


def _insert_rows(model: type[models.Model], rows: list[Any], fields: Any) -> None:
    manager = model._base_manager
    most = max(1, min(CHUNK, _most_parameters() // len(fields)))
    for at in range(0, len(rows), most):
        manager._insert(rows[at : at + most], fields=fields, raw=True, using=manager.db)  # type: ignore[attr-defined]


def _most_parameters() -> int:
    return 30_000  # SQLite's limit is 32,766, PostgreSQL's 65,535


def _insert_lists(kind: Kind, name: str, pairs: list[tuple[int, int]]) -> None:
    one: Any = kind.model._meta.get_field(name)
    through, mine, other = one.remote_field.through, one.m2m_field_name(), one.m2m_reverse_field_name()
    rows = [through(**{f"{mine}_id": pk, f"{other}_id": each}) for pk, each in pairs]
    through._base_manager.bulk_create(rows, batch_size=CHUNK)


def _look_after(organization: Organization) -> None:
    """What no single record can say."""
    current = ProjectVersion.objects.filter(project=OuterRef("pk"), number=OuterRef("version"))
    if lacking := Project.objects.filter(~Exists(current), organization=organization).first():
        raise BadFile(f"projects.jsonl: {lacking.name[:100]!r} is at version {lacking.version}, which is not there")
    name_machines(organization)
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Webhook.objects.filter(organization=organization).update(last_event_id=newest)
