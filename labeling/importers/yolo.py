"""YOLO: a zip with a text file for each picture, and data.yaml or classes.txt for the names. Position: pictures before.

Each line says itself what it is: five numbers are a box, a rectangle of four corners is a (rotated) box, more corners
are a polygon; with `kpt_shape` in data.yaml, what comes behind the box is keypoints.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from labeling.errors import BadFile, BadImage
from labeling.importers import packages
from labeling.importers.base import ImportOptions, LineProblem, Position, Row, Schema
from labeling.importers.data_yaml import DataYaml, read_yaml
from labeling.importers.found import Entry, Found, Trouble, numbered
from labeling.importers.packages import Package
from labeling.importers.shapes import BadShape, Canvas, Seen, as_answer, pairs, rectangle

NAME = "yolo"
TITLE = "YOLO (zip of pictures and labels)"
SUFFIXES = (".zip",)
NAMES = ("classes.txt", "obj.names", "_darknet.labels")
YAML = (".yaml", ".yml")
NO_LABELS = re.compile(r"(^|/)(readme[^/]*|train|val|valid|test|trainval|notes?|licen[cs]e)\.txt$", re.IGNORECASE)
"""Texts that come with a data set and are no labels."""
ROUNDING = 0.01
"""By which a share may leave 0 to 1: whether its shape still fits the picture is told in pixels."""


def recognises(head: bytes, suffix: str) -> int:
    return 0


def recognises_zip(names: list[str], documents: list[bytes]) -> int:
    files = [PurePosixPath(name) for name in names if not name.endswith("/")]
    if any(file.name in ("data.yaml", "data.yml") for file in files):
        return 6
    pictures = {file.stem for file in files if file.suffix.lower() in packages.PICTURES}
    labels = {file.stem for file in files if file.suffix.lower() == ".txt"}
    is_named = any(file.name in NAMES or file.suffix.lower() in YAML for file in files)
    return 6 if pictures & labels and (is_named or any("labels" in file.parts for file in files)) else 0


def read(stream: BinaryIO, *, position: Position, options: ImportOptions) -> Iterator[Row | LineProblem]:
    with packages.opened(stream, options) as package:
        yield from numbered(_Reader(package).records, position=position, options=options)


def schema(stream: BinaryIO, options: ImportOptions) -> Schema | None:
    with packages.opened(stream, options) as package:
        reader, seen = _Reader(package), Seen()
        for number, name in sorted(reader.about.names.items()):
            seen.label(name)
            if len(points := reader.points(number)) > 1:
                seen.skeletons[name] = {"points": points, "edges": []}
        for path in reader.labels.values():
            for line in package.text(path).splitlines():
                try:
                    shape = reader.shape(line, _canvas(10_000, 10_000))
                except BadShape:
                    continue
                if shape is not None:
                    seen.shape(shape)
                    if shape["type"] == "polygon" and len(shape["vertices"]) == 4:  # turned, in the picture's true size
                        seen.shape(shape | {"type": "box", "rotation": 1})
        return seen.schema()


class _Reader:
    def __init__(self, package: Package) -> None:
        self.package = package
        texts = [name for name in package.names if name.lower().endswith(".txt")]
        self.about = self._about(package)
        self.labels = {_counterpart(name): name for name in texts if PurePosixPath(name).name not in NAMES}
        self.pictures = package.pictures()
        self.stems = Counter(PurePosixPath(path).stem for path in self.pictures)
        self.by_stem: dict[str, list[str]] = {}
        for path in self.labels.values():
            self.by_stem.setdefault(PurePosixPath(path).stem, []).append(path)
        known = Counter(map(file_name, self.pictures))
        self.names = {path: name if known[name := file_name(path)] == 1 else path for path in self.pictures}

    def _about(self, package: Package) -> DataYaml:
        listed = [name for name in package.names if name.lower().endswith(YAML)]
        for name in sorted(listed, key=lambda name: PurePosixPath(name).stem != "data"):
            return read_yaml(package.text(name), name)
        for name in package.names:
            if PurePosixPath(name).name in NAMES:
                lines = package.text(name).splitlines()
                return DataYaml({n: line.strip() for n, line in enumerate(lines) if line.strip()})
        raise BadFile("the zip has no data.yaml and no classes.txt: nothing names the classes")

    def records(self, start: int) -> Iterator[Iterable[Entry]]:
        used = {self._label_file(picture) for picture in self.pictures}
        for picture in self.pictures[start:]:
            yield self._picture(picture)
        orphans = [path for path in self.labels.values() if path not in used and not NO_LABELS.search(path)]
        for path in orphans[max(0, start - len(self.pictures)) :]:
            yield [Trouble(path, "no picture goes with it", "missing")]

    def _label_file(self, picture: str) -> str | None:
        """The one beside it, in the folder of labels that goes with its own, or the only one of its name anywhere."""
        if found := self.labels.get(_counterpart(picture)):
            return found
        alike = self.by_stem.get(PurePosixPath(picture).stem, [])
        return alike[0] if len(alike) == 1 and self.stems[PurePosixPath(picture).stem] == 1 else None

    def _picture(self, path: str) -> Iterator[Entry]:
        name = self.names[path]
        try:
            picture = self.package.picture(path)
        except BadImage as error:
            yield Trouble(path, str(error), "image")
            return
        shapes: list[dict[str, Any]] = []
        failed = False
        label_file = self._label_file(path)
        try:
            lines = self.package.text(label_file).splitlines() if label_file else []
        except BadFile as error:
            yield Trouble(str(label_file), str(error), "file")
            lines, failed = [], True
        canvas = _canvas(picture.width, picture.height)
        for n, line in enumerate(lines, 1):
            try:
                shape = self.shape(line, canvas)
            except BadShape as error:
                yield Trouble(f"{label_file}: line {n}", str(error), "shape")
                failed = True
                continue
            if shape is not None:
                shapes.append(shape)
        labels = as_answer(shapes) if shapes or not failed else None
        yield Found({"file": name}, key=name[-200:], image=picture, labels=labels)

    def points(self, number: int) -> list[str]:
        """The names of a class's keypoints, as many as data.yaml says where it names none."""
        count = self.about.shape[0] if self.about.shape else 0
        return self.about.points.get(number, [str(n + 1) for n in range(count)])[:count]

    def shape(self, line: str, canvas: Canvas) -> dict[str, Any] | None:
        """One line; None for a blank one."""
        words = line.split()
        if not words:
            return None
        try:
            values = [float(word) for word in words]
        except ValueError:
            raise BadShape(f"{line.strip()[:80]!r} is not a line of numbers") from None
        if not math.isfinite(values[0]):
            raise BadShape(f"there is no class {words[0]}")
        number, shares = int(values[0]), values[1:]
        label = self.about.names.get(number)
        if label is None or number != values[0]:
            raise BadShape(f"there is no class {words[0]}")
        size = self.about.shape
        figure = size is not None and len(shares) == 4 + size[0] * size[1]
        for n, share in enumerate(shares):
            is_seen = figure and size and size[1] == 3 and n >= 4 and (n - 4) % 3 == 2
            slack = 0 if is_seen else ROUNDING
            if not (-slack <= share <= (2 if is_seen else 1) + slack):
                raise BadShape(f"number {n + 2} is {words[n + 1]}; must be from 0 to 1")
        if figure and size:
            return self._figure(label, number, shares[4:], size[1], canvas)
        if len(shares) == 4:
            x, y, wide, high = _scaled(shares[:2], canvas) + _scaled(shares[2:], canvas)
            return canvas.box(label, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        if len(shares) < 6:
            raise BadShape(f"{len(words)} numbers; a box has 5, a polygon at least 7")
        corners = pairs(_scaled(shares, canvas))
        turned = rectangle(corners) if len(corners) == 4 else None
        return canvas.box(label, *turned) if turned else canvas.path("polygon", label, corners)

    def _figure(self, label: str, number: int, shares: list[float], size: int, canvas: Canvas) -> dict[str, Any]:
        names = self.points(number)
        found = []
        for n, name in enumerate(names):
            x, y, *seen = shares[n * size : n * size + size]
            state = seen[0] if seen else 2 if x or y else 0
            if state:
                found.append((name, x * canvas.width, y * canvas.height, state == 2))
        if len(names) == 1 and found:
            return canvas.point(label, found[0][1], found[0][2])
        return canvas.keypoints(label, found)


def _canvas(width: int, height: int) -> Canvas:
    """With as many decimals as six of a share can tell."""
    return Canvas(width, height, max(0, 6 - math.ceil(math.log10(max(width, height, 10)))))


def _scaled(shares: list[float], canvas: Canvas) -> list[float]:
    return [share * (canvas.height if n % 2 else canvas.width) for n, share in enumerate(shares)]


def _counterpart(path: str) -> str:
    """What a picture and its labels share: the path without the folder called images or labels, and its suffix."""
    parts = PurePosixPath(path).with_suffix("").parts
    return "/".join(part for part in parts if part.lower() not in ("images", "labels"))


def file_name(path: str) -> str:
    """The path below images/ or labels/ and the part of the data set (train, val, test), if there are any."""
    parts = list(PurePosixPath(path).parts)
    for folder in ("images", "labels"):
        if folder in parts[:-1]:
            parts = parts[len(parts) - parts[::-1].index(folder) :]
    if len(parts) > 1 and parts[0] in ("train", "val", "valid", "test"):
        parts = parts[1:]
    return "/".join(part for part in parts if part not in ("images", "labels"))
