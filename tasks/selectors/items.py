"""A project's items: filtered, sorted and paged by position, as quick on the last page of a million as on the first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
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

from tasks.models import Answer, Assignment, Bulk, Comment, Gold, Item, Project, SavedView, Task
from tasks.selectors.item_expressions import Beyond, Says
from tasks.selectors.progress import Counts, annotators_of, counts_of, label_distribution
from tasks.states import APART, AssignmentState

LOOKED_AT = 50_000  # items that one page searches for a text where no index helps
FRESH = 15  # seconds that counts of a whole project are kept
SEARCH_INDEX = "item_search"
SHORTEST = 3  # characters that a trigram index can find
LARGEST = 2**63 - 1

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


def matching(
    project: Project,
    *,
    state: str | None = None,
    label: str | None = None,
    min_confidence: float | None = None,
    max_confidence: float | None = None,
    min_agreement: float | None = None,
    max_agreement: float | None = None,
    annotator: int | None = None,
    gold: bool | None = None,
    batch: int | None = None,
    item: str | None = None,
    q: str | None = None,
    has: str | None = None,
    method: str | None = None,
    comments: str | None = None,
    min_seconds: float | None = None,
    max_seconds: float | None = None,
    answered_from: datetime | None = None,
    answered_to: datetime | None = None,
    only: list[int] | None = None,
) -> QuerySet[Task]:
    """The tasks that pass every filter given, without an order. Tasks with a known answer come only when asked for, by
    state or by `gold`, but for those that were data before they became checks."""
    tasks = Task.objects.filter(project=project)
    if state is None and gold is None:
        tasks = tasks.exclude(state__in=APART, resolved_at=None)
    wanted: dict[str, Any] = {
        "state": state,
        "consensus__label": label,
        "consensus__confidence__gte": min_confidence,
        "consensus__confidence__lte": max_confidence,
        "consensus__agreement__gte": min_agreement,
        "consensus__agreement__lte": max_agreement,
        "consensus__method": method,
        "batch": batch,
        "pk__in": only,
    }
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if any(name.startswith("consensus__") for name in wanted):
        wanted["consensus__project"] = project  # the indexes of the consensus begin with it
    tasks = tasks.filter(**wanted)
    if gold is not None:
        known = Gold.objects.filter(project=project).values("task_id")  # few; a join would make the planner sort all
        tasks = tasks.filter(pk__in=known) if gold else tasks.exclude(pk__in=known)
    if item is not None:
        tasks = tasks.filter(item__in=Item.objects.filter(dataset__projects=project, key=item).values("pk"))
    if annotator is not None:
        theirs = Assignment.objects.filter(project=project, annotator=annotator, state=AssignmentState.SUBMITTED)
        tasks = tasks.filter(pk__in=theirs.values("task_id"))
    if comments is not None:
        said = Comment.objects.filter(project=project)
        said = said.filter(resolved_at=None) if comments == "open" else said
        tasks = tasks.filter(pk__in=said.values("task_id"))
    if given := _answers(project, min_seconds, max_seconds, answered_from, answered_to):
        tasks = tasks.filter(pk__in=given)
    if q:
        tasks = tasks.filter(Says(F("item__data"), q))
    if has:
        tasks = tasks.filter(Says(F("consensus__value"), has, "label"), consensus__project=project)
    return tasks


def _answers(
    project: Project, slowest: float | None, fastest: float | None, since: datetime | None, until: datetime | None
) -> Any:
    """Tasks with a live answer of that time, that took so long; None where neither is asked for."""
    wanted: dict[str, Any] = {
        "active_ms__gte": None if slowest is None else round(slowest * 1000),
        "active_ms__lt": None if fastest is None else round(fastest * 1000),
        "created_at__gte": since,
        "created_at__lt": until,
    }
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if not wanted:
        return None
    return Answer.objects.filter(project=project, is_live=True, **wanted).values("task_id")


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Task]
    previous: str | None  # for `before=`; None on the first page
    next: str | None  # for `after=`; None on the last page
    looked_at: int = 0  # items that were searched, where more are to be searched on the next page

    @property
    def has_other_pages(self) -> bool:
        return self.previous is not None or self.next is not None


def page_of(
    project: Project, filters: dict[str, Any], *, order: str = "id", after: str = "", before: str = "", size: int = 50
) -> Page:
    """The page after or before a position that an earlier page told; nonsense is the first page."""
    bounded = bool(filters.get("q")) and not has_search_index(filters["q"])
    if bounded and order not in ("id", "-id"):
        order = "id"
    field, descending = ORDERS.get(order, ORDERS["id"])
    rows = matching(project, **filters)
    if field:
        rows = rows.filter(**{f"{field}__isnull": False})
    if field.startswith("consensus__"):
        rows = rows.filter(consensus__project=project)
    cursor = _position(field, before or after)
    backwards = bool(before) and cursor is not None
    falls = descending != backwards
    if cursor is not None:
        rows = rows.filter(_beyond(field, cursor, falls))
    edge = _edge(project, cursor, falls) if bounded else None
    if edge is not None:
        rows = rows.filter(pk__gte=edge) if falls else rows.filter(pk__lte=edge)
    sign = "-" if falls else ""
    ordered = rows.order_by(*([f"{sign}{field}"] if field else []), f"{sign}pk")
    found = list(ordered.select_related("item", "consensus")[: size + 1])
    more, found = len(found) > size, found[:size]
    beyond = _told(field, found[-1]) if more else (str(edge) if edge is not None else None)
    if backwards:
        found.reverse()
        ahead = _told(field, found[-1]) if found else after or before
        return Page(found, beyond, ahead, 0 if more or edge is None else LOOKED_AT)
    behind = None if cursor is None else (_told(field, found[0]) if found else after)
    return Page(found, behind, beyond, 0 if more or edge is None else LOOKED_AT)


def _beyond(field: str, cursor: tuple[Any, int], falls: bool) -> Any:
    value, pk = cursor
    if not field:
        return Q(pk__lt=pk) if falls else Q(pk__gt=pk)
    key = "consensus__task_id" if field.startswith("consensus__") else "pk"
    return Beyond(F(field), F(key), _as(field, value), _as("pk", pk), operator="<" if falls else ">")


def _as(field: str, value: Any) -> Any:
    kinds: dict[str, Any] = {"pk": BigIntegerField(), "resolved_at": DateTimeField()}
    return Value(value, output_field=kinds.get(field, FloatField()))


def _told(field: str, task: Task) -> str:
    if not field:
        return str(task.pk)
    value = task.resolved_at if field == "resolved_at" else getattr(task.consensus, field.removeprefix("consensus__"))
    return f"{value.isoformat() if isinstance(value, datetime) else repr(value)}~{task.pk}"


def _position(field: str, text: str) -> tuple[Any, int] | None:
    told, _, key = text.rpartition("~")
    if not (key.isascii() and key.isdecimal() and len(key) < 20 and int(key) <= LARGEST) or bool(told) != bool(field):
        return None
    try:
        value = None if not field else (parse_datetime(told) if field == "resolved_at" else float(told))
    except ValueError:
        return None
    return None if field and value is None else (value, int(key))


def _edge(project: Project, cursor: tuple[Any, int] | None, falls: bool) -> int | None:
    """The id up to which this page searches; None when everything is within reach."""
    tasks = Task.objects.filter(project=project)
    if cursor is not None:
        tasks = tasks.filter(pk__lt=cursor[1]) if falls else tasks.filter(pk__gt=cursor[1])
    found = tasks.order_by("-pk" if falls else "pk").values_list("pk", flat=True)[LOOKED_AT - 1 : LOOKED_AT + 1]
    ids = list(found)
    return ids[0] if len(ids) > 1 else None


def has_search_index(text: str) -> bool:
    """Whether the texts of items are indexed (`manage.py index_items` does it), and this one can be found by that."""
    if connection.vendor != "postgresql" or len(text) < SHORTEST:
        return False
    known = cache.get("item-search-index")
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [SEARCH_INDEX])
            row = cursor.fetchone()
        known = bool(row and row[0])
        cache.set("item-search-index", known, 60)
    return bool(known)


def count_up_to(tasks: QuerySet[Task], most: int) -> int:
    """How many there are, or `most + 1` for more: a walk that ends."""
    return tasks.order_by()[: most + 1].count()


def counts_kept(project: Project) -> Counts:
    """Tasks by state, at most some seconds old: nobody counts a million rows for each look at a page."""
    key = f"task-counts-{project.pk}"
    found = cache.get(key)
    if found is None:
        counts = counts_of([project.pk])[project.pk]
        cache.set(key, (counts.states, counts.answered, counts.wanted), FRESH)
        return counts
    return Counts(*found)


def labels_kept(project: Project, *, most: int = 200) -> list[str]:
    """Labels that some consensus has, most frequent first."""
    key = f"task-labels-{project.pk}"
    found: list[str] | None = cache.get(key)
    if found is None:
        found = [row["label"] for row in label_distribution(project, most=most) if row["label"]]
        cache.set(key, found, FRESH)
    return found


def people_kept(project: Project) -> list[dict[str, Any]]:
    """Who answered in the project, most first."""
    key = f"task-people-{project.pk}"
    found: list[dict[str, Any]] | None = cache.get(key)
    if found is None:
        found = annotators_of(project)
        cache.set(key, found, FRESH)
    return found


def views_of(project: Project) -> QuerySet[SavedView]:
    return SavedView.objects.filter(project=project).select_related("created_by").order_by("name")


def bulks_of(project: Project) -> QuerySet[Bulk]:
    return Bulk.objects.filter(project=project).select_related("created_by", "batch").order_by("-pk")


def neighbours(project: Project, filters: dict[str, Any], order: str, task: Task) -> tuple[int | None, int | None]:
    """The tasks before and after this one in the list it was opened from."""
    here = _told(ORDERS.get(order, ORDERS["id"])[0], task) if _has_place(order, task) else ""
    if not here:
        return None, None
    before = page_of(project, filters, order=order, before=here, size=1).rows
    after = page_of(project, filters, order=order, after=here, size=1).rows
    return (before[0].pk if before else None), (after[0].pk if after else None)


def _has_place(order: str, task: Task) -> bool:
    field = ORDERS.get(order, ORDERS["id"])[0]
    if field.startswith("consensus__"):
        consensus = getattr(task, "consensus", None)
        return consensus is not None and getattr(consensus, field.removeprefix("consensus__")) is not None
    return not field or task.resolved_at is not None


def has_image(project: Project) -> bool:
    """Whether the newest items are pictures: a grid of them says more than a table."""
    newest = Task.objects.filter(project=project).order_by("-pk").values_list("item__media", flat=True)[:1]
    return any(media for media in newest)
