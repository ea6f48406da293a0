"""A task that stops early is nobody's next one: its offers go in the same step, and another is there at once."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from labeling.outbox.models import Event
from tasks.models import Assignment, Task
from tasks.services import leasing, offering
from tasks.services.consensus import update_project
from tests.factories import NOW, make_answer, make_assignment
from tests.tasks.test_stopping import agree, say, submit, warmed_up
from tests.tasks.working import at_work, counts_hold, exchange
from workers.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def early():
    """Three are wanted; two agree, and the third has an offer. `rest` are tasks nobody has seen."""
    project, (task, *rest), people = warmed_up()
    say(task, people[0], "red")
    Task.objects.filter(pk=task.pk).update(wanted=3)
    task.refresh_from_db()
    offer = make_assignment(task, people[2], "offered", expires_at=NOW.replace(year=2099), offered_at=NOW)
    return project, task, rest, people, offer


def test_the_offer_goes_in_the_step_that_stops_the_task(early):
    project, task, _, people, offer = early
    stopped = say(task, people[1], "red")
    offer.refresh_from_db()
    assert offer.state == "expired"
    assert (stopped.state, stopped.wanted, stopped.taken, stopped.answered, stopped.extra) == ("resolved", 2, 2, 2, 0)
    assert counts_hold()
    assert Event.objects.get(kind="assignment.expired").payload["assignments"] == [offer.pk]


def test_whoever_had_the_offer_gets_another_task_in_the_same_round_trip(early, sign_in):
    project, task, rest, people, offer = early
    say(task, people[1], "red")
    (given,) = exchange(sign_in(people[2]), want=1)["tasks"]
    assert given["assignment"] != offer.pk
    assert Assignment.objects.get(pk=given["assignment"]).task_id in {one.pk for one in rest}


def test_one_that_is_opened_already_may_still_be_answered(early):
    project, task, _, people, offer = early
    leasing.lease_offers(who=at_work(people[2]), assignment_ids=[offer.pk], now=NOW)
    stopped = say(task, people[1], "red")
    offer.refresh_from_db()
    assert (offer.state, stopped.state, stopped.taken, stopped.wanted) == ("leased", "resolved", 3, 3)
    assert submit(offer, "red") == "stored"
    assert counts_hold()


def test_a_task_that_goes_to_a_reviewer_takes_its_offers_back_too(early):
    project, task, _, people, offer = early
    Task.objects.filter(pk=task.pk).update(ceiling=2, extra=1)
    agree(project, floor=2, ceiling=2, review_below=1.0, target=0.999)
    said = say(task, people[1], "green")
    offer.refresh_from_db()
    assert (said.state, said.wanted, said.taken, said.extra, offer.state) == ("in_review", 2, 2, 0, "expired")


def test_a_new_policy_that_stops_tasks_takes_their_offers_back(early):
    project, task, _, people, offer = early
    agree(project, floor=1, ceiling=1, review_below=0)
    update_project(project_id=project.pk)
    stopped = Task.objects.get(pk=task.pk)
    offer.refresh_from_db()
    assert (stopped.state, stopped.taken, stopped.wanted, offer.state) == ("resolved", 1, 1, "expired")
    assert counts_hold()


def test_a_task_that_goes_on_keeps_its_offers_and_nobody_elses_go(early):
    project, task, rest, people, offer = early
    other = make_assignment(rest[0], people[3], "offered", expires_at=NOW.replace(year=2099))
    asked = say(rest[0], people[0], "red")
    other.refresh_from_db()
    offer.refresh_from_db()
    assert (asked.state, other.state, offer.state) == ("open", "offered", "offered")


def test_a_task_that_comes_back_may_be_offered_to_the_same_person_again(early):
    project, task, _, people, offer = early
    say(task, people[1], "red")
    Task.objects.filter(pk=task.pk).update(state="open", wanted=3, priority=9, resolved_at=None)
    Membership.objects.filter(user=people[2]).update(seen_at=NOW)
    offering.offer(who=at_work(people[2]), count=1, now=NOW)
    offer.refresh_from_db()
    assert offer.state == "offered"


def test_a_step_without_offers_asks_the_database_nothing_more(early):
    project, task, rest, people, offer = early
    make_answer(rest[0], people[0], {"option": "red"})
    make_answer(rest[0], people[1], {"option": "red"})
    Task.objects.filter(pk=rest[0].pk).update(state="open", resolved_at=None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        update_project(project_id=project.pk)
    assert Task.objects.get(pk=rest[0].pk).state == "resolved"
    assert not [q for q in asked.captured_queries if "'offered'" in q["sql"] and "tasks_assignment" in q["sql"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one transaction is the lock")
def test_one_that_is_being_opened_at_this_moment_is_left_alone(early):
    project, task, _, people, offer = early
    opened, stopped = threading.Event(), threading.Event()

    def open_it():
        with transaction.atomic():
            leasing.lease_offers(who=at_work(people[2]), assignment_ids=[offer.pk], now=NOW)
            opened.set()
            stopped.wait(10)
        connection.close()

    thread = threading.Thread(target=open_it)
    thread.start()
    opened.wait(10)
    said = say(task, people[1], "red")
    stopped.set()
    thread.join()
    offer.refresh_from_db()
    assert (offer.state, said.state, said.taken) == ("leased", "resolved", 3)
    assert counts_hold()
