"""Read suggestions: which may be shown, which could not be used, and what annotators made of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from labeling.errors import InvalidAnswer
from labeling.types import registry
from labeling.types.suggestions import OUTCOMES
from tasks.models import Answer, Project, SuggestionProblem, Task
from tasks.selectors.rereading import Rereader

TOLD = 20  # problems in the reply to a launch; the rest is a list of its own


def to_show(suggestion: dict[str, Any] | None, leased_at: datetime | None) -> dict[str, Any] | None:
    """The task's suggestion for somebody who got it then: a machine's may have come later, or be kept from people."""
    if suggestion is None or "machine" not in suggestion:
        return suggestion
    came_later = leased_at is not None and datetime.fromisoformat(suggestion["at"]) > leased_at
    return None if came_later or suggestion.get("hidden") else suggestion


def is_column(suggestion: Mapping[str, Any] | None) -> bool:
    """Whether the item's column was taken as a suggestion, and so is no data to show."""
    return suggestion is not None and bool(suggestion.get("column", True))


def usable(
    suggestion: Mapping[str, Any] | None,
    schema_version: int,
    type_name: str,
    config: dict[str, Any],
    item: Mapping[str, Any],
    reader: Rereader | None = None,
) -> dict[str, Any] | None:
    """The suggested answer as it is under this version of the schema; None where there it would be no answer.

    ``reader`` is of a project whose labels changed: then the answer is said in the labels of now, if those are asked
    for.
    """
    if suggestion is None:
        return None
    value: dict[str, Any] = suggestion["value"]
    given = suggestion["schema_version"]
    if given == schema_version:
        return value
    if reader is not None and schema_version == reader.current and reader.follows(given):
        return reader.read(value, given, item)
    try:
        return registry.get(type_name).clean_answer(value, config=config, item=item)
    except InvalidAnswer:
        return None


def problems_of(project: Project) -> QuerySet[SuggestionProblem]:
    return SuggestionProblem.objects.filter(project=project).select_related("task__item")


def report(project: Project) -> dict[str, Any]:
    """How many suggestions are in use and how many could not be, with the first reasons."""
    return {
        "usable": with_suggestion(project).count(),
        "unusable": problems_of(project).values("task").distinct().count(),
        "problems": [
            {"task": each.task_id, "item": each.task.item.key, "path": each.path, "message": each.message}
            for each in problems_of(project).order_by("pk")[:TOLD]
        ],
    }


def with_suggestion(project: Project) -> QuerySet[Task]:
    return Task.objects.filter(project=project, suggestion__isnull=False)


def outcomes(project: Project) -> dict[str, int]:
    """Live answers by what they made of the suggestion."""
    shown = Answer.objects.filter(project=project, is_live=True).exclude(suggestion_outcome="")
    return shown.aggregate(**{each: Count("pk", filter=Q(suggestion_outcome=each)) for each in OUTCOMES})
