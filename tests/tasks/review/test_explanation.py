"""The page that says why: who answered what, how sure that made it, what the rule and the reviewers said."""

import pytest

from labeling.types import registry
from tasks.models import Consensus
from tasks.services.consensus import update_project
from tasks.services.consensus.retracing import steps_of
from tests.factories import make_project, make_task
from tests.tasks.crowd import answer_all, make_crowd_project
from tests.tasks.review.conftest import decide

pytestmark = pytest.mark.django_db
GOOD = {"option": "good"}


@pytest.fixture
def settled():
    project, tasks, people = make_crowd_project(people=4, tasks=8)
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    tasks[0].refresh_from_db()
    return tasks[0]


def test_the_last_step_is_what_the_consensus_says_and_looking_changes_nothing(settled):
    before = list(Consensus.objects.values_list("by_method", flat=True))
    steps = steps_of(settled)
    assert len(steps) == 4
    stored = Consensus.objects.get(task=settled).by_method["dawid_skene"]
    assert (steps[-1].posterior, steps[-1].sure) == (stored["posterior"], stored["sure"])
    assert all(abs(sum(step.posterior["item"].values()) - 1) < 1e-5 for step in steps)
    assert list(Consensus.objects.values_list("by_method", flat=True)) == before


def test_each_step_of_a_task_with_a_ceiling_says_what_the_rule_made_of_it(settled):
    settled.ceiling = 4
    said = [step.next.value for step in steps_of(settled)]
    assert said[0] == "more" and said[-1] in ("stop", "review")


def test_everything_is_on_one_page_and_names_are_for_managers(task, ria, max_, mia, sign_in):
    decide(ria, task, "reject", reason="not_understood", note="Which sense?")
    page = f"/projects/{task.project_id}/tasks/{task.pk}/why/"
    shown = sign_in(max_).get(page).content.decode()
    for words in ("Ann", "Ria", "Asked again", "The task was not understood", "Which sense?", "For managers only"):
        assert words in shown
    less = sign_in(mia).get(page).content.decode()
    assert "Ann" not in less.replace("Annotator", "") and "Ria" not in less and "For managers only" not in less


def test_a_task_nobody_answered_and_a_type_without_votes_have_a_page_too(org, mia, ann, sign_in):
    sample = registry.get("response").samples()[0]
    for project in (make_project(org), make_project(org, "response", sample["config"])):
        task = make_task(project)
        page = sign_in(mia).get(f"/projects/{project.pk}/tasks/{task.pk}/why/")
        assert page.status_code == 200 and "It still waits for answers." in page.content.decode()
        assert steps_of(task) == []


def test_the_page_is_for_who_may_see_results(task, ann, eve, sign_in):
    page = f"/projects/{task.project_id}/tasks/{task.pk}/why/"
    assert [sign_in(user).get(page).status_code for user in (ann, eve)] == [403, 404]
