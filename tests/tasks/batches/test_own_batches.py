"""Batches of a project's own tasks: collected, started, paused, put in order, done. On both databases."""

import json

import pytest
from django.utils import timezone

from labeling.errors import InvalidInput, StaleState
from labeling.outbox.models import Event
from tasks.jobs.orders import follow_batch, settle_batches
from tasks.models import Assignment, Batch, Delivery, Task
from tasks.scale import batches as services
from tasks.scale import own_batches, studio
from tasks.selectors import batches as selectors
from tasks.services import batch_tasks, bulk
from tasks.services.claiming import claim_next
from tasks.services.leasing import lease_offers
from tasks.services.offering import offer
from tests.factories import NOW, make_answer, make_project, make_tasks, make_user
from tests.tasks.scale.conftest import Scale
from tests.tasks.working import answer_to, at_work, exchange, tasks_of
from workers.services import groups

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(org):
    return make_project(org, overlap=1)


def made(project, name="b", number=0, kind="production", **fields):
    batch = own_batches.create_own_batch(project=project, name=name, kind=kind, actor=None, now=NOW, **fields)
    if number:
        batch_tasks.put_next(batch=batch, number=number, now=NOW)
    return batch


def started(project, *args, **fields):
    return services.finalize(batch=made(project, *args, **fields), now=NOW)


def claimed(person, count=50):
    """All they get, up to so many: what opens behind them comes one by one."""
    found = []
    while len(found) < count and (given := claim_next(who=at_work(person), count=count, now=timezone.now())):
        found += tasks_of(given)
    return found


def test_a_staged_batch_holds_the_next_items_back_until_it_is_started(project, ann):
    tasks = make_tasks(project, 5)
    batch = made(project, number=2)
    assert claimed(ann) == [task.pk for task in tasks[2:]]
    services.finalize(batch=batch, now=NOW)
    assert claimed(ann) == [task.pk for task in tasks[:2]]


def test_an_empty_batch_is_not_started(project):
    with pytest.raises(InvalidInput, match="no tasks"):
        services.finalize(batch=made(project), now=NOW)


def test_pausing_takes_offers_back_and_leaves_leases(project, ann, bob, sign_in):
    make_tasks(project, 3)
    batch = started(project, number=3)
    (mine,) = exchange(sign_in(ann), want=1)["tasks"]
    assert offer(who=at_work(bob), count=1, now=timezone.now()) == 1
    services.pause(batch=batch, now=timezone.now())
    offered = Assignment.objects.get(annotator=bob)
    assert (offered.state, offered.task.taken) == ("expired", 0)
    assert lease_offers(who=at_work(bob), assignment_ids=[offered.pk], now=timezone.now()) == []
    assert claimed(bob) == []
    (result,) = exchange(sign_in(ann), answers=[answer_to(mine)])["results"]
    assert result["status"] == "stored"
    services.resume(batch=batch, now=timezone.now())
    assert len(claimed(bob)) == 2


def test_a_claim_asks_the_batch_even_where_its_tasks_have_not_followed_yet(project, ann):
    make_tasks(project, 3)
    batch = started(project, number=2)
    Batch.objects.filter(pk=batch.pk).update(state="paused")
    assert len(claimed(ann)) == 1


def test_a_task_opened_again_in_a_paused_batch_is_not_given_and_follows_soon(project, ann):
    (task,) = make_tasks(project, 1)
    services.pause(batch=started(project, number=1), now=NOW)
    Task.objects.filter(pk=task.pk).update(state="open")
    assert claimed(ann) == []
    settle_batches()
    assert Task.objects.get(pk=task.pk).state == "paused"


def test_a_chosen_task_of_a_paused_batch_cannot_be_taken(org, ann, sign_in):
    project = make_project(org, self_selection=True)
    (task,) = make_tasks(project, 1)
    batch = started(project, number=1)
    Batch.objects.filter(pk=batch.pk).update(state="paused")
    told = exchange(sign_in(ann), claim=[task.pk])
    assert told["tasks"] == []
    Batch.objects.filter(pk=batch.pk).update(state="in_progress")
    assert len(exchange(sign_in(ann), claim=[task.pk])["tasks"]) == 1


