"""A machine settles tasks, and a reviewer decides, while the consumer writes the first consensus of the same tasks.

Both want the row that is not there yet and the task; made to meet in the middle, neither may wait for the other.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from labeling.outbox import bell
from tasks.models import Consensus, MachinePolicy, QualityState, Review, Task
from tasks.services import machine_accepting, reviewing
from tasks.services.consensus import settling, update_project
from tests.factories import NOW, make_answer, make_org, make_project, make_task, make_user
from tests.tasks.review.conftest import reviewer
from tests.tasks.test_machine_accepting import check, open_tasks, settled, switch_on
from tests.tasks.test_machines import GOOD, make_machine

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
MEET = 1.0  # seconds to wait for the other, who may well be waiting for us


@pytest.fixture
def meeting(monkeypatch):
    """Stop each side after its first lock until the other has taken its own, or cannot."""
    monkeypatch.setattr(bell, "ring", lambda: None)
    inserted, locked = Event(), Event()

    def pause(module, name, mine, theirs):
        real = getattr(module, name)

        def paused(*args, **kwargs):
            mine.set()
            theirs.wait(MEET)
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, paused)

    def meet(module, name):
        pause(settling, "settle_tasks", inserted, locked)
        pause(module, name, locked, inserted)

    return meet


def at_once(*calls):
    """Run them in threads; what one raises is raised here."""

    def run(call):
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(30) for future in [pool.submit(run, call) for call in calls]]


def test_settling_by_a_machine_and_its_votes_consensus_wait_in_one_order(meeting):
    org = make_org()
    project, machine = make_project(org), make_machine(org)
    check(project, machine, make_user(org), 40)
    update_project(project_id=project.pk)
    policy = switch_on(project, machine)
    assert machine_accepting.run(project_id=project.pk, now=NOW) == 0, "the bound holds; nothing is open yet"
    tasks = open_tasks(project, machine)  # votes only: no consensus row yet, and neither of us can lock what is missing
    QualityState.objects.update(revision=1)  # decides about tasks even with a fixed number of answers
    meeting(machine_accepting, "_write")
    _, number = at_once(
        lambda: update_project(project_id=project.pk), lambda: machine_accepting.run(project_id=project.pk, now=NOW)
    )
    assert 0 < number == len(settled(project)) <= len(tasks)
    assert MachinePolicy.objects.get() == policy
    assert Consensus.objects.filter(task__in=tasks).count() == len(tasks)


def test_a_verdict_and_the_first_consensus_of_its_task_wait_in_one_order(meeting):
    org = make_org()
    project, ann = make_project(org), make_user(org)
    ria = reviewer(make_user(org, "reviewer"))
    task = make_task(project)
    make_answer(task, ann, GOOD)  # resolved by its only answer, which no consensus knows yet
    review = reviewing.take_review(who=ria, task=Task.objects.get(), source="task", now=NOW)
    meeting(reviewing, "_settle")
    fix = reviewing.Decision("fix", {"option": "bad"})
    QualityState.objects.create(project=project, revision=1)
    at_once(
        lambda: update_project(project_id=project.pk),
        lambda: reviewing.decide(review=review, decision=fix, now=NOW),
    )
    row = Consensus.objects.get(task=task)
    assert (row.method, row.value, Review.objects.get().verdict) == ("review", {"option": "bad"}, "fix")
