"""What is known without asking: the classes of gold, held fast in every fit; and answers that only train."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import F
from django.db.models.functions import Greatest

from labeling.aggregation.gold import UNKNOWN
from labeling.aggregation.votes import Ints
from labeling.errors import InvalidAnswer
from tasks.models import Answer, Gold, QualityState, Task
from tasks.models.gold import GoldKind
from tasks.selectors.answering import judged
from tasks.services.consensus.schema import Schema
from tasks.states import GoldState, TaskState

Known = dict[int, dict[str, str]]  # {task: {part: class}}


def known_classes(schema: Schema, task_ids: Sequence[int] | None = None) -> Known:
    """Of these tasks, or of all, by the schema of now: the classes that their known answers vote for."""
    known: Known = {}
    for task_id, answer in known_answers(schema, task_ids).items():
        ballot = schema.type.ballot({0: answer}, schema.config)
        known[task_id] = {vote.part: vote.value for vote in ballot.votes}
    return known


def known_answers(schema: Schema, task_ids: Sequence[int] | None = None) -> dict[int, dict[str, Any]]:
    """By task. A known answer that the schema of now refuses, or that is doubted, is none.

    Retired gold stays known: too many have seen the item, but its answer is as right as before.
    """
    rows = Gold.objects.filter(project=schema.project_id, kind=GoldKind.GOLD).exclude(state=GoldState.INVALID)
    rows = rows.exclude(verdicts__counts=False)
    if task_ids is not None:
        rows = rows.filter(task__in=task_ids)
    known: dict[int, dict[str, Any]] = {}
    for gold in rows.select_related("task__item").only(
        "task_id", "answer", "schema_version", "task__item__data", "task__item__media"
    ):
        answer = _under(schema, gold)
        if answer is not None:
            known[gold.task_id] = answer
    return known


def _under(schema: Schema, gold: Gold) -> dict[str, Any] | None:
    answer: dict[str, Any] = gold.answer
    if schema.pools(gold.schema_version):
        return answer
    item = gold.task.item
    try:
        return schema.type.clean_answer(answer, config=schema.config, item=judged(item.data, item.media))
    except InvalidAnswer:
        return None


def gold_codes(known: Known, tasks: Sequence[int], part: str, names: Sequence[str]) -> Ints | None:
    """[item]: the code of the known class, as a fit wants it; None where nothing is known."""
    codes = {name: n for n, name in enumerate(names)}
    found = [codes.get(known.get(task, {}).get(part, ""), UNKNOWN) for task in tasks]
    return np.array(found, dtype=np.int32) if any(code != UNKNOWN for code in found) else None


def practice_tasks(task_ids: Sequence[int]) -> set[int]:
    """Those whose answers are lessons or tests: they say nothing about how good people are at the work."""
    return set(Task.objects.filter(pk__in=task_ids, state=TaskState.PRACTICE).values_list("pk", flat=True))


def look_again(project_id: int, task_ids: Sequence[int]) -> None:
    """Something else is known of these tasks now: their answers wait to be applied anew."""
    again = Answer.objects.filter(task__in=task_ids, is_live=True, is_applied=True).update(is_applied=False)
    if again:
        QualityState.objects.filter(project=project_id).update(
            must_refit=True, applied=Greatest(F("applied") - again, 0)
        )
