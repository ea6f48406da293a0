"""What a project's items are filtered by: by their tasks and results, which indexes follow, and by rows beside them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.lookups import IsNull

from tasks.models import Answer, Assignment, Comment, Consensus, Gold, Item, Project, Task
from tasks.selectors.item_expressions import Says
from tasks.states import APART, AssignmentState

SEARCH_INDEX = "item_search"
SHORTEST = 3  # characters that a trigram index can find
FEW = 10_000  # rows that are read at once, rather than asked for each task
FEW_FOUND = 1000  # items the same: what the trigram index finds has to be looked at, each in its own place


@dataclass(frozen=True, slots=True)
class Beside:
    """A filter by rows beside a task. They are asked for each task, or, where they are few, read at once."""

    rows: QuerySet[Any]
    key: str  # of these rows: what they say of which task it is
    column: str  # of the task: the same
    is_indexed: bool = True  # whether few of many are found without looking at the others
    is_search: bool = False

    @property
    def most(self) -> int:
        return FEW_FOUND if self.is_search else FEW

    def among(self, tasks: QuerySet[Task]) -> QuerySet[Task]:
        return tasks.filter(**{f"{self.column}__in": self.rows.values(self.key)})

    def among_few(self, tasks: QuerySet[Task]) -> QuerySet[Task]:
        """The same, said so that a database knows that they are few."""
        return tasks.filter(**{f"{self.column}__in": self.rows.order_by().values(self.key)[: self.most]})

    def asked_of_each(self, tasks: QuerySet[Task]) -> QuerySet[Task]:
        """As a value, not as EXISTS: a database would join that, and read all the rows for one page."""
        theirs = self.rows.filter(**{self.key: OuterRef(self.column)}).order_by()
        return tasks.filter(IsNull(Subquery(theirs.values("pk")[:1]), False))

    def are_few(self) -> bool:
        return self.is_indexed and self.rows.order_by().values(self.key)[: self.most + 1].count() <= self.most


@dataclass(frozen=True, slots=True)
class Parts:
    """What filters ask of tasks, taken apart by the table that knows it."""

    own: QuerySet[Task]  # what tasks say themselves
    ranges: dict[str, Any]  # of the numbers of their consensus
    rows: QuerySet[Task]  # that pass what they and their consensus say
    besides: list[Beside]
    likely_few: list[Beside]  # what `rows` asks already, where an index tells whether few pass

    def few(self) -> Beside | None:
        return next((each for each in (*self.likely_few, *self.besides) if each.are_few()), None)


def matching(project: Project, **filters: Any) -> QuerySet[Task]:
    """The tasks that pass every filter given, without an order."""
    parts = parted(project, **filters)
    tasks = parts.rows
    for beside in parts.besides:
        tasks = beside.among(tasks)
    return tasks


def parted(
    project: Project,
    *,
    state: str | None = None,
    label: str | None = None,
    min_confidence: float | None = None,
    max_confidence: float | None = None,
    min_agreement: float | None = None,
    max_agreement: float | None = None,
    gold: bool | None = None,
    batch: int | None = None,
    item: str | None = None,
    method: str | None = None,
    comments: str | None = None,
    only: list[int] | None = None,
    **others: Any,
) -> Parts:
    """Tasks with a known answer come only when asked for, by state or by `gold`, but for those that were data before
    they became checks."""
    tasks = Task.objects.filter(project=project)
    if state is None and gold is None:
        tasks = tasks.exclude(state__in=APART, resolved_at=None)
    tasks = tasks.filter(**_given({"state": state, "batch": batch, "pk__in": only}))
    if gold is not None:
        known = Gold.objects.filter(project=project).values("task_id")  # few; a join would make the planner sort all
        tasks = tasks.filter(pk__in=known) if gold else tasks.exclude(pk__in=known)
    if item is not None:
        tasks = tasks.filter(item__in=Item.objects.filter(dataset__projects=project, key=item).values("pk"))
    if comments is not None:
        said = Comment.objects.filter(project=project)
        said = said.filter(resolved_at=None) if comments == "open" else said
        tasks = tasks.filter(pk__in=said.values("task_id"))
    wanted = _given(
        {
            "label": label,
            "confidence__gte": min_confidence,
            "confidence__lte": max_confidence,
            "agreement__gte": min_agreement,
            "agreement__lte": max_agreement,
            "method": method,
        }
    )
    rows = tasks
    if wanted:  # with the project: the indexes of the consensus begin with it
        rows = tasks.filter(**{f"consensus__{name}": value for name, value in ({"project": project} | wanted).items()})
    likely_few = [
        Beside(Task.objects.filter(project=project, **{name: value}), "pk", "pk")
        for name, value in _given({"batch": batch, "state": state}).items()
    ]
    likely_few += [
        Beside(Consensus.objects.filter(project=project, **{name: value}), "task_id", "pk")
        for name, value in _given({"label": label, "method": method}).items()
    ]
    ranges = {name: value for name, value in wanted.items() if "__" in name}
    return Parts(tasks, ranges, rows, _besides(project, **others), likely_few)


def _besides(
    project: Project,
    *,
    annotator: int | None = None,
    min_seconds: float | None = None,
    max_seconds: float | None = None,
    answered_from: datetime | None = None,
    answered_to: datetime | None = None,
    q: str | None = None,
    has: str | None = None,
) -> list[Beside]:
    found = []
    if annotator is not None:
        theirs = Assignment.objects.filter(project=project, annotator=annotator, state=AssignmentState.SUBMITTED)
        found.append(Beside(theirs, "task_id", "pk"))
    wanted = _given(
        {
            "active_ms__gte": None if min_seconds is None else round(min_seconds * 1000),
            "active_ms__lt": None if max_seconds is None else round(max_seconds * 1000),
            "created_at__gte": answered_from,
            "created_at__lt": answered_to,
        }
    )
    if wanted:  # one live answer that is all of it
        found.append(Beside(Answer.objects.filter(project=project, is_live=True, **wanted), "task_id", "pk"))
    if q:
        items = Item.objects.filter(Says(F("data"), q))
        found.append(Beside(items, "pk", "item_id", is_indexed=has_search_index(q), is_search=True))
    if has:
        results = Consensus.objects.filter(Says(F("value"), has, "label"), project=project)
        found.append(Beside(results, "task_id", "pk", is_indexed=False))
    return found


def _given(filters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}


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
