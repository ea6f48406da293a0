"""The most that is given to one person on one day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import jobs_for
from tasks.jobs import distribution  # noqa: F401  (what hears of the events)
from tasks.models import Answer, Assignment
from tasks.selectors.workload import annotator_of
from tasks.services import offering
from tasks.services.projects import change_project
from tests.factories import make_project, make_tasks, make_user
from tests.tasks.working import answer_to, counts_hold, exchange
from workers.models import Membership

pytestmark = pytest.mark.django_db


def limited(user, **limits):
    Membership.objects.filter(user=user).update(**limits)


def yesterday():
    Answer.objects.update(created_at=timezone.now() - timedelta(days=1))


def test_no_more_tasks_come_than_the_day_allows_and_the_next_day_they_do(org, ann, sign_in):
    make_tasks(make_project(org), 9)
    limited(ann, most_answers=3)
    client = sign_in(ann)
    reply = exchange(client, want=2)
    assert len(reply["tasks"]) == 2 and reply["session"]["limit"] == {"answers": 3, "minutes": None, "reached": False}
    have = [task["assignment"] for task in reply["tasks"]]
    (third,) = exchange(client, want=5, have=have)["tasks"]
    answers = [answer_to(task) for task in [*reply["tasks"], third]]
    reply = exchange(client, answers=answers, want=5)
    assert {result["status"] for result in reply["results"]} == {"stored"}
    assert reply["tasks"] == [] and reply["session"]["limit"]["reached"]
    home = client.get("/work/").content.decode()
    assert "reached" in home and "icon-play" not in home, "nothing to start before tomorrow"
    yesterday()
    assert len(exchange(client, want=5)["tasks"]) == 3


def test_after_the_days_minutes_of_active_work_nothing_more_comes(org, ann, sign_in):
    make_tasks(make_project(org), 9)
    limited(ann, most_minutes=1)
    client = sign_in(ann)
    tasks = exchange(client, want=2)["tasks"]
    reply = exchange(client, answers=[answer_to(tasks[0], active_ms=59_999)], want=2)
    assert len(reply["tasks"]) == 2, "the one on the desk, and one more"
    reply = exchange(client, answers=[answer_to(tasks[1], active_ms=1)], want=2)
    assert len(reply["tasks"]) == 1, "what is on the desk may be finished"
    assert reply["session"]["limit"] == {"answers": None, "minutes": 1, "reached": True}


def test_an_inbox_is_filled_up_to_the_limit_only(org, ann, settings):
    settings.INBOX_SIZE = 5
    make_tasks(make_project(org), 20)
    free = make_user(org, seen_at=timezone.now())
    limited(ann, most_answers=2, seen_at=timezone.now())
    for _ in "12":
        offering.distribute(organization_id=org.pk, now=timezone.now())
    offered = [Assignment.objects.filter(annotator=who).count() for who in (ann, free)]
    assert offered == [2, 5]
    assert offering.refill(who=annotator_of(ann.memberships.get(), "live"), now=timezone.now()) == 0


def jobs_of(kind):
    """Run the jobs that hear of the events of this kind."""
    for (_name, arguments), job in jobs_for(list(Event.objects.filter(kind=kind))).items():
        job(*arguments)


@pytest.fixture
def offered(org, ann, bob, sign_in, settings):
    """Ann has one task on her desk, and both have five in their inboxes."""
    settings.INBOX_SIZE = 5
    project = make_project(org)
    make_tasks(project, 20)
    Membership.objects.filter(user__in=(ann, bob)).update(seen_at=timezone.now())
    exchange(sign_in(ann), want=1)
    offering.distribute(organization_id=org.pk, now=timezone.now())
    assert [lying(who) for who in (ann, bob)] == [5, 5]
    return project


def lying(who):
    return Assignment.objects.filter(annotator=who, state="offered").count()


def test_a_lowered_limit_takes_back_what_lies_in_the_inbox_beyond_it(offered, ann, bob, max_, sign_in):
    url = f"/api/v1/members/{ann.memberships.get().pk}"
    for most, left in ((9, 5), (3, 2), (1, 0), (None, 0)):
        sign_in(max_).patch(url, {"most_answers": most})
        jobs_of("membership.limits_changed")
        assert lying(ann) == left, "what is on the desk counts, and stays there"
    assert lying(bob) == 5 and counts_hold()
    assert Assignment.objects.filter(annotator=ann, state="leased").count() == 1


@pytest.mark.parametrize(
    ("change", "left"), [({"is_active": False}, 0), ({"role": "member"}, 0), ({"role": "admin"}, 5)]
)
def test_offers_to_somebody_who_labels_no_more_go_back(org, offered, ann, bob, sign_in, change, left):
    assert (
        sign_in(make_user(org, "admin")).patch(f"/api/v1/members/{ann.memberships.get().pk}", change).status_code == 200
    )
    for kind in ("membership.deactivated", "membership.role_changed"):
        jobs_of(kind)
    assert [lying(who) for who in (ann, bob)] == [left, 5] and counts_hold()


def test_and_so_does_a_lowered_limit_of_a_project_for_everybody(offered, ann, bob, max_):
    for changes, left in (({"most_answers": 3}, [2, 3]), ({"name": "Other"}, [2, 3]), ({"most_answers": 1}, [0, 1])):
        change_project(project=offered, actor=max_, now=timezone.now(), **changes)
        jobs_of("project.changed")
        assert [lying(who) for who in (ann, bob)] == left
    assert counts_hold()


def test_where_people_choose_their_tasks_the_limit_is_told(org, ann, sign_in):
    first, second = make_tasks(make_project(org, self_selection=True), 2)
    limited(ann, most_answers=1)
    client = sign_in(ann)
    assert client.post(f"/api/v1/tasks/{first.pk}/claim").status_code == 201
    refused = client.post(f"/api/v1/tasks/{second.pk}/claim")
    assert refused.status_code == 403 and "limit for today" in refused.json()["detail"]


def test_a_manager_sets_and_lifts_limits_by_page_and_by_api(org, ann, max_, sign_in):
    row, client = ann.memberships.get(), sign_in(max_)
    client.post(f"/people/members/{row.pk}/limits/", {"most_answers": "40", "most_minutes": ""}, format="multipart")
    row.refresh_from_db()
    assert (row.most_answers, row.most_minutes) == (40, None)
    assert "40 tasks" in client.get("/people/").content.decode()
    url = f"/api/v1/members/{row.pk}"
    assert client.patch(url, {"most_minutes": 90}).json()["most_minutes"] == 90
    assert client.patch(url, {"most_answers": None}).json()["most_answers"] is None
    for wrong in ({"most_minutes": 0}, {"most_minutes": 1441}, {"most_answers": "many"}):
        assert client.patch(url, wrong).status_code == 400
        page = client.post(f"/people/members/{row.pk}/limits/", wrong, follow=True, format="multipart")
        assert "alert" in page.content.decode()
    row.refresh_from_db()
    assert (row.most_answers, row.most_minutes) == (None, 90)
    told = Event.objects.filter(kind="membership.limits_changed").order_by("pk").values_list("payload", flat=True)
    assert [set(payload) & {"most_answers", "most_minutes"} for payload in told] == [
        {"most_answers"},
        {"most_minutes"},
        {"most_answers"},
    ]


def test_a_labeler_cannot_change_limits(ann, sign_in):
    client, row = sign_in(ann), ann.memberships.get()
    assert client.patch(f"/api/v1/members/{row.pk}", {"most_answers": 5}).status_code == 403
    assert (
        client.post(f"/people/members/{row.pk}/limits/", {"most_answers": "5"}, format="multipart").status_code == 403
    )


def test_a_projects_own_limit_holds_for_each_person_and_other_projects_go_on(org, ann, bob, sign_in):
    limited_project = make_project(org, most_answers=2, priority=1)
    make_tasks(limited_project, 9)
    other = make_project(org, name="Other")
    make_tasks(other, 2)
    client = sign_in(ann)
    tasks = exchange(client, want=5)["tasks"]
    assert sorted(task["project"] == limited_project.pk for task in tasks) == [False, False, True, True]
    reply = exchange(client, answers=[answer_to(task) for task in tasks], want=5)
    assert reply["tasks"] == []
    assert "That is reached" in client.get("/work/").content.decode()
    assert len(exchange(sign_in(bob), want=5, project=limited_project.pk)["tasks"]) == 2
    yesterday()
    assert len(exchange(client, want=5)["tasks"]) == 2


def test_offers_and_chosen_tasks_keep_to_a_projects_limit(org, ann, sign_in, settings):
    settings.INBOX_SIZE = 5
    make_tasks(make_project(org, most_answers=2), 9)
    Membership.objects.filter(user=ann).update(seen_at=timezone.now())
    offering.distribute(organization_id=org.pk, now=timezone.now())
    assert Assignment.objects.filter(annotator=ann).count() == 2
    first, second = make_tasks(make_project(org, name="Chosen", self_selection=True, most_answers=1), 2)
    client = sign_in(ann)
    assert client.post(f"/api/v1/tasks/{first.pk}/claim").status_code == 201
    assert client.post(f"/api/v1/tasks/{second.pk}/claim").status_code == 403
