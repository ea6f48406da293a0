"""Rows of a kind as records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import DecimalField, Field, QuerySet

from labeling.outbox.models import Event
from tasks.services.archive.kinds import Kind, is_person
from tasks.services.archive.media import Files
from tasks.services.archive.people import Pseudonyms
from workers.models import Organization

CHUNK = 2000


def rows_of(kind: Kind, organization: Organization) -> QuerySet[Any]:
    if kind.model is Event:
        return Event.objects.filter(organization_id=organization.pk)
    return kind.model._base_manager.filter(**{kind.path: organization.pk})


def records_of(kind: Kind, organization: Organization, people: Pseudonyms, files: Files) -> Iterator[dict[str, Any]]:
    """In the order of their ids."""
    columns = [*(["id"] if kind.has_id else []), *(one.attname for one in kind.fields)]
    names = kind.names[: len(columns)]
    persons = [one.name for one in kind.fields if is_person(one)]
    decimals = [one.name for one in kind.fields if isinstance(one, DecimalField)]
    many = {name: _many(kind, name, organization) for name in kind.many}
    rows = rows_of(kind, organization).order_by("pk").values_list(*columns)
    for row in rows.iterator(chunk_size=CHUNK):
        record = dict(zip(names, row, strict=True))
        for name in persons:
            record[name] = people.person(record[name])
        for name in decimals:
            record[name] = str(record[name])
        for name, found in many.items():
            listed = found.get(record["id"], [])
            record[name] = sorted(map(people.person, listed)) if _of_people(kind, name) else sorted(listed)
        if kind.name == "items" and record["media"]:
            record["media"] = files.rename(record["media"])
        if kind.name == "client_files" and record["storage_key"]:
            record["storage_key"] = files.name_of(record["storage_key"]) or ""
        if kind.references:
            kind.references(record, people)
        if kind.clean:
            kind.clean(record)
        yield record


def _many(kind: Kind, name: str, organization: Organization) -> dict[int, list[int]]:
    own: Any = kind.model._meta.get_field(name)
    through = own.remote_field.through._base_manager
    column, other = own.m2m_column_name(), own.m2m_reverse_name()
    found: dict[int, list[int]] = defaultdict(list)
    rows = through.filter(**{f"{own.m2m_field_name()}__in": rows_of(kind, organization).values("pk")})
    for one, each in rows.values_list(column, other):
        found[one].append(each)
    return found


def _of_people(kind: Kind, name: str) -> bool:
    one: Field[Any, Any] = kind.model._meta.get_field(name)  # type: ignore[assignment]
    return is_person(one)
