"""What people are measured by: verdicts, and gold that goes out of use."""

import pytest

from labeling.outbox.models import Event
from tasks.jobs.checks import _checked
from tasks.models import Answer, Assignment, CheckRules, Gold, Project, Skill, Task, Verdict
from tasks.services import gold, judging
from tasks.services.projects import change_project
from tests.factories import (
    CHOICE,
    NOW,
    make_answer,
    make_project,
    make_tasks,
    make_user,
)
from tests.tasks.gold.conftest import make_gold, work
from tests.tasks.working import counts_hold, exchange

pytestmark = pytest.mark.django_db


def test_an_answer_is_measured_once_and_a_correction_takes_its_place(org, ann):
    project = make_project(org)
    (known,) = make_gold(project)
    wrong = make_answer(known.task, ann, {"option": "bad"}, at=NOW)
    assert judging.judge_project(project_id=project.pk, now=NOW) == {ann.pk}
    assert judging.judge_project(project_id=project.pk, now=NOW) == set()
    known.refresh_from_db()
    assert (Verdict.objects.get().is_right, known.judged, known.failed) == (False, 1, 1)
    Answer.objects.filter(pk=wrong.pk).update(is_live=False)
    Answer.objects.create(
        client_id="7d8f2f5e-0000-4000-8000-000000000001", content_hash="x", assignment=wrong.assignment,
        task=known.task, project=project, annotator=ann, schema_version=1, value={"option": "good"},
        supersedes=wrong, created_at=NOW,
    )  # fmt: skip
    judging.judge_project(project_id=project.pk, now=NOW)
    known.refresh_from_db()
    assert (Verdict.objects.get().is_right, known.judged, known.failed) == (True, 1, 0)


def test_near_enough_is_right_where_nobody_answers_twice_the_same(org, ann, bob):
    project = make_project(org, "multichoice", overlap=3)
    (known,) = make_gold(project, answer={"options": ["cat", "dog"]})
    make_answer(known.task, ann, {"options": ["cat"]}, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert not Verdict.objects.get().is_right
    Verdict.objects.all().delete()
    CheckRules.objects.create(project=project, tolerance=0.5)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert (Verdict.objects.get().is_right, Verdict.objects.get().distance) == (True, 0.5)


def test_gold_that_good_people_fail_is_retired_and_measures_nobody(org):
    project = make_project(org)
    (known,) = make_gold(project)
    for n in range(4):
        person = make_user(org)
        Skill.objects.create(project=project, annotator=person, a=90, b=10, mean=0.9, low=0.85, high=0.95)
        make_answer(known.task, person, {"option": "good" if n == 0 else "bad"}, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    known.refresh_from_db()
    project.refresh_from_db()
    assert (known.state, known.failed_by_good, project.checks) == ("retired", 3, 0)
    assert "3 people who are usually right" in known.why
    assert not Verdict.objects.filter(counts=True).exists()
    gold.change_gold(gold=known, actor=None, answer={"option": "bad"})
    judging.judge_project(project_id=project.pk, now=NOW)
    assert Verdict.objects.filter(counts=True, is_right=True).count() == 3
    assert Gold.objects.get().state == "active"


def test_gold_that_many_have_seen_is_retired(org):
    project = make_project(org)
    (known,) = make_gold(project)
    for _ in range(11):
        make_answer(known.task, make_user(org), at=NOW)
    Assignment.objects.update(leased_at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert Gold.objects.get().state == "retired"
    assert "11 of 11 people have seen it" in Gold.objects.get().why
    assert Verdict.objects.filter(counts=True).count() == 11


def test_a_schema_that_refuses_a_known_answer_puts_it_aside_until_it_fits_again(org, ann):
    project = make_project(org)
    known = make_gold(project, 2)
    gold.change_gold(gold=known[1], actor=None, answer={"option": "bad"})
    options = [{"value": "good"}, {"value": "awful"}]
    change_project(project=project, actor=None, now=NOW, config=CHOICE | {"options": options})
    project.refresh_from_db()
    assert gold.recheck(project=project, now=NOW) == 1
    states = dict(Gold.objects.values_list("pk", "state"))
    assert states == {known[0].pk: "active", known[1].pk: "invalid"}
    assert Project.objects.get(pk=project.pk).checks == 1
    change_project(project=project, actor=None, now=NOW, config=CHOICE)
    project.refresh_from_db()
    assert gold.recheck(project=project, now=NOW) == 0
    assert set(Gold.objects.values_list("state", flat=True)) == {"active"}


def test_dropped_gold_is_ordinary_work_again(org, ann, sign_in, max_):
    project = make_project(org, overlap=2)
    (known,) = make_gold(project)
    make_answer(known.task, ann, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert sign_in(max_).delete(f"/api/v1/projects/{project.pk}/gold/{known.pk}").status_code == 204
    task = Task.objects.get()
    assert (task.state, task.wanted, task.answered) == ("open", 2, 1)
    assert Verdict.objects.get().counts is False
    assert Project.objects.get(pk=project.pk).checks == 0
    assert counts_hold()


def test_the_event_of_an_answer_tells_whether_there_is_something_to_measure(org, ann, sign_in):
    project = make_project(org)
    make_tasks(project, 3)
    make_gold(project, 3)
    client = sign_in(ann)
    for _ in range(5):
        work(client, exchange(client, want=1)["tasks"])
    events = list(Event.objects.filter(kind="answer.submitted"))
    known = set(Answer.objects.filter(task__state="check").values_list("pk", flat=True))
    assert known
    assert {event.object_id for event in events if _checked(event)} == known
