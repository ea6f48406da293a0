"""COCO: JSON files of instances and keypoints, with their pictures in one zip. Position: pictures before."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from labeling.errors import BadFile, BadImage
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.coco_rle import decode_runs
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.packages import Package
from labeling.importers.shapes import BadShape, Canvas, Seen, as_answer, numbers, pairs
from labeling.types.rle import counts_problem
from labeling.types.strict import is_number

NAME = "coco"
TITLE = "COCO (JSON, with the pictures in a zip)"
SUFFIXES = (".json",)
BEGINNING = re.compile(rb'\s*\{\s*"(info|images|annotations|categories|licenses)"\s*:\s*[\[{]')
CROWD = "iscrowd"
"""Set for a mask of many objects: an attribute of ours."""
TURN = "rotation"
"""CVAT's attribute of a box: degrees about its middle."""
POINT = "point"
"""The one keypoint of a category whose objects are single points."""


def recognises(head: bytes, suffix: str) -> int:
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    named = head.startswith(b"{") and b'"images"' in head and (b'"annotations"' in head or b'"categories"' in head)
    return 4 if suffix in SUFFIXES and (named or BEGINNING.match(head)) else 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    """JSON that begins so; or JSON and pictures, and nothing that another format would have."""
    if any(recognises(each, ".json") for each in documents):
        return 5
    endings = {name.rpartition(".")[2].lower() for name in names if not name.endswith("/")}
    return 5 if "json" in endings and endings <= {"json", "jsonl", *(each[1:] for each in packages.PICTURES)} else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        reader = _Reader(package)
        yield from numbered(reader.records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    with packages.opened(stream, options) as package:
        reader, seen = _Reader(package), Seen()
        for category in reader.categories.values():
            seen.label(category["name"])
            if len(names := _points(category)) > 1:
                seen.skeletons[category["name"]] = {"points": names, "edges": _edges(category.get("skeleton"), names)}
        for image in reader.images.values():
            canvas = _canvas(image)
            for each in image["annotations"]:
                for entry in reader.shapes(each, canvas) if canvas else ():
                    if isinstance(entry, dict):
                        seen.shape(entry)
        return seen.schema()


class _Reader:
    """All the documents of a package as one: a picture may be in several, for instances and keypoints."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.categories: dict[Any, dict[str, Any]] = {}
        self.images: dict[str, dict[str, Any]] = {}
        self.strays: list[Trouble] = []
        documents = [name for name in package.names if name.lower().endswith(".json") or not package.archive]
        found = [name for name in documents if self._take(name)]
        if not found:
            raise BadFile("no COCO document here: it has the lists images, annotations and categories")

    def records(self, start: int) -> Iterator[Iterable[Entry]]:
        known = Counter(image["file_name"] for image in self.images.values())
        paths = list(self.images)
        for path in paths[start:]:
            image = self.images[path]
            yield self._picture(path, image["file_name"] if known[image["file_name"]] == 1 else path, image)
        if self.strays and start <= len(paths):
            yield self.strays

    def _take(self, name: str) -> bool:
        document = self.package.json(name)
        if not isinstance(document, dict) or not isinstance(document.get("images"), list):
            return False
        for part in ("annotations", "categories"):
            if not isinstance(document.get(part, []), list):
                raise BadFile(f"{name}: {part} must be a list")
        for n, category in enumerate(document.get("categories", [])):
            if (
                not isinstance(category, dict)
                or not isinstance(category.get("name"), str)
                or _hashable(category.get("id")) is None
            ):
                raise BadFile(f"{name}: categories[{n}] needs an id and a name")
            known = self.categories.setdefault(category["id"], dict(category))
            if known["name"] != category["name"]:
                raise BadFile(
                    f"{name}: category {category['id']} is {category['name']!r}, and {known['name']!r} elsewhere"
                )
            known |= {key: value for key, value in category.items() if value}
        by_id: dict[Any, dict[str, Any]] = {}
        for n, image in enumerate(document["images"]):
            if (
                not isinstance(image, dict)
                or not isinstance(image.get("file_name"), str)
                or _hashable(image.get("id")) is None
            ):
                self.strays.append(Trouble(f"images[{n}]", "needs an id and a file_name", "missing"))
                continue
            if image["id"] in by_id:
                self.strays.append(
                    Trouble(f"images[{n}].id", f"{image['id']} is the id of an image before it", "duplicate")
                )
                continue
            path = self.package.find(image["file_name"], near=name) or image["file_name"]
            by_id[image["id"]] = self.images.setdefault(path, {**image, "annotations": []})
        self._distribute(document.get("annotations", []), by_id)
        return True

    def _distribute(self, annotations: list[Any], by_id: dict[Any, dict[str, Any]]) -> None:
        for n, each in enumerate(annotations):
            if not isinstance(each, dict):
                self.strays.append(Trouble(f"annotations[{n}]", "must be an object", "type"))
            elif (found := by_id.get(_hashable(each.get("image_id")))) is None:
                where = f"annotations[{n}].image_id"
                self.strays.append(Trouble(where, f"there is no image {each.get('image_id')!r}", "unknown"))
            else:
                found["annotations"].append(each)

    def _picture(self, path: str, name: str, image: dict[str, Any]) -> Iterator[Entry]:
        try:
            picture = self.package.picture(path)
        except BadImage as error:
            yield Trouble(name, str(error), "image")
            return
        shapes: list[dict[str, Any]] = []
        failed = False
        for each in image["annotations"]:
            for entry in self.shapes(each, Canvas(picture.width, picture.height)):
                if isinstance(entry, dict):
                    shapes.append(entry)
                else:
                    failed = True
                    yield Trouble(f"{name}: {entry.field}", entry.reason, entry.code)
        labels = as_answer(shapes) if shapes or not failed else None
        yield Found({"file": name}, key=name[-200:], image=picture, labels=labels)

    def shapes(self, raw: dict[str, Any], canvas: Canvas) -> Iterator[dict[str, Any] | Trouble]:
        """The shapes of one annotation, or what is wrong with it."""
        where = f"annotation {raw.get('id')}"
        category = self.categories.get(_hashable(raw.get("category_id")))
        if category is None:
            yield Trouble(f"{where}.category_id", f"there is no category {raw.get('category_id')!r}", "unknown")
            return
        given = raw.get("attributes")
        attributes = {str(k): v for k, v in given.items() if v not in (None, "")} if isinstance(given, dict) else {}
        turn = attributes.pop(TURN, 0) if is_number(attributes.get(TURN, 0)) else 0
        if raw.get(CROWD) == 1:
            attributes[CROWD] = True
        try:
            found = list(_shapes(raw, category, canvas, math.radians((turn + 180) % 360 - 180)))
        except BadShape as error:
            yield Trouble(where, str(error), "shape")
            return
        if len([each for each in found if each["type"] == "polygon"]) > 1:
            yield Trouble(
                f"{where}.segmentation", f"has {len(found)} parts: each is a polygon of its own now", "changed"
            )
        for each in found:
            yield each | ({"attributes": attributes} if attributes else {})


def _shapes(raw: dict[str, Any], category: dict[str, Any], canvas: Canvas, turn: float) -> Iterator[dict[str, Any]]:
    label, segmentation = category["name"], raw.get("segmentation")
    flat = raw.get("keypoints")
    is_figure = isinstance(flat, list) and any(flat)
    if is_figure:
        yield _figure(numbers(flat, "keypoints"), _points(category), label, canvas)
    if isinstance(segmentation, dict):
        yield _mask(segmentation, label, canvas)
    elif isinstance(segmentation, list) and segmentation:
        for part in segmentation:
            yield canvas.path("polygon", label, pairs(numbers(part, "segmentation")))
    elif not is_figure:
        left, top, wide, high = numbers(raw.get("bbox"), "bbox", 4)
        yield canvas.box(label, left, top, left + wide, top + high, turn)


def _figure(flat: list[float], names: list[str], label: str, canvas: Canvas) -> dict[str, Any]:
    if len(flat) != 3 * len(names):
        raise BadShape(f"{len(flat)} numbers of keypoints; the category has {len(names)} points of 3")
    points = zip(names, flat[::3], flat[1::3], flat[2::3], strict=True)
    if names == [POINT]:
        return canvas.point(label, flat[0], flat[1])
    return canvas.keypoints(label, [(name, x, y, seen == 2) for name, x, y, seen in points if seen])


def _mask(raw: dict[str, Any], label: str, canvas: Canvas) -> dict[str, Any]:
    size, counts = raw.get("size"), raw.get("counts")
    if size != [canvas.height, canvas.width]:
        raise BadShape(f"the mask is of {size}; the picture of {[canvas.height, canvas.width]}")
    if isinstance(counts, str):
        counts = decode_runs(counts)
    if isinstance(counts, list) and counts and counts[-1] == 0:
        counts = counts[:-1]
    if problem := counts_problem(counts, canvas.width * canvas.height):
        raise BadShape(f"the mask {problem}")
    if not isinstance(counts, list) or not sum(counts[1::2]):
        raise BadShape("the mask marks no pixel")
    return {"type": "mask", "label": label, "size": size, "counts": counts}


def _points(category: dict[str, Any]) -> list[str]:
    given = category.get("keypoints")
    return [str(each) for each in given] if isinstance(given, list) else []


def _edges(raw: Any, names: list[str]) -> list[list[str]]:
    """Pairs of numbers, counted from 1, as pairs of names; what is none is left out."""
    listed = raw if isinstance(raw, list) else []
    pairs_ = [each for each in listed if isinstance(each, list) and len(each) == 2]
    fitting = [each for each in pairs_ if all(type(end) is int and 0 < end <= len(names) for end in each)]
    return [[names[a - 1], names[b - 1]] for a, b in fitting]


def _canvas(image: dict[str, Any]) -> Canvas | None:
    width, height = image.get("width"), image.get("height")
    return Canvas(width, height) if isinstance(width, int) and isinstance(height, int) else None


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int) else None
