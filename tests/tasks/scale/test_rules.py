"""What a task's parameters ask is kept, or refused with a word: never left out in silence."""

import pytest

from labeling.errors import HasProblems, InvalidAnswer
from labeling.types import registry
from tasks.jobs.orders import prepare_orders
from tasks.models import Order
from tasks.scale.kinds import KINDS, NotEnabled, guideline_of, told
from tests.receivers import says, server
from tests.tasks.scale.test_kinds import PICTURE
from tests.tasks.scale.test_tasks import NER
from tests.tasks.working import exchange

PARKED = {"choices": ["Yes", "No"]}
HEADING = {
    "choices": ["left", "right"],
    "required": True,
    "conditions": {"label_condition": {"label": "car"}, "attribute_conditions": [{"parked": "No"}]},
}


def drawn(**changes):
    return PICTURE | {"geometries": {"box": {"objects_to_annotate": ["car", "dog"]}}} | changes


def asked(params, kind="imageannotation"):
    KINDS[kind].check(params)
    return KINDS[kind].ask(params, "")


def accepts(params, shape, kind="imageannotation"):
    """Whether a person may answer with this shape."""
    config = asked(params, kind).config
    item = {"image": {"width": 500, "height": 500}}
    try:
        registry.get(KINDS[kind].core).clean_answer(
            {"annotations": [{"attributes": {}, **shape}]}, config=config, item=item
        )
    except InvalidAnswer:
        return False
    return True


def box(**attributes):
    return {"type": "box", "label": "car", "left": 0, "top": 0, "width": 9, "height": 9, "attributes": attributes}


def polygon(count, kind="polygon"):
    points = [{"x": 10 * n, "y": n * n} for n in range(count)]
    return {"type": kind, "label": "car", "vertices": points}


def test_numbers_of_vertices_and_least_sizes_bind_the_shapes_of_their_geometry():
    rules = {"objects_to_annotate": ["car"], "min_vertices": 4, "max_vertices": 5}
    params = PICTURE | {"geometries": {"polygon": rules, "box": {"objects_to_annotate": ["car"], "min_width": 10}}}
    assert [accepts(params, polygon(count)) for count in (3, 4, 5, 6)] == [False, True, True, False]
    assert not accepts(params, box())
    old = PICTURE | {"objects_to_annotate": ["car"], "max_vertices": "3"}
    assert [accepts(old, polygon(count, "line"), "lineannotation") for count in (3, 4)] == [True, False]


def test_an_attribute_is_asked_for_under_all_of_its_conditions():
    params = drawn(annotation_attributes={"heading": HEADING, "parked": PARKED})
    assert accepts(params, box(parked="Yes"))
    assert not accepts(params, box(parked="No"))
    assert accepts(params, box(parked="No", heading="left"))
    assert not accepts(params, box(parked="Yes", heading="left"))
    dog = asked(params).config["labels"][1]
    assert [one["name"] for one in dog["attributes"]] == ["parked"]


def test_of_a_list_of_conditions_one_is_enough_and_of_an_object_all_are_needed():
    conditions = {"attribute_conditions": [{"a": "1", "b": ["1", "2"]}, {"b": "3"}]}
    attributes = {
        "c": {"type": "text", "required": True, "conditions": conditions},
        "a": {"choices": ["1", "2"]},
        "b": {"choices": [1, 2, 3]},
    }
    params = drawn(annotation_attributes=attributes)
    needed = {a + b: not accepts(params, box(a=a, b=b)) for a in "12" for b in "123"}
    assert needed == {"11": True, "12": True, "13": True, "21": False, "22": False, "23": True}


def test_numbers_are_whole_and_angles_are_angles():
    params = drawn(annotation_attributes={"legs": {"type": "number"}, "way": {"type": "angle"}})
    assert [accepts(params, box(legs=n)) for n in (4, 4.5)] == [True, False]
    assert [accepts(params, box(way=n)) for n in (0, 90.5, 361)] == [True, True, False]


def test_every_pixel_is_painted_unless_it_may_be_left():
    params = PICTURE | {"labels": ["road"]}
    assert asked(params, "segmentannotation").config["cover"] is True
    assert "cover" not in asked(params | {"allow_unlabeled": True}, "segmentannotation").config


def test_context_pictures_are_fetched_and_shown_beside():
    found = asked(drawn(context_attachments=[{"attachment": "http://h.example/2.png"}]))
    assert found.item["attachments"] == [{"type": "image", "content": "http://h.example/2.png"}]
    assert [(one.url[-5:], one.place) for one in found.wanted] == [("1.png", None), ("2.png", 0)]


def test_examples_are_told_in_the_guideline():
    text = guideline_of(
        "Draw.", {"examples": [{"correct": False, "explanation": "too wide", "image": "http://h/x.png"}]}
    )
    assert text.startswith("Draw.\n\n- **")
    assert "too wide [http://h/x.png](http://h/x.png)" in text


