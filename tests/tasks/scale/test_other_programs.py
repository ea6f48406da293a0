"""What programs send that were written without the official client: forms, slashes, words of older documents."""

import json

import pytest

from tasks.models import Delivery
from tasks.scale.kinds import KINDS
from tests.tasks.scale.test_batches import make_batch
from tests.tasks.scale.test_tasks import NER, ordered

pytestmark = pytest.mark.django_db
FORM = {"content_type": "application/x-www-form-urlencoded"}
ABOUT = "callback_url=http://127.0.0.1:1/c&instruction=Which%20one%3F&attachment=http%3A%2F%2Fh.example%2F1.png"


def sent_as_form(scale, path, body, status=200):
    reply = scale.client.post(f"/v1/{path}", body, **FORM)
    assert reply.status_code == status, reply.content
    return reply.json()


@pytest.mark.parametrize(
    ("kind", "body", "params"),
    [
        (
            "categorization",
            "attachment_type=website&categories=public&categories=private",
            {"attachment_type": "website", "categories": ["public", "private"]},
        ),
        (
            "annotation",
            "objects_to_annotate[0]=face&with_labels=false&min_width=30",
            {"objects_to_annotate": ["face"], "with_labels": False, "min_width": "30"},
        ),
        ("polygonannotation", "objects_to_annotate=car", {"objects_to_annotate": ["car"]}),
        (
            "segmentannotation",
            "labels[]=road&labels[]=sky&allow_unlabeled=true",
            {"labels": ["road", "sky"], "allow_unlabeled": True},
        ),
        (
            "imageannotation",
            "geometries[box][objects_to_annotate][]=cow&geometries[box][min_height]=5&responses_required=2",
            {"geometries": {"box": {"objects_to_annotate": ["cow"], "min_height": "5"}}, "responses_required": 2},
        ),
        (
            "imageannotation",
            "geometries=%7B%22box%22%3A%7B%22objects_to_annotate%22%3A%5B%22cow%22%5D%7D%7D&metadata[n]=1",
            {"geometries": {"box": {"objects_to_annotate": ["cow"]}}},
        ),
        ("transcription", "attachment_type=image&fields[sum]=The%20sum", {"fields": {"sum": "The sum"}}),
    ],
)
def test_a_task_may_be_sent_as_a_form(test_mode, kind, body, params):
    task = sent_as_form(test_mode, f"task/{kind}", f"{ABOUT}&{body}")
    assert (task["status"], task["instruction"]) == ("completed", "Which one?")
    assert task["callback_url"] == "http://127.0.0.1:1/c"
    assert {name: task["params"][name] for name in params} == params
    assert task["metadata"] == ({"n": "1"} if "metadata" in body else {})


@pytest.mark.parametrize(
    "body",
    ["text=a&text[b]=c", "text[b]=c&text=a", "te]xt=a", "text=%00", "text=%ff", "text" + "[a]" * 50 + "=1"],
)
def test_a_form_that_means_nothing_is_a_400(live, body):
    assert live.client.post("/v1/task/namedentityrecognition", body, **FORM).status_code == 400


@pytest.mark.parametrize("key", ["k", "p_b_https://h.example/ü.png" + "x" * 300])
def test_a_task_sent_twice_under_one_idempotency_key_is_one_task(live, key):
    head = {"HTTP_IDEMPOTENCY_KEY": key}
    first, again = (live.client.post("/v1/task/namedentityrecognition", NER, format="json", **head) for _ in range(2))
    assert (first.json()["task_id"], again.status_code) == (again.json()["task_id"], 200)
    other = live.client.post("/v1/task/namedentityrecognition", NER | {"text": "Bob."}, format="json", **head)
    assert (other.status_code, other.json().keys()) == (409, {"status_code", "error"})
    assert live.get("tasks")["total"] == 1
    assert (
        live.client.post("/v1/task/namedentityrecognition", {}, format="json", HTTP_IDEMPOTENCY_KEY="new").status_code
        == 400
    )


