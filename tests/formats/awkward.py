"""What people really bring: names with spaces, of other scripts, alike once they are cleaned; items of every kind."""

from __future__ import annotations

from typing import Any

from labeling.exporters.snapshot import Record
from labeling.types import registry
from tests.formats.making import box, drawn, keypoints, line, mask, polygon, written

LABELS = ("traffic light", "犬🙂", "שלום", 'a "q" <x>&\'', "a b", "a_b", "5")
TEXTS = (
    "Ada Lind,\r\njoined  «Northwind»\tin 東京都 🙂👩‍👩‍👧 X.", "שלום עולם 🙂 abc", "one\u2028two\x0bthree\u00a0four  ",
    " \n\t ", "", "-DOCSTART- # T1\tx 0 1\tO\n\n\n%41 {\"a\": 1}",
)  # fmt: skip
FILES = (
    "a b.png", "写真 🙂.png", "שלום\u202e.png", "A?.png", "a*.png", "a_.png", "50% #1&.png", "../up.jpg", "b.png",
    "b.jpg", "no suffix", "unfinished.png", "empty.png",
)  # fmt: skip
FIGURE: dict[str, Any] = {"points": ["head", "left hand", "手🙂"], "edges": [["head", "left hand"]]}
GEOMETRIES = {
    "boxes": ["box"], "polygons": ["polygon"], "lines": ["line"], "points": ["point"], "ellipses": ["ellipse"],
    "masks": ["mask"], "image_annotation": ["box", "polygon", "line", "point", "ellipse", "mask"],
}  # fmt: skip
SHAPES: dict[str, list[dict[str, Any]]] = {
    "box": [box("", 0, 0, 40, 20), box("", 39, 19, 1, 1), box("", 30, 0, 9, 9, rotation=0.7)],
    "polygon": [
        polygon("", (0, 0), (40, 0), (40, 20), (0, 20)), polygon("", (0, 0), (20, 10), (40, 20)),
        polygon("", (0, 0), (10, 10), (10, 0), (0, 10)),
    ],
    "line": [line("", (0, 0), (40, 20)), line("", (3, 3), (3, 9), (3, 3))],
    "point": [{"type": "point", "label": "", "x": 0, "y": 0}, {"type": "point", "label": "", "x": 40, "y": 20}],
    "ellipse": [
        {"type": "ellipse", "label": "", "center": {"x": 20, "y": 10}, "radius_x": 20, "radius_y": 10},
        {"type": "ellipse", "label": "", "center": {"x": 1, "y": 1}, "radius_x": 1, "radius_y": 1, "rotation": 1},
    ],
    "mask": [
        mask("", "#"), mask("", "", " ###", " # #", " ###", "", "     ##  ##"), mask("", *["#" * 40] * 20),
        mask("", "#", " #"),
    ],
}  # fmt: skip


def cases() -> dict[str, tuple[dict[str, Any], list[Record]]]:
    """The question and the records of each type."""
    found = {name: drawings(name) for name in GEOMETRIES}
    found |= {"spans": spans(), "choice": chosen("choice"), "multichoice": chosen("multichoice"), "tree": tree()}
    found |= {"writing": writing()}
    return {name: found.get(name) or samples(name) for name in registry.all()}


def drawings(type: str) -> tuple[dict[str, Any], list[Record]]:
    kinds = GEOMETRIES[type]
    attributes = [
        {"name": "tail 尾", "type": "select", "options": ["long", 'sh"o"rt'], "required": False},
        {"name": "note", "type": "text", "required": False},
    ]
    labels: list[dict[str, Any]] = [{"value": each, "geometries": kinds, "attributes": attributes} for each in LABELS]
    config = {"question": "?", "labels": labels, "pixels": "float", "rotation": True, "links": [{"value": "next to"}],
              "attributes": [{"name": "weather", "type": "text", "required": False}]}  # fmt: skip
    shapes = [shape for kind in kinds for shape in SHAPES[kind]]
    if type in ("points", "image_annotation"):
        labels.append({"value": "person", "geometries": ["keypoints"], "skeleton": FIGURE})
    records = []
    for n, file in enumerate(FILES, 1):
        some: list[dict[str, Any]] = []
        for k, shape in enumerate(shapes):
            asked = {"tail 尾": 'sh"o"rt', "note": "a\nb <🙂>"} if (n + k) % 3 == 0 else {}
            some.append({**shape, "label": LABELS[(n + k) % len(LABELS)], "attributes": asked})
        if len(labels) > len(LABELS):
            some += [
                keypoints("person", ("head", 0, 0, True), ("手🙂", 40, 20, False)),
                keypoints("person", ("head", 5, 5, True)),
            ]  # fmt: skip
        links = {"links": [{"from": "1", "to": "2", "type": "next to"}]} if n % 2 and len(some) > 1 else {"links": []}
        drawn_ones = None if file == "unfinished.png" else [] if file == "empty.png" else some
        whole = {"weather": "rain & 🙂"} if n % 2 and drawn_ones else {}
        records.append(drawn(n, file, drawn_ones, whole=whole, links=links if drawn_ones else {"links": []}))
    return config, _disagreed(records)


