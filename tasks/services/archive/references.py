"""Ids inside of JSON, and ids that are plain numbers to the database: where each kind of record has them.

The same functions serve both ways: on the way out `Names` turns people into pseudonyms and leaves other ids alone, on
the way in it turns pseudonyms into accounts and old ids into new ones. What is not there any more is left away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl, urlencode

import orjson

from labeling.importers.found import ANSWERED
from tasks.selectors.in_place import KEY, is_in_place


class Names(Protocol):
    def row(self, kind: str, old: Any) -> int | None:
        """The id of a row that may be gone."""

    def near(self, kind: str, old: int) -> int:
        """The id of the last row up to this one: for places reached in a walk."""

    def person(self, old: Any) -> Any: ...

    def worker(self, name: str) -> str:
        """Who answered an item elsewhere."""

    def said(self, value: Any) -> Any:
        """JSON that may name people by their e-mail addresses."""


Reference: TypeAlias = Callable[[dict[str, Any], Names], None]


def rows(names: Names, kind: str, old: Iterable[Any]) -> list[int]:
    return [new for each in old if (new := names.row(kind, each)) is not None]


def restriction(record: dict[str, Any], names: Names) -> None:
    record["project_id"] = names.row("projects", record["project_id"])
    if "left_out" in record["effects"]:
        record["effects"]["left_out"] = rows(names, "projects", record["effects"]["left_out"])


def item(record: dict[str, Any], names: Names) -> None:
    """A picture that is read in place has the id of its object in its key; no picture where that is gone.

    Those who answered elsewhere are people, too.
    """
    if ANSWERED in record["data"]:
        record["data"][ANSWERED] = _answered(record["data"][ANSWERED], names)
    picture = record["media"].get("image") if record["media"] else None
    if picture and is_in_place(picture["key"]):
        found = KEY.fullmatch(picture["key"])
        new = names.row("fed_objects", int(found[1])) if found else None
        if new is None:
            del record["media"]["image"]
        else:
            picture["key"] = f"bucket/{new}/{picture['key'].rpartition('/')[2]}"


def _answered(value: Any, names: Names) -> Any:
    """A list of ``{"worker", "answer"}``, or JSON text of one; what is neither is nobody's answer."""
    try:
        listed = orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError:
        return value
    for each in listed if isinstance(listed, list) else [listed]:
        if isinstance(each, dict) and isinstance(each.get("worker"), str):
            each["worker"] = names.worker(each["worker"])
    return orjson.dumps(listed).decode() if isinstance(value, str) else listed


def project_version(record: dict[str, Any], names: Names) -> None:
    for example in record["examples"]:
        if set(example["item"]) == {"id"}:
            example["item"]["id"] = names.row("items", example["item"]["id"])


def schema_change(record: dict[str, Any], names: Names) -> None:
    record["position"] = names.near("tasks", record["position"])
    found = {names.row("gold", int(pk)): was for pk, was in record["gold_before"].items()}
    record["gold_before"] = {str(pk): was for pk, was in found.items() if pk is not None}


def consensus(record: dict[str, Any], names: Names) -> None:
    """Also of the copies that are kept to take a change back, which may have some of its fields only."""
    if "answers" in record:
        record["answers"] = rows(names, "answers", record["answers"])
    for outcome in record.get("by_method", {}).values():
        if "left_out" in outcome:
            outcome["left_out"] = rows(names, "answers", outcome["left_out"])
        if "weights" in outcome:
            outcome["weights"] = {str(names.person(_number(who))): n for who, n in outcome["weights"].items()}
        for part in outcome.get("parts", {}).values():
            if "support" in part:
                part["support"] = [names.person(who) for who in part["support"]]
    evidence = record.get("evidence") or {}
    if "workers" in evidence:
        evidence["workers"] = {str(names.person(_number(who))): sums for who, sums in evidence["workers"].items()}


def before_it(record: dict[str, Any], names: Names) -> None:
    before = record["before"]
    if before is None:
        return
    if before.get("consensus"):
        consensus(before["consensus"], names)
    if "gold" in before:
        before["gold"] = names.row("gold", before["gold"])


