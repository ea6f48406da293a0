"""The results of one annotation of Label Studio as an answer of ours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from labeling.importers.brush import decode_brush
from labeling.importers.found import Trouble
from labeling.importers.label_studio_controls import RESULTS, Control
from labeling.importers.label_studio_whole import Whole, answer_of
from labeling.importers.shapes import BadShape, Canvas, numbers, pairs, plain
from labeling.importers.shapes import as_answer as answer_of_shapes
from labeling.importers.texts import Span, span_problem
from labeling.importers.texts import as_answer as answer_of_spans
from labeling.types.strict import is_number

SHAPES = {
    "rectanglelabels": "box", "polygonlabels": "polygon", "ellipselabels": "ellipse", "keypointlabels": "point",
    "brushlabels": "mask", "vectorlabels": "line",
}  # fmt: skip
KINDS = {"labels": "spans"} | dict.fromkeys(SHAPES, "shapes")
BARE = {tag.removesuffix("labels"): tag for tag in SHAPES}
"""Shapes whose labels are a result of their own, of the same id."""
SOUND = ("original_length", "channel")
Answer = dict[str, Any]
Numbered = list[tuple[int, dict[str, Any]]]
ANYWHERE = 10_000
"""The size of a picture where none is at hand."""


class Reader:
    """``canvas`` is that of the item's picture; without one shapes are only looked at for their labels.

    ``controls`` are those that ask for attributes, ``asked`` what is asked of the whole item.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        canvas: Canvas | None,
        controls: Mapping[str, Control],
        asked: Mapping[str, Whole] | None = None,
    ) -> None:
        self.kind, self.text, self.canvas, self.controls, self.asked = kind, text, canvas, controls, asked or {}

    @staticmethod
    def kind_of(result: dict[str, Any]) -> str:
        return KINDS.get(str(result.get("type")), "")

    def answer(self, annotation: dict[str, Any]) -> Iterator[Answer | Trouble]:
        """What is wrong with single results, then the answer they make; none where nothing of them could be taken."""
        results = annotation.get("result", annotation.get("value"))
        if not isinstance(results, list):
            yield Trouble("result", "must be a list", "type")
            return
        ready: Numbered = []
        failed = False
        for n, each in joined(results):
            if not isinstance(each, dict):
                trouble = Trouble(f"result[{n}]", "must be an object", "type")
            elif not self._has_place(each):
                why = f"{each.get('type')} has no place beside what is taken here"
                trouble = Trouble(f"result[{n}]", why, "not_taken")
            elif each.get("type") != "relation" and not isinstance(each.get("value"), dict):
                trouble = Trouble(f"result[{n}].value", "must be an object", "type")
            else:
                ready.append((n, each))
                continue
            failed = True
            yield trouble
        take = {"shapes": self._shapes, "spans": self._spans}.get(self.kind, self._whole)
        for entry in take(ready):
            if isinstance(entry, dict) and failed and not any(entry.values()):
                return
            failed = failed or isinstance(entry, Trouble)
            yield entry

    def _has_place(self, result: dict[str, Any]) -> bool:
        if self.kind not in ("shapes", "spans"):
            one = self.asked.get(str(result.get("from_name") or result.get("type")))
            return one is not None and one.type == result.get("type")
        kind = self.kind_of(result)
        if kind == self.kind:
            return True
        asked = result.get("type") in RESULTS and str(result.get("from_name")) in self.controls
        return asked or result.get("type") == "relation"

    def _shapes(self, results: Numbered) -> Iterator[Answer | Trouble]:
        shapes: dict[str, dict[str, Any]] = {}
        others: Numbered = []
        for n, each in results:
            if each["type"] not in SHAPES:
                others.append((n, each))
                continue
            try:
                shape = self._shape(each["type"], each["value"], each)
            except BadShape as error:
                yield Trouble(f"result[{n}]", str(error), "shape")
                continue
            name = str(each.get("id") or f"result {n}")
            if name in shapes:
                yield Trouble(f"result[{n}].id", f"{name} is the id of a region before it", "duplicate")
                continue
            shapes[name] = shape | {"uuid": str(len(shapes) + 1), "attributes": {}}
            if len(each["value"].get(each["type"]) or []) > 1:
                yield Trouble(f"result[{n}]", "has several labels; the first is taken", "changed")
        attributes = {name: shape["attributes"] for name, shape in shapes.items()}
        whole: dict[str, Any] = {}
        yield from self._asked(others, attributes, whole)
        links = []
        for entry in _relations(others, shapes):
            if isinstance(entry, Trouble):
                yield entry
            else:
                name, *ends = entry
                links.append({"from": shapes[ends[0]]["uuid"], "to": shapes[ends[1]]["uuid"], "type": name})
        yield answer_of_shapes(list(shapes.values()), whole, links)

    def _asked(
        self, results: Numbered, attributes: Mapping[str, dict[str, Any]], whole: dict[str, Any] | None
    ) -> Iterator[Trouble]:
        """What was asked of regions goes to their ``attributes``, by id; the rest to the ``whole``."""
        for n, each in results:
            if each["type"] not in RESULTS:
                continue
            region = attributes.get(str(each.get("id")), whole)
            control = self.controls[str(each["from_name"])]
            if region is None or (control.of_region and region is whole):
                yield Trouble(f"result[{n}].id", "there is no region of this id", "unknown")
                continue
            try:
                region[str(each["from_name"])] = control.value(each["value"])
            except BadShape as error:
                yield Trouble(f"result[{n}].value", str(error), "value")

    def _shape(self, tag: str, value: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        labels = value.get(tag) or value.get("labels")
        if not isinstance(labels, list) or not labels or not isinstance(labels[0], str):
            raise BadShape("has no label")
        wide, high = result.get("original_width"), result.get("original_height")
        known = isinstance(wide, int) and isinstance(high, int) and wide > 0 and high > 0
        canvas = self.canvas or (Canvas(wide, high) if known else Canvas(ANYWHERE, ANYWHERE))  # type: ignore[arg-type]  # known
        if SHAPES[tag] == "mask":
            return _mask(labels[0], value, self.canvas, (wide, high))
        if SHAPES[tag] == "line":
            return _line(labels[0], value, canvas)
        turn = math.radians(_number(value, "rotation", 0.0))
        if SHAPES[tag] == "polygon":
            flat = [number for point in _points(value) for number in point]
            return canvas.path("polygon", labels[0], pairs(_pixels(flat, canvas)))
        x, y = _pixels([_number(value, "x"), _number(value, "y")], canvas)
        if SHAPES[tag] == "point":
            return canvas.point(labels[0], x, y)
        names = ("width", "height") if SHAPES[tag] == "box" else ("radiusX", "radiusY")
        across, down = _pixels([_number(value, name) for name in names], canvas)
        if SHAPES[tag] == "ellipse":
            if across <= 0 or down <= 0:
                raise BadShape("an ellipse without a size")
            turned = {"rotation": plain(turn)} if turn else {}
            radii = {"radius_x": plain(across), "radius_y": plain(down)}
            return {"type": "ellipse", "label": labels[0], "center": canvas.corner(x, y), **radii, **turned}
        middle_x = x + (across * math.cos(turn) - down * math.sin(turn)) / 2
        middle_y = y + (across * math.sin(turn) + down * math.cos(turn)) / 2
        edges = (middle_x - across / 2, middle_y - down / 2, middle_x + across / 2, middle_y + down / 2)
        return canvas.box(labels[0], *edges, turn)

    def _spans(self, results: Numbered) -> Iterator[Answer | Trouble]:
        spans: dict[str, Span] = {}
        for n, each in results:
            if self.kind_of(each) != "spans":
                continue
            value = each["value"]
            start, end, labels = value.get("start"), value.get("end"), value.get("labels")
            if any(name in value or name in each for name in SOUND):
                yield Trouble(f"result[{n}]", "a stretch of sound is not taken", "not_taken")
                continue
            if type(start) is not int or type(end) is not int or not isinstance(labels, list) or not labels:
                yield Trouble(f"result[{n}].value", "needs start, end and labels", "missing")
                continue
            for k, label in enumerate(labels):
                name = str(each.get("id") or n) + (f"-{k}" if k else "")
                span = Span(str(label), start, end, name)
                if problem := span_problem(span, self.text):
                    yield Trouble(f"result[{n}]", problem, "span")
                else:
                    spans[name] = span
        yield from self._asked(results, {name: span.attributes for name, span in spans.items()}, None)
        links: list[tuple[str, str, str]] = []
        for entry in _relations(results, spans):
            if isinstance(entry, Trouble):
                yield entry
            else:
                links.append(entry)
        yield answer_of_spans(self.text, spans.values(), links)

    def _whole(self, results: Numbered) -> Iterator[Answer | Trouble]:
        answer = answer_of(self.asked, self.kind, [each for _, each in results]) if self.asked else None
        if answer is not None:
            yield answer


def joined(results: list[Any]) -> Numbered:
    """Numbered, and a shape that comes without labels together with the result that has them."""
    labels = {
        str(each["id"]): each["value"]["labels"]
        for each in results
        if isinstance(each, dict)
        and each.get("type") == "labels"
        and each.get("id")
        and isinstance(each.get("value"), dict)
        and each["value"].get("labels")
    }
    bare = {str(each.get("id")) for each in results if isinstance(each, dict) and str(each.get("type")) in BARE}
    found: Numbered = []
    for n, each in enumerate(results):
        name = str(each.get("id")) if isinstance(each, dict) else ""
        if name in bare and name in labels and each.get("type") == "labels":
            continue
        if name in labels and str(each.get("type")) in BARE and isinstance(each.get("value"), dict):
            tag = BARE[each["type"]]
            each = each | {"type": tag, "value": {**each["value"], tag: labels[name]}}
        found.append((n, each))
    return found


def _relations(results: Numbered, known: Mapping[str, Any]) -> Iterator[tuple[str, str, str] | Trouble]:
    """Name and both ends of each."""
    for n, each in results:
        if each["type"] != "relation":
            continue
        ends = [str(each.get("from_id")), str(each.get("to_id"))]
        names = each.get("labels")
        if missing := [end for end in ends if end not in known]:
            yield Trouble(f"result[{n}]", f"there is no region {missing[0]}", "unknown")
            continue
        name = str(names[0]) if isinstance(names, list) and names else "related"
        source, target = ends[::-1] if each.get("direction") == "left" else ends
        yield name, source, target


def _mask(label: str, value: dict[str, Any], canvas: Canvas | None, size: tuple[Any, Any]) -> dict[str, Any]:
    shape = {"type": "mask", "label": label}
    if canvas is None:
        return shape
    if size not in ((canvas.width, canvas.height), (None, None)):
        raise BadShape(f"the mask is of {size[0]} × {size[1]}; the picture of {canvas.width} × {canvas.height}")
    counts = decode_brush(value.get("rle"), canvas.width, canvas.height)
    return shape | {"size": [canvas.height, canvas.width], "counts": counts}


def _line(label: str, value: dict[str, Any], canvas: Canvas) -> dict[str, Any]:
    listed = value.get("vertices")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BadShape("vertices must be a list")
    if any(each.get("isBezier") for each in listed):
        raise BadShape("a curve is not taken")
    flat = [_number(each, name) for each in listed for name in ("x", "y")]
    kind = "polygon" if value.get("closed") is True else "line"
    return canvas.path(kind, label, pairs(_pixels(flat, canvas)))


def _pixels(percents: list[float], canvas: Canvas) -> list[float]:
    return [each * (canvas.height if n % 2 else canvas.width) / 100 for n, each in enumerate(percents)]


def _number(value: dict[str, Any], name: str, default: float | None = None) -> float:
    found = value.get(name, default)
    if not is_number(found):
        raise BadShape(f"value.{name} must be a number")
    return float(found)  # type: ignore[arg-type]  # a number


def _points(value: dict[str, Any]) -> list[list[float]]:
    listed = value.get("points")
    if not isinstance(listed, list):
        raise BadShape("points must be a list")
    return [numbers(each, "a point", 2) for each in listed]
