"""What a label asks of one geometry, pages of a document, masks that cover the picture, limits of numbers."""

import pytest

from labeling.aggregation.settling import Case
from labeling.errors import InvalidAnswer, InvalidConfig
from labeling.types import registry

DRAWN = registry.get("image_annotation")
ITEM = {"image": {"width": 200, "height": 100}}
LABEL = {"value": "cow", "geometries": ["box", "polygon", "line"]}
LIMITS = {
    "box": {"min_width": 20},
    "polygon": {"min_vertices": 4, "max_vertices": 5},
    "line": {"max_vertices": 2},
}


def config_of(**changes):
    return DRAWN.clean_config({"question": "Draw.", "labels": [LABEL | changes]})


def shape(kind, **fields):
    return {"type": kind, "label": "cow", "attributes": {}, **fields}


def corners(count, kind="polygon"):
    points = [(10, 10), (60, 10), (60, 60), (40, 70), (20, 60), (10, 40)][:count]
    return shape(kind, vertices=[{"x": x, "y": y} for x, y in points])


def codes_of(config, *shapes, item=ITEM, **more):
    try:
        DRAWN.clean_answer({"annotations": list(shapes)} | more, config=config, item=item)
    except InvalidAnswer as error:
        return [(problem.path, problem.code) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("drawn", "found"),
    [
        (shape("box", left=0, top=0, width=19, height=5), [("annotations[0].width", "too_small")]),
        (shape("box", left=0, top=0, width=20, height=5), []),
        (corners(3), [("annotations[0].vertices", "too_few")]),
        (corners(4), []),
        (corners(6), [("annotations[0].vertices", "too_many")]),
        (corners(3, "line"), [("annotations[0].vertices", "too_many")]),
        (corners(2, "line"), []),
    ],
)
def test_a_limit_binds_the_shapes_of_its_geometry_only(drawn, found):
    assert codes_of(config_of(limits=LIMITS), drawn) == found


@pytest.mark.parametrize(
    "limits",
    [{"point": {"min_width": 3}}, {"box": {"min_vertices": 3}}, {"line": {"min_vertices": 3, "max_vertices": 2}}, [1]],
)
def test_limits_that_make_no_sense_are_refused(limits):
    with pytest.raises(InvalidConfig):
        config_of(limits=limits)


def test_a_polygon_that_several_drew_has_no_more_vertices_than_are_allowed():
    config = config_of(limits={"polygon": {"max_vertices": 4}})
    answers = {}
    for who, step in (("ann", 0), ("bob", 3), ("eve", 6)):
        square = [(10 + step, 10), (60, 10 + step), (60 + step, 60), (10, 60 + step)]
        drawn = shape("polygon", vertices=[{"x": x, "y": y} for x, y in square])
        answers[who] = DRAWN.clean_answer({"annotations": [drawn]}, config=config, item=ITEM)
    (settled,) = DRAWN.aggregate([Case(answers, ITEM)], config)
    assert len(settled.answer["annotations"][0]["vertices"]) == 4


def test_a_shape_lies_on_one_page_of_a_document():
    pages = [{"left": 0, "top": 0, "width": 100, "height": 100}, {"left": 100, "top": 0, "width": 100, "height": 100}]
    config, item = config_of(), ITEM | {"pages": pages}
    assert codes_of(config, shape("box", left=110, top=0, width=90, height=100), item=item) == []
    assert codes_of(config, shape("box", left=90, top=0, width=20, height=5), item=item) == [("annotations[0]", "page")]


def test_masks_that_shall_cover_the_picture_leave_no_pixel():
    masks = registry.get("masks")
    config = masks.clean_config({"question": "Paint.", "labels": [{"value": "road"}], "cover": True})
    item = {"image": {"width": 4, "height": 3}}

    def painted(*counts):
        drawn = [{"type": "mask", "label": "road", "size": [3, 4], "counts": each, "attributes": {}} for each in counts]
        return masks.clean_answer({"annotations": drawn}, config=config, item=item)

    assert painted([0, 6, 6], [5, 7])
    with pytest.raises(InvalidAnswer, match="2 pixels of the picture are not painted"):
        painted([0, 6, 6], [8, 4])
    with pytest.raises(InvalidConfig, match="only masks can cover"):
        DRAWN.clean_config({"question": "Draw.", "labels": [LABEL], "cover": True})


def test_numbers_keep_to_their_limits():
    legs = {"name": "legs", "type": "number", "min": 0, "max": 8, "is_integer": True}
    config = config_of(attributes=[legs])
    box = {"left": 0, "top": 0, "width": 20, "height": 5}
    found = [codes_of(config, shape("box", **box) | {"attributes": {"legs": legs}}) for legs in (4, 4.5, 9, -1)]
    assert [codes[0][1] if codes else "" for codes in found] == ["", "integer", "range", "range"]
    with pytest.raises(InvalidConfig, match="only an attribute of type number"):
        config_of(attributes=[{"name": "a", "type": "text", "max": 3}])


def test_a_condition_may_be_one_of_several_lists_all_of_whose_parts_are_met():
    attributes = [
        {"name": "a", "choices": ["1", "2"]},
        {"name": "b", "choices": ["1", "2"]},
        {
            "name": "c",
            "type": "text",
            "required": True,
            "condition": {
                "any": [[{"attribute": "a", "is": "1"}, {"attribute": "b", "is": "1"}], [{"attribute": "b", "is": "2"}]]
            },
        },
    ]
    config = config_of(attributes=attributes)
    asked = {}
    for a in "12":
        for b in "12":
            drawn = shape("box", left=0, top=0, width=20, height=5) | {"attributes": {"a": a, "b": b}}
            asked[a + b] = bool(codes_of(config, drawn))
    assert asked == {"11": True, "12": True, "21": False, "22": True}
