"""What a task in test mode is answered with has the shape of what people's answers become, for every type."""

from typing import Any

import numpy as np
import pytest

from labeling.types.rle import encode
from tasks.scale.kinds import KINDS
from tests.tasks.scale.conftest import shape_of

pytestmark = pytest.mark.django_db
BOX = {"type": "box", "label": "cow", "left": 4, "top": 9, "width": 30, "height": 20, "attributes": {}}
CORNERS = [{"x": 1, "y": 1}, {"x": 60, "y": 1}, {"x": 60, "y": 60}]
LOOKS = {"colour": "red", "legs": 4}
FIELDS: list[dict[str, Any]] = [
    {"type": "category", "field_id": "tone", "choices": ["good", "bad"], "min_choices": 1, "max_choices": 2},
    {"type": "text", "field_id": "why?", "conditions": {"tone": ["good"]}, "min_length": 30},
    {"type": "text", "field_id": "why_not", "conditions": {"tone": ["bad"]}},
    {"type": "number", "field_id": "n", "min": 1.5, "is_integer": True},
    {"type": "boolean", "field_id": "sure"},
    {"type": "date", "field_id": "day"},
    {"type": "datetime", "field_id": "at"},
    {"type": "time_range", "field_id": "from_to", "min": "00:01:00"},
    {"type": "ranking", "field_id": "order", "choices": ["a", "b"]},
    {"type": "linear_scale", "field_id": "scale"},
    {"type": "range", "field_id": "span", "min": 1, "max": 9},
    {
        "type": "field_set",
        "field_id": "people",
        "min_responses_required": 2,
        "max_responses_required": 3,
        "fields": [
            {"type": "text", "field_id": "name"},
            {"type": "select", "field_id": "role", "choices": ["x", "y"], "conditions": {"tone": ["good"]}},
        ],
    },
]
FILLED_IN = {
    "tone": ["good"],
    "field-1": ["Because it is as it ought to be."],
    "n": [7],
    "sure": [False],
    "day": ["2025-03-04"],
    "at": ["2025-03-04T05:06"],
    "from_to": ["00:01:00", "00:02:00"],
    "order": ["b", "a"],
    "scale": [3],
    "span": [2, 3],
    "people": [{"name": ["Ann"], "role": ["y"]}, {"name": ["Bob"], "role": ["x"]}],
}
ATTRIBUTES = {
    "colour": {"type": "category", "choices": ["red", "blue"], "required": True},
    "legs": {"type": "number", "conditions": {"attribute_conditions": {"colour": ["red"]}}},
    "weather": {"type": "category", "choices": ["sun", "rain"], "allow_multiple": True, "global": True},
}
OBJECTS = {"objects_to_annotate": ["cow"]}
SPANS = [
    {"id": "a", "label": "who", "start": 0, "end": 3, "attributes": {"age": "old"}},
    {"id": "b", "label": "what", "start": 4, "end": 9},
]
ANSWERED: dict[str, tuple[dict[str, Any], Any]] = {
    "annotation": (OBJECTS, [BOX]),
    "polygonannotation": (OBJECTS, [{"type": "polygon", "label": "cow", "vertices": CORNERS}]),
    "lineannotation": (OBJECTS, [{"type": "line", "label": "cow", "vertices": CORNERS}]),
    "pointannotation": (OBJECTS, [{"type": "point", "label": "cow", "x": 5, "y": 6}]),
    "imageannotation": (
        {"geometries": {"box": OBJECTS, "ellipse": OBJECTS}, "annotation_attributes": ATTRIBUTES},
        [
            BOX | {"attributes": LOOKS},
            {
                "type": "ellipse",
                "label": "cow",
                "center": {"x": 50, "y": 50},
                "radius_x": 9,
                "radius_y": 5,
                "attributes": LOOKS,
            },
        ],
    ),
    "documenttranscription": (
        {"features": [{"type": "block", "label": "sum"}]},
        [BOX | {"label": "sum", "attributes": {"text": "12"}}],
    ),
    "segmentannotation": (
        {"labels": ["road"], "allow_unlabeled": True},
        [{"type": "mask", "label": "road", "size": [100, 200], "counts": encode(np.eye(100, 200) > 0)}],
    ),
    "namedentityrecognition": (
        {
            "text": "Ann walks.",
            "labels": [{"name": "who", "attributes": ["age"]}, {"name": "what"}],
            "relationships": [{"name": "does", "source_label": "who", "target_label": "what"}],
        },
        {
            "annotations": SPANS,
            "relationships": [{"id": "r", "name": "does", "source_ref": "a", "target_ref": "b"}],
        },
    ),
    "categorization": (
        {"attachment": "x", "attachment_type": "text", "categories": ["a", "b"], "allow_multiple": True},
        {"category": ["b"]},
    ),
    "comparison": (
        {"attachments": ["x", "y"], "attachment_type": "text", "choices": ["1", "2"]},
        {"choice": ["2"]},
    ),
    "textcollection": ({"attachments": [{"type": "text", "content": "x"}], "fields": FIELDS}, FILLED_IN),
    "datacollection": (
        {"attachment": "x", "attachment_type": "text", "fields": {"a b": "What?"}},
        {"field_0": ["That."]},
    ),
    "transcription": (
        {
            "attachment": "x",
            "attachment_type": "text",
            "fields": {"t": "T"},
            "repeatable_fields": {"u": "U", "v": "V"},
        },
        {"field_0": ["Hi"], "rows": ["ann | 3\nbob | 4"]},
    ),
}


def answer_of(kind: str, given: Any) -> Any:
    core = KINDS[kind].core
    if isinstance(given, list):
        shapes = [{"uuid": str(n), "attributes": {}} | each for n, each in enumerate(given)]
        is_asked = kind == "imageannotation"
        return {"annotations": shapes, "global_attributes": {"weather": ["sun"]} if is_asked else {}}
    return {"annotations": given} if core == "textcollection" else given


def test_every_type_is_compared():
    assert set(ANSWERED) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(ANSWERED))
def test_a_made_up_response_looks_like_one_that_people_gave(live, test_mode, ann, labeled, picture_url, kind):
    params, given = ANSWERED[kind]
    body = params if "attachment" in params or "attachments" in params or "text" in params else (
        params | {"attachment": picture_url}
    )  # fmt: skip
    done = labeled(live, live.post(f"task/{kind}", body), (ann, answer_of(kind, given)))
    made = test_mode.post(f"task/{kind}", body)
    assert shape_of(made["response"]) == shape_of(done["response"])
    assert set(made) == set(done)
    assert made["document_pages"][0].keys() == done["document_pages"][0].keys() if kind.startswith("doc") else True
