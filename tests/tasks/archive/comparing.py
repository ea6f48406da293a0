"""Archives, told apart from their ids: two are equal when everything stands in the same relations."""

import io
import zipfile
from bisect import bisect_right
from typing import Any

import orjson

from tasks.services.archive.kinds import KINDS, Kind, by_label, is_person
from tasks.services.archive.writing import write_archive
from tests.factories import NOW
from workers.models import Organization

Records = dict[str, list[dict[str, Any]]]
OF_THE_JOURNEY = ("organization.imported", "archive.")


def archived(org: Organization) -> bytes:
    target = io.BytesIO()
    write_archive(org, target, now=NOW)
    return target.getvalue()


def records_of(content: bytes) -> Records:
    with zipfile.ZipFile(io.BytesIO(content)) as zip:
        names = [name for name in zip.namelist() if name.endswith(".jsonl")]
        found = {name[:-6]: [orjson.loads(line) for line in zip.read(name).splitlines()] for name in names}
    found["events"] = [one for one in found["events"] if not one["kind"].startswith(OF_THE_JOURNEY)]
    return found


def ranked(content: bytes, *, without_public_ids: bool = False) -> Records:
    """Every id is the place of its row among those of its kind."""
    found = records_of(content)
    places = Places(found)
    for kind in KINDS:
        for record in found[kind.name]:
            _rank(kind, record, places, without_public_ids)
    return found


def _rank(kind: Kind, record: dict[str, Any], places: "Places", without_public_ids: bool) -> None:
    if kind.has_id:
        record["id"] = places.row(kind.name, record["id"])
    for one in [*kind.fields, *(kind.model._meta.get_field(name) for name in kind.many)]:
        if without_public_ids and getattr(one, "unique", False) and not one.is_relation:
            record[one.name] = None
        if one.related_model is not None and not is_person(one) and record[one.name] is not None:
            other, old = by_label()[one.related_model._meta.label].name, record[one.name]
            many = isinstance(old, list)
            record[one.name] = [places.row(other, each) for each in old] if many else places.row(other, old)
    if kind.references:
        kind.references(record, places)


class Places:
    def __init__(self, found: Records) -> None:
        self.ids = {name: [one["id"] for one in each if "id" in one] for name, each in found.items()}
        self.places = {name: {old: n for n, old in enumerate(ids, 1)} for name, ids in self.ids.items()}

    def row(self, kind: str, old: Any) -> Any:
        return None if old is None else self.places[kind][old]

    def near(self, kind: str, old: int) -> int:
        return bisect_right(self.ids[kind], old)

    def person(self, old: Any) -> Any:
        return old

    def worker(self, name: str) -> str:
        return name

    def said(self, value: Any) -> Any:
        return value