LEFT_OUT = [
    ("imageannotation", drawn(base_annotations=[box()]), "base_annotations"),
    ("imageannotation", drawn(annotation_attributes={"x": {"type": "linked"}}), "linked"),
    ("imageannotation", drawn(annotation_attributes={"x": {"type": "x"}}), "annotation_attributes.x"),
    ("segmentannotation", PICTURE | {"labels": [{"choice": "car", "instance_label": True}]}, "instance_label"),
    ("categorization", {"attachment": "x", "attachment_type": "text", "taxonomies": {"a": {}}}, "taxonomies"),
    ("documenttranscription", PICTURE | {"features": [{"type": "group", "title": "x"}]}, "group"),
    ("documenttranscription", PICTURE | {"features": [{"label": "x", "flags": ["money"]}]}, "flags"),
    (
        "textcollection",
        {"attachments": ["x"], "fields": [{"type": "text", "field_id": "a", "max_responses_required": 3}]},
        "max_responses_required",
    ),
]
WRONG = [
    (drawn(geometries={"box": {"objects_to_annotate": ["car"], "sharpness": 2}}), "unknown parameter sharpness"),
    (drawn(geometries={"point": {"objects_to_annotate": ["car"], "min_width": 2}}), "unknown parameter min_width"),
    (
        drawn(geometries={"line": {"objects_to_annotate": ["car"], "min_vertices": 3, "max_vertices": 2}}),
        "max_vertices",
    ),
    (drawn(geometries={"line": {"objects_to_annotate": ["car"], "min_vertices": 2.5}}), "whole number"),
    (drawn(annotation_attributes={"a": {"choices": ["1"], "colour": "red"}}), "unknown parameter colour"),
    (drawn(annotation_attributes={"a": {"choices": ["1"], "conditions": {"moon": 1}}}), "unknown parameter moon"),
    (drawn(annotation_attributes={"a": HEADING}), "'parked'"),
    (drawn(annotation_attributes={"a": PARKED | {"conditions": {"attribute_conditions": {"a": "No"}}}}), "circle"),
    (drawn(annotation_attributes={"a": HEADING | {"global": True}}), "whole picture has no label"),
]


@pytest.mark.parametrize(("kind", "params", "word"), LEFT_OUT)
def test_what_only_scale_has_is_refused_by_name(kind, params, word):
    with pytest.raises(NotEnabled) as caught:
        asked(params, kind)
    assert word in told(caught.value)


@pytest.mark.parametrize(("params", "word"), WRONG)
def test_a_rule_that_cannot_be_kept_is_refused_by_name(params, word):
    with pytest.raises(HasProblems) as caught:
        asked(params)
    assert word in told(caught.value)


def test_geometries_that_contradict_each_other_are_refused():
    both = {
        "box": {"objects_to_annotate": ["car"], "can_rotate": True},
        "ellipse": {"objects_to_annotate": ["car"], "can_rotate": False},
    }
    with pytest.raises(HasProblems, match="can_rotate must be the same"):
        asked(PICTURE | {"geometries": both})


@pytest.mark.django_db
def test_an_ontology_gives_labels_and_bounds_them(live):
    live.post("projects", {"name": "p", "type": "imageannotation"})
    ontology = ["cow", {"choice": "dog", "display": "Dog"}]
    history = live.post("projects/p/setOntology", {"ontology": ontology, "name": "farm"})["param_history"]
    assert (history[-1]["ontology"], history[-1]["ontology_name"]) == (ontology, "farm")
    body = {"project": "p", "attachment": "http://h.example/1.png", "geometries": {"box": {}}}
    made = live.post("task/imageannotation", body)
    assert made["params"]["geometries"] == {"box": {"objects_to_annotate": ontology}}
    own = {"box": {"objects_to_annotate": ["cow"]}, "point": {"objects_to_annotate": ["cat"]}}
    assert "'cat' is no label" in live.post("task/imageannotation", body | {"geometries": own}, 400)["error"]
    live.post("projects/p/setOntology", {"ontology": {"animals": 1}}, 400)
    live.post("projects", {"name": "n", "type": "namedentityrecognition", "params": {"ontology": {"labels": ["who"]}}})
    made = live.post("task/namedentityrecognition", {"project": "n", "text": "Ann."})
    assert [label["name"] for label in made["params"]["labels"]] == ["who"]
    live.post("task/namedentityrecognition", NER | {"project": "n"}, 400)


@pytest.mark.django_db
def test_urgency_is_a_word_that_means_a_priority(live):
    assert live.post("task/namedentityrecognition", NER | {"urgency": "week"})["priority"] == 10
    live.post("task/namedentityrecognition", NER | {"urgency": "soon"}, 400)
    assert Order.objects.count() == 1


def test_a_label_with_children_is_a_heading_and_they_are_the_labels():
    role = {"role": {"description": "Role", "choices": ["lead", "other"]}}
    labels = [{"name": "who", "children": [{"name": "person", "display_name": "Person", "attributes": role}, "team"]}]
    config = asked({"text": "Ann left.", "labels": labels}, "namedentityrecognition").config
    assert [(label["value"], label["label"]) for label in config["labels"]] == [("person", "Person"), ("team", "team")]
    assert [(each["name"], each["type"]) for each in config["labels"][0]["attributes"]] == [("role", "select")]


