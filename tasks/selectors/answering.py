"""What must be known of a batch of answers before any is stored: three queries, however many there are."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from tasks.models import Answer, Assignment, ProjectVersion
from tasks.selectors.eligibility import Annotator
from tasks.selectors.rereading import Rereader, rereaders_of
from tasks.selectors.suggestions import to_show
from tasks.states import TaskState

CORRECTABLE = 10  # one's last answers that may still be corrected


@dataclass(frozen=True, slots=True)
class Turn:
    """An assignment with what its answer is judged by."""

    id: int
    state: str
    task_id: int
    task_state: str
    project_id: int
    project_type: str
    project_state: str
    own_version: int | None  # of the task: the only one under which it may be answered
    item: dict[str, Any]
    has_draft: bool
    suggestion: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that is stored under an id that was sent again."""

    answer_id: int
    content_hash: str
    annotator_id: int


@dataclass(slots=True)
class Loaded:
    turns: dict[int, Turn] = field(default_factory=dict)
    configs: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)  # by project and version number
    earlier: dict[UUID, Earlier] = field(default_factory=dict)
    readers: dict[int, Rereader | None] = field(default_factory=dict)  # by project, as far as they were asked for

    def reader(self, project_id: int) -> Rereader | None:
        if project_id not in self.readers:
            self.readers[project_id] = rereaders_of([project_id]).get(project_id)
        return self.readers[project_id]


def load(who: Annotator, assignment_ids: Collection[int], client_ids: Collection[UUID]) -> Loaded:
    """The person's own assignments only: others do not exist for them."""
    turns = turns_of(who, assignment_ids)
    projects = {turn.project_id for turn in turns.values()}
    own = {turn.own_version for turn in turns.values() if turn.own_version}
    return Loaded(turns, configs_of(projects, own), earlier_answers(client_ids))


def turns_of(who: Annotator, assignment_ids: Collection[int]) -> dict[int, Turn]:
    mine = Assignment.objects.filter(
        pk__in=assignment_ids, annotator_id=who.user_id, organization_id=who.organization_id
    )
    rows = mine.values(
        *("pk", "state", "leased_at", "task_id", "project_id", "project__type", "project__state"),
        *("task__state", "task__item__data", "task__item__media", "task__suggestion", "task__own_version"),
        "draft__seq",
    )
    return {
        row["pk"]: Turn(
            id=row["pk"],
            state=row["state"],
            task_id=row["task_id"],
            task_state=row["task__state"],
            project_id=row["project_id"],
            project_type=row["project__type"],
            project_state=row["project__state"],
            own_version=row["task__own_version"],
            item=judged(row["task__item__data"], row["task__item__media"]),
            has_draft=row["draft__seq"] is not None,
            suggestion=to_show(row["task__suggestion"], row["leased_at"]),
        )
        for row in rows
    }


def judged(data: dict[str, Any], media: dict[str, Any]) -> dict[str, Any]:
    """The item as its type judges answers by it: its data, and the size of its image."""
    image = media.get("image")
    return data | {"image": {"width": image["width"], "height": image["height"]}} if image else data


def earlier_answers(client_ids: Collection[UUID]) -> dict[UUID, Earlier]:
    rows = Answer.objects.filter(client_id__in=client_ids).values_list(
        "client_id", "pk", "content_hash", "annotator_id"
    )
    return {client_id: Earlier(pk, sent, annotator) for client_id, pk, sent, annotator in rows}


def configs_of(projects: Collection[int], own: Collection[int] = ()) -> dict[tuple[int, int], dict[str, Any]]:
    """Every version the projects ever had, and of those made for single tasks the ones numbered in `own`."""
    asked = Q(for_tasks=False) | Q(number__in=own)
    versions = ProjectVersion.objects.filter(asked, project__in=projects).values_list("project_id", "number", "config")
    return {(project, number): config for project, number, config in versions} if projects else {}


def correctable(who: Annotator) -> dict[int, bool]:
    """The person's last live answers, newest first: {id: may be corrected}."""
    rows = (
        Answer.objects.filter(annotator_id=who.user_id, is_live=True, project__organization_id=who.organization_id)
        .exclude(task__state=TaskState.PRACTICE)  # those stand as they were given
        .order_by("-pk")
        .values_list("pk", "is_locked", "project__state")[:CORRECTABLE]
    )
    return {pk: not locked and state != "archived" for pk, locked, state in rows}
