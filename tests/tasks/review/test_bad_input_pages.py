"""What figures cannot tell, or an answer no longer says, is told in words: no page shows a number for it in silence."""

import pytest

from tasks.jobs.quality import measure_agreement
from tasks.models import Consensus, Project
from tasks.services.consensus import update_project
from tasks.services.policies import change_policy
from tests.factories import NOW, make_answer, make_org, make_project, make_tasks, make_user, make_version
from tests.tasks.crowd import CHOICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(org):
    return [make_user(org, "labeler", f"Person {n}") for n in range(5)]


def answered(org, crowd, said, **fields) -> Project:
    """Everybody answers each task as `said(task number, person number)`."""
    project = make_project(org, "choice", CHOICE, overlap=len(crowd), **fields)
    for n, task in enumerate(make_tasks(project, 12)):
        for who, person in enumerate(crowd):
            make_answer(task, person, {"option": said(n, who)})
    update_project(project_id=project.pk)
    measure_agreement(project.pk)
    return project


def page_of(client, project, what="quality/"):
    return client.get(f"/projects/{project.pk}/{what}").text


def test_with_one_annotator_the_page_says_that_agreement_cannot_be_told(org, crowd, mia, sign_in):
    project = answered(org, crowd[:1], lambda n, who: "red", aggregation="e4")
    assert "No task has answers of two people yet" in page_of(sign_in(mia), project)
    api = sign_in(mia).get(f"/api/v1/projects/{project.pk}/agreement").json()
    assert (api["units"], {figure["value"] for figure in api["overall"].values()}) == (0, {None})
    row = Consensus.objects.filter(project=project)[0]
    assert row.confidence < 0.95, "one person who always says the same proves nothing"
    why = page_of(sign_in(mia), project, f"tasks/{row.task_id}/why/")
    assert "By one answer only" in why


def test_with_one_annotator_nothing_stops_and_the_estimate_is_no_promise(org, crowd, mia, sign_in):
    project = answered(org, crowd[:1], lambda n, who: "red", aggregation="e4")
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=1, ceiling=3)
    update_project(project_id=project.pk)
    sure = [row.by_method["e4"]["sure"] for row in Consensus.objects.filter(project=project)]
    assert max(sure) < 0.95
    reply = sign_in(mia).get(f"/api/v1/projects/{project.pk}/quality").json()
    assert reply["calibration"]["number"] == 0, "nothing was audited: the default bar holds"


def test_where_one_label_is_nearly_all_the_page_says_which_figure_to_read(org, crowd, mia, sign_in):
    project = answered(org, crowd, lambda n, who: "blue" if n == 0 and who < 3 else "red")
    page = page_of(sign_in(mia), project)
    assert "“red” makes up 95 % of the answers" in page
    even = answered(org, crowd, lambda n, who: "red" if n % 2 else "blue")
    assert "makes up" not in page_of(sign_in(mia), even)


def test_a_rare_label_is_neither_drowned_nor_surer_than_its_answers(org, crowd):
    """Three of five say the rare one: it is not voted away by the prior, nor called certain."""
    project = answered(org, crowd, lambda n, who: "blue" if n == 0 and who < 3 else "red", aggregation="e4")
    first, *others = Consensus.objects.filter(project=project).order_by("task_id")
    assert 0 < first.confidence < min(row.confidence for row in others)


def test_an_answer_under_an_older_schema_that_says_nothing_now_is_marked_so(org, crowd, mia, sign_in):
    project = answered(org, crowd[:3], lambda n, who: "blue" if who == 0 else "red")
    task_id = Consensus.objects.filter(project=project).order_by("task_id")[0].task_id
    assert "No answer to the question of now" not in page_of(sign_in(mia), project, f"tasks/{task_id}/why/")
    make_version(project, CHOICE | {"options": [{"value": "red"}, {"value": "green"}]}, 2, overlap=3)
    make_answer(make_tasks(project, 1)[0], crowd[0], {"option": "red"})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=task_id)
    assert len(row.answers) == 2
    page = page_of(sign_in(mia), project, f"tasks/{task_id}/why/")
    assert page.count("No answer to the question of now") == 1
    told = sign_in(mia).get(f"/api/v1/tasks/{task_id}/explanation").json()
    assert [one["counts"] for one in told["answers"]] == [False, True, True]


def test_a_foreign_schema_change_leaves_other_projects_alone(org, crowd, mia, sign_in):
    one = answered(org, crowd[:2], lambda n, who: "blue")
    other = answered(make_org(), crowd[:2], lambda n, who: "blue")
    make_version(other, CHOICE | {"options": [{"value": "red"}, {"value": "green"}]}, 2, overlap=2)
    update_project(project_id=other.pk)
    task_id = Consensus.objects.filter(project=one)[0].task_id
    assert "No answer to the question of now" not in page_of(sign_in(mia), one, f"tasks/{task_id}/why/")
