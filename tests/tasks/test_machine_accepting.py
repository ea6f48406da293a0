"""A machine settles tasks alone only while the tested bound of its error holds."""

from datetime import timedelta

import pytest

from labeling.outbox.models import Event
from tasks.models import Acceptance, Answer, Consensus, MachineAnswer, MachinePolicy, Task
from tasks.services import machine_accepting
from tasks.services.consensus import update_project
from tasks.services.machine_policies import change_machine_policy
from tests.factories import NOW, make_answer, make_assignment, make_project, make_tasks, make_user
from tests.tasks.test_machine_figures import say
from tests.tasks.test_machines import BAD, GOOD, make_machine
from tests.tasks.working import counts_hold

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
RULES = {"target_error": 0.2, "least_checked": 20, "control_share": 0.1}


@pytest.fixture
def project(org):
    return make_project(org)


@pytest.fixture
def machine(org):
    return make_machine(org)


def check(project, machine, ann, right, wrong=0, at=NOW, confidence=0.95):
    """Tasks that the machine and a person answered, unseen by each other."""
    tasks = make_tasks(project, right + wrong)
    say(project, machine, tasks, purpose="suggestion", confidence=confidence)
    for n, task in enumerate(tasks):
        make_answer(task, ann, GOOD if n < right else BAD, at=at)


def switch_on(project, machine, actor=None, **changes):
    return change_machine_policy(project=project, actor=actor, now=NOW, **RULES | {"accepts": machine} | changes)


def open_tasks(project, machine, number=12, **fields):
    tasks = make_tasks(project, number)
    say(project, machine, tasks, confidence=0.97, **fields)
    return tasks


def settled(project):
    return set(Consensus.objects.filter(project=project, method="machine").values_list("task_id", flat=True))


@pytest.mark.parametrize("purpose", ["vote", "suggestion"])
def test_tasks_nobody_began_are_settled_once_the_bound_holds(project, machine, ann, purpose):
    check(project, machine, ann, 40)
    tasks = open_tasks(project, machine, purpose=purpose)
    make_assignment(tasks[0], ann)
    unsure = make_tasks(project, 1)
    say(project, machine, unsure, confidence=0.3, purpose=purpose)
    policy = switch_on(project, machine)
    shown = machine_accepting.preview(policy)
    number = machine_accepting.run(project_id=project.pk, now=NOW)
    control = set(MachineAnswer.objects.filter(is_control=True).values_list("task_id", flat=True))
    expected = {task.pk for task in tasks[1:]} - control
    assert settled(project) == expected and control
    assert number == len(expected) == shown.accepted
    row = Consensus.objects.filter(method="machine").first()
    assert (row.value, row.confidence, row.task.state) == (GOOD, 0.97, "resolved")
    found = Acceptance.objects.get()
    assert (found.threshold, found.evidence["checked"], found.evidence["errors"]) == (0.95, 40, 0)
    assert found.evidence["bound"] <= 0.2
    assert machine_accepting.run(project_id=project.pk, now=LATER) == 0
    update_project(project_id=project.pk)  # a vote that waits changes nothing of what was settled
    assert settled(project) == expected
    assert counts_hold()


@pytest.mark.parametrize(("right", "wrong"), [(19, 0), (30, 10)])
def test_where_the_bound_is_not_met_nothing_is_settled(project, machine, ann, max_, sign_in, right, wrong):
    check(project, machine, ann, right, wrong)
    open_tasks(project, machine)
    switch_on(project, machine)
    assert machine_accepting.run(project_id=project.pk, now=NOW) == 0
    assert not settled(project) and not Acceptance.objects.exists()
    text = sign_in(max_).get(f"/projects/{project.pk}/machines/").text
    assert "Nothing would be settled" in text and "test is not passed yet" in text


def test_it_is_off_by_default_and_without_a_confidence_nothing_is_settled(project, machine, ann):
    check(project, machine, ann, 40)
    say(project, machine, make_tasks(project, 5))
    assert MachinePolicy(project=project).accepts is None
    switch_on(project, machine)
    machine_accepting.run(project_id=project.pk, now=NOW)
    assert not settled(project)