def test_calls_may_end_in_a_slash(live):
    make_batch(live)
    live.post("batches/", {"project": "p", "name": "week/1"})
    task = live.post("task/namedentityrecognition/", NER | {"batch": "week/1"})
    assert live.get(f"task/{task['task_id']}/")["batch"] == "week/1"
    assert live.get("batches/week/1/")["name"] == "week/1"
    assert live.get("batches/week/1/status/")["pending"] == 1
    assert live.get("tasks/?batch=week/1")["total"] == 1
    assert live.get("batches/", version="v2")["batches"][0]["name"] == "week/1"


def test_a_batch_may_name_its_callback_as_a_task_does(live):
    make_batch(live)
    made = live.post("batches", {"project": "p", "name": "c", "callback_url": "http://h.example/done"})
    assert made["callback"] == "http://h.example/done"
    assert (
        "callback_url" in live.post("batches", {"project": "p", "name": "d", "callback_url": "ftp://x"}, 400)["error"]
    )


def test_batches_are_walked_by_their_pages_too(live):
    for name in "abc":
        make_batch(live, name)
    ordered(live, batch="a")
    page = live.get("batches?limit=2")
    assert (page["page"], page["totalPages"], page["hasNextPage"], page["nextPage"]) == (1, 2, True, 2)
    last = live.get("batches?limit=2&offset=2&detailed=true")
    assert (last["page"], last["hasNextPage"], last["nextPage"], last["prevPage"]) == (2, False, None, 1)
    assert last["docs"][0]["pending"] == 1
    assert live.get("batches?project=p&status=completed")["totalPages"] == 1


@pytest.mark.parametrize(
    ("path", "word", "version"),
    [
        ("batches?projekt=p", "projekt", "v1"),
        ("batches?status=done", "in_progress", "v1"),
        ("tasks?status=done", "completed", "v1"),
        ("projects?archive=1", "archive", "v1"),
        ("batches?project=p", "project", "v2"),
        ("batches?status=done", "cancelled", "v2"),
        ("tasks?batch=b", "batch", "v2"),
        ("tasks?status=done", "completed", "v2"),
        ("projects?name=p", "name", "v2"),
        ("deliveries?status=completed", "status", "v2"),
    ],
)
def test_a_filter_that_lists_do_not_know_is_refused_by_name(live, path, word, version):
    assert word in live.get(path, 400, version=version)["error"]


def test_projects_are_listed_by_whether_they_are_put_away(live):
    for name, archived in (("new", None), ("old", True)):
        live.post("projects", {"name": name, "type": "namedentityrecognition", "archived": archived})
    assert [one["name"] for one in live.get("projects?archived=true")] == ["old"]
    assert [one["name"] for one in live.get("projects?archived=false")] == ["new"]


def test_a_callback_is_sent_again_when_it_is_asked_for(live, test_mode):
    task = ordered(test_mode, callback_url="http://127.0.0.1:1/c")
    assert test_mode.post(f"task/{task['task_id']}/send_callback") == {"success": True}
    first, second = Delivery.objects.filter(kind="task.callback").order_by("pk")
    assert first.message_id != second.message_id
    assert json.loads(second.body)["task_id"] == task["task_id"]
    waiting = ordered(live, callback_url="http://127.0.0.1:1/c")
    assert "pending" in live.post(f"task/{waiting['task_id']}/send_callback", status=400)["error"]
    silent = ordered(test_mode)
    assert "address" in test_mode.post(f"task/{silent['task_id']}/send_callback", status=400)["error"]


def test_a_form_field_keeps_the_limits_of_older_documents():
    field = {"type": "text", "field_id": "why", "min_characters": 2, "max_characters": 20, "min_responses_required": 1}
    asked = KINDS["textcollection"].ask({"attachments": ["x"], "fields": [field]}, "")
    (found,) = asked.config["fields"]
    assert (found["min_length"], found["max_length"]) == (2, 20)
