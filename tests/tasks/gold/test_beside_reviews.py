"""Gold is truth already: no list of a reviewer holds it, and the requester sees it on the page that explains a task."""

import pytest
from django.utils import timezone

from labeling.errors import StaleState
from tasks.models import Comment, Task
from tasks.selectors.reviews import SOURCES, candidates
from tasks.services import gold, judging, reviewing
from tasks.services.gold_sources import add_gold_of_result
from tests.factories import NOW, make_answer, make_comment, make_project, make_task, make_user
from tests.tasks.gold.conftest import make_gold
from tests.tasks.review.conftest import decide, reviewer, take
from tests.tasks.test_projects_results import make_consensus

pytestmark = pytest.mark.django_db
GOOD = {"option": "good"}


@pytest.fixture
def ria(org):
    return make_user(org, "reviewer", "Ria")


def finished(project, person) -> Task:
    task = make_task(project)
    make_answer(task, person, at=NOW, is_applied=True)
    make_consensus(task, confidence=0.4)
    make_comment(task, person)
    return task


@pytest.mark.parametrize("state", ["active", "retired", "invalid"])
def test_no_list_of_a_reviewer_holds_a_known_answer(org, ann, rob, ria, settings, state):
    settings.SECOND_REVIEWS = 100
    project = make_project(org)
    task = finished(project, ann)
    decide(rob, task, "accept", GOOD, source="audit")
    add_gold_of_result(task=Task.objects.get(pk=task.pk), actor=None, now=NOW)
    task.gold.__class__.objects.update(state=state)
    chosen = {"person": ann.pk, "label": "good", "task": task.pk}
    for source in SOURCES:
        more = {source: chosen[source]} if source in chosen else {}
        assert not candidates(reviewer(ria), project, source=source, now=timezone.now(), **more).exists(), source
    assert Comment.objects.filter(task=task).exists()


@pytest.fixture
def rob(org):
    return make_user(org, "reviewer", "Rob")


def test_a_task_that_becomes_gold_on_a_reviewers_screen_is_not_decided_any_more(org, ann, ria):
    task = finished(make_project(org), ann)
    review = take(ria, task, "audit")
    add_gold_of_result(task=Task.objects.get(pk=task.pk), actor=None, now=NOW)
    with pytest.raises(StaleState, match="is check now"):
        reviewing.decide(review=review, decision=reviewing.Decision("accept", GOOD), now=NOW)


def test_dropped_gold_may_be_reviewed_again(org, ann, ria):
    task = finished(make_project(org), ann)
    add_gold_of_result(task=Task.objects.get(pk=task.pk), actor=None, now=NOW)
    gold.drop_gold(gold=Task.objects.get(pk=task.pk).gold, actor=None, now=NOW)
    assert candidates(reviewer(ria), task.project, source="audit", now=NOW).get() == task


def test_the_page_that_explains_a_task_shows_what_is_known_and_who_was_right(org, ann, bob, max_, mia, sign_in):
    project = make_project(org)
    (known,) = make_gold(project)
    make_answer(known.task, ann, GOOD, at=NOW)
    make_answer(known.task, bob, {"option": "bad"}, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    where = f"/projects/{project.pk}/tasks/{known.task_id}/why/"
    page = sign_in(max_).get(where).text
    for told in ("Known answer:", "Hidden check", "The API", ">Right<", ">Wrong<", "not for data"):
        assert told in page, told
    assert f"/projects/{project.pk}/gold/{known.pk}/" in page
    seen = sign_in(mia).get(where).text
    assert "Known answer:" in seen and f"/projects/{project.pk}/gold/{known.pk}/" not in seen, "members look"
    assert sign_in(ann).get(where).status_code == 403, "annotators are not told"


def test_an_ordinary_task_has_no_such_section(org, ann, max_, sign_in):
    task = finished(make_project(org), ann)
    page = sign_in(max_).get(f"/projects/{task.project_id}/tasks/{task.pk}/why/").text
    assert "Known answer:" not in page and "By gold" not in page
