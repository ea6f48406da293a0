"""Suggested answers: from the item's column to the task, to the annotator, and what came of them."""

import json
import time

import pytest

from labeling.outbox.models import Event
from tasks.models import Answer, Comment, SuggestionProblem, Task
from tasks.selectors import payload
from tasks.services import launching
from tasks.services.projects import change_project
from tasks.services.purging import purge_dataset
from tests.factories import (
    CHOICE,
    NOW,
    make_answer,
    make_assignment,
    make_comment,
    make_dataset,
    make_item,
    make_project,
    make_task,
)
from tests.tasks.working import answer_to, exchange, id_of

pytestmark = pytest.mark.django_db
GOOD = {"option": "good"}
BOXES = {"question": "Draw cars.", "labels": [{"value": "car"}]}


def launch(project, *hypotheses, column="hypothesis", **fields):
    dataset = make_dataset(project.organization)
    for n, each in enumerate(hypotheses):
        make_item(dataset, data={"text": f"Text {n}", column: each}, key=f"item-{n}", **fields)
    launching.launch(project=project, dataset=dataset, actor=None, now=NOW)
    return list(Task.objects.filter(project=project).order_by("pk"))


def suggested(tasks):
    return [task.suggestion and task.suggestion["value"] for task in tasks]


def test_objects_and_json_text_become_suggestions_and_empty_cells_none(org):
    tasks = launch(make_project(org), GOOD, json.dumps(GOOD), "", "  ", None)
    assert suggested(tasks) == [GOOD, GOOD, None, None, None]
    assert not SuggestionProblem.objects.exists()


def test_a_bad_one_is_reported_with_item_and_path_and_blocks_nothing(org, max_, sign_in):
    project = make_project(org)
    tasks = launch(
        project, {"option": "ugly"}, "{nonsense", GOOD, {"option": "good", "sure": 1}, '{"option": "\\u0000"}', 7
    )
    assert suggested(tasks) == [None, None, GOOD, None, None, None]
    assert {task.state for task in tasks} == {"open"}
    found = SuggestionProblem.objects.order_by("pk")
    assert [(each.task.item.key, each.path) for each in found] == [
        ("item-0", "hypothesis.option"),
        ("item-1", "hypothesis"),
        ("item-3", "hypothesis.sure"),
        ("item-4", "hypothesis"),
        ("item-5", "hypothesis"),
    ]
    assert "'ugly' is not an option" in found[0].message
    client = sign_in(max_)
    listed = client.get(f"/api/v1/projects/{project.pk}/suggestion-problems?limit=2").json()
    assert [row["item"] for row in listed["results"]] == ["item-0", "item-1"]
    assert [row["item"] for row in client.get(listed["next"]).json()["results"]] == ["item-3", "item-4"]
    page = client.get(f"/projects/{project.pk}/suggestions/").text
    assert "item-0" in page and "hypothesis.option" in page
    assert "5 suggestions could not be used" in client.get(f"/projects/{project.pk}/").text


def test_the_reply_to_a_launch_tells_what_was_not_used(org, max_, sign_in):
    project, dataset = make_project(org, state="draft"), make_dataset(org)
    make_item(dataset, data={"text": "x", "hypothesis": GOOD})
    make_item(dataset, data={"text": "y", "hypothesis": {"option": 1}}, key="wrong")
    reply = sign_in(max_).post(f"/api/v1/projects/{project.pk}/launch", {"dataset": dataset.pk}).json()
    assert (reply["tasks"], reply["suggestions"]["usable"], reply["suggestions"]["unusable"]) == (2, 1, 1)
    (problem,) = reply["suggestions"]["problems"]
    assert (problem["item"], problem["path"]) == ("wrong", "hypothesis.option")


def test_the_project_says_which_column_holds_them(org):
    assert suggested(launch(make_project(org, suggestion_field="model"), GOOD, column="model")) == [GOOD]
    assert suggested(launch(make_project(org, suggestion_field=""), GOOD)) == [None]
    assert not SuggestionProblem.objects.exists()


def test_a_second_launch_leaves_what_is_there_and_reads_only_new_items(org):
    project = make_project(org)
    (first,) = launch(project, GOOD)
    Task.objects.update(suggestion=None)
    dataset = first.item.dataset
    make_item(dataset, data={"text": "new", "hypothesis": {"option": "bad"}})
    assert launching.open_new_items(project, now=NOW) == 1
    assert suggested(Task.objects.order_by("pk"))[1] == {"option": "bad"}


def test_they_are_checked_in_short_transactions(org, monkeypatch):
    monkeypatch.setattr(launching, "CHUNK_SUGGESTED", 2)
    assert suggested(launch(make_project(org), *[GOOD] * 5)) == [GOOD] * 5
    counts = [event.payload["count"] for event in Event.objects.filter(kind="tasks.opened").order_by("pk")]
    assert counts == [2, 2, 1]


def test_a_drawn_suggestion_is_checked_against_its_picture(org):
    box = {"type": "box", "label": "car", "left": 10, "top": 10, "width": 20, "height": 20}
    outside = box | {"left": 390}
    project = make_project(org, "boxes", BOXES)
    media = {"image": {"key": "a", "thumb": "b", "width": 400, "height": 300, "format": "PNG", "bytes": 9}}
    given = [{"annotations": [each], "global_attributes": {}} for each in (box, outside)]
    tasks = launch(project, *given, media=media)
    assert suggested(tasks)[0]["annotations"][0]["uuid"] == "1"
    assert suggested(tasks)[1] is None
    assert SuggestionProblem.objects.get().path.startswith("hypothesis.annotations[0]")


