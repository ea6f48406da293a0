"""How a project is doing: counts, speed, agreement, labels, time left."""

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Sum
from django.db.models.functions import TruncHour

from labeling.agreement.krippendorff import alpha_by_distance
from labeling.types import registry
from tasks.models import Answer, Consensus, Project, Task
from tasks.selectors.agreement import counting, to_the_question_of_now
from tasks.selectors.projects import current_version
from tasks.selectors.quality import consensus_progress
from tasks.states import APART, TaskState
from workers.models import User

SAMPLE = 1000  # tasks from which alpha is computed, and in which things are counted: the newest ones
HOURS = 24


@dataclass
class Counts:
    """Tasks by state, and answers given and wanted, of one project."""

    states: dict[str, int] = field(default_factory=lambda: {state.value: 0 for state in TaskState})
    answered: int = 0
    wanted: int = 0  # by tasks that are not canceled

    @property
    def total(self) -> int:
        return sum(self.states.values()) - self.apart

    @property
    def apart(self) -> int:
        """Checks and practice: no data."""
        return sum(self.states[state] for state in APART)

    @property
    def of_data(self) -> dict[str, int]:
        return {state: number for state, number in self.states.items() if state not in APART}

    @property
    def to_do(self) -> int:
        return self.total - self.states[TaskState.CANCELED]

    @property
    def resolved(self) -> int:
        return self.states[TaskState.RESOLVED]

    @property
    def percent(self) -> int:
        """Of the answers wanted; 100 only when all are there."""
        return self.answered * 100 // self.wanted if self.wanted else 0


def counts_of(project_ids: list[int]) -> dict[int, Counts]:
    """For many projects with one query."""
    found: dict[int, Counts] = defaultdict(Counts)
    rows = (
        Task.objects.filter(project_id__in=project_ids)
        .values("project_id", "state")
        .annotate(tasks=Count("id"), wanted_sum=Sum("wanted"), answered_sum=Sum("answered"))
        .order_by()
    )
    for row in rows:
        counts = found[row["project_id"]]
        counts.states[row["state"]] = row["tasks"]
        if row["state"] not in (TaskState.CANCELED, *APART):
            counts.wanted += row["wanted_sum"]
            counts.answered += row["answered_sum"]
    return found


def progress(project: Project, *, now: datetime) -> dict[str, Any]:
    counts = counts_of([project.pk])[project.pk] if project.launched_at or project.state != "draft" else Counts()
    hourly = answers_by_hour(project, now=now)
    pace = rate(project, now=now)
    left = counts.wanted - counts.answered
    mean = Consensus.objects.filter(project=project).aggregate(mean=Avg("agreement"))["mean"]
    alpha, measured_on = alpha_of_newest(project)
    of_objects = object_distribution(project)
    return {
        "state": project.state,
        "tasks": {"total": counts.total, **counts.of_data},
        "answers": {"given": counts.answered, "wanted": counts.wanted, "percent": counts.percent},
        "answers_per_hour": pace,
        "hours": [{"start": start, "answers": number} for start, number in hourly],
        "agreement": {"mean": mean, "alpha": alpha, "measured_on": measured_on},
        "consensus": consensus_progress(project),
        "labels": label_distribution(project) if of_objects is None else of_objects,
        "labels_measured_on": None if of_objects is None else min(SAMPLE, counts.resolved),
        "seconds_left": round(left / pace * 3600)
        if pace and left > 0
        else (0 if counts.wanted and left <= 0 else None),
    }


def answers_by_hour(project: Project, *, now: datetime) -> list[tuple[datetime, int]]:
    """The last 24 hours, the running one included, empty ones too."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    hours = [this_hour - timedelta(hours=n) for n in range(HOURS - 1, -1, -1)]
    rows = (
        Answer.objects.filter(project=project, is_live=True, created_at__gte=hours[0])
        .annotate(hour=TruncHour("created_at", tzinfo=now.tzinfo))
        .values_list("hour")
        .annotate(number=Count("id"))
        .order_by()
    )
    found = dict(rows)
    return [(hour, found.get(hour, 0)) for hour in hours]


def rate(project: Project, *, now: datetime) -> float:
    """Answers per hour: of the last hour, or on average of the last day when that hour was quiet."""
    answers = Answer.objects.filter(project=project, is_live=True)
    hour = answers.filter(created_at__gt=now - timedelta(hours=1)).count()
    if hour:
        return float(hour)
    return answers.filter(created_at__gt=now - timedelta(hours=HOURS)).count() / HOURS


def label_distribution(project: Project, *, most: int = 20) -> list[dict[str, Any]]:
    """Of finished tasks. Said by those that are not, which are found by their state: it need not look up each."""
    others = [state for state in TaskState if state != TaskState.RESOLVED]
    unfinished = Task.objects.filter(pk=OuterRef("task_id"), project=project, state__in=others)
    rows = (
        Consensus.objects.filter(~Exists(unfinished), project=project)
        .values("label")
        .annotate(tasks=Count("task_id"))
        .order_by("-tasks", "label")
    )
    return [dict(row) for row in rows[:most]]


def object_distribution(project: Project, *, most: int = 20) -> list[dict[str, Any]] | None:
    """How many things have each label, and in how many tasks, in the newest results; None where results are no lists.

    What is told apart by something else, as links are, is not counted.
    """
    task_type = registry.get(project.type)
    resolved = Consensus.objects.filter(project=project, task__state=TaskState.RESOLVED)
    things: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for value in resolved.order_by("-task_id").values_list("value", flat=True)[:SAMPLE]:
        listed = task_type.objects(value)
        if listed is None:
            return None
        labels = [one["label"] for one in listed if isinstance(one.get("label"), str)]
        things.update(labels)
        tasks.update(set(labels))
    ranked = sorted(things.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"label": label, "tasks": tasks[label], "objects": count} for label, count in ranked[:most]]


def alpha_of_newest(project: Project) -> tuple[float | None, int]:
    """Krippendorff's alpha by the type's own distance, and on how many tasks it was measured.

    Of answers that count, to the question of now; also where people differ so much that a reviewer has to decide.
    """
    newest = (
        Task.objects.filter(project=project, state__in=(TaskState.RESOLVED, TaskState.IN_REVIEW), answered__gte=2)
        .order_by("-id")
        .values_list("id", flat=True)[:SAMPLE]
    )
    units: dict[Hashable, list[dict[str, Any]]] = defaultdict(list)
    for one in to_the_question_of_now(project, counting(project).filter(task_id__in=list(newest))):
        units[one.unit].append(one.value)
    if not units:
        return None, 0
    task_type, config = registry.get(project.type), current_version(project).config
    return alpha_by_distance(units.values(), lambda a, b: task_type.distance(a, b, config)), len(units)


def annotators_of(project: Project) -> list[dict[str, Any]]:
    """Who answered how much, people before machines, most first, with their pace (mean active seconds)."""
    counted = Answer.objects.filter(project=project, is_live=True).values(person=F("annotator_id"))
    ranked = counted.annotate(answers=Count("id"), active_ms=Avg("active_ms")).order_by("-answers", "person")
    rows = list(ranked[:50])
    people = User.objects.filter(pk__in=[row["person"] for row in rows])  # of these only, not beside each answer
    about = {
        pk: {"name": name, "machine": machine} for pk, name, machine in people.values_list("pk", "name", "machine")
    }
    told = [{**row, **about[row["person"]], "seconds": round(row["active_ms"] / 1000, 1) or None} for row in rows]
    return sorted(told, key=lambda row: row["machine"] is not None)
