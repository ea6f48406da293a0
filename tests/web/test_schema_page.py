"""The labels page: a plan is made step by step, shown with what it would do, and becomes one version."""

import json

import pytest

from tasks.models import SchemaChange
from tasks.services.schema_following import run_change
from tests.factories import make_answer, make_project, make_tasks
from tests.tasks.test_projects_results import make_consensus


@pytest.fixture
def desk(sign_in, max_):
    client = sign_in(max_)
    client.default_format = "multipart"
    return client


@pytest.fixture
def project(org, ann):
    project = make_project(org)
    for task in make_tasks(project, 3):
        make_answer(task, ann)
        make_consensus(task)
    return project


FINE = {"to": "fine", "label": "Just fine"}


def pick(*values, place="options"):
    return [json.dumps([place, value]) for value in values]


def test_what_annotators_see_changes_alone_and_what_was_picked_stays_picked_after_a_fault(desk, project):
    path = f"/projects/{project.pk}/schema/"
    typed = {"step": "1", "op": "rename", "pick": pick("good"), "changes": "[]"}
    shown = desk.post(path, typed | {"label": "Well done"})
    assert "Show “good” as “Well done”" in shown.text and shown.context["preview"].consensus == 0
    refused = desk.post(path, typed | {"to": "bad"})
    assert refused.status_code == 422 and refused.text.count('"pick-cell"') and "checked>" in refused.text


def test_a_count_of_finished_tasks_leads_to_these_tasks(desk, project):
    row = desk.get(f"/projects/{project.pk}/schema/").context["lists"][0]["labels"][0]
    assert row["link"].endswith("/items/?label=good&state=resolved")


def test_a_plan_grows_is_shown_and_becomes_one_version_that_can_be_undone(desk, project):
    path = f"/projects/{project.pk}/schema/"
    assert "good" in desk.get(path).text
    first = desk.post(path, {"step": "1", "op": "rename", "pick": pick("good"), "changes": "[]"} | FINE)
    assert "Rename “good” to “fine”, shown as “Just fine”" in first.text
    changes = first.context["changes"]
    second = desk.post(path, {"step": "1", "op": "split", "pick": pick("fine"), "to": "ok, great", "changes": changes})
    assert "Split “fine” into ok, great" in second.text
    assert (second.context["preview"].answers, second.context["preview"].unreadable) == (0, 3)
    assert "Ask again where answers cannot follow" in second.text
    third = desk.post(path, {"back": "1", "changes": second.context["changes"]})
    assert json.loads(third.context["changes"]) == json.loads(changes)
    assert not SchemaChange.objects.exists()
    made = desk.post(path, {"apply": "1", "changes": changes, "expected": "1"})
    assert made.status_code == 302
    change = SchemaChange.objects.get()
    run_change(change_id=change.pk)
    seen = desk.get(path).text
    assert "fine" in seen and "Undo" in seen
    assert "3" in desk.get(path + "live/").text
    assert desk.post(f"{path}{change.pk}/undo/").status_code == 302
    project.refresh_from_db()
    assert project.version == 3


@pytest.mark.parametrize(
    "body",
    [
        {"op": "rename", "to": "x"},
        {"op": "merge", "pick": pick("good")},
        {"op": "rename", "pick": pick("good"), "to": "bad"},
        {"op": "explode", "pick": pick("good"), "changes": "nonsense"},
        {"op": "rename", "pick": ["nonsense", "[1, 2]"], "to": "x"},
    ],
)
def test_a_step_that_makes_no_sense_is_told_and_leaves_the_plan(desk, project, body):
    reply = desk.post(f"/projects/{project.pk}/schema/", {"step": "1", "changes": "[]"} | body)
    assert reply.status_code == 422
    assert reply.context["changes"] == "[]"
    assert "toast" in reply.text


def test_a_version_made_meanwhile_is_not_written_over(desk, project):
    body = {"apply": "1", "changes": '[{"op": "add", "value": "so so"}]', "expected": "7"}
    reply = desk.post(f"/projects/{project.pk}/schema/", body)
    assert reply.status_code == 422
    assert not SchemaChange.objects.exists()


def test_only_those_who_manage_see_the_page(project, sign_in, mia, eve):
    path = f"/projects/{project.pk}/schema/"
    assert sign_in(mia).get(path).status_code == 403
    assert sign_in(eve).get(path).status_code == 404


def test_a_type_without_labels_says_so(desk, org):
    project = make_project(org, "response", {"question": "Write."})
    assert "No labels to change" in desk.get(f"/projects/{project.pk}/schema/").text