def test_a_large_batch_follows_by_a_job_and_is_exact_meanwhile(project, ann, monkeypatch):
    monkeypatch.setattr(batch_tasks, "CHUNK", 2)
    monkeypatch.setattr(batch_tasks, "AT_ONCE", 4)
    make_tasks(project, 9)
    batch = started(project, number=9)
    follow_batch(batch.pk)
    assert Task.objects.filter(state="open").count() == 9
    services.pause(batch=batch, now=NOW)
    assert Task.objects.filter(state="paused").count() == 4
    assert claimed(ann) == []
    assert Event.objects.filter(kind="batch.following", object_id=batch.pk).exists()
    follow_batch(batch.pk)
    assert Task.objects.filter(state="paused").count() == 9


def test_claims_are_given_in_the_order_that_the_studio_shows(project, ann):
    make_tasks(project, 6)
    first, second = started(project, "first", 2), started(project, "second", 2)
    trial = started(project, "trial", 1, kind="calibration")
    live = Scale(project.organization, "live")
    assert [row["name"] for row in live.get("studio/batches")] == ["trial", "first", "second"]
    batches = dict(Task.objects.values_list("pk", "batch"))
    assert [batches[pk] for pk in claimed(ann)] == [trial.pk, first.pk, first.pk, second.pk, second.pk, None]
    studio.set_order_within(project=project, batches=[second, trial, first], now=NOW)
    assert [row["name"] for row in live.get("studio/batches")] == ["second", "trial", "first"]
    priorities = dict(Task.objects.exclude(batch=None).values_list("batch__name", "priority"))
    assert priorities["second"] > priorities["trial"] > priorities["first"]


def test_the_studio_puts_own_batches_in_order_too(project):
    make_tasks(project, 2)
    made(project, "one", 1), made(project, "two", 1)
    live = Scale(project.organization, "live")
    shown = live.post("studio/batches/set_priorities", {"batches": [{"name": "two"}, {"name": "one"}]})
    assert [(row["name"], row["total"], row["projectName"]) for row in shown] == [
        ("two", 1, project.name),
        ("one", 1, project.name),
    ]
    assert live.get("batches")["docs"] == []  # nothing can be ordered in them


def test_an_order_of_other_batches_than_those_under_way_is_refused(project):
    make_tasks(project, 2)
    one, two = made(project, "one", 1), made(project, "two", 1)
    with pytest.raises(StaleState):
        studio.set_order_within(project=project, batches=[one], now=NOW)
    with pytest.raises(StaleState):
        studio.set_order_within(project=project, batches=[one, two, two], now=NOW)


def test_a_batch_is_done_once_with_its_last_task_and_tells_its_callback(project, ann):
    tasks = make_tasks(project, 2)
    batch = started(project, number=2, callback="http://127.0.0.1:1/done")
    Task.objects.filter(pk=tasks[0].pk).update(state="resolved")
    settle_batches()
    assert Batch.objects.get().state == "in_progress"
    Task.objects.filter(pk=tasks[1].pk).update(state="canceled")
    settle_batches(), settle_batches()
    told = json.loads(Delivery.objects.get(batch=batch).body)
    assert (told["batch_name"], told["status"]) == ("b", "completed")
    assert told["batch"]["counts"] == {"resolved": 1, "canceled": 1}
    Task.objects.filter(pk=tasks[0].pk).update(state="open")
    settle_batches()
    assert Batch.objects.get().state == "in_progress"
    Task.objects.filter(pk=tasks[0].pk).update(state="resolved")
    settle_batches()
    assert Delivery.objects.filter(batch=batch).count() == 2