def test_the_annotator_gets_it_as_a_suggestion_and_not_as_data(org, ann, sign_in):
    launch(make_project(org), GOOD)
    (task,) = exchange(sign_in(ann), want=1)["tasks"]
    assert task["suggestion"] == {"value": GOOD}
    assert task["item"]["data"] == {}


def test_a_column_that_is_no_suggestion_stays_data_of_the_item(org, ann, sign_in):
    launch(make_project(org), "A man sleeps.")
    (task,) = exchange(sign_in(ann), want=1)["tasks"]
    assert (task["suggestion"], task["item"]["data"]) == (None, {"hypothesis": "A man sleeps."})


def test_a_dataset_is_purged_with_problems_and_comments(org, ann):
    first, second = launch(make_project(org), GOOD, 7)
    make_comment(first, ann)
    make_answer(second, ann)
    assert purge_dataset(dataset=first.item.dataset, until=time.monotonic() + 60)
    assert not (SuggestionProblem.objects.exists() or Comment.objects.exists() or Task.objects.exists())


@pytest.mark.parametrize(("option", "outcome"), [("good", "accepted"), ("bad", "rejected")])
@pytest.mark.parametrize("together", [1, 2], ids=["one by one", "in a batch"])
def test_an_answer_keeps_what_it_made_of_the_suggestion(org, ann, sign_in, option, outcome, together):
    launch(make_project(org), *[GOOD] * together)
    client = sign_in(ann)
    tasks = exchange(client, want=2)["tasks"]
    exchange(client, answers=[answer_to(task, {"option": option}) for task in tasks])
    assert set(Answer.objects.values_list("suggestion_outcome", "suggestion_counts")) == {(outcome, None)}
    assert Answer.objects.count() == together


def test_a_correction_is_compared_with_the_suggestion_anew(org, ann, sign_in):
    launch(make_project(org), GOOD)
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    (first,) = exchange(client, answers=[answer_to(task, {"option": "bad"})])["results"]
    exchange(client, answers=[answer_to(task, GOOD, supersedes=first["answer_id"])])
    assert list(Answer.objects.order_by("pk").values_list("suggestion_outcome", flat=True)) == ["rejected", "accepted"]


def test_without_a_suggestion_there_is_no_outcome(org, ann, sign_in):
    launch(make_project(org), "")
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    assert task["suggestion"] is None
    exchange(client, answers=[answer_to(task)])
    assert Answer.objects.get().suggestion_outcome == ""


def test_under_a_new_schema_only_what_is_still_an_answer_is_shown(org, ann, bob, sign_in):
    project = make_project(org, overlap=2)
    tasks = launch(project, GOOD, {"option": "bad"})
    options = [{"value": "good"}, {"value": "awful"}]
    change_project(project=project, actor=None, now=NOW, config=CHOICE | {"options": options})
    client = sign_in(ann)
    shown = {id_of(task): task for task in exchange(client, want=2)["tasks"]}
    assert shown[tasks[0].pk]["suggestion"] == {"value": GOOD}
    assert shown[tasks[1].pk]["suggestion"] is None
    exchange(client, answers=[answer_to(task) for task in shown.values()])
    outcomes = dict(Answer.objects.values_list("task_id", "suggestion_outcome"))
    assert outcomes == {tasks[0].pk: "accepted", tasks[1].pk: ""}


def test_the_requester_sees_outcomes_by_task_and_by_project(org, ann, bob, max_, sign_in):
    project = make_project(org, overlap=2)
    (task,) = launch(project, GOOD)
    for person, option in ((ann, "good"), (bob, "bad")):
        client = sign_in(person)
        exchange(client, answers=[answer_to(exchange(client, want=1)["tasks"][0], {"option": option})])
    client = sign_in(max_)
    detail = client.get(f"/api/v1/tasks/{task.pk}").json()
    assert detail["suggestion"] == GOOD
    assert [row["suggestion_outcome"] for row in detail["answers"]] == ["accepted", "rejected"]
    for page in (f"/projects/{project.pk}/items/", f"/projects/{project.pk}/tasks/{task.pk}/"):
        text = client.get(page).text
        assert "suggestion accepted" in text and "suggestion rejected" in text, page
    assert "1 task with a suggested answer" in client.get(f"/projects/{project.pk}/").text


def test_another_organization_sees_nothing_of_it(org, eve, mia, ann, sign_in):
    project = make_project(org)
    launch(project, GOOD, 7)
    for path in (f"/api/v1/projects/{project.pk}/suggestion-problems", f"/projects/{project.pk}/suggestions/"):
        assert sign_in(mia).get(path).status_code == 200
        assert sign_in(eve).get(path).status_code == 404
        assert sign_in(ann).get(path).status_code == 403


def test_the_column_is_set_by_managers_and_exactly(org, max_, mia, sign_in):
    project = make_project(org)
    path = f"/api/v1/projects/{project.pk}"
    assert sign_in(max_).patch(path, {"suggestion_field": "model"}).json()["suggestion_field"] == "model"
    assert sign_in(mia).patch(path, {"suggestion_field": "x"}).status_code == 403
    assert sign_in(max_).patch(path, {"suggestion_field": "x" * 201}).status_code == 400


def test_suggestions_of_many_tasks_cost_no_query_each(org, ann, django_assert_num_queries):
    project = make_project(org)
    turns = [make_assignment(task, ann).pk for task in launch(project, *[GOOD] * 5)]
    with django_assert_num_queries(1):
        assert [task["suggestion"] for task in payload.tasks_of(turns)] == [{"value": GOOD}] * 5
    assert make_task(project).suggestion is None
