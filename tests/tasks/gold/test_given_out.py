"""Checks among the work: given once to each, and not to be told apart."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.pseudonym import number_of
from tasks.models import Answer, Assignment, ClaimCursor, Task
from tasks.services.claiming import claim_next
from tasks.services.leasing import expire_overdue
from tasks.services.offering import offer, reclaim
from tests.factories import (
    NOW,
    make_project,
    make_tasks,
    make_user,
)
from tests.tasks.gold.conftest import make_gold, work
from tests.tasks.working import at_work, counts_hold, exchange, id_of, statements

pytestmark = pytest.mark.django_db


def test_nobody_can_tell_a_check_from_the_work(org, ann, sign_in):
    """Fields, order, numbers, priority, history: the same for both, and the ids of the rows are not told."""
    project = make_project(org)
    make_tasks(project, 60)
    known = {g.task_id for g in make_gold(project, 20)}
    client = sign_in(ann)
    shapes, rows = {True: set(), False: set()}, []
    for _ in range(20):
        tasks = exchange(client, want=3)["tasks"]
        assert len(tasks) == 3
        assert [t["assignment"] for t in tasks] == sorted(t["assignment"] for t in tasks)
        rows += [(task, id_of(task) in known) for task in tasks]
        results = work(client, tasks)["results"]
        for task, result in zip(tasks, results, strict=True):
            shapes[id_of(task) in known].add((shape(task), shape(result)))
    assert 5 <= sum(is_known for _, is_known in rows) <= 20
    assert shapes[True] == shapes[False]
    assert len(shapes[True]) == 1
    history = client.get("/api/v1/work/history?limit=60").json()["results"]
    assert len({shape(row) for row in history}) == 1 or len({shape(r | {"may_correct": True}) for r in history}) == 1
    numbers = {is_known: [t["task"] for t, known_ in rows if known_ == is_known] for is_known in (True, False)}
    assert number_of("task", rows[0][0]["task"]) != rows[0][0]["task"]
    assert not {t["task"] for t, _ in rows} & set(Task.objects.values_list("pk", flat=True))
    assert min(numbers[False]) < max(numbers[True]) and min(numbers[True]) < max(
        numbers[False]
    )  # mixed, not in a block


def shape(value):
    """Names and kinds, all the way down."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(each)) for name, each in value.items()))
    if isinstance(value, list):
        return tuple(shape(each) for each in value)
    return type(value).__name__


def test_what_is_left_falls_with_a_check_as_with_work(org, ann, sign_in):
    project = make_project(org)
    make_tasks(project, 10)
    make_gold(project, 10)
    client = sign_in(ann)

    def figures():
        (row,) = client.get("/api/v1/work/projects").json()["results"]
        return row["left"] + row["done"]

    before = figures()
    for _ in range(6):
        work(client, exchange(client, want=1)["tasks"])
        assert figures() == before
    assert Answer.objects.filter(task__state="check").exists()


def test_a_check_is_given_once_to_each_and_uses_up_no_overlap(org, sign_in):
    project = make_project(org)
    tasks = make_tasks(project, 40)
    known = make_gold(project, 4)
    people = [make_user(org) for _ in range(2)]
    for person in people:
        client = sign_in(person)
        for _ in range(20):
            work(client, exchange(client, want=1)["tasks"])
    given = Counter(Assignment.objects.filter(task__state="check").values_list("task_id", "annotator_id"))
    assert set(given.values()) == {1}
    assert {pk for pk, _ in given} == {g.task_id for g in known}
    assert Answer.objects.filter(task__in=tasks).count() == 40 - given.total()
    assert counts_hold()


def test_a_check_that_was_opened_never_comes_back_but_one_only_offered_does(org, ann):
    project = make_project(org)
    make_tasks(project, 30)
    make_gold(project, 1)
    who, now = at_work(ann), NOW
    for _ in range(12):
        claim_next(who=who, count=1, now=now)
    assert Assignment.objects.filter(task__state="check").count() == 1
    now += timedelta(hours=2)
    expire_overdue(now=now)
    for _ in range(12):
        claim_next(who=who, count=1, now=now)
    assert Assignment.objects.get(task__state="check").state == "expired"
    Assignment.objects.filter(task__state="check").update(leased_at=None)
    for _ in range(12):
        claim_next(who=who, count=1, now=now)
    assert Assignment.objects.get(task__state="check").state == "leased"


def test_where_the_work_has_run_out_the_checks_are_not_used_up(org, ann):
    project = make_project(org)
    make_tasks(project, 1)
    make_gold(project, 10)
    now = NOW
    for _ in range(40):
        claim_next(who=at_work(ann), count=3, now=now)
        now += timedelta(minutes=1)
    assert Assignment.objects.filter(task__state="check").count() <= 2


def test_offers_carry_checks_too_and_nobody_takes_them_over(org, ann, bob):
    project = make_project(org)
    make_tasks(project, 5)
    make_gold(project, 10)
    offer(who=at_work(ann), count=5, now=NOW)
    offered = Assignment.objects.filter(state="offered", annotator=ann)
    assert offered.filter(task__state="check").exists()
    assert offered.count() == 5
    Task.objects.filter(state="open").update(state="canceled")
    offered.exclude(task__state="check").delete()
    assert reclaim(who=at_work(bob), count=5, now=NOW) == []


def test_a_claim_without_gold_is_one_statement_and_one_with_gold_does_not_grow(org, ann):
    project = make_project(org)
    make_tasks(project, 20)
    plain = claim_statements(ann)
    make_gold(project, 3)
    ClaimCursor.objects.update(check_rate=0.4, checked=False)
    few = max(claim_statements(ann) for _ in range(5))
    make_gold(project, 60)
    ClaimCursor.objects.update(checked=False)
    many = max(claim_statements(ann) for _ in range(5))
    # SQLite: who asks, the project, their lanes, the three ranges of one lane, and four more for the one
    assert plain <= (4 if connection.vendor == "postgresql" else 10)
    assert many <= few <= plain + 6


def claim_statements(person):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        claim_next(who=at_work(person), count=1, now=NOW)
    return len(statements(captured))
