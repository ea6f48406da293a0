"""People's answers that count for nothing: exactly, both ways."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.aggregation import e4
from labeling.aggregation.votes import from_triples
from labeling.errors import StaleState
from labeling.outbox.models import Event
from tasks.models import AnnotatorCounts, Answer, Consensus, QualityState, Task
from tasks.services.consensus import lease, settling, update_project
from tasks.services.consensus.leaving_out import leave_out, preview_leaving_out, take_back_in
from tasks.services.policies import change_policy
from tests.factories import NOW, make_answer, make_user
from tests.tasks.crowd import (
    COLORS,
    answer_all,
    assert_counts_are_the_sum_of_the_rows,
    live_triples,
    make_crowd_project,
    stored,
)

ROW = ("task_id", "value", "confidence", "method", "by_method", "answers", "agreement", "label")


def at_rest(project):
    """Every answer applied, and every row what the fit says."""
    update_project(project_id=project.pk)
    QualityState.objects.filter(pk=project.pk).update(settled_at=timezone.now() - timedelta(minutes=1))
    update_project(project_id=project.pk)
    assert QualityState.objects.get(pk=project.pk).is_exact


def everything(project):
    state = QualityState.objects.get(pk=project.pk)
    return {
        "rows": list(Consensus.objects.filter(project=project).order_by("task_id").values(*ROW)),
        "counts": {
            who: counts
            for who, counts in AnnotatorCounts.objects.filter(project=project).values_list("annotator_id", "counts")
            if any(map(any, (row for table in counts.values() for row in table)))
        },
        "model": state.model["parts"],
        "applied": state.applied,
        "tasks": list(
            project.tasks.order_by("pk").values("pk", "state", "wanted", "taken", "answered", "extra", "ceiling")
        ),
    }


def without(project, person):
    return [triple for triple in live_triples(project) if triple[0] != person.pk]


@pytest.mark.django_db
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), who=st.integers(0, 4), skill=st.floats(0.4, 1))
def test_leaving_out_is_a_fit_without_them_and_taking_back_in_restores_every_digit(seed, who, skill):
    project, tasks, people = make_crowd_project(people=5, tasks=12, aggregation="e4")
    answer_all(tasks, people, skill=skill, seed=seed)
    at_rest(project)
    before = everything(project)
    leave_out(project=project, annotator=people[who], actor=None, now=NOW)
    update_project(project_id=project.pk)
    votes = from_triples(without(project, people[who]), classes=COLORS)
    alone = e4.fit(votes)
    labels = dict(zip(votes.items, zip(alone.labels, alone.confidence, strict=True), strict=True))
    assert stored(project, "e4") == {
        task: (COLORS[label], pytest.approx(sure, abs=1e-6)) for task, (label, sure) in labels.items()
    }
    assert people[who].pk not in everything(project)["counts"]
    assert_counts_are_the_sum_of_the_rows(project)
    assert set(project.tasks.values_list("state", "wanted", "extra")) == {("open", 6, 1)}
    take_back_in(project=project, annotator=people[who], actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert everything(project) == before


@pytest.mark.django_db
def test_a_task_answered_meanwhile_by_somebody_else_keeps_that_answer():
    project, tasks, people = make_crowd_project(people=3, tasks=4, aggregation="e4")
    answer_all(tasks, people, skill=1)
    update_project(project_id=project.pk)
    for _ in range(2):  # the second time nothing has to be asked again
        leave_out(project=project, annotator=people[0], actor=None, now=NOW)
        update_project(project_id=project.pk)
        task = Task.objects.get(pk=tasks[0].pk)
        if task.state == "open":
            make_answer(task, make_user(project.organization), {"option": "red"})
        update_project(project_id=project.pk)
        take_back_in(project=project, annotator=people[0], actor=None, now=NOW)
        update_project(project_id=project.pk)
    task.refresh_from_db()
    assert (task.state, task.wanted, task.extra, task.answered) == ("resolved", 4, 1, 4)
    assert len(Consensus.objects.get(task=task).answers) == 4


@pytest.mark.django_db
def test_under_the_rule_only_tasks_that_fall_under_tau_are_opened_again():
    project, tasks, people = make_crowd_project(people=5, tasks=15, aggregation="e4")
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=5)
    Task.objects.update(ceiling=5)
    answer_all(tasks, people, skill=1)
    update_project(project_id=project.pk)
    assert set(project.tasks.values_list("state", flat=True)) == {"resolved"}
    leave_out(project=project, annotator=people[0], actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert set(project.tasks.values_list("state", flat=True)) == {"resolved"}, "four who agree are sure enough"
    for person in people[1:4]:
        leave_out(project=project, annotator=person, actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert set(project.tasks.values_list("state", "wanted", "extra")) == {("open", 6, 4)}
    assert Event.objects.filter(kind="tasks.reopened").exists()
    for person in people[:4]:
        take_back_in(project=project, annotator=person, actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert set(project.tasks.values_list("state", "wanted", "extra")) == {("resolved", 5, 0)}


@pytest.mark.django_db
def test_the_preview_tells_what_then_happens():
    project, tasks, people = make_crowd_project(people=5, tasks=12, aggregation="e4")
    change_policy(project=project, actor=None, now=NOW, cost_per_answer="0.05", currency="EUR")
    answer_all(tasks, people, skill=0.6, seed=3)
    update_project(project_id=project.pk)
    before = {row.task_id: row.value for row in Consensus.objects.filter(project=project)}
    preview = preview_leaving_out(project=project, annotators=[people[1].pk])
    assert everything(project)["applied"] == 60, "nothing is written"
    assert (preview.answers, preview.tasks, preview.reopened, preview.answers_to_ask) == (12, 12, 12, 12)
    assert (preview.cost, preview.currency, preview.is_estimate) == (Decimal("0.60"), "EUR", False)
    leave_out(project=project, annotator=people[1], actor=None, now=NOW, reason="spam")
    update_project(project_id=project.pk)
    after = {row.task_id: row.value for row in Consensus.objects.filter(project=project)}
    assert project.tasks.filter(state="open").count() == preview.reopened
    assert abs(sum(before[task] != after[task] for task in before) - preview.changed) <= 1
    assert preview_leaving_out(project=project, annotators=[people[1].pk]).answers == 0


@pytest.mark.django_db
def test_twice_is_refused():
    project, _, (ann, *_) = make_crowd_project(people=2, tasks=1)
    with pytest.raises(StaleState, match="not left out"):
        take_back_in(project=project, annotator=ann, actor=None, now=NOW)
    leave_out(project=project, annotator=ann, actor=None, now=NOW)
    with pytest.raises(StaleState, match="already"):
        leave_out(project=project, annotator=ann, actor=None, now=NOW)


@pytest.mark.django_db
def test_somebody_left_out_while_their_answers_are_being_applied_does_not_slip_through(monkeypatch):
    project, tasks, people = make_crowd_project(people=3, tasks=6)
    answer_all(tasks, people)
    read_cases, left = settling.read_cases, []

    def read_and_leave_out(*args):
        cases = read_cases(*args)
        if not left:
            left.append(leave_out(project=project, annotator=people[0], actor=None, now=NOW))
        return cases

    monkeypatch.setattr(settling, "read_cases", read_and_leave_out)
    update_project(project_id=project.pk)
    theirs = set(Answer.objects.filter(annotator=people[0]).values_list("pk", flat=True))
    assert not any(theirs & set(row.answers) for row in Consensus.objects.filter(project=project))
    assert not Answer.objects.filter(is_applied=False).exists()
    assert QualityState.objects.get(project=project).applied == 18
    assert_counts_are_the_sum_of_the_rows(project)


@pytest.mark.django_db
def test_a_consumer_that_read_before_is_told_so():
    project, tasks, people = make_crowd_project(people=2, tasks=1)
    consumer = lease.take(project.pk)
    leave_out(project=project, annotator=people[0], actor=None, now=NOW)
    with pytest.raises(lease.Outdated):
        lease.keep(project.pk, consumer, revision=0)
    lease.keep(project.pk, consumer, revision=1)


@pytest.mark.django_db
def test_a_task_whose_every_answer_is_left_out_has_no_consensus():
    project, (task, *_), (ann, *_) = make_crowd_project(people=1, tasks=1)
    make_answer(task, ann, {"option": "red"})
    update_project(project_id=project.pk)
    leave_out(project=project, annotator=ann, actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert not Consensus.objects.filter(task=task).exists()
    task.refresh_from_db()
    assert (task.state, task.wanted, task.answered) == ("open", 2, 1)