def test_a_relationship_goes_both_ways_unless_directed_and_joins_the_labels_it_names():
    labels = [{"name": "who", "children": ["person", "team"]}, "place"]
    knows = {"name": "knows", "display_name": "knows of"}
    lives = {"name": "lives", "is_directed": True, "source_label": "who", "target_label": "place"}
    params = {"text": "Ann left.", "labels": labels, "relationships": [knows, lives]}
    first, second = asked(params, "namedentityrecognition").config["relations"]
    assert (first["label"], first["directed"], first["from"], first["to"]) == ("knows of", False, [], [])
    assert (second["directed"], second["from"], second["to"]) == (True, ["person", "team"], ["place"])
    with pytest.raises(HasProblems, match="'city' is none of the labels"):
        asked(params | {"relationships": [lives | {"target_label": "city"}]}, "namedentityrecognition")


def test_a_relationship_without_a_name_is_told_without_one():
    params = {"text": "Ann Bob", "labels": ["who"], "relationships": [{}]}
    kind, config = KINDS["namedentityrecognition"], asked(params, "namedentityrecognition").config
    spans = [{"id": str(at), "label": "who", "start": at, "end": at + 3} for at in (0, 4)]
    given = {"annotations": spans, "relationships": [{"source_ref": "0", "target_ref": "4"}]}
    raw = kind.answer(given, params, {})
    answer = registry.get(kind.core).clean_answer(raw, config=config, item={"text": "Ann Bob"})
    (link,) = kind.response(answer, params, "seed")["relationships"]
    assert link.keys() == {"id", "source_ref", "target_ref"}


@pytest.mark.parametrize(("kind", "shown"), [("transcription", "image"), ("datacollection", "attachments")])
def test_an_address_without_a_type_is_what_the_task_is_usually_about(kind, shown):
    params = {"attachment": "http://h.example/receipt", "fields": {"sum": "The sum"}}
    assert shown in asked(params, kind).item
    assert "text" in asked(params | {"attachment": "Some words."}, kind).item


def test_a_form_may_offer_a_single_choice_and_none_may_be_enough():
    field = {"type": "category", "field_id": "ok", "title": "OK?", "choices": [{"label": "Yes", "value": "yes"}]}
    (asked_for,) = asked({"attachments": ["x"], "fields": [field]}, "textcollection").config["fields"]
    assert [choice["value"] for choice in asked_for["choices"]] == ["yes"]
    fields = [field | {"min_choices": 0}]
    (optional,) = asked({"attachments": ["x"], "fields": fields}, "textcollection").config["fields"]
    assert (optional["required"], optional["min_choices"]) == (False, 1)


def test_a_text_beside_a_form_is_shown_as_markdown_and_keeps_its_lines(live, ann, sign_in):
    with server(says(200, b"## Post\nA: *hi*\nB: <u>bye</u><script>no</script>")) as (url, _):
        fields = [{"type": "text", "field_id": "a"}]
        live.post("task/textcollection", {"attachments": [{"type": "text", "content": f"{url}/t"}], "fields": fields})
        prepare_orders()
    (task,) = exchange(sign_in(ann), want=1)["tasks"]
    assert task["item"]["data"]["attachments"][0]["content"].startswith("## Post")
    assert task["item"]["html"]["attachments[0]"] == ("<h2>Post</h2>\n<p>A: <em>hi</em><br>\nB: <u>bye</u></p>\n")
    plain = KINDS["categorization"].ask({"attachment": "*x*", "attachment_type": "text", "categories": ["a"]}, "")
    assert plain.item == {"text": "*x*"}


def test_what_is_ranked_by_number_and_the_ends_of_a_slider_are_told_to_annotators():
    ranked = {"type": "ranking_order", "field_id": "Rank Them", "num_items_to_rank": 3, "option_label": "Response"}
    rated = {
        "type": "number",
        "field_id": "q",
        "use_slider": True,
        "min": 1,
        "max": 10,
        "prefix": "bad",
        "suffix": "good",
    }
    kind, params = KINDS["textcollection"], {"attachments": ["x"], "fields": [ranked, rated]}
    order, score = kind.ask(params, "").config["fields"]
    assert [(each["value"], each["label"]) for each in order["choices"]][2] == ("2", "Response 3")
    assert score["hint"] == "1 = bad, 10 = good"
    answer = {"annotations": {order["field_id"]: ["2", "0", "1"], "q": [9.5]}}
    assert kind.response(answer, params, "s")["annotations"] == {"Rank Them": ["2", "0", "1"], "q": [9.5]}
    known = {"q": {"type": "number", "field_id": "q", "response": 9.5}}
    assert kind.answer(known, params, {}) == kind.answer({"annotations": known}, params, {})
    assert kind.answer(known, params, {}) == {"annotations": {"q": [9.5]}}
    for wrong, error in (({"positions_flexible": True}, NotEnabled), ({"num_options": 9}, NotEnabled)):
        with pytest.raises(error):
            kind.ask({"attachments": ["x"], "fields": [ranked | wrong]}, "")
