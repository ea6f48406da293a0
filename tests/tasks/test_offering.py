from datetime import timedelta

import pytest

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import jobs_for
from tasks.jobs import distribution
from tasks.models import Assignment, Task
from tasks.services import leasing, offering
from tests.factories import NOW, make_org, make_project, make_task, make_tasks, make_user
from tests.tasks.working import at_work, counts_hold

pytestmark = pytest.mark.django_db


def offered_to(user):
    return Assignment.objects.filter(annotator=user, state="offered").count()


@pytest.fixture
def two(org):
    return [make_user(org, seen_at=NOW) for _ in range(2)]


def distribute(org, now=NOW):
    return offering.distribute(organization_id=org.pk, now=now)


def test_everybody_at_work_gets_a_full_inbox_and_no_more(org, two):
    make_tasks(make_project(org, overlap=2), 20)
    assert distribute(org) == 10
    assert [offered_to(user) for user in two] == [5, 5]
    assert distribute(org) == 0
    assert counts_hold()


def test_little_work_is_shared(org, two):
    make_tasks(make_project(org), 2)
    distribute(org)
    assert [offered_to(user) for user in two] == [1, 1]


def test_only_people_who_are_there_and_may_label_get_offers(org):
    make_tasks(make_project(org, overlap=5), 5)
    gone = make_user(org, seen_at=NOW - timedelta(hours=1))
    never = make_user(org)
    looker = make_user(org, "member", seen_at=NOW)
    left = make_user(org, seen_at=NOW)
    left.memberships.update(is_active=False)
    stranger = make_user(make_org(), seen_at=NOW)
    there = make_user(org, "reviewer", seen_at=NOW)
    distribute(org)
    assert offered_to(there) == 5
    assert [offered_to(user) for user in (gone, never, looker, left, stranger)] == [0] * 5


def test_urgent_work_is_offered_first(org):
    person = make_user(org, seen_at=NOW)
    make_tasks(make_project(org), 9)
    urgent = make_tasks(make_project(org, priority=3), 3)
    distribute(org)
    offers = set(Assignment.objects.filter(annotator=person).values_list("task_id", flat=True))
    assert {task.pk for task in urgent} < offers


def test_offers_end_after_their_time(org, two):
    make_tasks(make_project(org), 2)
    distribute(org)
    assert leasing.expire_overdue(now=NOW + timedelta(seconds=301)) == 2
    assert not Task.objects.exclude(taken=0).exists()
    assert Event.objects.filter(kind="assignment.expired").count() == 1


def test_a_paused_projects_offers_go_back_and_its_leases_stay(org, ann):
    project = make_project(org)
    make_tasks(project, 3)
    offering.offer(who=at_work(ann), count=3, now=NOW)
    (pk,) = leasing.lease_offers(who=at_work(ann), assignment_ids=[Assignment.objects.first().pk], now=NOW)
    assert offering.withdraw_offers(project_id=project.pk, now=NOW) == 2
    assert list(Assignment.objects.filter(state="leased").values_list("pk", flat=True)) == [pk]
    assert counts_hold()


def test_a_low_inbox_is_filled_up(org, ann):
    make_tasks(make_project(org), 9)
    assert offering.refill(who=at_work(ann), now=NOW) == 0  # not seen
    ann.memberships.update(seen_at=NOW)
    offering.offer(who=at_work(ann), count=2, now=NOW)
    assert offering.refill(who=at_work(ann), now=NOW) == 3


def test_a_begun_task_is_not_reclaimed(org, ann, bob):
    task = make_task(make_project(org))
    offering.offer(who=at_work(bob), count=1, now=NOW)
    leasing.lease_offers(who=at_work(bob), assignment_ids=[task.assignments.get().pk], now=NOW)
    assert offering.reclaim(who=at_work(ann), count=1, now=NOW) == []


def test_events_wake_the_jobs_of_distribution():
    events = [
        Event(kind="tasks.opened", organization_id=1, project_id=2, object_id=2),
        Event(kind="inbox.low", organization_id=1, object_id=7),
        Event(kind="project.paused", organization_id=1, object_id=2),
        Event(kind="upload.done", organization_id=1, object_id=3),
    ]
    assert {(job.name.rpartition(".")[2], args) for (_, args), job in jobs_for(events).items()} >= {
        ("distribute", (1,)),
        ("refill_inbox", (1, 7)),
        ("withdraw_offers", (2,)),
        ("open_uploaded_items", (3,)),
    }


def test_beat_distributes_where_somebody_is_at_work(org, monkeypatch):
    make_project(org)
    make_user(make_org(), seen_at=NOW)
    sent = []
    monkeypatch.setattr(distribution.distribute, "apply_async", lambda args, retry: sent.append(args))
    monkeypatch.setattr(distribution.timezone, "now", lambda: NOW)
    assert distribution.distribute_everywhere() == 0
    make_user(org, seen_at=NOW)
    assert distribution.distribute_everywhere() == 1
    assert sent == [(org.pk,)]
