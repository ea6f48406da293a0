"""Figures of a whole project. Of a large one they are kept, and worked out anew beside the page that shows them: a page
never waits for a million rows: where nobody has looked for a day its figures come after it."""

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone

from tasks.models import Assignment, Consensus, Project, Task
from tasks.selectors import overview, progress
from tasks.selectors.progress import Counts
from tasks.states import AssignmentState
from workers.models import User

LARGE = 50_000  # tasks
DEAR = 0.15  # seconds of work that are worth keeping its result
WORTH = 20  # times as long as it took
OLD = 24 * 3600  # seconds after which a page waits for new ones
MOST_LABELS, MOST_PEOPLE = 200, 50
OF_OVERVIEW = ("progress", "annotators", "days")
BRIEFLY = {"counts": 15, "labels": 15, "people": 15}  # seconds that even cheap ones are kept: they go with every page


class Kept(NamedTuple):
    value: Any
    at: float  # when it was begun, as a time of day: processes share it
    took: float
    is_large: bool

    def is_fresh(self, now: float) -> bool:
        return now < self.at + max(self.took, DEAR) * WORTH


def _now() -> datetime:
    return timezone.localtime(timezone.now())


def labels_of(project: Project) -> list[str]:
    """Labels that some consensus has, most frequent first."""
    counted = Consensus.objects.filter(project=project).exclude(label="").values_list("label")
    ranked = counted.annotate(tasks=Count("task")).order_by("-tasks", "label")
    return [label for label, _ in ranked[:MOST_LABELS]]


def people_of(project: Project) -> list[tuple[int, str]]:
    """Who answered, most first."""
    turns = Assignment.objects.filter(project=project, state=AssignmentState.SUBMITTED)
    ranked = turns.values_list("annotator").annotate(given=Count("annotator")).order_by("-given", "annotator")
    ids = [person for person, _ in ranked[:MOST_PEOPLE]]
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [(person, names[person]) for person in ids]


FIGURES: dict[str, Callable[[Project], Any]] = {
    "progress": lambda project: progress.progress(project, now=_now()),
    "annotators": progress.annotators_of,
    "days": lambda project: overview.answers_by_day(project, now=_now()),
    "counts": lambda project: progress.counts_of([project.pk])[project.pk],
    "labels": labels_of,
    "people": people_of,
}


def figure(name: str, project: Project) -> Any:
    """As it is now; of a large project as it was when it was last worked out."""
    kept: Kept | None = cache.get(_key(name, project.pk))
    if kept is not None:  # a small project's not for long
        return kept.value
    return work_out(name, project)


def work_out(name: str, project: Project) -> Any:
    at, begun = time.time(), time.perf_counter()
    value = FIGURES[name](project)
    _keep(name, project.pk, value, at, time.perf_counter() - begun)
    return value


def counts_of_all(projects: Collection[Project]) -> dict[int, Counts]:
    """For a list of projects: those of large ones as they are kept, all others with one query."""
    kept: dict[str, Kept] = cache.get_many([_key("counts", project.pk) for project in projects])
    found = {project.pk: kept.get(_key("counts", project.pk)) for project in projects}
    known = {pk: one.value for pk, one in found.items() if one is not None and one.is_large}
    missing = [project.pk for project in projects if project.pk not in known]
    at, begun = time.time(), time.perf_counter()
    counted = progress.counts_of(missing) if missing else {}
    took = time.perf_counter() - begun
    for pk in missing:
        if counted[pk].total > LARGE:
            _keep("counts", pk, counted[pk], at, took)
    return counted | known


def outdated(project: Project) -> list[str]:
    """Which of the kept figures could be newer."""
    kept: dict[str, Kept] = cache.get_many([_key(name, project.pk) for name in FIGURES])
    return [
        name
        for name in FIGURES
        if (one := kept.get(_key(name, project.pk))) and one.is_large and not one.is_fresh(time.time())
    ]


def as_of(project: Project) -> datetime | None:
    """When the oldest figures of the overview were worked out; None where they are those of now."""
    kept: dict[str, Kept] = cache.get_many([_key(name, project.pk) for name in OF_OVERVIEW])
    times = [one.at for one in kept.values() if one.is_large]
    return datetime.fromtimestamp(min(times), tz=UTC) if times else None


def must_count_first(project: Project) -> bool:
    """Whether the overview of this project, a large one, would have to wait for its figures.

    Not where they were counted within a day: those that are not kept since were cheap.
    """
    return cache.get(_counted(project)) is None and _is_large(project.pk)


def were_counted(project: Project) -> None:
    """All figures of the overview are known now."""
    cache.set(_counted(project), 1, OLD)


def _counted(project: Project) -> str:
    return f"figures-counted-{project.pk}"


def _is_large(project_id: int) -> bool:
    return Task.objects.filter(project=project_id).order_by()[LARGE : LARGE + 1].exists()


def _keep(name: str, project_id: int, value: Any, at: float, took: float) -> None:
    is_dear = took > DEAR
    is_large = is_dear and _is_large(project_id)
    seconds = OLD if is_large else max(round(took * WORTH) + 1 if is_dear else 0, BRIEFLY.get(name, 0))
    if seconds:
        cache.set(_key(name, project_id), Kept(value, at, took, is_large), seconds)


def _key(name: str, project_id: int) -> str:
    return f"figure-{name}-{project_id}"