def sign(record: dict[str, Any], names: Names) -> None:
    figures = record["figures"]
    if figures.get("with") is not None:
        figures["with"] = names.person(figures["with"])
    if figures.get("answer") is not None:
        figures["answer"] = names.row("answers", figures["answer"])


def entry(record: dict[str, Any], names: Names) -> None:
    record["test"] = rows(names, "tasks", record["test"])


def bulk(record: dict[str, Any], names: Names) -> None:
    record["position"] = names.near("tasks", record["position"])
    record["last_task"] = names.near("tasks", record["last_task"])
    filters = record["filters"]
    if "only" in filters:
        filters["only"] = rows(names, "tasks", filters["only"])
    if filters.get("annotator") is not None:
        filters["annotator"] = names.person(filters["annotator"])
    if filters.get("batch") is not None:
        filters["batch"] = names.row("batches", filters["batch"])


def saved_view(record: dict[str, Any], names: Names) -> None:
    found = []
    for name, value in parse_qsl(record["query"], keep_blank_values=True):
        if name == "annotator":
            value = str(names.person(_number(value)))
        elif name == "batch":
            value = str(names.row("batches", _number(value)) or "")
        found.append((name, value))
    record["query"] = urlencode(found) if any(name in ("annotator", "batch") for name, _ in found) else record["query"]


def order(record: dict[str, Any], names: Names) -> None:
    record["review"] = names.said(record["review"])
    for audit in record["review"].get("audits", []):
        if "review" in audit:
            audit["review"] = names.row("reviews", audit["review"])


OBJECTS = {  # by the first word of an event's kind: what its object is
    "answer": "answers",
    "appeal": "rejections",
    "assignment": "assignments",
    "batch": "batches",
    "bulk": "bulks",
    "client_file": "client_files",
    "comment": "comments",
    "dataset": "datasets",
    "entry": "entries",
    "export": "exports",
    "group": "groups",
    "items": "datasets",
    "known_task": "quality_tasks",
    "order": "orders",
    "project": "projects",
    "rejection": "rejections",
    "restriction": "restrictions",
    "review": "reviews",
    "schema": "schema_changes",
    "task": "tasks",
    "upload": "uploads",
    "view": "saved_views",
    "webhook": "webhooks",
}
OF_PEOPLE = ("answers", "sign", "inbox", "user")
OF_MACHINES = {
    "machine.registered": "machines",
    "machine.changed": "machines",
    "machine.archived": "machines",
    "machine.key_given": "machines",
    "machine.suggested": "machine_answers",
}
WITH = {  # ids in what an event tells, one or a list
    "accepts": "machines",
    "answer": "answers",
    "assignment": "assignments",
    "assignments": "assignments",
    "bulk": "bulks",
    "dataset": "datasets",
    "gold": "gold",
    "rejection": "rejections",
    "task": "tasks",
    "tasks": "tasks",
}


NAMING = ("invitation", "filters", "address", "device")  # ids of what is left out, and where people are


def event(record: dict[str, Any], names: Names) -> None:
    word, told = record["kind"].partition(".")[0], record["payload"]
    project, about = record["project_id"], record["object_id"]
    record["project_id"] = names.row("projects", project)
    kind = OF_MACHINES.get(record["kind"]) or ("gold" if told.get("gold") is not None else OBJECTS.get(word))
    if word in OF_PEOPLE:
        record["object_id"] = names.person(about)
    elif kind:
        record["object_id"] = names.row(kind, about)
    else:
        record["object_id"] = record["project_id"] if about == project else None
    for name, of in WITH.items():
        if isinstance(told.get(name), list):
            told[name] = rows(names, of, told[name])
        elif told.get(name) is not None:
            told[name] = names.row(of, told[name])
    if told.get("user") is not None:
        told["user"] = names.person(told["user"])
    if isinstance(told.get("items"), list):  # the first and the last of a range
        told["items"] = [names.near("items", each) for each in told["items"]]
    for name in NAMING:
        told.pop(name, None)
    record["payload"] = names.said(told)


def _number(text: str) -> Any:
    """An account's id is a number; a pseudonym stays what it is."""
    return int(text) if text.isdigit() else text
