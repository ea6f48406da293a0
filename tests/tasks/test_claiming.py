from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F

from labeling.errors import StaleState
from tasks.models import Assignment, ClaimCursor, Project, Task
from tasks.selectors.answering import load
from tasks.selectors.eligibility import open_projects
from tasks.services import leasing
from tasks.services.answering import Sent, submit_answer
from tasks.services.claiming import EXHAUSTED, REWIND_PAUSE, claim_next
from tasks.services.skipping import skip
from tasks.services.slots import slots_opened
from tests.factories import NOW, make_org, make_project, make_task, make_tasks
from tests.tasks.working import at_work, counts_hold, tasks_of
from workers.models import Group

pytestmark = pytest.mark.django_db
LATER = NOW + EXHAUSTED + timedelta(seconds=1)


def claim(user, count=1, now=NOW, **more):
    return claim_next(who=at_work(user), count=count, now=now, **more)


def test_the_last_slot_goes_to_one_annotator(org, ann, bob):
    make_task(make_project(org, overlap=1))
    assert claim(ann)
    assert claim(bob) == []
    assert counts_hold()


def test_nobody_gets_a_task_twice_while_it_has_slots(org, ann):
    make_tasks(make_project(org, overlap=3), 4)
    assert len(set(tasks_of(claim(ann, 10)))) == 4
    assert claim(ann, 10, now=LATER) == []
    assert counts_hold()


def test_urgent_tasks_come_first_then_those_with_the_fewest_slots_taken(org, ann, bob):
    project = make_project(org, overlap=2)
    first, second, urgent = make_task(project), make_task(project), make_task(project, priority=5)
    assert tasks_of(claim(ann)) == [urgent.pk]
    assert tasks_of(claim(ann)) == [first.pk]
    assert tasks_of(claim(bob, 3)) == [urgent.pk, second.pk, first.pk]


def test_an_urgent_project_comes_first(org, ann):
    calm, urgent = make_project(org), make_project(org, priority=1)
    later, now = make_task(calm), make_task(urgent)
    assert tasks_of(claim(ann, 2)) == [now.pk, later.pk]
    assert claim(ann, project_id=calm.pk) == []


def test_a_lease_that_another_tab_has_answered_is_not_given_back(org, ann):
    make_task(make_project(org, overlap=1))
    (pk,) = claim(ann)
    seen_before = Assignment.objects.get(pk=pk)
    who, sent = at_work(ann), Sent(uuid4(), pk, 1, {"option": "good"})
    submit_answer(sent=sent, who=who, loaded=load(who, {pk}, {sent.id}), now=NOW)
    with pytest.raises(StaleState):
        leasing.return_lease(assignment=seen_before, now=NOW)
    assert Assignment.objects.get().state == "submitted"
    assert counts_hold()


def test_a_returned_task_may_come_back_to_the_same_person_in_the_same_row(org, ann):
    make_task(make_project(org))
    (pk,) = claim(ann)
    leasing.return_lease(assignment=Assignment.objects.get(pk=pk), now=NOW)
    assert claim(ann) == [pk]
    assert Assignment.objects.get().state == "leased"
    assert counts_hold()


def test_a_skipped_task_goes_to_others_at_once_and_never_back(org, ann, bob):
    make_task(make_project(org))
    (pk,) = claim(ann)
    assert claim(bob) == []  # remembered as exhausted
    skip(assignment=Assignment.objects.get(pk=pk), reason="unclear", note="", now=NOW)
    assert claim(ann) == []
    assert claim(bob)
    assert counts_hold()


def test_an_expired_lease_frees_its_slot(org, ann, bob):
    make_tasks(make_project(org), 3)
    claim(ann, 3)
    late = NOW + timedelta(hours=1)
    assert leasing.expire_overdue(now=late) == 3
    assert leasing.expire_overdue(now=late) == 0
    assert len(claim(bob, 2, now=late)) == 2
    assert len(claim(ann, 2, now=late)) == 1
    assert counts_hold()


def test_exhaustion_is_remembered_for_a_moment_unless_a_slot_opens(org, ann, django_assert_num_queries):
    project = make_project(org)
    assert claim(ann) == []
    who = at_work(ann)
    with django_assert_num_queries(1):
        assert claim_next(who=who, count=1, now=NOW) == []
    make_task(project)  # a row that nobody told of
    assert claim(ann) == []
    slots_opened(project.pk)
    assert claim(ann)


def test_a_raised_priority_is_found_behind_the_cursor(org, ann):
    project = make_project(org, overlap=2)
    tasks = make_tasks(project, 5)
    assert tasks_of(claim(ann, 3)) == [t.pk for t in tasks[:3]]
    moment = NOW + REWIND_PAUSE + timedelta(seconds=1)
    behind = make_task(project, priority=9)
    slots_opened(project.pk)
    assert tasks_of(claim(ann, now=moment)) == [behind.pk]
    assert tasks_of(claim(ann, now=moment)) == [tasks[3].pk]


def test_a_slot_behind_the_cursor_is_found_at_the_end_at_the_latest(org, ann, bob):
    project = make_project(org)
    tasks = make_tasks(project, 3)
    (pk,) = claim(bob)
    assert tasks_of(claim(ann)) == [tasks[1].pk]
    leasing.return_lease(assignment=Assignment.objects.get(pk=pk), now=NOW)
    assert tasks_of(claim(ann)) == [tasks[2].pk]  # just rewound: goes on
    assert tasks_of(claim(ann)) == [tasks[0].pk]


def test_only_running_projects_give_tasks(org, ann):
    for state in ("draft", "paused", "completed", "archived"):
        make_task(make_project(org, state=state))
    assert claim(ann, 5) == []


def test_a_project_paused_between_the_look_and_the_claim_gives_nothing(org, ann):
    from tasks.services.claiming import claim as claim_in

    project = make_project(org)
    make_task(project)
    (seen,) = open_projects(at_work(ann))
    Project.objects.filter(pk=project.pk).update(state="paused")
    assert claim_in(project=seen, annotator_id=ann.pk, count=1, now=NOW) == []
    assert counts_hold()


def test_a_closed_project_is_for_its_members_and_groups(org, ann, bob, eve):
    project = make_project(org, open_to_all=False, overlap=3)
    make_tasks(project, 3)
    assert claim(ann) == claim(bob) == []
    project.members.add(ann)
    group = Group.objects.create(organization=org, name="Night shift")
    group.users.add(bob)
    project.groups.add(group)
    assert claim(ann) and claim(bob)
    assert claim(eve) == []


def test_an_organization_never_sees_anothers_tasks(org, eve):
    make_task(make_project(org))
    assert claim(eve) == []
    make_task(make_project(make_org()))
    assert claim(eve) == []


def test_test_data_is_for_programs(org, ann):
    make_task(make_project(org, mode="test"))
    assert claim(ann) == []


def test_the_cursor_follows_the_last_task_claimed(org, ann):
    project = make_project(org)
    tasks = make_tasks(project, 4, priority=2)
    claim(ann, 2)
    cursor = ClaimCursor.objects.get()
    assert (cursor.rank, cursor.taken, cursor.task_id) == (-2, 0, tasks[1].pk)
    assert Task.objects.filter(taken=F("wanted")).count() == 2
