"""What may go wrong while a project's consensus is made: nothing is lost, counted twice, or wrong without a word."""

import random
from time import process_time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Consensus, QualityPolicy, QualityState, Task
from tasks.services.consensus import settling, update_project, updating
from tasks.services.consensus.cases import Case, Given
from tasks.services.consensus.schema import read_schema
from tasks.services.consensus.scoring import score
from tasks.services.policies import change_policy
from tests.factories import NOW, make_answer, make_org, make_project, make_tasks, make_user, make_version
from tests.tasks.crowd import (
    CHOICE,
    COLORS,
    answer_all,
    assert_counts_are_the_sum_of_the_rows,
    make_crowd_project,
)
from tests.tasks.working import statements

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What kill -9 leaves: nothing of ours runs any more."""


def under_the_rule(people=5, tasks=10, **policy):
    """Without an audit sample: it is drawn by ids, and again when a new schema has the tasks follow the policy anew."""
    project, made, crowd = make_crowd_project(people=people, tasks=tasks, aggregation="e4")
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=4, **policy)
    QualityPolicy.objects.filter(project=project).update(audit_share=0)
    update_project(project_id=project.pk)
    return project, list(project.tasks.order_by("pk")), crowd


def states(project):
    return list(project.tasks.order_by("pk").values_list("state", "wanted", "answered"))


@pytest.mark.parametrize("dies_at", ["settle_tasks", "build_rows"])
def test_a_consumer_killed_before_it_decides_decides_the_same_afterwards(monkeypatch, dies_at):
    def crowd_says(project, tasks, crowd):
        rng = random.Random(5)
        for n, task in enumerate(tasks):
            for person in crowd[:2]:
                make_answer(task, person, {"option": COLORS[n % 3] if rng.random() < 0.7 else rng.choice(COLORS)})

    calm, tasks, crowd = under_the_rule()
    crowd_says(calm, tasks, crowd)
    update_project(project_id=calm.pk, chunk=4)
    hit, tasks, crowd = under_the_rule()
    crowd_says(hit, tasks, crowd)

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(settling, dies_at, die)
        with pytest.raises(Killed):
            update_project(project_id=hit.pk, chunk=4)
    assert not Consensus.objects.filter(project=hit).exists(), "all or nothing"
    update_project(project_id=hit.pk, chunk=4)
    assert states(hit) == states(calm)
    assert_counts_are_the_sum_of_the_rows(hit)


def test_the_same_answers_applied_twice_ask_for_nothing_twice():
    project, tasks, crowd = under_the_rule()
    for task in tasks:
        make_answer(task, crowd[0], {"option": "red"})
        make_answer(task, crowd[1], {"option": "blue"})
    update_project(project_id=project.pk)
    before = states(project)
    assert set(before) == {("open", 3, 2)}
    project.answers.update(is_applied=False)
    update_project(project_id=project.pk)
    assert states(project) == before


def test_a_policy_that_changes_while_answers_are_applied_holds_for_what_is_open(monkeypatch):
    project, tasks, crowd = under_the_rule()
    for task in tasks:
        make_answer(task, crowd[0], {"option": "red"})
        make_answer(task, crowd[1], {"option": "blue"})
    settle, calls = updating.settle, []

    def settle_and_change(*args, **kwargs):
        settle(*args, **kwargs)
        if not calls:
            change_policy(project=project, actor=None, now=NOW, ceiling=2, audit_share=0.02)
        calls.append(1)

    monkeypatch.setattr(updating, "settle", settle_and_change)
    update_project(project_id=project.pk, chunk=6)
    assert set(states(project)) <= {("in_review", 2, 2), ("resolved", 2, 2)}
    assert set(project.tasks.values_list("ceiling", flat=True)) == {2}


def test_a_schema_that_changes_under_the_rule_asks_again_where_answers_are_void():
    project, tasks, crowd = under_the_rule(tasks=8)
    for n, task in enumerate(tasks):
        for person in crowd[:2]:
            make_answer(task, person, {"option": COLORS[n % 2]})  # red, green
    update_project(project_id=project.pk)
    make_version(project, CHOICE | {"options": [{"value": "green"}, {"value": "blue"}]}, 2, overlap=5)
    extra = make_tasks(project, 1, overlap=2, ceiling=4)[0]
    make_answer(extra, crowd[0], {"option": "blue"})
    update_project(project_id=project.pk)
    for n, task in enumerate(tasks):
        task.refresh_from_db()
        row = Consensus.objects.filter(task=task).first()
        if COLORS[n % 2] == "red":  # a retired label
            assert row is None
            assert (task.state, task.wanted, task.extra) == ("open", 4, 2)
        else:
            assert row.by_method["majority"]["value"] == {"option": "green"}
            assert "e4" not in row.by_method, "nobody was asked the new question"


def test_one_annotator_alone_is_never_sure_enough():
    project, tasks, (ann, *_) = under_the_rule(people=1, tasks=12)
    for n, task in enumerate(tasks):
        make_answer(task, ann, {"option": COLORS[n % 3]})
    update_project(project_id=project.pk)
    assert set(states(project)) == {("open", 2, 1)}
    assert all(0 < row.confidence < 1 for row in Consensus.objects.filter(project=project))


def test_unbalanced_classes_do_not_drown_the_rare_one():
    project, tasks, crowd = make_crowd_project(people=3, tasks=60, aggregation="e4")
    for n, task in enumerate(tasks):
        for person in crowd:
            make_answer(task, person, {"option": "blue" if n == 0 else "red"})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=tasks[0])
    assert row.value == {"option": "blue"}
    assert 0.5 < row.confidence <= 1


def test_a_project_of_one_class_and_empty_answers_stays_on_its_feet():
    org = make_org()
    project = make_project(org, "multichoice", overlap=2, aggregation="e4")
    task = make_tasks(project, 1)[0]
    for _ in range(2):
        make_answer(task, make_user(org), {"options": []})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=task)
    assert row.value == {"options": []}
    assert 0 < row.confidence <= 1


def test_queries_do_not_grow_with_the_project_or_the_answers_applied():
    counts = []
    for tasks in (4, 40):
        project, made, crowd = make_crowd_project(people=4, tasks=tasks + 40, aggregation="e4")
        change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=4)
        answer_all(made[:40], crowd, skill=1)
        update_project(project_id=project.pk)
        Task.objects.filter(project=project).update(is_audit=False)  # a finished audit sample is measured, once
        Task.objects.filter(project=project, state="open").update(ceiling=4, wanted=2)
        fresh = list(project.tasks.filter(state="open").order_by("pk"))
        for task in fresh:
            for person in crowd[:2]:
                make_answer(task, person, {"option": "red"})
        QualityState.objects.filter(pk=project.pk).update(fitted_at_applied=10**6)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            update_project(project_id=project.pk)
        counts.append(len(statements(captured)))
    assert counts[1] <= counts[0] + 1
    assert counts[0] <= 60


def test_scoring_an_answer_takes_less_than_200_microseconds_of_the_processor():
    project, *_ = make_crowd_project(people=1, tasks=1, aggregation="e4")
    schema, rng = read_schema(project.pk), random.Random(1)
    state = QualityState(project=project, model={"epoch": 1, "parts": {}})
    cases = []
    for task in range(400):
        given = [
            Given(task * 5 + n, task, 1000 + rng.randrange(60), 1, {"option": rng.choice(COLORS)}, True)
            for n in range(5)
        ]
        cases.append(Case(schema, task, given, void=[], set_aside=[], counted=[], posterior={}))
    score(schema, state, cases[:10])
    began = process_time()
    scored = score(schema, state, cases)
    spent = process_time() - began
    assert len(scored.posteriors) == 400
    assert spent / 2000 < 200e-6
