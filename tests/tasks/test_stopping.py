"""Stop when sure: after each answer the consensus asks for one more, stops, or calls a reviewer."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from labeling.errors import StaleState
from labeling.outbox.models import Event
from tasks.models import Assignment, Calibration, Consensus, QualityPolicy, QualityState, Task
from tasks.selectors.answering import load
from tasks.selectors.eligibility import Annotator
from tasks.services import answering, launching
from tasks.services.claiming import claim_next
from tasks.services.consensus import update_project
from tasks.services.policies import change_policy
from tests.factories import (
    NOW,
    make_answer,
    make_assignment,
    make_dataset,
    make_org,
    make_project,
    make_tasks,
    make_user,
)
from tests.tasks.crowd import CHOICE, COLORS, make_crowd_project
from tests.tasks.working import counts_hold

pytestmark = pytest.mark.django_db


def agree(project, **changes):
    policy = {"rule": "agree", "floor": 2, "ceiling": 5, "audit_share": 0.02, **changes}
    return change_policy(project=project, actor=None, now=NOW, **policy)


def warmed_up(tasks=4, people=6, **policy):
    """A project under the rule, whose people agreed on ten tasks before: two equal answers of theirs are enough."""
    org = make_org()
    project = make_project(org, "choice", CHOICE, overlap=people, aggregation="e4")
    crowd = [make_user(org) for _ in range(people)]
    for n, task in enumerate(make_tasks(project, 12)):
        for person in crowd:
            make_answer(task, person, {"option": COLORS[n % 3]})
    number = agree(project, **policy)
    update_project(project_id=project.pk)
    return project, make_tasks(project, tasks, overlap=number.floor, ceiling=number.ceiling), crowd


def say(task, person, color):
    """Through the front door: claim that very task, submit, let the consumer look."""
    task.refresh_from_db()
    assert task.taken < task.wanted
    assert make_answerable(task, person, color) == "stored"
    update_project(project_id=task.project_id)
    task.refresh_from_db()
    return task


def make_answerable(task, person, color):
    turn = make_assignment(task, person)
    return submit(turn, color)


def submit(turn, color):
    who = Annotator(turn.annotator_id, turn.organization_id)
    sent = answering.Sent(uuid4(), turn.pk, 1, {"option": color})
    loaded = load(who, {turn.pk}, {sent.id})
    return answering.submit_answer(sent=sent, who=who, loaded=loaded, now=NOW).status


def test_a_task_is_open_until_the_consensus_is_sure_of_it():
    project, (task, *_), people = warmed_up()
    first = say(task, people[0], "red")
    assert (first.state, first.wanted) == ("open", 2)
    last = say(task, people[1], "red")
    row = Consensus.objects.get(task=task)
    assert row.by_method["e4"]["sure"] >= 0.95
    assert (last.state, last.wanted, last.answered) == ("resolved", 2, 2)
    assert last.resolved_at
    assert row.basis == {
        "tau": 0.95,
        "temperature": 1.0,
        "policy": 1,
        "calibration": 0,
        "calibrated_on": "nothing",
        "schema": 1,
        "fitted_at": row.basis["fitted_at"],
    }


def test_two_who_differ_bring_a_third_and_the_event_records_it():
    project, (task, *_), people = warmed_up()
    say(task, people[0], "red")
    asked = say(task, people[1], "green")
    assert (asked.state, asked.wanted) == ("open", 3)
    event = Event.objects.filter(kind="tasks.escalated", payload__tasks=[task.pk]).get()
    assert event.payload["wanted"] == 3
    before = type(project).objects.get(pk=project.pk).epoch
    update_project(project_id=project.pk)
    update_project(project_id=project.pk)
    asked.refresh_from_db()
    assert (asked.wanted, type(project).objects.get(pk=project.pk).epoch) == (3, before)
    assert say(task, people[2], "red").state in ("open", "resolved")


def test_an_escalated_task_is_given_to_somebody_whose_cursor_is_past_it():
    project, (task, *rest), people = warmed_up()
    who = Annotator(people[4].pk, project.organization_id)
    Task.objects.filter(pk=task.pk).update(priority=5)
    say(task, people[0], "red")
    claimed = claim_next(who=who, count=len(rest) + 1, now=NOW)
    assert len(claimed) == len(rest) + 1
    Assignment.objects.filter(task=task, annotator=people[4]).delete()
    Task.objects.filter(pk=task.pk).update(taken=1)
    say(task, people[1], "green")
    assert Assignment.objects.filter(pk__in=claim_next(who=who, count=1, now=NOW), task=task).exists()


def test_at_the_ceiling_an_unsure_task_goes_to_a_reviewer():
    project, (task, *_), people = warmed_up(ceiling=3)
    for person, color in zip(people, COLORS, strict=False):
        last = say(task, person, color)
    assert (last.state, last.wanted, last.answered) == ("in_review", 3, 3)
    assert Event.objects.filter(kind="tasks.sent_to_review", payload__tasks=[task.pk]).count() == 1


def test_no_more_answers_than_the_ceiling_whatever_a_program_tries():
    _, (task, *_), _ = warmed_up()
    with pytest.raises(IntegrityError, match="wanted_within_ceiling"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(wanted=6)


def test_an_audited_task_runs_at_full_overlap():
    project, (task, *_), people = warmed_up()
    Task.objects.filter(pk=task.pk).update(is_audit=True, wanted=5)
    for person in people[:4]:
        assert say(task, person, "red").state == "open"
    last = say(task, people[4], "red")
    assert (last.state, last.answered) == ("resolved", 5)


def test_the_audit_sample_is_chosen_at_launch_and_looks_like_any_other_task():
    org = make_org()
    project = make_project(org, "choice", CHOICE)
    agree(project, audit_share=0.05, ceiling=7)
    launching.launch(project=project, dataset=make_dataset(org, 600), actor=None, now=NOW)
    audited = Task.objects.filter(is_audit=True)
    assert 10 < audited.count() < 60
    assert set(audited.values_list("wanted", "ceiling")) == {(7, 7)}
    assert set(Task.objects.filter(is_audit=False).values_list("wanted", "ceiling")) == {(2, 7)}


def two_answer_while_a_third_works(task, people):
    """As after a change from three answers to the rule: three hold the task, and two of them are enough."""
    Task.objects.filter(pk=task.pk).update(wanted=3)
    task.refresh_from_db()
    leases = [make_assignment(task, person) for person in people[:3]]
    for lease in leases[:2]:
        submit(lease, "red")
    update_project(project_id=task.project_id)
    task.refresh_from_db()
    return leases[2], task


def test_a_lease_that_is_out_when_the_task_stops_is_still_answered_and_counted():
    project, (task, *_), people = warmed_up()
    late, stopped = two_answer_while_a_third_works(task, people)
    assert (stopped.state, stopped.wanted, stopped.taken) == ("resolved", 3, 3)
    assert submit(late, "red") == "stored"
    update_project(project_id=project.pk)
    task.refresh_from_db()
    assert (task.state, task.answered) == ("resolved", 3)
    assert len(Consensus.objects.get(task=task).answers) == 3


def test_so_is_one_that_expired_meanwhile_while_the_ceiling_allows_it():
    project, (task, *_), people = warmed_up(ceiling=3)
    expired = make_assignment(task, people[2], state="expired")
    say(task, people[0], "red")
    assert say(task, people[1], "red").state == "resolved"
    assert submit(expired, "red") == "late"
    task.refresh_from_db()
    assert (task.state, task.wanted, task.taken, task.answered) == ("resolved", 3, 3, 3)
    another = make_assignment(task, people[3], state="expired")
    with pytest.raises(StaleState, match="somebody else"):
        submit(another, "red")


def test_a_late_answer_that_contradicts_opens_the_task_again():
    project, (task, *_), people = warmed_up()
    Calibration.objects.create(project=project, number=1, tau=0.975, temperature=1.0)
    late, stopped = two_answer_while_a_third_works(task, people)
    assert stopped.state == "resolved"
    submit(late, "blue")
    update_project(project_id=project.pk)
    task.refresh_from_db()
    assert Consensus.objects.get(task=task).by_method["e4"]["sure"] < 0.975
    assert (task.state, task.wanted) == ("open", 4)
    assert Event.objects.filter(kind="tasks.reopened", payload__tasks=[task.pk]).exists()


def test_under_the_fixed_rule_nothing_is_asked_beyond_the_overlap():
    project, (task, *_), people = make_crowd_project(people=3, tasks=1)
    for person, color in zip(people, COLORS, strict=True):
        make_answer(task, person, {"option": color})
    update_project(project_id=project.pk)
    task.refresh_from_db()
    assert (task.state, task.wanted, task.ceiling) == ("resolved", 3, None)


def test_unresolved_tasks_follow_a_new_policy_and_resolved_ones_stay():
    project, tasks, people = make_crowd_project(people=4, tasks=12, aggregation="e4")
    for n, task in enumerate(tasks[:8]):
        for person in people:
            make_answer(task, person, {"option": COLORS[n % 3]})
    unsure, sure, untouched = tasks[8:11]
    make_answer(unsure, people[0], {"option": "red"})
    make_answer(unsure, people[1], {"option": "blue"})
    for person in people[:3]:
        make_answer(sure, person, {"option": "green"})
    update_project(project_id=project.pk)
    agree(project, ceiling=3)
    update_project(project_id=project.pk)
    for task in (unsure, sure, untouched, tasks[0]):
        task.refresh_from_db()
    assert (unsure.state, unsure.wanted, unsure.ceiling) == ("open", 3, 3)
    assert (sure.state, sure.answered, sure.ceiling) == ("resolved", 3, 3)
    assert (untouched.state, untouched.ceiling) == ("open", 3)
    assert (tasks[0].state, tasks[0].ceiling) == ("resolved", None)
    change_policy(project=project, actor=None, now=NOW, rule="fixed")
    update_project(project_id=project.pk)
    unsure.refresh_from_db()
    assert (unsure.state, unsure.wanted, unsure.ceiling) == ("open", 4, None)
    assert QualityState.objects.get(project=project).model["follows"] == [2, 0]
    assert QualityPolicy.objects.filter(project=project).count() == 2


def test_a_reviewers_verdict_is_kept_whatever_the_answers_say():
    project, (task, *_), people = warmed_up()
    say(task, people[0], "red")
    say(task, people[1], "red")
    verdict = {"value": {"option": "blue"}, "confidence": 1.0, "method": "review", "label": "blue"}
    Consensus.objects.filter(task=task).update(**verdict)
    Task.objects.filter(pk=task.pk).update(wanted=3)
    task.refresh_from_db()
    make_answerable(task, people[2], "green")
    update_project(project_id=project.pk)
    row, before = Consensus.objects.get(task=task), verdict
    assert {name: getattr(row, name) for name in before} == verdict
    assert len(row.answers) == 3
    task.refresh_from_db()
    assert task.state == "resolved"
    assert counts_hold()
