from typing import Any

import pytest

from tasks.models import Task
from tasks.selectors.reviews import Reviewer
from tasks.services import reviewing
from tasks.services.reviewing import Decision
from tasks.states import TaskState
from tests.factories import NOW, make_answer, make_project, make_task, make_user
from tests.tasks.test_projects_results import make_consensus


@pytest.fixture
def ria(org):
    """Reviews."""
    return make_user(org, "reviewer", "Ria")


@pytest.fixture
def rob(org):
    """Reviews too."""
    return make_user(org, "reviewer", "Rob")


@pytest.fixture(autouse=True)
def no_second_reviews(settings):
    settings.SECOND_REVIEWS = 0


@pytest.fixture
def project(org):
    return make_project(org, overlap=3)


@pytest.fixture
def task(project, ann, bob, max_):
    return unsure(project, {ann: "good", bob: "bad"})


def unsure(project, said: dict[Any, str], **fields: Any) -> Task:
    """A task with these answers that waits for a reviewer."""
    task = make_task(project, overlap=len(said))
    for person, option in said.items():
        make_answer(task, person, {"option": option}, is_applied=True)
    Task.objects.filter(pk=task.pk).update(state=TaskState.IN_REVIEW)
    task.refresh_from_db()
    make_consensus(task, confidence=0.6, **fields)
    return task


def reviewer(user) -> Reviewer:
    member = user.memberships.get()
    return Reviewer(user.pk, member.organization_id, member.role)


def take(user, task, source: str = "queue", now=NOW):
    review = reviewing.take_review(who=reviewer(user), task=task, source=source, now=now)
    assert review
    return review


def decide(user, task, verdict: str, value: Any = None, *, source: str = "queue", now=NOW, **more: Any):
    review = take(user, task, source, now)
    return reviewing.decide(review=review, decision=Decision(verdict=verdict, value=value, **more), now=now)
