"""Read tasks, what they add up to, and the answers behind it."""

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404

from labeling.pseudonym import annotator_pseudonym
from tasks.models import Answer, Machine, Project, Task


def of_people(project: Project) -> QuerySet[Answer]:
    """A project's live answers, but those of machines. They are few: no answer is joined with whoever gave it."""
    machines = Machine.objects.filter(organization=project.organization_id).values("user")
    return Answer.objects.filter(project=project, is_live=True).exclude(annotator__in=machines)


def with_answers(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Each with its live answers as `task.live`, oldest first."""
    return tasks.prefetch_related(_live())


def with_live(tasks: list[Task]) -> list[Task]:
    """The same for rows that are read already."""
    prefetch_related_objects(tasks, _live())
    return tasks


def _live() -> "Prefetch[str, QuerySet[Answer], str]":
    live = Answer.objects.filter(is_live=True).select_related("assignment").order_by("id")
    return Prefetch("answers", queryset=live, to_attr="live")


def task_of(*, organization_id: int, mode: str, task_id: int) -> Task:
    """Somebody else's task is as missing as one that never was."""
    mine = Task.objects.filter(project__organization_id=organization_id, project__mode=mode, pk=task_id)
    task = with_answers(mine.select_related("item", "consensus", "project")).first()
    if task is None:
        raise Http404
    return task


def pseudonym(organization_id: int, answer: Answer) -> str:
    return annotator_pseudonym(organization_id=organization_id, user_id=answer.annotator_id)
