"""Every task type: made up in test mode, its response reads back as the answer it was made of."""

import io

import numpy as np
import pytest
from PIL import Image

from labeling.types import registry
from tasks.scale.kinds import KINDS

PICTURE = {"attachment": "http://h.example/1.png"}
ATTRIBUTES = {
    "colour": {"type": "category", "choices": ["red", "blue"], "conditions": {"label_condition": {"label": ["cow"]}}},
    "weather": {"type": "category", "choices": ["sun", "rain"], "global": True},
    "legs": {"type": "number", "description": "How many legs?"},
}
FIELDS = [
    {"type": "category", "field_id": "tone", "choices": [{"label": "Good", "value": "good"}, "bad"]},
    {"type": "text", "field_id": "why not?", "required": False, "unknown": 1},
    {"type": "number", "field_id": "n", "min": 3, "conditions": {"tone": ["bad"]}},
]
ORDERED = {
    "annotation": PICTURE
    | {"objects_to_annotate": ["cow", {"choice": "cat", "subchoices": ["lion"]}], "min_width": "30"},
    "polygonannotation": PICTURE | {"objects_to_annotate": ["cow"]},
    "lineannotation": PICTURE | {"objects_to_annotate": ["cow"]},
    "pointannotation": PICTURE | {"objects_to_annotate": ["cow"]},
    "imageannotation": PICTURE
    | {
        "geometries": {
            "box": {"objects_to_annotate": ["cow"], "can_rotate": True, "min_height": 5},
            "ellipse": {"objects_to_annotate": ["cow", "egg"]},
        },
        "annotation_attributes": ATTRIBUTES,
    },
    "documenttranscription": PICTURE | {"features": [{"type": "block", "label": "sum"}]},
    "namedentityrecognition": {"text": " Ann left.", "labels": [{"name": "who"}], "relationships": [{"name": "knows"}]},
    "categorization": {"attachment": "x", "attachment_type": "text", "categories": ["a", "b"], "allow_multiple": True},
    "comparison": {"attachments": ["x", "y"], "attachment_type": "website", "choices": ["1", "2"]},
    "textcollection": {"attachments": [{"type": "text", "content": "Great!"}], "fields": FIELDS},
    "datacollection": {"attachment": "http://h.example/", "attachment_type": "website", "fields": {"a b": "What?"}},
    "transcription": PICTURE
    | {"attachment_type": "image", "fields": {"t": "T"}, "repeatable_fields": {"u": "U", "v": "V"}},
}


def test_every_type_is_tried():
    assert {*ORDERED, "segmentannotation"} == set(KINDS)


def test_segments_are_told_as_pictures_of_each_label_and_of_all():
    kind, params = KINDS["segmentannotation"], PICTURE | {"labels": ["road", "sky"], "allow_unlabeled": True}
    asked = kind.ask(params, "")
    kept: list[bytes] = []
    answer = registry.get("masks").clean_answer(
        kind.invent(asked), config=asked.config, item={"image": {"width": 60, "height": 40}}
    )
    response = kind.respond(answer, params, "s", lambda png: kept.append(png) or str(len(kept)), asked.item)
    assert response["labelMapping"]["sky"] == {"index": 2, "color": "#3cb44b"}
    assert response["annotations"] == {
        "unlabeled": "1",
        "labeled": {"road": "2"},
        "combined": {"image": "3", "indexedImage": "4"},
    }
    unlabeled, road, shown, index = (np.asarray(Image.open(io.BytesIO(png))) for png in kept)
    assert ((road == 255) == (index == 1)).all()
    assert ((unlabeled == 255) == (index == 0)).all()
    assert (road.sum() // 255, shown.shape, tuple(shown[0, 0])) == (600, (40, 60, 3), (230, 25, 75))


@pytest.mark.parametrize("name", ORDERED)
def test_an_answer_becomes_a_response_and_is_read_back(name):
    kind, params = KINDS[name], ORDERED[name]
    kind.check(params)
    asked = kind.ask(params, "Look closely.")
    task_type = registry.get(kind.core)
    item = {key: value for key, value in asked.item.items() if key != "image"}
    answer = task_type.clean_answer(kind.invent(asked), config=asked.config, item=item)
    response = kind.respond(answer, params, "seed", _keep, asked.item)
    back = task_type.clean_answer(kind.answer(response, params, asked.item), config=asked.config, item=item)
    assert task_type.distance(answer, back, asked.config) == 0
    assert kind.respond(answer, params, "seed", _keep, asked.item) == response


def _keep(png):
    raise AssertionError("no pictures here")


def test_labels_are_the_leaves_and_a_size_binds_boxes_only():
    asked = KINDS["annotation"].ask(ORDERED["annotation"], "")
    labels = {label["value"]: label for label in asked.config["labels"]}
    assert (set(labels), labels["lion"]["limits"]) == ({"cow", "lion"}, {"box": {"min_width": 30}})
    mixed = KINDS["imageannotation"].ask(ORDERED["imageannotation"], "")
    cow, egg = mixed.config["labels"]
    assert (cow["geometries"], cow["limits"], mixed.config["rotation"]) == (
        ["box", "ellipse"],
        {"box": {"min_height": 5}},
        True,
    )
    assert [one["name"] for one in cow["attributes"]] == ["colour", "legs"]
    assert [one["name"] for one in egg["attributes"]] == ["legs"]
    assert [one["name"] for one in mixed.config["attributes"]] == ["weather"]


def test_rows_are_written_as_lines_with_bars():
    kind, params = KINDS["transcription"], ORDERED["transcription"]
    answer = {"annotations": {"field_0": ["Hi"], "rows": ["ann | 3\n\nbob"]}}
    assert kind.response(answer, params, "s") == {
        "fields": {"t": "Hi"},
        "repeatable_fields": [{"u": "ann", "v": "3"}, {"u": "bob", "v": ""}],
    }


def test_a_rotated_box_tells_its_corners():
    box = {"uuid": "1", "type": "box", "label": "cow", "attributes": {}, "left": 0, "top": 0, "width": 10, "height": 10}
    answer = {"annotations": [box | {"rotation": 0.5}], "global_attributes": {}}
    (shape,) = KINDS["imageannotation"].response(answer, {}, "s")["annotations"]
    assert len(shape["vertices"]) == 4
