"""Many tasks and answers in one exchange: as cheap as a few, and the odd one out holds up nobody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.outbox.models import Event
from tasks.models import Answer, Assignment, Draft, Task
from tests.factories import make_assignment, make_org, make_project, make_tasks, make_user
from tests.tasks.working import answer_to, counts_hold, exchange, id_of, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(org):
    return make_tasks(make_project(org, overlap=2, self_selection=True), 12)


def claimed(client, tasks):
    return exchange(client, claim=[task.pk for task in tasks])["tasks"]


@pytest.mark.django_db(transaction=True)
def test_ten_times_the_tasks_take_the_same_statements(sign_in):
    org = make_org()
    ann = make_user(org, seen_at=timezone.now())
    tasks = make_tasks(make_project(org, overlap=1, self_selection=True), 66)
    client = sign_in(ann)
    counted = {}
    for number, (first, second) in {3: (tasks[:3], tasks[3:6]), 30: (tasks[6:36], tasks[36:])}.items():
        mine = claimed(client, first)
        with CaptureQueriesContext(connection) as captured:
            exchange(client, answers=[answer_to(task) for task in mine], claim=[task.pk for task in second])
        counted[number] = statements(captured)
        exchange(client, returns=list(Assignment.objects.filter(state="leased").values_list("pk", flat=True)))
    assert len(counted[30]) <= len(counted[3]), "\n".join(counted[30])


def test_each_answer_has_its_own_time_event_and_result(org, ann, sign_in, tasks):
    client = sign_in(ann)
    mine = claimed(client, tasks)
    Draft.objects.create(assignment_id=mine[0]["assignment"], seq=1, value={})
    sent = [answer_to(task, active_ms=1000 + n) for n, task in enumerate(mine)]
    results = exchange(client, answers=sent)["results"]
    assert [result["id"] for result in results] == [one["id"] for one in sent]
    assert {result["status"] for result in results} == {"stored"}
    stored = {str(answer.client_id): answer for answer in Answer.objects.select_related("assignment")}
    for one, result in zip(sent, results, strict=True):
        answer = stored[one["id"]]
        assert answer.pk == result["answer_id"]
        assert (answer.active_ms, answer.assignment.active_ms) == (one["active_ms"], one["active_ms"])
        assert (answer.assignment.state, answer.assignment.expires_at) == ("submitted", None)
    assert Event.objects.filter(kind="answer.submitted").count() == len(sent)
    assert not Draft.objects.exists()
    assert counts_hold()


def test_the_last_answers_of_a_batch_resolve_their_tasks(org, ann, bob, sign_in, tasks):
    for person in (ann, bob):
        client = sign_in(person)
        few = tasks if person == ann else tasks[:5]
        exchange(client, answers=[answer_to(task) for task in claimed(client, few)])
    assert set(Task.objects.filter(state="resolved").values_list("pk", flat=True)) == {task.pk for task in tasks[:5]}
    assert Event.objects.filter(kind="task.resolved").count() == 5
    assert Task.objects.filter(state="resolved", resolved_at=None).count() == 0
    assert counts_hold()


def test_the_odd_ones_of_a_batch_get_their_own_results(org, ann, bob, sign_in, tasks):
    client = sign_in(ann)
    mine = claimed(client, tasks[:7])
    first = answer_to(mine[0])
    exchange(client, answers=[first])
    Assignment.objects.filter(pk=mine[1]["assignment"]).update(state="expired")
    Task.objects.filter(pk=id_of(mine[1])).update(taken=0)
    foreign = make_assignment(tasks[8], bob)
    twice = answer_to(mine[5])
    sent = [
        first,
        answer_to(mine[1]),
        answer_to(mine[2], {"option": "ugly"}),
        answer_to(mine[3]) | {"assignment": foreign.pk},
        twice,
        twice,
        answer_to(mine[4]),
        answer_to(mine[6]),
    ]
    statuses = [result["status"] for result in exchange(client, answers=sent)["results"]]
    assert statuses == ["duplicate", "late", "invalid", "refused", "stored", "duplicate", "stored", "stored"]
    assert Answer.objects.count() == 5
    assert counts_hold()


def test_what_changed_behind_a_batch_falls_back_to_one_by_one(org, ann, sign_in, tasks, monkeypatch):
    """The leases are read first; one ends before the batch is stored."""
    from tasks.services import answering_many

    client = sign_in(ann)
    mine = claimed(client, tasks[:4])
    usual = answering_many._usual

    def meanwhile(sent, loaded):
        Task.objects.filter(pk=id_of(mine[0])).update(state="canceled")
        return usual(sent, loaded)

    monkeypatch.setattr(answering_many, "_usual", meanwhile)
    results = exchange(client, answers=[answer_to(task) for task in mine])["results"]
    assert [result["status"] for result in results] == ["refused", "stored", "stored", "stored"]
    assert "called off" in results[0]["detail"]


def test_claims_are_refused_one_by_one(org, ann, bob, sign_in, tasks):
    closed = make_tasks(make_project(org), 1)[0]
    foreign = make_tasks(make_project(make_org("Other"), self_selection=True), 1)[0]
    client = sign_in(ann)
    held = claimed(client, tasks[:1])[0]["assignment"]
    exchange(client, answers=[answer_to(task) for task in claimed(client, tasks[1:2])])
    Task.objects.filter(pk=tasks[2].pk).update(taken=2)
    offer = make_assignment(tasks[3], ann, state="offered")
    Task.objects.filter(pk=tasks[3].pk).update(taken=1)
    wanted = [*tasks[:5], closed, foreign]
    told = exchange(client, claim=[task.pk for task in wanted])["claimed"]
    assert [one["status"] for one in told] == ["leased", "refused", "refused", "leased", "leased", "refused", "refused"]
    assert (told[0]["assignment"], told[3]["assignment"]) == (held, offer.pk)
    assert [one.get("detail", "") for one in told[1:3]] == [
        f"task {tasks[1].pk} is submitted by you already",
        f"task {tasks[2].pk} has no free slot",
    ]
    assert "choose" in told[5]["detail"]
    assert told[6]["detail"] == "no such task"
    leased = Event.objects.filter(kind="assignment.leased").order_by("-pk").first()
    assert leased.payload == {"assignments": [offer.pk, told[4]["assignment"]]}
