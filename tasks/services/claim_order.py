"""What a claim asks of the database; `claim_postgres` and `claim_sqlite` do it, each in its engine's way."""

from dataclasses import dataclass
from datetime import datetime

from tasks.selectors.eligibility import Position

START: Position = (-32768, 0, 0)  # before every task: a rank is at least -32767


@dataclass(frozen=True, slots=True)
class Order:
    """Up to `count` slots of a project's open tasks behind `start`, for one annotator."""

    project_id: int
    organization_id: int
    annotator_id: int
    version: int
    count: int
    state: str  # offered or leased
    now: datetime
    until: datetime
    start: Position
    epoch: int  # the cursor's afterwards
    wait: bool  # for tasks that others are claiming right now, instead of passing them by


@dataclass(frozen=True, slots=True)
class Taken:
    assignment_ids: list[int]
    lost_task_ids: list[int]  # their slot was counted, but somebody gave the task to the same person meanwhile