def test_looking_again_without_new_evidence_spends_nothing(project, machine, ann):
    check(project, machine, ann, 30, 10)
    switch_on(project, machine)
    for _ in range(3):
        machine_accepting.run(project_id=project.pk, now=NOW)
    assert MachinePolicy.objects.get().looks == 1
    check(project, machine, ann, 60)
    machine_accepting.run(project_id=project.pk, now=NOW)
    assert MachinePolicy.objects.get().looks == 2


def test_drift_stops_it_and_tells_who_switched_it_on(project, machine, ann, max_, mailoutbox, sign_in):
    from django.test import TestCase

    check(project, machine, ann, 40)
    open_tasks(project, machine)
    switch_on(project, machine, max_)
    machine_accepting.run(project_id=project.pk, now=NOW)
    before = settled(project)
    check(project, machine, ann, 4, 12, at=LATER)
    more = open_tasks(project, machine)
    assert machine_accepting.run(project_id=project.pk, now=LATER) == 0
    assert settled(project) == before
    assert {task.state for task in Task.objects.filter(pk__in=[each.pk for each in more])} == {"open"}
    policy = MachinePolicy.objects.get()
    assert (policy.accepts, policy.stopped_at) == (None, LATER)
    assert Acceptance.objects.get().evidence["recent"]["errors"] == 12
    assert Event.objects.filter(kind="machine.stopped").count() == 1
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert machine_accepting.mail_stop(project_id=project.pk)
    assert "found 12 wrong" in mailoutbox[0].body or not max_.email
    assert "Stopped by itself" in sign_in(max_).get(f"/projects/{project.pk}/machines/").text


def test_what_was_settled_is_marked_and_can_be_asked_of_people_again(project, machine, ann, max_, sign_in):
    check(project, machine, ann, 40)
    tasks = [*open_tasks(project, machine, 6), *open_tasks(project, machine, 6, purpose="suggestion")]
    switch_on(project, machine)
    update_project(project_id=project.pk)  # votes are counted before
    number = machine_accepting.run(project_id=project.pk, now=NOW)
    assert number
    client = sign_in(max_)
    marked = settled(project)
    page = client.get(f"/projects/{project.pk}/items/?state=resolved&min_confidence=0.9&max_confidence=0.98").text
    assert page.count("by a machine alone") == len(marked)
    one = client.get(f"/projects/{project.pk}/tasks/{min(marked)}/").text
    assert "Settled by a machine alone" in one
    assert client.get(f"/api/v1/tasks/{min(marked)}").json()["consensus"]["method"] == "machine"
    assert client.post(f"/api/v1/projects/{project.pk}/machine-policy/reopen").json() == {"tasks": number}
    assert not settled(project)
    again = Task.objects.filter(pk__in=marked)
    assert {(task.state, task.wanted - task.extra) for task in again} == {("open", 1)}
    votes = Answer.objects.filter(annotator=machine.user, task__in=marked).count()
    assert Consensus.objects.filter(task__in=marked).count() == votes
    assert counts_hold() and len(tasks) == 12
    switch_on(project, machine)
    assert machine_accepting.run(project_id=project.pk, now=NOW) == 0  # what people are asked again stays theirs


def test_rules_out_of_bounds_are_told_by_field(project, machine, max_, eve, sign_in):
    client, where = sign_in(max_), f"/api/v1/projects/{project.pk}/machine-policy"
    foreign = make_machine(eve.memberships.get().organization)
    for body, field in (
        ({"target_error": 0.9}, "target_error"), ({"control_share": -1}, "control_share"),
        ({"least_checked": 3}, "least_checked"), ({"accepts": foreign.pk}, "accepts"),
        ({"accepts": machine.pk, "control_share": 0}, "control_share"), ({"level": 2}, "level"),
    ):  # fmt: skip
        reply = client.patch(where, body, format="json")
        assert reply.status_code in (400, 422) and field in reply.text, body
    assert not MachinePolicy.objects.exists()
    assert client.patch(where, {"accepts": machine.pk}, format="json").json()["accepts"] == machine.pk
    shown = client.post(f"{where}/preview", {"machine": machine.pk}, format="json").json()
    assert (shown["checked"], shown["accepted"], shown["found"]) == (0, 0, None)
    assert make_user().is_active
