"""One consumer at a time, killed or not: each answer counts once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from labeling.errors import StaleState
from labeling.outbox import jobs as outbox
from labeling.outbox.events import emit
from tasks.jobs import quality as jobs
from tasks.models import Answer, Consensus, QualityState
from tasks.services.consensus import lease, update_project, updating
from tests.factories import make_answer
from tests.tasks.crowd import (
    answer_all,
    assert_counts_are_the_sum_of_the_rows,
    in_batch,
    make_crowd_project,
    stored,
)


class Killed(BaseException):
    """What kill -9 leaves: nothing of ours runs any more."""


@pytest.mark.django_db(transaction=True)
def test_two_consumers_at_once_count_no_answer_twice():
    project, tasks, people = make_crowd_project(people=5, tasks=20)
    answer_all(tasks, people)

    def consume(_: int) -> None:
        try:
            update_project(project_id=project.pk, chunk=7)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(consume, range(4)))
    assert not Answer.objects.filter(is_applied=False).exists()
    assert QualityState.objects.get(project=project).applied == 100
    assert_counts_are_the_sum_of_the_rows(project)


@pytest.mark.django_db
@pytest.mark.parametrize("survived", [1, 7, 12])
def test_a_consumer_killed_between_chunks_leaves_the_work_to_the_next(monkeypatch, survived):
    project, tasks, people = make_crowd_project(people=4, tasks=12)
    answer_all(tasks, people, skill=0.5)
    settle, calls = updating.settle, []

    def settle_or_die(*args, **kwargs):
        if len(calls) == survived:
            raise Killed
        calls.append(1)
        settle(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(updating, "settle", settle_or_die)
        patched.setattr(lease, "release", lambda *_: None)
        with pytest.raises(Killed):
            update_project(project_id=project.pk, chunk=4)
    assert_counts_are_the_sum_of_the_rows(project)
    update_project(project_id=project.pk)
    assert Answer.objects.filter(is_applied=True).count() == 4 * survived  # the dead one's lease still holds
    QualityState.objects.update(consumer_until=timezone.now() - timedelta(seconds=1))
    update_project(project_id=project.pk)
    assert not Answer.objects.filter(is_applied=False).exists()
    assert {task: label for task, (label, _) in stored(project, "dawid_skene").items()} == in_batch(project)
    assert_counts_are_the_sum_of_the_rows(project)


@pytest.mark.django_db
def test_a_consumer_that_lost_its_lease_cannot_write():
    project, tasks, people = make_crowd_project(people=2, tasks=2)
    answer_all(tasks, people)
    late = lease.take(project.pk)
    assert lease.take(project.pk) is None
    QualityState.objects.update(consumer_until=timezone.now() - timedelta(seconds=1))
    assert lease.take(project.pk)
    with pytest.raises(StaleState):
        updating._apply_chunk(project.pk, late, 100)
    assert not Consensus.objects.exists()


@pytest.mark.django_db
def test_when_the_time_is_up_it_asks_to_be_called_again():
    project, tasks, people = make_crowd_project(people=2, tasks=4)
    answer_all(tasks, people)
    consumer = lease.take(project.pk)
    assert updating._consume(project.pk, consumer, 3, deadline=0) is False
    assert Answer.objects.filter(is_applied=True).count() == 3
    lease.release(project.pk, consumer)
    assert update_project(project_id=project.pk) is False
    assert_counts_are_the_sum_of_the_rows(project)


@pytest.mark.django_db
def test_the_events_of_many_answers_become_one_job(monkeypatch):
    project, (task, *_), people = make_crowd_project(people=3, tasks=1)
    published = []
    monkeypatch.setattr(jobs.update_project, "apply_async", lambda args, **_: published.append(args))
    for person in people:
        answer = make_answer(task, person, {"option": "red"})
        emit("answer.submitted", organization_id=1, object_id=answer.pk, project_id=project.pk)
    emit("answer.corrected", organization_id=1, object_id=answer.pk, project_id=project.pk)
    outbox.relay()
    assert [list(args) for args in published] == [[project.pk]]


@pytest.mark.django_db
def test_the_sweeper_wakes_a_project_whose_event_was_lost_and_one_due_for_its_last_fit(monkeypatch):
    lost, (task, *_), people = make_crowd_project(people=3, tasks=1)
    make_answer(task, people[0], {"option": "red"})
    settled, (task, *_), people = make_crowd_project(people=3, tasks=1)
    make_answer(task, people[0], {"option": "red"})
    update_project(project_id=settled.pk)
    woken = []
    monkeypatch.setattr(jobs.update_project, "delay", woken.append)
    jobs.update_waiting_projects()
    assert woken == [lost.pk]
    QualityState.objects.update(applied=2, fitted_at=timezone.now() - timedelta(seconds=5))
    woken.clear()
    jobs.update_waiting_projects()
    assert woken == [lost.pk, settled.pk]


@pytest.mark.django_db
def test_the_job_of_a_deleted_project_does_nothing():
    jobs.update_project(10**9)
