"""Offers beyond a limit that was lowered, or to somebody who labels no more, go back to the pool. What somebody has on
their desk they may finish."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from tasks.models import Assignment, Project
from tasks.selectors.eligibility import Annotator
from tasks.selectors.workload import annotator_of, room_today, rooms_in
from tasks.services.leasing import expire
from tasks.services.offering import MODE
from tasks.states import AssignmentState, TaskState
from workers.models import Membership
from workers.selectors.membership import LABELS

DESK = (AssignmentState.LEASED,)


def take_back_from_person(*, organization_id: int, user_id: int, now: datetime) -> int:
    """What lies in the person's inbox beyond what the organization lets them do today; returns how many."""
    membership = Membership.objects.filter(organization=organization_id, user=user_id).first()
    if membership is None:
        return 0
    who = annotator_of(membership, MODE)
    works = membership.is_active and membership.role in LABELS
    room = room_today(who, now, holding=DESK) if works else 0
    return 0 if room is None else _take_back(list(_lying(who)[room:]), now)


def take_back_of_project(*, project_id: int, now: datetime) -> int:
    """The same of everybody with offers of the project, by its own limit, for which practice does not count."""
    project = Project.objects.get(pk=project_id)
    if project.most_answers is None:
        return 0
    beyond: list[int] = []
    offers = Assignment.objects.filter(project=project, state=AssignmentState.OFFERED)
    for user_id in offers.order_by("annotator_id").values_list("annotator_id", flat=True).distinct():
        who = Annotator(user_id, project.organization_id, project.mode)
        room = rooms_in({project.pk: project.most_answers}, who, now, holding=DESK)[project.pk]
        beyond += _lying(who).filter(project=project).exclude(task__state=TaskState.PRACTICE)[room:]
    return _take_back(beyond, now)


def _lying(who: Annotator) -> QuerySet[Assignment, int]:
    """Their offers, in the order in which they would be given."""
    mine = Assignment.objects.filter(annotator_id=who.user_id, organization_id=who.organization_id)
    lying = mine.filter(state=AssignmentState.OFFERED)
    return lying.order_by("-project__priority", "-task__priority", "pk").values_list("pk", flat=True)


def _take_back(ids: Collection[int], now: datetime) -> int:
    taken = 0
    while done := expire(Assignment.objects.filter(pk__in=ids, state=AssignmentState.OFFERED), now=now):
        taken += done
    return taken
