"""Label Studio: tasks.json with annotations, and config.xml, the labeling configuration they go with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from labeling.exporters.folders import Folder
from labeling.exporters.pictures import file_name, write_pictures
from labeling.exporters.shapes import ATTRIBUTES, Note, note_whole_picture
from labeling.exporters.snapshot import SHAPES, UNFINISHED, Record, Snapshot
from labeling.exporters.texts import text_of
from labeling.exporters.xml import attribute

NAME = "label_studio"
TITLE = "Label Studio (JSON, XML)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = SHAPES | {"choice", "multichoice", "tree", "spans", "writing"}
TAGS = {"box": "RectangleLabels", "polygon": "PolygonLabels", "ellipse": "EllipseLabels", "point": "KeyPointLabels"}
POINT_WIDTH = 0.5
Tell = Callable[[str, str], None]
"""Notes a loss: where, and what."""
NO_MASK = "a mask has no place among the shapes written here"
NO_LINE = "Label Studio has no lines"
FIGURE = "keypoints are written as single points, without their names"


def build(snapshot: Snapshot, folder: Folder) -> None:
    folder.write("config.xml", _config(snapshot).encode())
    with folder.open("tasks.json") as file:
        for n, record in enumerate(snapshot.records()):
            file.write(b",\n" if n else b"[\n")
            file.write(orjson.dumps(_task(snapshot, record)))
        file.write(b"\n]\n" if _has_any(snapshot) else b"[]\n")
    write_pictures(snapshot, folder)


def _has_any(snapshot: Snapshot) -> bool:
    return next(snapshot.records(), None) is not None


def _task(snapshot: Snapshot, record: Record) -> dict[str, Any]:
    """Where single answers were asked for, each is an annotation; the result comes first, as the ground truth."""
    note = Note(snapshot, record)
    if snapshot.about.type in SHAPES:
        note_whole_picture(note)
    data = {name: value for name, value in record.data.items() if name != "image"}
    data |= {"image": f"images/{file_name(record)}"} if record.image else {"text": text_of(record)}
    task: dict[str, Any] = {"id": record.task, "data": data | {"key": record.key}, "annotations": [], "predictions": []}
    if record.answer is None:
        note("answer", UNFINISHED)
    else:
        result = list(_results(snapshot, record, record.answer, note))
        task["annotations"].append({"id": record.task, "result": result, "was_cancelled": False, "ground_truth": True})
    for n, answer in enumerate(record.answers, 1):
        result = list(_results(snapshot, record, answer["value"], _silently))
        one = {"id": record.task * 1000 + n, "result": result, "was_cancelled": False, "ground_truth": False}
        task["annotations"].append(one | {"meta": {"annotator": answer["annotator"]}})
    return task


def _silently(path: str, reason: str) -> None:
    """Losses of single answers: those of the result tell what kinds there are."""


def _results(snapshot: Snapshot, record: Record, answer: dict[str, Any], note: Tell) -> Iterator[dict[str, Any]]:
    kind = snapshot.about.type
    if kind in SHAPES:
        for n, shape in enumerate(answer["annotations"]):
            yield from _shape(shape, record, note, f"answer.annotations[{n}]")
    elif kind == "spans":
        for n, span in enumerate(answer["annotations"]):
            place = {"start": span["start"], "end": span["end"], "text": span["text"], "labels": [span["label"]]}
            yield _entry(span["id"], "labels", "label", "text", place)
            if span.get("attributes"):
                note(f"answer.annotations[{n}].attributes", ATTRIBUTES)
        for link in answer.get("relationships", []):
            ends = {"from_id": link["source_ref"], "to_id": link["target_ref"]}
            yield {"type": "relation", **ends, "direction": "right", "labels": [link["name"]]}
    else:
        shown = "image" if record.image else "text"
        yield from _of_whole(kind, answer, shown)


def _of_whole(kind: str, answer: dict[str, Any], shown: str) -> Iterator[dict[str, Any]]:
    if kind == "choice":
        yield _entry("c1", "choices", "choice", shown, {"choices": [answer["option"]]})
    elif kind == "multichoice" and answer["options"]:
        yield _entry("c1", "choices", "choice", shown, {"choices": answer["options"]})
    elif kind == "tree" and answer["paths"]:
        yield _entry("t1", "taxonomy", "choice", shown, {"taxonomy": answer["paths"]})
    elif kind == "writing":
        for name, text in answer["fields"].items():
            if text:
                yield _entry(f"w-{name}", "textarea", name, shown, {"text": [text]})


def _entry(id: str, kind: str, control: str, shown: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "type": kind, "from_name": control, "to_name": shown, "value": value}


def _shape(shape: dict[str, Any], record: Record, note: Tell, path: str) -> Iterator[dict[str, Any]]:
    assert record.image is not None
    wide, high = record.image.width, record.image.height
    kind = shape["type"]
    if shape["attributes"]:
        note(f"{path}.attributes", ATTRIBUTES)
    if kind in ("mask", "line"):
        note(path, NO_MASK if kind == "mask" else NO_LINE)
        return
    if kind == "keypoints":
        note(path, FIGURE)
    points = shape["keypoints"] if kind == "keypoints" else [shape]
    for n, each in enumerate(points):
        tag = TAGS["point" if kind == "keypoints" else kind].lower()
        value = _value("point" if kind == "keypoints" else kind, each, wide, high) | {tag: [shape["label"]]}
        size = {"original_width": wide, "original_height": high, "image_rotation": 0}
        yield _entry(f"{shape['uuid']}-{n}" if n else shape["uuid"], tag, tag, "image", value) | size


def _value(kind: str, shape: dict[str, Any], wide: float, high: float) -> dict[str, Any]:
    """Percents of the picture; a box turns about its own corner there."""
    turn = shape.get("rotation", 0)
    if kind == "box":
        half = shape["width"] / 2, shape["height"] / 2
        x = shape["left"] + half[0] - half[0] * math.cos(turn) + half[1] * math.sin(turn)
        y = shape["top"] + half[1] - half[0] * math.sin(turn) - half[1] * math.cos(turn)
        size = {"width": 100 * shape["width"] / wide, "height": 100 * shape["height"] / high}
        return {"x": 100 * x / wide, "y": 100 * y / high, **size, "rotation": math.degrees(turn)}
    if kind == "ellipse":
        middle = {"x": 100 * shape["center"]["x"] / wide, "y": 100 * shape["center"]["y"] / high}
        radii = {"radiusX": 100 * shape["radius_x"] / wide, "radiusY": 100 * shape["radius_y"] / high}
        return middle | radii | {"rotation": math.degrees(turn)}
    if kind == "polygon":
        return {
            "points": [[100 * each["x"] / wide, 100 * each["y"] / high] for each in shape["vertices"]],
            "closed": True,
        }
    return {"x": 100 * shape["x"] / wide, "y": 100 * shape["y"] / high, "width": POINT_WIDTH}


def _config(snapshot: Snapshot) -> str:
    kind = snapshot.about.type
    first = next(snapshot.records(), None)
    shown = "image" if kind in SHAPES or (first and first.image) else "text"
    lines = ["<View>", f"  <Header value={attribute(str(_question(snapshot.about.config)))}/>"]
    lines.append(f'  <{shown.title()} name="{shown}" value="${shown}"/>')
    return "\n".join([*lines, *_controls(snapshot, kind, shown), "</View>", ""])


def _question(config: dict[str, Any]) -> Any:
    return config.get("question") or config.get("title") or ""


def _controls(snapshot: Snapshot, kind: str, shown: str) -> Iterator[str]:
    config = snapshot.about.config
    if kind in SHAPES:
        for geometry, tag in TAGS.items():
            names = _labels(snapshot, {geometry, "keypoints"} if geometry == "point" else {geometry})
            if names:
                yield f'  <{tag} name="{tag.lower()}" toName="image">'
                yield from (f"    <Label value={attribute(name)}/>" for name in names)
                yield f"  </{tag}>"
    elif kind == "spans":
        yield '  <Labels name="label" toName="text">'
        yield from (f"    <Label value={attribute(name)}/>" for name in _labels(snapshot, None))
        yield "  </Labels>"
        if config["relations"]:
            yield "  <Relations>"
            yield from (f"    <Relation value={attribute(one['value'])}/>" for one in config["relations"])
            yield "  </Relations>"
    elif kind == "writing":
        for field in config["fields"]:
            yield f'  <TextArea name={attribute(field["name"])} toName="{shown}"/>'
    else:
        tag, more = ("Taxonomy", "") if kind == "tree" else ("Choices", f' choice="{_how_many(kind)}"')
        yield f'  <{tag} name="choice" toName="{shown}"{more}>'
        yield from _options(config["options"], "    ")
        yield f"  </{tag}>"


def _how_many(kind: str) -> str:
    return "multiple" if kind == "multichoice" else "single"


def _options(options: list[dict[str, Any]], indent: str) -> Iterator[str]:
    for one in options:
        inner = list(_options(one.get("choices") or [], indent + "  "))
        if inner:
            yield f"{indent}<Choice value={attribute(one['value'])}>"
            yield from inner
            yield f"{indent}</Choice>"
        else:
            yield f"{indent}<Choice value={attribute(one['value'])}/>"


def _labels(snapshot: Snapshot, geometries: set[str] | None) -> list[str]:
    found = [
        label["value"]
        for config in snapshot.configs()
        for label in config["labels"]
        if geometries is None or geometries & set(label["geometries"])
    ]
    return list(dict.fromkeys(found))
