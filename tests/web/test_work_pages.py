"""The annotator's pages: what there is to do, what I did, and the workbench's frame."""

import json
import re

import pytest

from tests.factories import make_answer, make_org, make_project, make_tasks


@pytest.fixture
def desk(sign_in, ann):
    return sign_in(ann)


def test_home_lists_what_i_may_work_on_and_what_it_is_for(desk, org, ann, django_assert_max_num_queries):
    project = make_project(org, guideline="Be *kind*.<script>", end_use="To make search better.", name="Reviews")
    make_tasks(project, 3)
    make_answer(make_tasks(project, 1)[0], ann)
    closed = make_project(org, open_to_all=False, name="Not for Ann")
    foreign = make_project(make_org(), name="Elsewhere's")
    with django_assert_max_num_queries(12):
        text = desk.get("/work/").text
    for shown in (
        "Reviews",
        "To make search better.",
        "<em>kind</em>",
        "3 tasks are open",
        "1 done by you",
        f"?project={project.pk}",
    ):
        assert shown in text, shown
    assert closed.name not in text
    assert foreign.name not in text
    assert "<script>" not in text.split("<main")[1]


def test_home_without_projects_says_so(desk):
    assert "Nothing to label right now" in desk.get("/work/").text


def test_history_shows_my_answers_and_which_may_be_corrected(desk, org, ann, bob, django_assert_max_num_queries):
    project = make_project(org)
    tasks = make_tasks(project, 12)
    for task in tasks[:11]:
        make_answer(task, ann)
    make_answer(tasks[11], bob, {"option": "bad"})
    with django_assert_max_num_queries(10):
        text = desk.get("/work/history/").text
    assert text.count('scope="row"') == 11
    assert text.count("?correct=") == 10
    assert "bad" not in text.split("<main")[1]
    assert "Older" not in text


def test_the_workbench_is_told_where_everything_is(desk, org, mia, sign_in):
    project = make_project(org)
    reply = desk.get(f"/work/label/?project={project.pk}")
    assert reply.status_code == 200
    config = json.loads(re.search(r'id="workbench-config"[^>]*>(.*?)</script>', reply.text, re.DOTALL)[1])
    assert config["exchangeUrl"] == "/api/v1/work/exchange"
    assert config["project"] == project.pk
    assert {"choice", "multichoice"} <= set(config["widgetModules"])
    assert config["uid"].startswith("a_")
    assert desk.get("/work/label/").status_code == 200
    for given in ("x", "999999999", str(make_project(make_org()).pk)):
        assert desk.get(f"/work/label/?project={given}").status_code == 404
    assert sign_in(mia).get("/work/label/").status_code == 403
