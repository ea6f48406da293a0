"""Skip a task: with a reason, for good, and the slot is free at once."""

from datetime import datetime

from labeling.errors import InvalidInput, Problem, StaleState
from tasks.models import Assignment
from tasks.services.leasing import give_back
from tasks.states import SKIP_REASONS, AssignmentState

LONGEST_NOTE = 2000


def skip(*, assignment: Assignment, reason: str, note: str, now: datetime) -> None:
    """The annotator will not see this task again; others will. A repeat with the same reason changes nothing."""
    problems = []
    if reason not in SKIP_REASONS:
        problems.append(Problem("reason", f"must be one of {', '.join(SKIP_REASONS)}, not {reason!r}", "choice"))
    if len(note) > LONGEST_NOTE:
        problems.append(Problem("note", f"is longer than {LONGEST_NOTE} characters", "max_length"))
    if problems:
        raise InvalidInput(problems)
    if assignment.state == AssignmentState.SKIPPED and assignment.skip_reason == reason:
        return
    if assignment.state != AssignmentState.LEASED:
        raise StaleState(f"assignment {assignment.pk} is {assignment.state}, not leased")
    give_back(
        assignment=assignment,
        to=AssignmentState.SKIPPED,
        kind="assignment.skipped",
        now=now,
        skip_reason=reason,
        skip_note=note,
    )
