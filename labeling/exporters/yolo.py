"""What the four YOLO formats share: a text file for each picture, and data.yaml, which names the classes.

Each line has the number of a class, then fractions of the picture's width and height.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

from labeling.exporters.folders import Folder
from labeling.exporters.pictures import note_renamed, note_without_picture, with_pictures, write_pictures
from labeling.exporters.shapes import ATTRIBUTES, Edges, Note, label_names, note_whole_picture
from labeling.exporters.snapshot import Image, Snapshot, note_common

CONTENT_TYPE = "application/zip"
SUFFIX = ".zip"

Values = list[float]
Cut = Callable[[dict[str, Any], Image, Note, str], list[Values]]
"""A shape as lines of numbers behind its class, none when it has no place; what is lost is noted."""


def build(snapshot: Snapshot, folder: Folder, cut: Cut, *, more: str = "") -> None:
    """``more`` are further lines of data.yaml."""
    labels = label_names(snapshot)
    numbers = {label: n for n, label in enumerate(labels)}
    named = [f"  {n}: {quoted(label)}\n" for n, label in enumerate(labels)]
    head = f"path: .\ntrain: images/train\nval: images/train\nnc: {len(labels)}\n{more}names:\n"
    folder.write("data.yaml", (head + "".join(named)).encode())
    for record in snapshot.records():
        note_common(snapshot, record, carried=("image",))
        note_without_picture(snapshot, record)
    for _, name, image, record in with_pictures(snapshot, by_stem=True):
        note = Note(snapshot, record)
        note_renamed(note, name)
        note_whole_picture(note)
        lines: list[str] = []
        for n, shape in enumerate((record.answer or {}).get("annotations", [])):
            path = f"answer.annotations[{n}]"
            found = cut(shape, image, note, path)
            lines += [" ".join([str(numbers[shape["label"]]), *map(number, values)]) + "\n" for values in found]
            if found and shape["attributes"]:
                note(f"{path}.attributes", ATTRIBUTES)
        folder.write(f"labels/train/{PurePosixPath(name).with_suffix('.txt')}", "".join(lines).encode())
    write_pictures(snapshot, folder, "images/train", by_stem=True)


def shares(corners: Sequence[tuple[float, float]], image: Image) -> Values:
    """x and y of each corner as fractions."""
    return [value for x, y in corners for value in (x / image.width, y / image.height)]


def box(edges: Edges, image: Image) -> Values:
    """Its middle and its size."""
    left, top, right, bottom = edges
    middle = [(left + right) / 2 / image.width, (top + bottom) / 2 / image.height]
    return [*middle, (right - left) / image.width, (bottom - top) / image.height]


def number(value: float) -> str:
    """Six decimals tell a pixel of a picture of 500 thousand; a whole number stays short."""
    return str(value) if isinstance(value, int) else f"{min(1.0, max(0.0, value)):.6f}"


def quoted(text: str) -> str:
    """A string of YAML that means just this text: JSON's are."""
    return json.dumps(text, ensure_ascii=False)
