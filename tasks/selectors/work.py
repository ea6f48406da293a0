"""What an annotator holds, has done and may do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Q
from django.utils import timezone

from labeling.types import registry
from tasks.models import Answer, Assignment, Project, ProjectVersion, Task
from tasks.models.work import EVERYBODY
from tasks.selectors.answering import correctable
from tasks.selectors.eligibility import Annotator, asked, given_batches, lanes_of, open_to, workable_projects
from tasks.selectors.entry import standing
from tasks.selectors.workload import rooms_in
from tasks.states import HELD, AssignmentState, ProjectState, TaskState

MOST_COUNTED = 1000  # open tasks are counted up to here: more would cost a walk over the project
HISTORY = 50
TOLD = ("guideline", "end_use", "content_risks", "content_note")  # before one begins


def my_assignment(who: Annotator, assignment_id: int) -> Assignment:
    """Raises DoesNotExist for somebody else's just as for none."""
    return Assignment.objects.get(pk=assignment_id, annotator_id=who.user_id, organization_id=who.organization_id)


@dataclass(frozen=True, slots=True)
class Inbox:
    leased: list[int]  # under way, but not on the page that asks: it was reloaded, say
    offered: list[int]


def inbox(who: Annotator, *, without: Collection[int], now: datetime, project_id: int | None = None) -> Inbox:
    """What the person holds, most urgent project first. Offers of a project that is not running stay where they are."""
    held = Assignment.objects.filter(
        annotator_id=who.user_id,
        organization_id=who.organization_id,
        state__in=HELD,
        expires_at__gt=now,
        project__type__in=registry.all(),
    ).exclude(pk__in=without)
    if project_id is not None:
        held = held.filter(project_id=project_id)
    rows = held.order_by("-project__priority", "-task__priority", "pk").values_list("pk", "state", "project__state")
    found = list(rows)
    return Inbox(
        leased=[pk for pk, state, _ in found if state == AssignmentState.LEASED],
        offered=[
            pk for pk, state, project in found if state == AssignmentState.OFFERED and project == ProjectState.RUNNING
        ],
    )


def project_list(who: Annotator) -> list[dict[str, Any]]:
    """The projects the person may work on, what is left (counted up to a limit) and what they did."""
    rows = workable_projects(who).annotate(has_lanes=Exists(given_batches(who)))
    fields = ("id", "name", "type", "version", "priority", "has_entry", "has_lanes", "most_answers")
    projects: list[dict[str, Any]] = [{**row} for row in rows.values(*fields)]
    has_lanes = [project.pop("has_lanes") for project in projects]  # of the person: each row says the same
    lanes = lanes_of(who) if any(has_lanes) else [EVERYBODY]
    ids = [project["id"] for project in projects]
    asked = {
        (row["project_id"], row["number"]): row
        for row in ProjectVersion.objects.filter(project__in=ids).values("project_id", "number", *TOLD)
    }
    own = Assignment.objects.filter(project__in=ids, annotator_id=who.user_id).values_list("project")
    done = Count("pk", filter=Q(state=AssignmentState.SUBMITTED))
    to_fix = Count("pk", filter=Q(state=AssignmentState.RETURNED_FOR_FIX))
    checks = Count("pk", filter=Q(state=AssignmentState.SUBMITTED, task__state=TaskState.CHECK))
    figures = own.annotate(done=done, back=to_fix, checks=checks).order_by()
    counts = {pk: (submitted, back, checked) for pk, submitted, back, checked in figures}
    room = rooms_in({project["id"]: project["most_answers"] for project in projects}, who, timezone.now())
    for project in projects:
        most = project.pop("most_answers")
        project["limit"] = most and {"answers": most, "reached": not room[project["id"]]}
        version = asked[project["id"], project["version"]]
        project |= {name: version[name] for name in TOLD}
        project["done"], project["to_fix"], checks_done = counts.get(project["id"], (0, 0, 0))
        project["left"] = tasks_left(project["id"], who, lanes, checks_done=checks_done)
        project["left_is_more"] = project["left"] == MOST_COUNTED
        has_entry = project.pop("has_entry")
        project["entry"] = standing(Project.objects.get(pk=project["id"]), who.user_id) if has_entry else None
    return projects


def tasks_left(project_id: int, who: Annotator, lanes: Sequence[int], *, checks_done: int) -> int:
    """Tasks with a free slot, with one that waits in an inbox, or on the person's own desk; up to MOST_COUNTED.

    The checks they did are taken from it, as work is: a check that leaves it as it was would be known by that.
    """
    theirs = ", ".join(str(int(lane)) for lane in lanes)
    # literals: with parameters SQLite would not use the partial index
    where = ["tasks_task.state = 'open'", "taken < wanted", f"COALESCE(kept_for_id, 0) IN ({theirs})"]
    open_tasks = Task.objects.extra(where=where).filter(asked(), project_id=project_id)
    free = open_tasks.order_by()[:MOST_COUNTED].count()
    waiting = Q(state=AssignmentState.OFFERED) | Q(state=AssignmentState.LEASED, annotator_id=who.user_id)
    given_out = Assignment.objects.filter(
        waiting, open_to(who, "task__"), project_id=project_id, task__taken__gte=F("task__wanted")
    )
    left = min(MOST_COUNTED, free + given_out.values("task").distinct()[:MOST_COUNTED].count())
    return max(min(left, 1), left - checks_done)


def history(who: Annotator, *, before: int | None, limit: int = HISTORY) -> list[dict[str, Any]]:
    """The person's live answers, newest first."""
    mine = Answer.objects.filter(
        annotator_id=who.user_id,
        is_live=True,
        project__organization_id=who.organization_id,
        project__type__in=registry.all(),
    )
    if before is not None:
        mine = mine.filter(pk__lt=before)
    rows = list(
        mine.order_by("-pk").values(
            *("pk", "assignment_id", "schema_version", "value", "created_at", "active_ms", "supersedes_id"),
            *("task__state", "task__consensus__method", "task__consensus__value"),
        )[:limit]
    )
    may = correctable(who)
    return [row | {"may_correct": may.get(row["pk"], False)} for row in rows]


def claimable_tasks(who: Annotator, task_ids: Collection[int]) -> dict[int, Task]:
    """Those that exist and are of projects the person may work on, or could before they were paused."""
    mine = Task.objects.select_related("project").filter(open_to(who), pk__in=task_ids)
    found = {task.pk: task for task in mine.filter(project__organization_id=who.organization_id)}
    shown = (ProjectState.RUNNING, ProjectState.PAUSED, ProjectState.COMPLETED)
    ids = {task.project_id for task in found.values()}
    allowed = set(workable_projects(who, states=shown).filter(pk__in=ids).values_list("pk", flat=True)) if ids else ()
    return {pk: task for pk, task in found.items() if task.project_id in allowed}
