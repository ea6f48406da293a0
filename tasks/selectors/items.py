"""A project's items: filtered, sorted and paged by position, as quick on the last page of a million as on the first."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    F,
    FloatField,
    Q,
    QuerySet,
    Value,
)
from django.utils.dateparse import parse_datetime

from tasks.models import Bulk, Consensus, Project, SavedView, Task
from tasks.selectors.item_expressions import Beyond
from tasks.selectors.item_filters import Parts, parted

FIRST_PART = 500  # tasks that are looked at one by one before anything else is tried
GROWTH = 4  # times as many in the next part
SECONDS = 0.1  # that a page looks for tasks
EMPTY = 5  # times as long where nothing was found yet: an empty page helps nobody
ENOUGH = 0.7  # of which so much leaves no time for another part
PATIENT = 0.5  # the same, where there is no next page to go on with
LARGEST = 2**63 - 1

LOOKUPS = {"<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}
Place = tuple[Any, int]  # what the order sorts by, and the id

# name: (what it sorts by, descending); ties by id in the same direction
ORDERS: dict[str, tuple[str, bool]] = {
    "id": ("", False),
    "-id": ("", True),
    "confidence": ("consensus__confidence", False),
    "-confidence": ("consensus__confidence", True),
    "agreement": ("consensus__agreement", False),
    "-agreement": ("consensus__agreement", True),
    "-ended": ("resolved_at", True),
}


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Task]
    previous: str | None  # for `before=`; None on the first page
    next: str | None  # for `after=`; None on the last page
    looked_at: int = 0  # tasks that were searched, where more are to be searched on the next page

    @property
    def has_other_pages(self) -> bool:
        return self.previous is not None or self.next is not None


def page_of(
    project: Project,
    filters: dict[str, Any],
    *,
    order: str = "id",
    after: str = "",
    before: str = "",
    size: int = 50,
    seconds: float = SECONDS,
) -> Page:
    """The page after or before a position that an earlier page told; nonsense is the first page."""
    field, descending = ORDERS.get(order, ORDERS["id"])
    parts = parted(project, **filters)
    cursor = _position(field, before or after)
    backwards = bool(before) and cursor is not None
    way = _Way(project, field, descending != backwards, parts.rows is not parts.own)
    found, edge, looked_at = _walk(parts, way, cursor, size + 1, seconds)
    more, found = len(found) > size, found[:size]
    beyond = _told(field, found[-1]) if more else (None if edge is None else _named(field, *edge))
    if backwards:
        found.reverse()
        ahead = _told(field, found[-1]) if found else after or before
        return Page(found, beyond, ahead, 0 if more or edge is None else looked_at)
    behind = None if cursor is None else (_told(field, found[0]) if found else after)
    return Page(found, behind, beyond, 0 if more or edge is None else looked_at)


@dataclass(frozen=True, slots=True)
class _Way:
    """An order, to be gone in one direction."""

    project: Project
    field: str
    falls: bool
    is_joined: bool  # whether what it goes through asks the consensus, too

    @property
    def of_results(self) -> bool:
        return self.field.startswith("consensus__")

    def of(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        """Those that have a place in it."""
        if self.of_results:
            rows = rows.filter(consensus__project=self.project)
        return rows.filter(**{f"{self.field}__isnull": False}) if self.field else rows

    def sort(self, rows: QuerySet[Any], field: str, key: str = "pk") -> QuerySet[Any]:
        sign = "-" if self.falls else ""
        return rows.order_by(*([f"{sign}{field}"] if field else []), f"{sign}{key}")

    def between(self, rows: QuerySet[Task], start: Place | None, end: Place | None) -> QuerySet[Task]:
        signs = ("<", ">=") if self.falls else (">", "<=")
        for place, sign in zip((start, end), signs, strict=True):
            if place is not None:
                rows = rows.filter(_beyond(self.field, place, sign))
                if self.is_joined and not self.field:  # said of both tables: else they are merged from the beginning
                    rows = rows.filter(_beyond("", place, sign, "consensus__task_id"))
        return self.sort(rows, self.field)

    def end_of(self, parts: Parts, start: Place | None, number: int) -> Place | None:
        """Where so many rows end, of the table that has the order's index; None when there are no more."""
        field, key, operator = self.field.removeprefix("consensus__"), "pk", "<" if self.falls else ">"
        rows: QuerySet[Any] = self.of(parts.own)
        if self.of_results:
            ranges = {name: value for name, value in parts.ranges.items() if name.startswith(field)}
            rows = Consensus.objects.filter(**ranges, project=self.project, **{f"{field}__isnull": False})
            key = "task_id"
        if start is not None:
            rows = rows.filter(_beyond(field, start, operator, key))
        columns = [field, key] if field else [key]
        found = list(self.sort(rows, field, key).values_list(*columns)[number - 1 : number + 1])
        return (found[0][0], found[0][-1]) if len(found) > 1 else None


