"""Fill inboxes: offers are assignments that hold a slot for a few minutes, made before anybody asks."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F

from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.models import Assignment, Task
from tasks.selectors.eligibility import Annotator, OpenProject, asked, open_projects, open_to, people_at_work
from tasks.selectors.workload import annotators, room_for_offers, rooms_in
from tasks.services.claiming import claim_next
from tasks.services.leasing import expire, lease_until
from tasks.services.slots import slots_opened
from tasks.states import AVAILABLE_AGAIN, AssignmentState, TaskState

RECLAIM_LOOK = 20  # offers looked at before giving up
MODE = "live"  # people work on live projects; test data is for programs


def distribute(*, organization_id: int, now: datetime) -> int:
    """Offer open tasks to everybody at work. First one to each, the emptiest inbox first, then the rest: when there
    is little to do, all get some."""
    people = people_at_work(organization_id, now)
    room = inbox_room(organization_id, people)
    who = annotators(organization_id, people, MODE)
    offered = 0
    for most in (1, settings.INBOX_SIZE):
        for person in sorted(people, key=lambda user_id: -room[user_id]):
            count = min(most, room[person])
            if count > 0:
                given = offer(who=who[person], count=count, now=now)
                offered += given
                room[person] = room[person] - given if given == count else 0  # nothing left for them
    return offered


def refill(*, who: Annotator, now: datetime) -> int:
    """Fill one person's inbox, which ran low."""
    if who.user_id not in people_at_work(who.organization_id, now):
        return 0
    room = inbox_room(who.organization_id, [who.user_id])[who.user_id]
    return offer(who=who, count=room, now=now) if room > 0 else 0


def offer(*, who: Annotator, count: int, now: datetime) -> int:
    most = room_for_offers(who, now)
    count = count if most is None else min(count, most)
    return len(claim_next(who=who, count=count, now=now, state=AssignmentState.OFFERED)) if count else 0


def inbox_room(organization_id: int, people: list[int]) -> dict[int, int]:
    """How many more offers each of them may get."""
    offered = dict(
        Assignment.objects.filter(organization_id=organization_id, annotator__in=people, state=AssignmentState.OFFERED)
        .values_list("annotator")
        .annotate(count=Count("pk"))
    )
    return {person: settings.INBOX_SIZE - offered.get(person, 0) for person in people}


def withdraw_offers(*, project_id: int, now: datetime) -> int:
    """A project was paused, completed or archived: what lies in inboxes goes back. Leases stay and may be answered."""
    withdrawn = 0
    offers = Assignment.objects.filter(project_id=project_id, state=AssignmentState.OFFERED)
    while done := expire(offers, now=now):
        withdrawn += done
    return withdrawn


def reclaim(*, who: Annotator, count: int, now: datetime, project_id: int | None = None) -> list[int]:
    """Nothing is open for this person: take offers that others have not begun. Returns own new leases."""
    projects = {project.id: project for project in open_projects(who, project_id=project_id)}
    room = rooms_in({pk: project.most_answers for pk, project in projects.items()}, who, now)
    had = Assignment.objects.filter(annotator_id=who.user_id).exclude(state__in=AVAILABLE_AGAIN)
    lying = (
        Assignment.objects.filter(
            open_to(who, "task__"),
            asked("task__"),
            project_id__in=projects,
            state=AssignmentState.OFFERED,
            task__state=TaskState.OPEN,  # a check is no work to share
        )
        .exclude(annotator_id=who.user_id)
        .order_by("offered_at", "pk")
        .values_list("pk", "task_id", "project_id")[:RECLAIM_LOOK]
    )
    rows = list(lying)
    mine = set(had.filter(task__in=[task for _, task, _ in rows]).values_list("task_id", flat=True)) if rows else set()
    taken: list[int] = []
    for pk, task, project in rows:
        if len(taken) >= count:
            break
        if task not in mine and room.get(project, 1) > 0:
            won = _take_over(pk, task, projects[project], who, now)
            taken += won
            mine.add(task)
            if project in room:
                room[project] -= len(won)
    return taken


@transaction.atomic
def _take_over(offer_id: int, task_id: int, project: OpenProject, who: Annotator, now: datetime) -> list[int]:
    """The slot changes hands: `taken` stays. Empty when the offer is not there any more."""
    if not Task.objects.filter(pk=task_id).update(taken=F("taken")):  # locks the task first, as everybody does
        return []
    ended = Assignment.objects.filter(pk=offer_id, state=AssignmentState.OFFERED).update(
        state=AssignmentState.EXPIRED, expires_at=None, finished_at=now
    )
    if not ended:
        return []
    own_version = Task.objects.values_list("own_version", flat=True).get(pk=task_id)
    lease = {
        "state": AssignmentState.LEASED,
        "schema_version": own_version or project.version,
        "expires_at": lease_until(now),
        "leased_at": now,
        "finished_at": None,
    }
    own, made = Assignment.objects.get_or_create(
        task_id=task_id,
        annotator_id=who.user_id,
        defaults={"organization_id": project.organization_id, "project_id": project.id, **lease},
    )
    if not made and not Assignment.objects.filter(pk=own.pk, state__in=AVAILABLE_AGAIN).update(**lease):
        Task.objects.filter(pk=task_id).update(taken=F("taken") - 1)
        slots_opened(project.id)
        return []
    where = {"organization_id": project.organization_id, "project_id": project.id}
    events.emit_many(
        [
            Event(kind="assignment.expired", payload={"assignments": [offer_id]}, **where),
            Event(kind="assignment.leased", actor_id=who.user_id, payload={"assignments": [own.pk]}, **where),
        ]
    )
    return [own.pk]
