"""Wrong answers through the exchange: refused with the path and the reason, and the draft is still there afterwards."""

import json

import pytest

from tasks.models import Answer
from tests.factories import make_item, make_project, make_task, make_tasks
from tests.tasks.working import answer_to, exchange

pytestmark = pytest.mark.django_db
TEXT = "Ann 𠮷 left."
SPANS = {"question": "?", "labels": [{"value": "x", "attributes": [{"name": "note", "type": "text"}]}]}
DRAFT = {"annotations": [{"id": "a1", "label": "x", "start": 0, "end": 3, "text": "Ann"}], "relationships": []}


@pytest.fixture
def client(ann, sign_in):
    return sign_in(ann)


@pytest.fixture
def task(org, client):
    project = make_project(org, "spans", SPANS)
    dataset = make_task(project).item.dataset
    make_task(project, make_item(dataset, TEXT), overlap=1)
    tasks = exchange(client, want=2)["tasks"]
    (mine,) = (each for each in tasks if each["item"]["text"] == TEXT)
    saved = client.put(f"/api/v1/assignments/{mine['assignment']}/draft", {"seq": 7, "value": DRAFT}, format="json")
    assert saved.status_code == 200
    return mine


def span(**changes):
    return {"annotations": [{"label": "x", "start": 4, "end": 5} | changes], "relationships": []}


@pytest.mark.parametrize(
    ("answer", "path", "reason"),
    [
        (span(end=99), "annotations[0].end", "the text has 11 characters"),
        (span(start=-1), "annotations[0].start", "is -1"),
        (span(start=5, end=5), "annotations[0].end", "must be more than start"),
        (span(start=5, end=6, text="𠮷"), "annotations[0].text", "is not the text there"),
        (span(label="y"), "annotations[0].label", "not a label of this schema"),
        (span(attributes={"note": "x" * 5001}), "annotations[0].attributes.note", "5001 characters"),
        (span(attributes={"colour": "red"}), "annotations[0].attributes.colour", "unknown field"),
        ({"annotations": []} | {"more": 1}, "more", "unknown field"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_by_path_and_reason_and_the_draft_is_offered_again(client, task, answer, path, reason):
    (result,) = exchange(client, answers=[answer_to(task, answer)])["results"]
    assert result["status"] == "invalid"
    assert [problem["path"] for problem in result["problems"]] == [path]
    assert reason in result["problems"][0]["message"]
    assert not Answer.objects.exists()
    again = {each["assignment"]: each for each in exchange(client, want=2)["tasks"]}
    assert again[task["assignment"]]["draft"] == {"seq": 7, "value": DRAFT}


@pytest.mark.parametrize("version", [0, 2, -1, 2**40])
def test_an_answer_under_a_version_that_is_not_there_is_refused_and_the_draft_stays(client, task, version):
    (result,) = exchange(client, answers=[answer_to(task, DRAFT, schema_version=version)])["results"]
    assert result["status"] == "refused"
    assert result["problems"][0]["path"].endswith("schema_version")
    again = {each["assignment"]: each for each in exchange(client, want=2)["tasks"]}
    assert again[task["assignment"]]["draft"] == {"seq": 7, "value": DRAFT}


def test_a_text_longer_than_its_limit_is_refused(org, client):
    make_tasks(make_project(org, "writing", {"question": "?", "fields": [{"name": "a", "max_chars": 10}]}), 1)
    (task,) = exchange(client, want=1)["tasks"]
    (result,) = exchange(client, answers=[answer_to(task, {"fields": {"a": "x" * 11}})])["results"]
    assert (result["status"], result["problems"][0]["path"]) == ("invalid", "fields.a")


@pytest.mark.parametrize(
    ("annotations", "path"),
    [
        ({"visits": [{"ill": [True]}, {"ill": [1]}]}, "annotations.visits[1].ill[0]"),
        ({"visits": [{"ill": [True], "how": ["x" * 11]}]}, "annotations.visits[0].how[0]"),
        ({"visits": [{"ill": [False], "how": ["flu"]}]}, "annotations.visits[0].how"),
        ({"visits": []}, "annotations.visits"),
    ],
)
def test_a_wrong_entry_of_a_form_is_told_by_its_place_and_the_draft_stays(org, client, annotations, path):
    how = {"type": "text", "field_id": "how", "max_length": 10, "required": False, "conditions": {"ill": True}}
    visits = {"type": "field_set", "field_id": "visits", "max_responses_required": 2,
              "fields": [{"type": "boolean", "field_id": "ill"}, how]}  # fmt: skip
    make_tasks(make_project(org, "textcollection", {"title": "?", "fields": [visits]}), 1)
    (task,) = exchange(client, want=1)["tasks"]
    draft = {"annotations": {"visits": [{"ill": [True]}]}}
    client.put(f"/api/v1/assignments/{task['assignment']}/draft", {"seq": 1, "value": draft}, format="json")
    (result,) = exchange(client, answers=[answer_to(task, {"annotations": annotations})])["results"]
    assert result["status"] == "invalid"
    assert [problem["path"] for problem in result["problems"]] == [path]
    (again,) = exchange(client, want=1)["tasks"]
    assert again["draft"] == {"seq": 1, "value": draft}


def post(client, body: str):
    return client.post("/api/v1/work/exchange", body, content_type="application/json")


def test_half_of_a_surrogate_pair_refuses_its_answer_by_path_and_none_beside_it(client, task, org):
    (other,) = exchange(client, want=2, have=[task["assignment"]])["tasks"][-1:]
    cut, whole = answer_to(task, span(text="\ud842")), answer_to(other, {"annotations": [], "relationships": []})
    skip = {"assignment": 1, "reason": "\udc00"}
    reply = post(client, json.dumps({"answers": [cut, whole], "skips": [skip], "want": 0, "have": []}))
    assert reply.status_code == 200, reply.content
    refused, stored = reply.json()["results"]
    assert (refused["status"], stored["status"]) == ("refused", "stored")
    assert refused["id"] == cut["id"]
    (problem,) = refused["problems"]
    assert problem["path"] == "answers[0].answer.annotations[0].text"
    assert "surrogate" in problem["message"]
    (skipped,) = reply.json()["skipped"]
    assert skipped["problems"][0]["path"] == "skips[0].reason"
    again = {each["assignment"]: each for each in exchange(client, want=2)["tasks"]}
    assert again[task["assignment"]]["draft"] == {"seq": 7, "value": DRAFT}


@pytest.mark.parametrize(
    "body",
    [
        '{"answers": [{"answer": "\\ud842"}], "want": NaN}',
        '{"answers": [{"answer": "\\ud842"}], "want": 1e999}',
        '{"answers": [{"answer": "\\ud842"}], "project": "\\ud842"}',
        '["\\ud842"]',
        '{"answers": [{"answer": "\\ud842"}]',
        "[" * 100_000,
    ],
    ids=["NaN", "infinity", "elsewhere", "no object", "cut off", "deep"],
)
def test_what_is_no_json_is_refused_as_a_whole(client, body):
    assert post(client, body).status_code == 400


def test_an_id_that_is_half_of_a_surrogate_pair_is_not_repeated(client, task):
    cut = answer_to(task, span()) | {"id": "\ud842", "\ud843": 1}
    reply = post(client, json.dumps({"answers": [cut], "want": 0}))
    (refused,) = reply.json()["results"]
    assert (refused["status"], refused["id"], refused["assignment"]) == ("refused", None, task["assignment"])
    assert [each["path"] for each in refused["problems"]] == ["answers[0].id", "answers[0].?"]
