"""What became of answers: for the people who gave them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tasks.models import Rejection
from tasks.states import RejectionState, TaskState

REVIEWED = "review"  # the method of a consensus that a reviewer settled


class Outcome(NamedTuple):
    """`kind`: fixed (after a rejection), confirmed or differs (by a reviewer), in_review, counted, or open."""

    kind: str
    value: dict[str, Any] | None = None  # what a reviewer chose instead


def outcomes_of(rows: Sequence[Mapping[str, Any]]) -> dict[int, Outcome]:
    """Of the rows of `selectors.work.history`, by answer."""
    earlier = [row["supersedes_id"] for row in rows if row["supersedes_id"]]
    fixed = Rejection.objects.filter(answer__in=earlier, state=RejectionState.FIXED) if earlier else []
    returned = {rejection.answer_id for rejection in fixed}
    return {row["pk"]: _outcome(row, returned) for row in rows}


def _outcome(row: Mapping[str, Any], returned: set[int]) -> Outcome:
    if row["task__consensus__method"] == REVIEWED:  # clean answers have one form: the same is equal
        settled = row["task__consensus__value"]
        return Outcome("confirmed") if row["value"] == settled else Outcome("differs", settled)
    if row["supersedes_id"] in returned:
        return Outcome("fixed")
    if row["task__state"] == TaskState.IN_REVIEW:
        return Outcome("in_review")
    return Outcome("counted" if row["task__state"] == TaskState.RESOLVED else "open")
