"""A consensus that its own schema takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labeling.aggregation.settling import Case, in_order
from labeling.errors import InvalidAnswer

if TYPE_CHECKING:
    from labeling.types.base import TaskType


def as_clean(task_type: TaskType, answer: dict[str, Any], case: Case, config: dict[str, Any]) -> dict[str, Any]:
    """The answer in canonical form, or, where parts that won do not go together, somebody's answer nearest to it.

    Without an item nothing can be checked against it, so the answer is taken as it is.
    """
    if not case.item:
        return answer
    try:
        return task_type.clean_answer(answer, config=config, item=case.item)
    except InvalidAnswer:
        given = [case.answers[worker] for worker in in_order(case.answers)]
        return min(given, key=lambda each: round(task_type.distance(each, answer, config), 12), default=answer)