def _disagreed(records: list[Record]) -> list[Record]:
    """Several answers to the first of them, the last without a thing."""
    first, empty = records[0], next((each for each in records if each.answer), records[0])
    values = [first.answer, empty.answer]
    answers = [{"annotator": f"a 人{n}", "value": each} for n, each in enumerate(values, 1) if each is not None]
    more = {name: getattr(first, name) for name in Record.__slots__} | {"answers": answers}
    return [Record(**more), *records[1:]]


def spans() -> tuple[dict[str, Any], list[Record]]:
    config = {
        "question": "?", "relations": [{"value": "works for"}, {"value": "works_for"}],
        "labels": [
            {"value": each, "attributes": [
                {"name": "known as", "type": "text", "required": False},
                {"name": "known_as", "type": "boolean", "required": False},
                {"name": "kind", "type": "multiselect", "options": ["a b", "a_b", "人"], "required": False},
            ]}
            for each in LABELS
        ],
    }  # fmt: skip
    records = []
    for n, text in enumerate(TEXTS, 1):
        places = [(0, len(text)), (0, 3), (2, 6), (len(text) - 2, len(text)), (8, 14), (9, 10)]
        marks = []
        for k, (start, end) in enumerate(places):
            if 0 <= start < end <= len(text) and (start, end) not in places[:k]:
                asked = {"known as": "a\nb", "known_as": k % 2 == 0, "kind": ["a b", "人"]} if k % 3 == 0 else {}
                label = LABELS[(n + k) % len(LABELS)]
                mark = {"id": f"s{k}", "label": label, "start": start, "end": end, "text": text[start:end]}
                marks.append(mark | ({"attributes": asked} if asked else {}))
        link = {"id": "r1", "name": "works for", "source_ref": "s0", "target_ref": "s1"}
        answer = {"annotations": marks, "relationships": [link] if len(marks) > 1 else []}
        records.append(written(n, text, answer))
    nothing = {"annotations": [], "relationships": []}
    return config, _disagreed([*records, written(90, "nobody", nothing), written(91, "not yet", None)])


def chosen(type: str) -> tuple[dict[str, Any], list[Record]]:
    config = {"question": "?", "options": [{"value": each} for each in LABELS]}
    records = [
        written(n, text, {"option": LABELS[n]} if type == "choice" else {"options": sorted(LABELS[:n])})
        for n, text in enumerate(TEXTS)
    ]
    return config, _disagreed([*records, written(91, "not yet", None, data={"key": "of its own", "label": 3})])


def tree() -> tuple[dict[str, Any], list[Record]]:
    options = [{"value": each, "choices": [{"value": "c / d"}, {"value": "犬"}]} for each in LABELS]
    config = {"question": "?", "options": options, "multiple": True}
    records = [
        written(n, text, {"paths": [[LABELS[n], "c / d"], [LABELS[0], "犬"]]}) for n, text in enumerate(TEXTS, 1)
    ]
    return config, _disagreed([*records, written(91, "not yet", None)])


def writing() -> tuple[dict[str, Any], list[Record]]:
    config = {"question": "?", "fields": [{"name": "a b", "required": False}, {"name": "text", "required": False}]}
    records = [written(n, text, {"fields": {"a b": text, "text": "x"}}) for n, text in enumerate(TEXTS, 1)]
    return config, _disagreed([*records, written(90, "e", {"fields": {"a b": "", "text": ""}}), written(91, "n", None)])


def samples(type: str) -> tuple[dict[str, Any], list[Record]]:
    """A type's own first example, with an answer and without, and with another's."""
    sample = registry.get(type).samples()[0]
    config = sample["config"]
    answer = registry.get(type).clean_answer(
        sample["answer"], config=registry.get(type).clean_config(config), item=sample["item"]
    )
    data = sample["item"] | {"note": "犬 🙂 שלום"}
    records = [
        Record(task=n, item=n, key=key, data=data, answer=answer if n != 2 else None)
        for n, key in enumerate(["a b", "🙂/שלום", "a?b"], 1)
    ]
    return config, _disagreed(records)


def labels_of(record: Record) -> set[str]:
    """Those of its result, and of the answers to it."""
    found: set[str] = set()
    for answer in [record.answer, *(each["value"] for each in record.answers)]:
        for name in ("annotations", "options", "paths"):
            for each in (answer or {}).get(name, []):
                found.add(each["label"] if isinstance(each, dict) else each[0] if isinstance(each, list) else each)
        found |= {answer["option"]} if answer and "option" in answer else set()
    return found
