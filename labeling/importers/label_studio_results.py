"""The results of one annotation of Label Studio as an answer of ours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from labeling.importers.found import Trouble
from labeling.importers.shapes import BadShape, Canvas, numbers, pairs, plain
from labeling.importers.shapes import as_answer as answer_of_shapes
from labeling.importers.texts import Span, span_problem
from labeling.importers.texts import as_answer as answer_of_spans
from labeling.types.strict import is_number

SHAPES = {
    "rectanglelabels": "box", "polygonlabels": "polygon", "ellipselabels": "ellipse", "keypointlabels": "point",
}  # fmt: skip
KINDS = {"labels": "spans", "choices": "choice", "taxonomy": "tree", "textarea": "writing"} | dict.fromkeys(
    (*SHAPES, "brushlabels"), "shapes"
)
Answer = dict[str, Any]
ANYWHERE = 10_000
"""The size of a picture where none is at hand."""


class Reader:
    """``canvas`` is that of the item's picture; without one shapes are only looked at for their labels."""

    def __init__(self, kind: str, text: str, canvas: Canvas | None) -> None:
        self.kind, self.text, self.canvas = kind, text, canvas

    @staticmethod
    def kind_of(result: dict[str, Any]) -> str:
        return KINDS.get(str(result.get("type")), "")

    def answer(self, annotation: dict[str, Any]) -> Iterator[Answer | Trouble]:
        """What is wrong with single results, then the answer they make; none for a kind that is not known."""
        results = annotation.get("result", annotation.get("value"))
        if not isinstance(results, list):
            yield Trouble("result", "must be a list", "type")
            return
        ready: list[tuple[int, dict[str, Any]]] = []
        for n, each in enumerate(results):
            if not isinstance(each, dict):
                yield Trouble(f"result[{n}]", "must be an object", "type")
            elif each.get("type") == "relation" and self.kind == "spans":
                ready.append((n, each))
            elif (found := self.kind_of(each)) != self.kind and (found, self.kind) != ("choice", "multichoice"):
                yield Trouble(f"result[{n}]", f"{each.get('type')} has no place beside what is taken here", "not_taken")
            elif not isinstance(each.get("value"), dict):
                yield Trouble(f"result[{n}].value", "must be an object", "type")
            else:
                ready.append((n, each))
        take = {"shapes": self._shapes, "spans": self._spans}.get(self.kind)
        yield from take(ready) if take else self._whole([each for _, each in ready])

    def _shapes(self, results: list[tuple[int, dict[str, Any]]]) -> Iterator[Answer | Trouble]:
        shapes: list[dict[str, Any]] = []
        for n, each in results:
            try:
                shapes.append(self._shape(each["type"], each["value"], each))
            except BadShape as error:
                yield Trouble(f"result[{n}]", str(error), "shape")
        yield answer_of_shapes(shapes)

    def _shape(self, tag: str, value: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        if tag not in SHAPES:
            raise BadShape("a mask of Label Studio's brush is not taken")
        labels = value.get(tag) or value.get("labels")
        if not isinstance(labels, list) or not labels or not isinstance(labels[0], str):
            raise BadShape("has no label")
        wide, high = result.get("original_width"), result.get("original_height")
        known = isinstance(wide, int) and isinstance(high, int) and wide > 0 and high > 0
        canvas = self.canvas or (Canvas(wide, high) if known else Canvas(ANYWHERE, ANYWHERE))  # type: ignore[arg-type]  # known
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

    def _spans(self, results: list[tuple[int, dict[str, Any]]]) -> Iterator[Answer | Trouble]:
        spans: dict[str, Span] = {}
        links: list[tuple[str, str, str]] = []
        for n, each in results:
            if each["type"] == "relation":
                continue
            value = each["value"]
            start, end, labels = value.get("start"), value.get("end"), value.get("labels")
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
        for n, each in results:
            if each["type"] != "relation":
                continue
            ends = [str(each.get("from_id")), str(each.get("to_id"))]
            names = each.get("labels")
            if missing := [end for end in ends if end not in spans]:
                yield Trouble(f"result[{n}]", f"there is no span {missing[0]}", "unknown")
            else:
                name = str(names[0]) if isinstance(names, list) and names else "related"
                links.append((name, *(ends if each.get("direction") != "left" else ends[::-1])))  # type: ignore[arg-type]  # two
        yield answer_of_spans(self.text, spans.values(), links)

    def _whole(self, results: list[dict[str, Any]]) -> Iterator[Answer | Trouble]:
        values = [each["value"] for each in results]
        if self.kind in ("choice", "multichoice"):
            chosen = [each for value in values for each in _list(value.get("choices")) if isinstance(each, str)]
            if self.kind == "multichoice":
                yield {"options": list(dict.fromkeys(chosen))}
            elif chosen:
                yield {"option": chosen[0]}
        elif self.kind == "tree":
            yield {"paths": [path for value in values for path in _list(value.get("taxonomy"))]}
        elif self.kind == "writing":
            texts = {str(each.get("from_name") or "text"): each["value"].get("text") for each in results}
            yield {"fields": {n: "\n".join(map(str, t)) if isinstance(t, list) else str(t) for n, t in texts.items()}}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pixels(percents: list[float], canvas: Canvas) -> list[float]:
    return [each * (canvas.height if n % 2 else canvas.width) / 100 for n, each in enumerate(percents)]


def _number(value: dict[str, Any], name: str, default: float | None = None) -> float:
    found = value.get(name, default)
    if not is_number(found):
        raise BadShape(f"{name} must be a number")
    return float(found)  # type: ignore[arg-type]  # a number


def _points(value: dict[str, Any]) -> list[list[float]]:
    listed = value.get("points")
    if not isinstance(listed, list):
        raise BadShape("points must be a list")
    return [numbers(each, "a point", 2) for each in listed]
