"""Wrong drawings through the exchange: each refused with the path and the reason, and the draft is still there."""

from typing import Any

import pytest

from tasks.models import Answer
from tests.factories import make_dataset, make_item, make_project, make_task
from tests.tasks.working import answer_to, exchange

pytestmark = pytest.mark.django_db
WIDTH, HEIGHT = 40, 30
CONFIG = {
    "question": "Draw.",
    "labels": [{"value": "car", "attributes": [{"name": "state", "choices": ["old", "new"]}]}, {"value": "road"}],
    "links": [{"value": "on", "from": ["car"], "to": ["road"]}],
}
IMAGE = {"key": "a", "thumb": "b", "width": WIDTH, "height": HEIGHT, "format": "PNG", "bytes": 9}
BOX = {"uuid": "a", "type": "box", "label": "car", "left": 5, "top": 5, "width": 10, "height": 10}
DRAFT = {"annotations": [BOX], "global_attributes": {}, "links": []}
MASK = {"type": "mask", "label": "car", "size": [HEIGHT, WIDTH]}


def with_box(**changes: Any) -> dict[str, Any]:
    return DRAFT | {"annotations": [BOX | changes]}


def with_shape(**shape: Any) -> dict[str, Any]:
    return DRAFT | {"annotations": [BOX, {"label": "car"} | shape]}


def linked(**link: Any) -> dict[str, Any]:
    return DRAFT | {"links": [{"from": "a", "to": "a", "type": "on"} | link]}


WRONG: list[tuple[dict[str, Any], str, str]] = [
    (with_box(left=35), "annotations[0].width", "reaches 45; the image ends at 40"),
    (with_box(top=-1), "annotations[0].top", "must be from 0 to 30"),
    (with_box(height=-4), "annotations[0].height", "must be more than 0"),
    (with_box(left=1.5), "annotations[0].left", "whole pixels"),
    (with_box(label="cow"), "annotations[0].label", "not a label of this schema"),
    (with_box(attributes={"colour": "red"}), "annotations[0].attributes.colour", "unknown field"),
    (with_box(attributes={"state": "odd"}), "annotations[0].attributes.state", "is not an option of this attribute"),
    (
        with_shape(type="polygon", vertices=[{"x": 1, "y": 1}, {"x": 2, "y": 2}]),
        "annotations[1].vertices",
        "vertices: 2",
    ),
    (with_shape(type="line", vertices=[{"x": 1, "y": 1}, {"x": 2, "y": 31}]), "annotations[1].vertices[1].y", "is 31"),
    (with_shape(type="ellipse", center={"x": 1, "y": 1}, radius_x=0, radius_y=1), "annotations[1].radius_x", "than 0"),
    (with_shape(**MASK, counts=[1, 2, 3]), "annotations[1].counts", "cover 6 pixels; the image has 1200"),
    (with_shape(**MASK, counts=[5, -5, 1200]), "annotations[1].counts", "not negative"),
    (with_shape(**MASK | {"size": [WIDTH, HEIGHT]}, counts=[0, 1200]), "annotations[1].size", "must be [30, 40]"),
    (with_shape(type="blob"), "annotations[1].type", "must be one of"),
    (linked(), "links[0].to", "is the same object"),
    (linked(to="b"), "links[0].to", "is not the id of an object"),
    (linked(type="under"), "links[0].type", "no relation of this schema"),
    (DRAFT | {"global_attributes": {"night": True}}, "global_attributes.night", "unknown field"),
]


def test_a_wrong_drawing_is_told_by_path_and_reason_and_the_draft_is_offered_again(org, ann, sign_in):
    client = sign_in(ann)
    make_task(
        make_project(org, "image_annotation", CONFIG), make_item(make_dataset(org, items=0), media={"image": IMAGE})
    )
    (task,) = exchange(client, want=1)["tasks"]
    draft = {"seq": 7, "value": DRAFT}
    assert client.put(f"/api/v1/assignments/{task['assignment']}/draft", draft, format="json").status_code == 200
    for answer, path, reason in WRONG:
        (result,) = exchange(client, answers=[answer_to(task, answer)])["results"]
        assert (result["status"], [each["path"] for each in result["problems"]]) == ("invalid", [path])
        assert reason in result["problems"][0]["message"]
    (result,) = exchange(client, answers=[answer_to(task, DRAFT, schema_version=9)])["results"]
    assert (result["status"], result["problems"][0]["path"]) == ("refused", "schema_version")
    assert not Answer.objects.exists()
    (again,) = exchange(client, want=1)["tasks"]
    assert again["draft"] == draft
    assert exchange(client, answers=[answer_to(task, DRAFT)])["results"][0]["status"] == "stored"