def test_a_canceled_batch_takes_back_what_is_held_and_keeps_what_is_done(project, ann, bob):
    tasks = make_tasks(project, 3)
    batch = started(project, number=3)
    make_answer(tasks[0], ann)
    Task.objects.filter(pk=tasks[0].pk).update(state="resolved")
    assert claimed(bob, 1) == [tasks[1].pk]
    own_batches.cancel_own(batch=batch, now=NOW, actor=None)
    assert list(Task.objects.order_by("pk").values_list("state", flat=True)) == ["resolved", "canceled", "canceled"]
    assert Assignment.objects.get(annotator=bob).state == "canceled"


def test_a_batch_kept_for_a_group_is_asked_of_its_people_only(project, ann, bob, org):
    tasks = make_tasks(project, 4)
    night = groups.create(organization=org, name="Night", user_ids=[ann.pk], actor=None)
    batch = started(project, number=2)
    own_batches.change_groups(batch=batch, groups=[night], actor=None)
    batch_tasks.put_next(batch=batch, number=1, now=NOW)
    assert claimed(bob) == [tasks[3].pk]
    assert claimed(ann) == [task.pk for task in tasks[:3]]
    own_batches.change_groups(batch=batch, groups=[], actor=None)
    assert not Task.objects.exclude(kept_for=None).exists()


@pytest.mark.parametrize("callback", ["ftp://example.org", "http://", "javascript:alert(1)"])
def test_a_callback_that_is_no_address_is_refused(project, callback):
    with pytest.raises(InvalidInput, match="callback"):
        made(project, callback=callback)


def test_a_change_puts_matching_items_into_a_batch_and_back(project, ann):
    tasks = make_tasks(project, 4)
    Task.objects.filter(pk=tasks[3].pk).update(state="resolved")
    other, batch = made(project, "other", 1), made(project)
    change = bulk.request_bulk(project=project, kind="batch", filters={}, batch=batch, actor=None, now=NOW)
    assert change.total == 3
    bulk.run_bulk(bulk_id=change.pk)
    assert set(Task.objects.filter(batch=batch).values_list("state", flat=True)) == {"paused"}
    assert claimed(ann) == []
    change.refresh_from_db()
    bulk.undo_bulk(bulk=change, actor=None)
    bulk.run_bulk(bulk_id=change.pk)
    assert list(Task.objects.order_by("pk").values_list("batch", "state")) == [
        (other.pk, "paused"),
        (None, "open"),
        (None, "open"),
        (None, "resolved"),
    ]
    assert claimed(ann) == [tasks[1].pk, tasks[2].pk]


def test_a_change_cannot_put_items_into_a_batch_that_takes_none(project, org):
    make_tasks(project, 1)
    batch = made(project)
    own_batches.cancel_own(batch=batch, now=NOW, actor=None)
    batch.refresh_from_db()
    for wrong in (batch, None):
        with pytest.raises(InvalidInput, match="batch"):
            bulk.request_bulk(project=project, kind="batch", filters={}, batch=wrong, actor=None, now=NOW)


def test_figures_come_with_the_same_few_queries_however_many_batches(project, ann, django_assert_max_num_queries):
    tasks = make_tasks(project, 8)
    for n in range(4):
        started(project, f"b{n}", 2)
    make_answer(tasks[0], ann)
    listed = list(selectors.in_order(selectors.batches_of(project)))
    with django_assert_max_num_queries(7):
        figures = selectors.figures_of(project, listed, now=timezone.now())
    assert [(each.total, each.answered, each.wanted) for each in figures] == [(2, 1, 2), *[(2, 0, 2)] * 3]


def test_the_end_is_foreseen_by_what_comes_before_and_the_pace_of_now(project):
    person = make_user(project.organization)
    tasks = make_tasks(project, 8)
    started(project, "first", 4), started(project, "second", 4)
    now = timezone.now()
    for task in tasks[:2]:
        make_answer(task, person, at=now)
    listed = list(selectors.in_order(selectors.batches_of(project)))
    first, second = selectors.figures_of(project, listed, now=now)
    assert (first.seconds_left, second.seconds_left) == (3600, 3 * 3600)
