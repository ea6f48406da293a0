"""W3C Web Annotation: a page of annotations in JSON-LD, each a label with what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import orjson

from labeling.exporters.folders import Folder
from labeling.exporters.shapes import LINKS, Note, bounds_of, corners_of
from labeling.exporters.snapshot import SHAPES, UNFINISHED, Record, Snapshot
from labeling.exporters.texts import text_of
from labeling.exporters.voc import as_text

NAME = "web_annotation"
TITLE = "W3C Web Annotation (JSON-LD)"
SUFFIX = ".jsonld"
CONTENT_TYPE = "application/ld+json"
TYPES = SHAPES | {"choice", "multichoice", "tree", "spans", "writing"}
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 30
"""Characters of context on each side of a quotation."""
MASK = "a mask is written as the box around it"
NOTHING = "an item without labels has no annotation: it is not in the file"
HIDDEN = "whether a keypoint is hidden has no place in Web Annotation"


def build(snapshot: Snapshot, folder: Folder) -> None:
    head = {"@context": CONTEXT, "id": "urn:groundwork:page", "type": "AnnotationPage", "label": snapshot.about.name}
    count = 0
    with folder.open("annotations.jsonld") as file:
        file.write(orjson.dumps(head)[:-1] + b',"items":[')
        for record in snapshot.records():
            before = count
            for one in _annotations(snapshot, record):
                file.write(b",\n" if count else b"\n")
                file.write(orjson.dumps(one))
                count += 1
            if count == before and record.answer is not None:
                snapshot.losses.note(record, "item", NOTHING)
        file.write(b"\n]}\n")


def _annotations(snapshot: Snapshot, record: Record) -> Iterator[dict[str, Any]]:
    """The result's annotations by us; where single answers were asked for, each one's by its annotator."""
    note = Note(snapshot, record)
    if record.answer is None:
        note("answer", UNFINISHED)
    voices: list[tuple[str, str, Any]] = [("", "", record.answer)] if record.answer else []
    voices += [(f":{n}", each["annotator"], each["value"]) for n, each in enumerate(record.answers, 1)]
    for suffix, who, answer in voices:
        base = f"urn:groundwork:task:{record.task}{suffix}"
        for n, (body, selector) in enumerate(_parts(snapshot, record, answer, note, is_result=not who), 1):
            yield {
                "id": f"{base}:{n}",
                "type": "Annotation",
                "motivation": "tagging" if selector else "classifying",
                **({"creator": {"id": f"urn:groundwork:annotator:{quote(who)}", "nickname": who}} if who else {}),
                **({"created": record.resolved_at} if record.resolved_at and not who else {}),
                "body": body,
                "target": {"source": _source(record)} | ({"selector": selector} if selector else {}),
            }


def _source(record: Record) -> str:
    return f"urn:groundwork:item:{quote(record.key, safe='')}"


Part = tuple[list[dict[str, Any]], Any]


def _parts(
    snapshot: Snapshot, record: Record, answer: dict[str, Any], note: Note, *, is_result: bool
) -> Iterator[Part]:
    kind = snapshot.about.type
    if kind in SHAPES:
        for n, shape in enumerate(answer["annotations"]):
            if is_result:
                _note_shape(shape, note, f"answer.annotations[{n}]")
            yield [_tag(shape["label"]), *_attributes(shape["attributes"])], _selector(shape)
        if whole := answer.get("global_attributes"):
            yield _attributes(whole), None
        if is_result and answer.get("links"):
            note("answer.links", LINKS)
    elif kind == "spans":
        for span in answer["annotations"]:
            yield [_tag(span["label"]), *_attributes(span.get("attributes") or {})], _quotation(span, text_of(record))
        if is_result and answer.get("relationships"):
            note("answer.relationships", "links between spans have no place in this format")
    elif kind == "writing":
        for name, text in answer["fields"].items():
            if text:
                yield [{"type": "TextualBody", "value": text, "purpose": "describing", "name": name}], None
    else:
        paths = answer.get("paths")
        chosen = answer.get("options") or [answer.get("option")]
        if paths is not None:
            chosen = [" / ".join(path) for path in paths]
        yield from (([_tag(each, "classifying")], None) for each in chosen if each)


def _tag(label: str, purpose: str = "tagging") -> dict[str, Any]:
    return {"type": "TextualBody", "value": label, "format": "text/plain", "purpose": purpose}


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "TextualBody", "value": f"{name}: {as_text(each)}", "format": "text/plain", "purpose": "describing"}
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
    ]


def _quotation(span: dict[str, Any], text: str) -> list[dict[str, Any]]:
    """By place and by words, so that it is found again in a text that was changed elsewhere."""
    before, after = text[max(0, span["start"] - AROUND) : span["start"]], text[span["end"] : span["end"] + AROUND]
    return [
        {"type": "TextPositionSelector", "start": span["start"], "end": span["end"]},
        {"type": "TextQuoteSelector", "exact": span["text"], "prefix": before, "suffix": after},
    ]


def _note_shape(shape: dict[str, Any], note: Note, path: str) -> None:
    if shape["type"] == "mask":
        note(path, MASK)
    if any(not each["visible"] for each in shape.get("keypoints", [])):
        note(path, HIDDEN)


def _selector(shape: dict[str, Any]) -> dict[str, Any]:
    if shape["type"] == "mask" or (shape["type"] == "box" and not shape.get("rotation")):
        left, top, right, bottom = bounds_of(shape)
        place = ",".join(f"{each:g}" for each in (left, top, right - left, bottom - top))
        conforms = "http://www.w3.org/TR/media-frags/"
        return {"type": "FragmentSelector", "conformsTo": conforms, "value": f"xywh=pixel:{place}"}
    return {"type": "SvgSelector", "value": f'<svg xmlns="http://www.w3.org/2000/svg">{_drawn(shape)}</svg>'}


def _drawn(shape: dict[str, Any]) -> str:
    kind = shape["type"]
    if kind == "point":
        return f'<circle cx="{shape["x"]}" cy="{shape["y"]}" r="0"/>'
    if kind == "keypoints":
        return "".join(
            f'<circle cx="{each["x"]}" cy="{each["y"]}" r="0"><title>{_plain(each["name"])}</title></circle>'
            for each in shape["keypoints"]
        )
    if kind == "ellipse" and not shape.get("rotation"):
        middle = f'cx="{shape["center"]["x"]}" cy="{shape["center"]["y"]}"'
        return f'<ellipse {middle} rx="{shape["radius_x"]}" ry="{shape["radius_y"]}"/>'
    points = " ".join(f"{x},{y}" for x, y in corners_of(shape))
    return f"<{'polyline' if kind == 'line' else 'polygon'} points={quoteattr(points)}/>"


def _plain(text: str) -> str:
    return re.sub(r"[<>&]", "_", text)
