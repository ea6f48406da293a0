"""Where a wizard stands, and what its trial has shown."""

from statistics import median
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet, Sum, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from labeling.importers.found import KNOWN
from tasks.models import Answer, Consensus, Dataset, Gold, Item, Project, Setup, Task
from tasks.selectors.agreement import counting
from tasks.selectors.progress import alpha_of_newest
from tasks.selectors.projects import current_version
from tasks.states import APART, ProjectState, TaskState

DONE = (TaskState.RESOLVED, TaskState.IN_REVIEW)
NEWEST = 2000
MOST_SHOWN = 12


def setup_of(project: Project) -> Setup:
    """An unsaved one for a draft that was made without the wizard: it may go on with it."""
    return Setup.objects.filter(project=project).first() or Setup(project=project)


def may_set_up(project: Project, setup: Setup) -> bool:
    """A draft, or a project whose trial runs."""
    return project.state == ProjectState.DRAFT or (setup.is_on_trial and project.state != ProjectState.ARCHIVED)


def dataset_of(project: Project) -> Dataset | None:
    return project.datasets.filter(deleted_at=None).order_by("pk").first()


def items_to_ask(project: Project) -> QuerySet[Item]:
    """Items of the project's data whose answer nobody knows: known ones make checks, trainings and tests."""
    items = Item.objects.filter(dataset__in=project.datasets.filter(deleted_at=None))
    known = Gold.objects.filter(project=project).values("task__item")
    return items.exclude(pk__in=known).exclude(pk__in=with_value(items, project.gold_field or KNOWN).values("pk"))


def with_value(items: QuerySet[Item], column: str) -> QuerySet[Item]:
    """Items that have something in this column."""
    told = items.filter(data__has_key=column).annotate(told=Cast(KeyTextTransform(column, "data"), TextField()))
    return told.exclude(told=None).exclude(told="")


def seconds_each(project: Project) -> float | None:
    """What an answer takes, measured: the median of the newest whose active time is known."""
    timed = Answer.objects.filter(project=project, is_live=True, active_ms__gt=0).order_by("-pk")
    times = list(timed.values_list("active_ms", flat=True)[:NEWEST])
    return round(median(times) / 1000, 1) if times else None


def trial_of(project: Project) -> dict[str, Any]:
    """How far the trial is, how long it takes and where people differ."""
    tasks = Task.objects.filter(project=project).exclude(state__in=(TaskState.CANCELED, *APART))
    done = Q(state__in=DONE)
    counts = tasks.aggregate(
        tasks=Count("pk"), done=Count("pk", filter=done), given=Sum("answered"), wanted=Sum("wanted")
    )
    settled = Consensus.objects.filter(project=project, agreement__isnull=False)
    alpha, measured_on = alpha_of_newest(project)
    differ = settled.filter(agreement__lt=1).select_related("task__item").order_by("agreement", "pk")
    return {
        **{name: number or 0 for name, number in counts.items()},
        "people": counting(project).values("annotator").distinct().count(),
        "seconds": seconds_each(project),
        "agreement": settled.aggregate(mean=Avg("agreement"))["mean"],
        "alpha": alpha,
        "measured_on": measured_on,
        "differ": differ[:MOST_SHOWN],
        "differing": differ.count(),
        "compared": settled.count(),
        "version": current_version(project).number,
    }