def _walk(
    parts: Parts, way: _Way, here: Place | None, wanted: int, seconds: float
) -> tuple[list[Task], Place | None, int]:
    """The tasks, where the search ended before it was through, and how many tasks it looked at.

    What lies beside tasks is asked of each of a part of them, and of the next part, larger as long as there is time,
    until the page is full; but where few of all can match, they are read at once, as soon as the first part was poor.
    """
    # the consensus by a query of its own: an outer join is merged from its beginning, however far the page is
    rows = way.of(parts.rows).select_related("item").prefetch_related("consensus")
    if not parts.besides:
        few = parts.few()
        return list(way.between(few.among_few(rows) if few else rows, here, None)[:wanted]), None, 0
    each = rows
    for beside in parts.besides:
        each = beside.asked_of_each(each)
    found: list[Task] = []
    looked_at, part, begun = 0, FIRST_PART, time.monotonic()
    while True:
        edge = way.end_of(parts, here, part)
        found += way.between(each, here, edge)[: wanted - len(found)]
        looked_at += part
        if len(found) == wanted or edge is None:
            return found, edge, looked_at
        here = edge
        if looked_at == FIRST_PART and (few := parts.few()):
            rest = few.among_few(rows)
            for beside in parts.besides:
                rest = rest if beside is few else beside.asked_of_each(rest)
            found += way.between(rest, here, None)[: wanted - len(found)]
            return found, None, looked_at
        took, limit = time.monotonic() - begun, seconds if found else seconds * EMPTY
        if took > limit * ENOUGH:
            return found, edge, looked_at
        part = max(FIRST_PART, min(part * GROWTH, int(looked_at / took * (limit - took))))


def _beyond(field: str, place: Place, operator: str, key: str = "pk") -> Any:
    value, pk = place
    if not field:
        return Q(**{f"{key}__{LOOKUPS[operator]}": pk})
    if field.startswith("consensus__"):
        key = "consensus__task_id"
    return Beyond(F(field), F(key), _as(field, value), _as("pk", pk), operator=operator)


def _as(field: str, value: Any) -> Any:
    kinds: dict[str, Any] = {"pk": BigIntegerField(), "resolved_at": DateTimeField()}
    return Value(value, output_field=kinds.get(field, FloatField()))


def _told(field: str, task: Task) -> str:
    value = task.resolved_at if field == "resolved_at" else None
    if field.startswith("consensus__"):
        value = getattr(task.consensus, field.removeprefix("consensus__"))
    return _named(field, value, task.pk)


def _named(field: str, value: Any, pk: int) -> str:
    if not field:
        return str(pk)
    return f"{value.isoformat() if isinstance(value, datetime) else repr(value)}~{pk}"


def _position(field: str, text: str) -> Place | None:
    told, _, key = text.rpartition("~")
    if not (key.isascii() and key.isdecimal() and len(key) < 20 and int(key) <= LARGEST) or bool(told) != bool(field):
        return None
    try:
        value = None if not field else (parse_datetime(told) if field == "resolved_at" else float(told))
    except ValueError:
        return None
    return None if field and value is None else (value, int(key))


def count_up_to(tasks: QuerySet[Task], most: int) -> int:
    """How many there are, or `most + 1` for more: a walk that ends."""
    return tasks.order_by()[: most + 1].count()


def views_of(project: Project) -> QuerySet[SavedView]:
    return SavedView.objects.filter(project=project).select_related("created_by").order_by("name")


def bulks_of(project: Project) -> QuerySet[Bulk]:
    return Bulk.objects.filter(project=project).select_related("created_by", "batch").order_by("-pk")


def neighbours(project: Project, filters: dict[str, Any], order: str, task: Task) -> tuple[int | None, int | None]:
    """The tasks before and after this one in the list it was opened from."""
    here = _told(ORDERS.get(order, ORDERS["id"])[0], task) if _has_place(order, task) else ""
    if not here:
        return None, None
    before = page_of(project, filters, order=order, before=here, size=1, seconds=PATIENT).rows
    after = page_of(project, filters, order=order, after=here, size=1, seconds=PATIENT).rows
    return (before[0].pk if before else None), (after[0].pk if after else None)


def _has_place(order: str, task: Task) -> bool:
    field = ORDERS.get(order, ORDERS["id"])[0]
    if field.startswith("consensus__"):
        consensus = getattr(task, "consensus", None)
        return consensus is not None and getattr(consensus, field.removeprefix("consensus__")) is not None
    return not field or task.resolved_at is not None
