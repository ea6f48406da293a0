"""Records of an archive as rows of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import models

from labeling.errors import BadFile, InvalidConfig
from labeling.types import registry
from tasks.models import Machine
from tasks.services.archive.arriving import Arrivals
from tasks.services.archive.files_in import FilesIn
from tasks.services.archive.kinds import Kind, by_label, is_person
from tasks.services.archive.reading import Archive
from tasks.services.archive.values import BadValue, checker, default_of
from workers.models import Organization

Convert = Callable[[Any], Any]


class Incoming:
    """Rows of one kind, in the order of the file; `lists` are its many-to-many rows, complete at the end."""

    def __init__(
        self,
        kind: Kind,
        archive: Archive,
        arrivals: Arrivals,
        organization: Organization,
        files: FilesIn,
        now: datetime,
    ) -> None:
        self.kind, self.archive, self.arrivals, self.files = kind, archive, arrivals, files
        self.organization, self.now = organization, now
        self.columns = [(one.name, one.attname, self._converter(one), one) for one in kind.fields]
        self.known = set(kind.names)
        self.given = self._given()
        self.lists: dict[str, list[tuple[int, int]]] = {name: [] for name in kind.many}

    def rows(self) -> Iterator[tuple[int, models.Model]]:
        for line, record in self.archive.lines(self.kind.name):
            try:
                yield line, self._row(record)
            except (BadValue, InvalidConfig) as error:
                raise BadFile(f"{self.kind.file} line {line}: {error}") from error
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise BadFile(f"{self.kind.file} line {line}: not built as such a record is ({error})") from error

    def _row(self, record: dict[str, Any]) -> models.Model:
        if unknown := record.keys() - self.known:
            raise BadValue(f"{min(unknown)}: unknown field; the archive may be from a newer release")
        for name, _, _, one in self.columns:
            if name not in record:
                record[name] = self._default(one)
        if self.kind.references:
            self.kind.references(record, self.arrivals)
        if self.kind.name in SPECIAL:
            SPECIAL[self.kind.name](self, record)
        values = dict(self.given)
        if self.kind.has_id:
            values["id"] = self.arrivals.row(self.kind.name, record["id"])
        for name, attname, convert, _ in self.columns:
            try:
                values[attname] = convert(record[name])
            except BadValue as error:
                raise BadValue(f"{name}: {error}") from None
        row = self.kind.model(**values)
        for name, found in self.lists.items():
            found += [(row.pk, other) for other in self._others(name, record.get(name, []))]
        return row

    def _default(self, one: Any) -> Any:
        try:
            return default_of(one)
        except BadValue as error:
            raise BadValue(f"{one.name}: {error}") from None

    def _given(self) -> dict[str, Any]:
        """What a record does not say: whose it is, and fields that are left out."""
        values: dict[str, Any] = {}
        for one in self.kind.model._meta.concrete_fields:
            if one.attname == "organization_id":
                values[one.attname] = self.organization.pk
        return values | GIVEN.get(self.kind.name, lambda _now: {})(self.now)

    def _converter(self, one: Any) -> Convert:
        if one.related_model is None:
            return checker(one)
        find = self._account if is_person(one) else self._other(by_label()[one.related_model._meta.label].name)

        def related(value: Any) -> Any:
            if value is None and not one.null:
                raise BadValue("must not be null")
            return None if value is None else find(value)

        return related

    def _account(self, name: Any) -> int:
        found: int | None = self.arrivals.person(name)
        if found is None:
            raise BadValue(f"{str(name)[:60]!r} is nobody of people.jsonl")
        return found

    def _other(self, kind: str) -> Convert:
        def find(old: Any) -> int:
            new = self.arrivals.row(kind, old)
            if new is None:
                raise BadValue(f"there is no {str(old)[:60]} in {kind}.jsonl")
            return new

        return find

    def _others(self, name: str, listed: Any) -> list[int]:
        one = self.kind.model._meta.get_field(name)
        find = self._account if is_person(one) else self._other(by_label()[one.related_model._meta.label].name)  # type: ignore[arg-type,union-attr]
        if not isinstance(listed, list):
            raise BadValue(f"{name}: must be a list")
        try:
            return [find(old) for old in listed]
        except BadValue as error:
            raise BadValue(f"{name}: {error}") from None


def _item(self: Incoming, record: dict[str, Any]) -> None:
    if not isinstance(record["data"], dict):
        raise BadValue("data: must be an object")
    dataset = self.arrivals.row("datasets", record["dataset"])
    record["media"] = self.files.media(record["media"], f"images/{self.files.token}-{dataset}")


def _client_file(self: Incoming, record: dict[str, Any]) -> None:
    if record["storage_key"]:
        record["storage_key"] = self.files.keep(record["storage_key"], f"client-files/{self.files.token}")


def _project(self: Incoming, record: dict[str, Any]) -> None:
    if record["type"] not in registry.all():
        raise BadValue(f"type: this installation knows no type {str(record['type'])[:60]!r}")
    self.files.types[record["id"]] = record["type"]


def _project_version(self: Incoming, record: dict[str, Any]) -> None:
    registry.get(self.files.types[record["project"]]).clean_config(record["config"])


SPECIAL: dict[str, Callable[[Incoming, dict[str, Any]], None]] = {
    "client_files": _client_file,
    "items": _item,
    "project_versions": _project_version,
    "projects": _project,
}
GIVEN: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "connections": lambda _now: {"check_error": "It came with an archive, without its key: enter the key again."},
    "events": lambda now: {"relayed_at": now},
    "webhooks": lambda _now: {
        "is_active": False,
        "disabled_reason": "It came with an archive. Its secret is new: give it to the receiver, then switch it on.",
    },
}


def fresh_ids(kind: Kind, rows: list[models.Model]) -> None:
    """Ids that programs know, and that are taken here, become new ones: the archive's own rows may be here too."""
    for one in kind.fields:
        if not one.unique or one.is_relation:
            continue
        values = [getattr(row, one.attname) for row in rows]
        taken = set(kind.model._base_manager.filter(**{f"{one.name}__in": values}).values_list(one.name, flat=True))
        for row in rows:
            if getattr(row, one.attname) in taken:
                setattr(row, one.attname, one.get_default() if one.has_default() else uuid4())


def name_machines(organization: Organization) -> None:
    """Their accounts are called after them, as those of machines registered here."""
    for machine in Machine.objects.filter(organization=organization).select_related("user"):
        machine.user.name = str(machine)[:120]
        machine.user.save(update_fields=["name"])
