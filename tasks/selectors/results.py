"""Read tasks, what they add up to, and the answers behind it."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from labeling.pseudonym import annotator_pseudonym
from tasks.models import Answer, Project, Task
from tasks.states import APART


def tasks_of(project: Project) -> QuerySet[Task]:
    """With item and consensus, which is None-like (`hasattr` false) until there is an answer."""
    return Task.objects.filter(project=project).select_related("item", "consensus")


def filtered(
    tasks: QuerySet[Task],
    *,
    state: str | None = None,
    label: str | None = None,
    min_confidence: float | None = None,
    max_confidence: float | None = None,
    item: str | None = None,
    only: list[int] | None = None,
) -> QuerySet[Task]:
    """Each filter that is given; `item` is an item's key, `only` a list of tasks. Tasks with a known answer come only
    when asked for by state, but for those that were data before they became checks."""
    if state is None:
        tasks = tasks.exclude(state__in=APART, resolved_at=None)
    wanted: dict[str, Any] = {
        "state": state,
        "consensus__label": label,
        "consensus__confidence__gte": min_confidence,
        "consensus__confidence__lte": max_confidence,
        "item__key": item,
        "pk__in": only,
    }
    return tasks.filter(**{name: value for name, value in wanted.items() if value is not None})


def with_answers(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Each with its live answers as `task.live`, oldest first."""
    live = Answer.objects.filter(is_live=True).select_related("assignment").order_by("id")
    return tasks.prefetch_related(Prefetch("answers", queryset=live, to_attr="live"))


def task_of(*, organization_id: int, mode: str, task_id: int) -> Task:
    """Somebody else's task is as missing as one that never was."""
    mine = Task.objects.filter(project__organization_id=organization_id, project__mode=mode, pk=task_id)
    task = with_answers(mine.select_related("item", "consensus", "project")).first()
    if task is None:
        raise Http404
    return task


def pseudonym(organization_id: int, answer: Answer) -> str:
    return annotator_pseudonym(organization_id=organization_id, user_id=answer.annotator_id)
