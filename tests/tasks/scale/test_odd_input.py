"""What programs send by mistake, or because another server took it: a word about it, and never a list that breaks."""

import json

import pytest

from tests.factories import make_project
from tests.tasks.scale.test_people_and_files import upload
from tests.tasks.scale.test_tasks import NER, ordered

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
DRAWN = {"attachment": "http://h/1.png", "geometries": {"box": {"objects_to_annotate": ["cow"]}}}
READ = {"attachment": "Apples 3", "fields": {"sum": "The sum"}, "repeatable_fields": {"item": "Item"}}
FORM = {"attachments": ["Great!"], "fields": [{"type": "text", "field_id": "a", "title": "A"}]}


def nested(levels):
    return "[" * levels + "]" * levels


def test_numbers_beyond_64_bits_come_back_as_they_were_and_break_no_list(live):
    numbers = {"largest_single": 3.4028234663852886e38, "id": 2.0**64, "small": -1e25}
    task = ordered(live, metadata=numbers)
    assert task["metadata"] == numbers
    assert live.get("tasks")["docs"][0]["metadata"] == numbers
    assert live.post(f"task/{task['task_id']}/setMetadata", numbers | {"n": 1})["metadata"] == numbers | {"n": 1}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (json.dumps(NER | {"text": "a\0b"}), "U+0000"),
        (json.dumps(NER | {"other": [{"a\0": 1}]}), "U+0000"),
        (json.dumps(NER)[:-1] + f', "other": {nested(300)}}}', "nested deeper"),
    ],
)
def test_what_could_not_be_kept_or_told_is_refused(live, body, word):
    reply = live.client.post("/v1/task/namedentityrecognition", body, **JSON)
    assert (reply.status_code, word in reply.json()["error"]) == (400, True)
    assert live.get("tasks")["total"] == 0


def test_a_backslash_and_u0000_is_a_text_like_any(live):
    assert ordered(live, text=r"C:\u0000")["params"]["text"] == r"C:\u0000"


def test_the_character_that_databases_refuse_is_refused_in_addresses_too(live):
    for path in ("projects/a%00b", "batches/a%00b", "task/a%00b"):
        live.get(path, 404)
    for query in ("project=a%00", "unique_id=%00", "tags=a&tags=%00"):
        live.get(f"tasks?{query}", 400)
    assert upload(live, b"x", reference_id="a\0").status_code == 400


@pytest.mark.parametrize("query", ["start_time=0001-01-01T00:00:00%2B14:00", "end_time=9999-12-31T23:59:59-14:00"])
def test_a_time_outside_the_calendar_is_no_time(live, query):
    live.get(f"tasks?{query}", 400)


@pytest.mark.parametrize(
    ("kind", "body", "status", "word"),
    [
        ("namedentityrecognition", NER | {"labels": [{"name": "a", "attributes": 5}]}, 400, "labels[0].attributes"),
        ("namedentityrecognition", NER | {"hypothesis": 5}, 400, "hypothesis"),
        ("namedentityrecognition", NER | {"callback_url": "a@b@c"}, 400, "e-mail"),
        ("textcollection", FORM | {"fields": [{"type": ["x"], "field_id": "a"}]}, 402, "fields[0]"),
        ("textcollection", FORM | {"fields": [{"type": "text", "field_id": {"a": 1}}]}, 400, "field_id"),
        ("imageannotation", DRAWN | {"annotation_attributes": {"a": {"type": ["x"]}}}, 402, "annotation_attributes.a"),
        ("imageannotation", DRAWN | {"hypothesis": {"annotations": True}}, 400, "annotations must be a list"),
        ("transcription", READ | {"fields": [[]]}, 400, "fields must be"),
        ("transcription", READ | {"hypothesis": {"repeatable_fields": 5}}, 400, "repeatable_fields must be a list"),
        ("annotation", {"attachment": "http://h/1.png", "objects_to_annotate": 7}, 400, "objects_to_annotate must"),
        ("annotation", {"attachment": "s3://b/1.png", "objects_to_annotate": ["cow"]}, 400, "'s3://b/1.png'"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_by_its_name(live, kind, body, status, word):
    assert word in live.post(f"task/{kind}", body, status)["error"]


def test_a_project_without_a_type_and_a_chat_task_are_told_what_to_do(live):
    assert "needs the type" in live.post("projects", {"name": "p"}, 400)["error"]
    assert "version 2" in live.post("task/chat", {"x": 1}, 402)["error"]


def test_a_project_of_the_pages_is_not_called_missing(live, org):
    make_project(org, "comparison", {"question": "?"}, name="drafted", state="draft")
    make_project(org, "comparison", {"question": "?"}, name="chats")
    make_project(org, name="words")
    for version, name, word in (("v1", "words", "POST /v1/projects"), ("v1", "chats", "version 2")):
        assert word in live.get(f"projects/{name}", 404, version=version)["error"]
    assert "launch it" in live.get("project?project_name=drafted", 404, version="v2")["error"]


def test_an_address_of_ours_may_end_in_a_slash(live):
    assert live.get("/projects") == []
    assert live.get("/projects", version="v2") == {"projects": []}


def test_a_files_metadata_is_json_in_a_form(live):
    assert upload(live, b"x", metadata='{"a": 1}').json()["metadata"] == {"a": 1}
    assert upload(live, b"x", metadata="{").status_code == 400
