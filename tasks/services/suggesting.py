"""Suggested answers that came with the items: checked once, when their tasks are opened."""

from typing import Any

import orjson
from django.db import connection

from labeling.errors import HasProblems, Problem
from labeling.types import registry
from labeling.types.base import TaskType
from tasks.models import Project, ProjectVersion, SuggestionProblem, Task
from tasks.selectors.answering import judged

BATCH = 1000
MOST_TOLD = 10  # problems of one suggestion
LONGEST_PATH = SuggestionProblem._meta.get_field("path").max_length or 300
SET = "UPDATE tasks_task SET suggestion = %s WHERE id = %s"


def add_suggestions(*, project: Project, dataset_id: int, items: tuple[int, int]) -> None:
    """Give the tasks of these items, just opened by the caller's transaction, the suggestions their items carry.

    One that the project's type would not take as an answer is reported and not used: the task is asked without it.
    """
    field = project.suggestion_field
    if not field:
        return
    version = ProjectVersion.objects.get(project=project, number=project.version)
    task_type = registry.get(project.type)
    mine = Task.objects.filter(project=project, item__dataset=dataset_id, item__pk__range=items)
    fresh = mine.filter(item__data__has_key=field, suggestion__isnull=True, suggestion_problems=None)
    rows = fresh.order_by("pk").values_list("pk", "item__data", "item__media").iterator(chunk_size=BATCH)
    found: list[tuple[str, int]] = []
    refused: list[SuggestionProblem] = []
    for pk, data, media in rows:
        try:
            value = read_suggestion(task_type, data, media, field=field, config=version.config)
        except HasProblems as error:
            refused += [
                SuggestionProblem(project=project, task_id=pk, path=p.path[:LONGEST_PATH], message=p.message)
                for p in error.problems[:MOST_TOLD]
            ]
            continue
        if value is not None:
            found.append((orjson.dumps({"value": value, "schema_version": version.number}).decode(), pk))
    if found:
        with connection.cursor() as cursor:
            cursor.executemany(SET, found)
    SuggestionProblem.objects.bulk_create(refused, batch_size=BATCH)


def read_suggestion(
    task_type: TaskType, data: dict[str, Any], media: dict[str, Any], *, field: str, config: dict[str, Any]
) -> dict[str, Any] | None:
    """The item's suggestion as a clean answer, None if it has none. JSON text is read: a CSV has nothing else.

    Raises HasProblems with paths that begin with the column.
    """
    raw = data.get(field)
    if isinstance(raw, str):
        if not raw.strip():
            return None
        try:
            raw = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise HasProblems(Problem(field, f"is not JSON: {error}", "json")) from None
        if b"\\u0000" in orjson.dumps(raw):
            raise HasProblems(Problem(field, "must not hold a null character", "invalid"))
    if raw is None:
        return None
    try:
        return task_type.clean_answer(raw, config=config, item=judged(data, media))
    except HasProblems as error:
        raise HasProblems(
            Problem(f"{field}.{p.path}" if p.path else field, p.message, p.code) for p in error.problems
        ) from None
