"""A project's batches: in the order they are asked in, with how far each is and when it will be done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.expressions import RawSQL

from tasks.models import Batch, Delivery, Gold, Order, Project, Task
from tasks.models.ordering import BatchKind
from tasks.selectors.overview import kept
from tasks.selectors.progress import rate
from tasks.states import APART, BatchState, OrderState, TaskState
from workers.models import Group

UNDER_WAY = (BatchState.STAGING, BatchState.IN_PROGRESS, BatchState.PAUSED)
ENDED = (BatchState.COMPLETED, BatchState.CANCELED)
MOST = 200  # batches of a list
MEASURED = 5000  # newest tasks of a batch that its agreement is measured on
AGREEMENT = f"""(SELECT AVG(c.agreement) FROM (
    SELECT t.id FROM tasks_task t WHERE t.batch_id = tasks_batch.id AND t.state = 'resolved'
    ORDER BY t.id DESC LIMIT {MEASURED}) newest JOIN tasks_consensus c ON c.task_id = newest.id)"""


@dataclass
class BatchFigures:
    batch: Batch
    states: dict[str, int] = field(default_factory=lambda: {state.value: 0 for state in TaskState})
    answered: int = 0
    wanted: int = 0  # by tasks that are not canceled
    unopened: int = 0  # ordered, and not asked yet
    failed: int = 0  # ordered, and could not be asked
    agreement: float | None = None
    gold_judged: int = 0
    gold_right: int = 0
    delivery: Delivery | None = None
    seconds_left: int | None = None
    ends_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.states.values()) + self.unopened + self.failed

    @property
    def done(self) -> int:
        return self.states[TaskState.RESOLVED]

    @property
    def to_do(self) -> int:
        return self.total - self.states[TaskState.CANCELED] - self.failed

    @property
    def gold_share(self) -> float | None:
        return self.gold_right / self.gold_judged if self.gold_judged else None


def in_order(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Those under way: as somebody put them; the others calibration first, then the oldest."""
    first = Case(When(kind=BatchKind.CALIBRATION, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = batches.filter(state__in=UNDER_WAY).select_related("project", "work").prefetch_related("groups")
    return rows.order_by(F("place").asc(nulls_last=True), first, "created_at", "pk")


def batches_of(project: Project) -> QuerySet[Batch]:
    return Batch.objects.filter(Q(work=project) | Q(project__project=project))


def ended(project: Project) -> QuerySet[Batch]:
    """The newest first."""
    rows = batches_of(project).filter(state__in=ENDED).select_related("project", "work").prefetch_related("groups")
    return rows.order_by(F("completed_at").desc(nulls_last=True), "-pk")


def taking_tasks(project: Project) -> QuerySet[Batch]:
    """Batches of our own pages that tasks can be put into, those waiting to be started first."""
    mine = Batch.objects.filter(work=project, state__in=UNDER_WAY)
    return mine.order_by(Case(When(state=BatchState.STAGING, then=0), default=1), "-pk")


def figures_of(project: Project, batches: Sequence[Batch], *, now: datetime) -> list[BatchFigures]:
    """For many batches with the same few queries; the time each ends supposes that they are done in this order."""
    found = {batch.pk: BatchFigures(batch) for batch in batches}
    ids = list(found)
    for row in kept(f"batches-{hash(tuple(ids))}", project, lambda: _counted(ids)):
        figures = found[row["batch"]]
        figures.states[row["state"]] = row["tasks"]
        if row["state"] not in (TaskState.CANCELED, *APART):
            figures.wanted += row["wanted_sum"]
            figures.answered += row["answered_sum"]
    ordered = [batch.pk for batch in batches if batch.is_ordered]
    for batch_id, state, number in _waiting(ordered) if ordered else ():
        setattr(found[batch_id], "unopened" if state == OrderState.PENDING else "failed", number)
    last = Delivery.objects.filter(batch=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    about = Batch.objects.filter(pk__in=ids).annotate(mean=RawSQL(AGREEMENT, ()), last=Subquery(last))  # noqa: S611
    told = {pk: (mean, delivery) for pk, mean, delivery in about.values_list("pk", "mean", "last")}
    deliveries = Delivery.objects.in_bulk([delivery for _, delivery in told.values() if delivery])
    for pk, (mean, delivery) in told.items():
        found[pk].agreement, found[pk].delivery = mean, deliveries.get(delivery)
    for pk, judged, failed in _gold(ids):
        found[pk].gold_judged, found[pk].gold_right = judged, judged - failed
    _foresee(project, list(found.values()), now)
    return list(found.values())


def _counted(ids: list[int]) -> list[dict[str, Any]]:
    rows = Task.objects.filter(batch__in=ids).values("batch", "state").order_by()
    counted = rows.annotate(tasks=Count("pk"), wanted_sum=Sum("wanted"), answered_sum=Sum("answered"))
    return [dict(row) for row in counted]


def _waiting(ids: list[int]) -> list[tuple[int, str, int]]:
    waiting = Q(state=OrderState.PENDING, task=None) | Q(state=OrderState.ERROR, task=None)
    rows = Order.objects.filter(waiting, batch__in=ids).values_list("batch", "state").order_by()
    return list(rows.annotate(Count("pk")))


def _gold(ids: list[int]) -> list[tuple[int, int, int]]:
    """Answers to tasks of the batch whose answer is known, and how many of them were wrong."""
    rows = Gold.objects.filter(task__batch__in=ids, judged__gt=0).values_list("task__batch").order_by()
    return list(rows.annotate(Sum("judged"), Sum("failed")))


def _foresee(project: Project, figures: list[BatchFigures], now: datetime) -> None:
    """At the pace of now. One that waits or is paused ends nobody knows when."""
    pace = rate(project, now=now) if any(each.batch.state == BatchState.IN_PROGRESS for each in figures) else 0
    before = 0
    for each in figures:
        if each.batch.state != BatchState.IN_PROGRESS:
            continue
        before += max(0, each.wanted - each.answered)
        if pace:
            each.seconds_left = round(before / pace * 3600)
            each.ends_at = now + timedelta(seconds=each.seconds_left)


def deliveries_of(batch: Batch) -> QuerySet[Delivery]:
    return Delivery.objects.filter(batch=batch).order_by("-pk")


def groups_for(project: Project) -> QuerySet[Group]:
    """Groups that a batch of the project can be kept for: those that work on it; all where everybody may."""
    mine = Group.objects.filter(organization=project.organization_id).order_by("name")
    return mine if project.open_to_all else mine.filter(projects=project)
