"""Pascal VOC: an XML file of boxes for each picture. Coordinates count from 0, as datumaro, CVAT and labelImg do."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from labeling.exporters.folders import Folder
from labeling.exporters.pictures import note_renamed, note_without_picture, with_pictures, write_pictures
from labeling.exporters.shapes import Note, box_inside, label_names, note_whole_picture
from labeling.exporters.snapshot import SHAPES, Image, Snapshot, note_common
from labeling.exporters.xml import note_forbidden, words

NAME = "voc"
TITLE = "Pascal VOC (XML)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = SHAPES - {"points", "lines"}
FLAGS = ("truncated", "difficult", "occluded")
"""Attributes of these names are VOC's own flags."""
ROTATION = "a rotated box is written as the upright box around it"
OTHER = "a shape that is no box is written as the box around it"
NOWHERE = "a line or a point has no place in Pascal VOC"


def build(snapshot: Snapshot, folder: Folder) -> None:
    folder.write("labelmap.txt", "".join(f"{label}:::\n" for label in ["# label", *label_names(snapshot)]).encode())
    for record in snapshot.records():
        note_common(snapshot, record, carried=("image",))
        note_without_picture(snapshot, record)
    for _, name, image, record in with_pictures(snapshot, by_stem=True):
        note = Note(snapshot, record)
        note_renamed(note, name)
        note_whole_picture(note)
        folder.write(f"Annotations/{_stem(name)}.xml", _document(name, image, note).encode())
    with folder.open("ImageSets/Main/train.txt") as file:
        for _, name, _, _ in with_pictures(snapshot, by_stem=True):
            file.write(f"{_stem(name)}\n".encode())
    write_pictures(snapshot, folder, "JPEGImages", by_stem=True)


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _document(name: str, image: Image, note: Note) -> str:
    note_forbidden(note, "item", name)
    size = f"<width>{image.width}</width><height>{image.height}</height><depth>3</depth>"
    parts = [f"<annotation>\n  <folder/>\n  <filename>{words(name)}</filename>\n  <size>{size}</size>\n"]
    parts.append("  <segmented>0</segmented>\n")
    for n, shape in enumerate((note.record.answer or {}).get("annotations", [])):
        parts += _object(shape, image, note, f"answer.annotations[{n}]")
    return "".join([*parts, "</annotation>\n"])


def _object(shape: dict[str, Any], image: Image, note: Note, path: str) -> list[str]:
    if shape["type"] in ("line", "point"):
        note(path, NOWHERE)
        return []
    if shape["type"] != "box" or shape.get("rotation"):
        note(path, ROTATION if shape["type"] == "box" else OTHER)
    edges = box_inside(shape, image, note, path)
    if edges is None:
        return []
    named = zip(("xmin", "ymin", "xmax", "ymax"), edges, strict=True)
    box = "".join(f"<{name}>{value}</{name}>" for name, value in named)
    note_forbidden(note, path, shape["label"], *map(str, shape["attributes"].values()))
    attributes = "".join(
        f"<attribute><name>{words(name)}</name><value>{words(as_text(value))}</value></attribute>"
        for name, value in shape["attributes"].items()
        if name not in FLAGS or value is not True
    )
    flags = "".join(f"<{flag}>{int(shape['attributes'].get(flag) is True)}</{flag}>" for flag in FLAGS)
    return [
        f"  <object>\n    <name>{words(shape['label'])}</name>\n",
        f"    <pose>Unspecified</pose>{flags}\n",
        f"    <bndbox>{box}</bndbox>\n",
        f"    <attributes>{attributes}</attributes>\n" if attributes else "",
        "  </object>\n",
    ]


def as_text(value: Any) -> str:
    """An attribute's value as XML formats write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
