"""Annotators and consumers at once, under the rule: never an answer too many, never one twice, and an end."""

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from labeling.outbox import bell
from labeling.outbox.models import Event
from tasks.models import Answer, Assignment, Consensus, Task
from tasks.selectors.answering import load
from tasks.selectors.eligibility import Annotator
from tasks.services import answering, launching
from tasks.services.claiming import EXHAUSTED, claim_next
from tasks.services.consensus import update_project
from tasks.services.policies import change_policy
from tests.factories import NOW, make_dataset, make_org, make_project, make_user
from tests.tasks.crowd import CHOICE, COLORS, assert_counts_are_the_sum_of_the_rows
from tests.tasks.working import counts_hold

TASKS, PEOPLE, CEILING = 20, 6, 4
ASKED_ONE_MORE = ("tasks.escalated", "tasks.reopened")


@pytest.mark.django_db(transaction=True)
def test_a_crowd_and_its_consumers_settle_every_task_within_the_ceiling(monkeypatch):
    monkeypatch.setattr(bell, "ring", lambda: None)
    org = make_org()
    project = make_project(org, "choice", CHOICE, aggregation="e4")
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=CEILING)
    launching.launch(project=project, dataset=make_dataset(org, TASKS), actor=None, now=NOW)
    people = [make_user(org) for _ in range(PEOPLE)]

    def annotate(user_id):
        rng, who, now = random.Random(user_id), Annotator(user_id, org.pk), timezone.now()
        idle = 0
        try:
            while idle < 3 and open_tasks(project):
                now += EXHAUSTED
                claimed = claim_next(who=who, count=3, now=now)
                idle = 0 if claimed else idle + 1
                for pk in claimed:
                    task = Assignment.objects.values_list("task_id", flat=True).get(pk=pk)
                    color = COLORS[task % 3] if rng.random() < 0.8 else rng.choice(COLORS)
                    sent = answering.Sent(uuid4(), pk, 1, {"option": color})
                    answering.submit_answer(sent=sent, who=who, loaded=load(who, {pk}, {sent.id}), now=now)
                update_project(project_id=project.pk)
        finally:
            connection.close()

    for _ in range(8):  # who found nothing left comes back, as people do
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(annotate, [person.pk for person in people]))
        update_project(project_id=project.pk)
        if not open_tasks(project):
            break
    assert set(Task.objects.values_list("state", flat=True)) <= {"resolved", "in_review"}
    for task in Task.objects.all():
        assert (2 <= task.answered <= CEILING) and task.extra == 0
        asked = Event.objects.filter(kind__in=ASKED_ONE_MORE).values_list("payload", flat=True)
        times = sum(task.pk in payload["tasks"] for payload in asked)
        assert task.answered <= (CEILING if task.is_audit else 2 + times)
        assert len(Consensus.objects.get(task=task).answers) == task.answered
    assert counts_hold()
    assert not Answer.objects.filter(is_applied=False).exists()
    assert_counts_are_the_sum_of_the_rows(project)


def open_tasks(project):
    return Task.objects.filter(project=project, state="open").exists()
