"""How known answers come in, and what is refused of them."""

import json

import pytest

from labeling import storage
from labeling.errors import InvalidInput
from tasks.models import Gold, Task
from tasks.services import gold, judging
from tasks.services.exporting import request_export, run_export
from tasks.services.gold_reading import Told
from tasks.services.gold_sources import add_gold_of_column, add_gold_of_file, add_gold_of_result
from tasks.services.launching import launch
from tests.factories import (
    NOW,
    make_answer,
    make_dataset,
    make_item,
    make_project,
    make_task,
    make_tasks,
)
from tests.tasks.gold.conftest import make_gold
from tests.tasks.test_projects_results import make_consensus
from tests.tasks.working import exchange

pytestmark = pytest.mark.django_db


def test_a_known_answer_takes_its_task_out_of_the_ordinary_work(org, ann, max_, sign_in):
    project = make_project(org)
    task = make_task(project)
    body = {"items": [{"item": task.item.key, "answer": {"option": "good"}, "explanation": "It says so."}]}
    client = sign_in(max_)
    reply = client.post(f"/api/v1/projects/{project.pk}/gold", body)
    assert (reply.status_code, reply.json()) == (201, {"added": 1})
    (row,) = client.get(f"/api/v1/projects/{project.pk}/gold").json()["results"]
    assert (row["item"], row["kind"], row["answer"]) == (task.item.key, "gold", {"option": "good"})
    task.refresh_from_db()
    project.refresh_from_db()
    assert (task.state, task.wanted, project.checks) == ("check", gold.WITHOUT_END, 1)
    assert client.get(f"/api/v1/projects/{project.pk}/progress").json()["tasks"]["total"] == 0


def test_every_problem_names_the_item_and_the_path_and_nothing_is_stored(org, max_, sign_in):
    project = make_project(org)
    one, two = make_tasks(project, 2)
    items = [
        {"item": one.item.key, "answer": {"option": "ugly"}},
        {"item": "no-such-key", "answer": {"option": "good"}},
        {"item": two.item.key, "answer": {"option": "good"}},
        {"item": two.item.key, "answer": {"option": "bad"}},
    ]
    reply = sign_in(max_).post(f"/api/v1/projects/{project.pk}/gold", {"items": items})
    found = {p["path"]: (p["code"], p["message"]) for p in reply.json()["problems"]}
    assert reply.status_code == 400
    assert set(found) == {"items[0].answer.option", "items[1].item", "items[3].answer"}
    assert one.item.key in found["items[0].answer.option"][1]
    assert found["items[3].answer"][0] == "contradiction"
    assert not Gold.objects.exists()


def test_another_answer_to_what_is_known_is_a_contradiction_unless_it_shall_replace(org):
    project = make_project(org)
    (known,) = make_gold(project)
    told = [Told("items[0]", known.task.item.key, {"option": "bad"})]
    with pytest.raises(InvalidInput, match="known already"):
        gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW)
    gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW, replace=True)
    assert Gold.objects.get().answer == {"option": "bad"}


def test_equal_items_with_different_answers_contradict_each_other(org):
    project = make_project(org)
    dataset = make_task(project).item.dataset
    twins = [make_item(dataset, "The same words.") for _ in range(2)]
    told = [
        Told(f"line {n}", item.key, value) for n, (item, value) in enumerate(zip(twins, ("good", "bad"), strict=True))
    ]
    stored, problems = gold.add_gold(project=project, told=told, source="file", actor=None, now=NOW, partly=True)
    assert stored == 1
    assert "same content" in problems[0].message


def test_a_column_of_the_items_holds_known_answers_and_is_never_shown(org, ann, sign_in):
    dataset = make_dataset(org)
    values = ["good", '{"option": "bad"}', "ugly", "", None]
    for n, value in enumerate(values):
        make_item(dataset, key=f"k{n}", data={"text": f"Item {n}", "truth": value})
    project = make_project(org, gold_field="truth", state="draft")
    launch(project=project, dataset=dataset, actor=None, now=NOW)
    assert {g.task.item.key: g.answer["option"] for g in Gold.objects.all()} == {"k0": "good", "k1": "bad"}
    (problem,) = project.gold_problems.all()
    assert (problem.item.key, problem.path) == ("k2", "truth")
    assert set(Task.objects.filter(state="open").values_list("item__key", flat=True)) == {"k2", "k3", "k4"}
    tasks = exchange(sign_in(ann), want=5)["tasks"]
    assert len(tasks) >= 3
    assert all("truth" not in json.dumps(task) for task in tasks)


def test_a_column_can_be_chosen_after_the_launch(org):
    dataset = make_dataset(org)
    make_item(dataset, data={"text": "One", "truth": "bad"})
    make_item(dataset, data={"text": "Two"})
    project = make_project(org, state="draft")
    launch(project=project, dataset=dataset, actor=None, now=NOW)
    assert add_gold_of_column(project=project, field="truth", actor=None, now=NOW) == 1
    assert sorted(Task.objects.values_list("state", flat=True)) == ["check", "open"]
    for field in ("text", "nothing"):
        with pytest.raises(InvalidInput):
            add_gold_of_column(project=project, field=field, actor=None, now=NOW)


def test_a_file_stores_its_good_lines_and_names_the_others(org):
    project = make_project(org)
    one, two, three = make_tasks(project, 3)
    rows = [f"{one.item.key},good,,", f"{two.item.key},ugly,,", f"{three.item.key},bad,training,Mind the tone."]
    content = "\n".join(["item,answer,kind,explanation", *rows])
    stored, problems = add_gold_of_file(project=project, content=content.encode(), actor=None, now=NOW)
    assert stored == 2
    assert [p.path for p in problems] == ["line 3.answer"]
    trained = Gold.objects.get(kind="training")
    assert (trained.explanation, trained.task.state) == ("Mind the tone.", "practice")
    lines = "\n".join(json.dumps({"item": t.item.key, "answer": {"option": "good"}}) for t in (one, two))
    assert add_gold_of_file(project=project, content=lines.encode(), actor=None, now=NOW) == (2, [])


def test_a_result_becomes_a_check_and_stays_data(org, ann, bob, max_, sign_in):
    project = make_project(org)
    task = make_task(project)
    make_answer(task, ann, at=NOW)
    make_consensus(task)
    add_gold_of_result(task=task, actor=max_, now=NOW)
    assert Gold.objects.get().answer == {"option": "good"}
    make_gold(project)
    client = sign_in(max_)
    listed = client.get(f"/api/v1/projects/{project.pk}/results").json()["results"]
    assert [row["task"] for row in listed] == [task.pk]
    assert rows_of(project) == [task.item.key]
    assert len(rows_of(project, include_gold=True)) == 2
    assert judging.judge_project(project_id=project.pk, now=NOW) == {ann.pk}  # what was answered before counts too


def rows_of(project, **options):
    export = request_export(project=project, format="jsonl", **options)
    run_export(export_id=export.pk)
    export.refresh_from_db()
    with storage.open_file(export.storage_key) as file:
        return [json.loads(line)["item_key"] for line in file]
