"""Every format of labels with every type it takes, with awkward data, each judged by others' code in one go."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from labeling import exporters
from labeling.exporters import doccano, web_annotation
from labeling.exporters.snapshot import UNFINISHED, Record
from tests.formats.awkward import cases, labels_of
from tests.formats.coming_back import items, rows_of, troubles
from tests.formats.judging import judge
from tests.formats.making import Made, export

FORMATS = {name: each for name, each in exporters.exporters().items() if exporters.of_labels(each)}
JUDGES = {
    "coco": ("coco",), "yolo": ("yolo_detect", "yolo_segment", "yolo_obb"), "pose": ("yolo_pose",),
    "xml": ("voc", "cvat"), "label_studio": ("label_studio",), "texts": ("conll", "spacy"), "brat": ("brat",),
    "doccano": ("doccano",), "web_annotation": ("web_annotation",), "chats": ("openai",),
    "cards": ("trl", "hugging_face", "croissant"),
}  # fmt: skip
KINDS_OF_DOCCANO = {"spans": "links", "writing": "texts"}


NOT_WRITTEN = {
    "doccano": {doccano.NO_TEXT},
    "web_annotation": {web_annotation.NOTHING, UNFINISHED},
    "openai": {UNFINISHED}, "trl": {UNFINISHED},
}  # fmt: skip
"""Why a format leaves an item out."""
PAIRS = ("comparison", "ranking")
IDS = ("uuid", "id", "source_ref", "target_ref", "from", "to")
CLEANED = ("brat", "conll")
"""Their labels have other names, as many."""


@cache
def made(format: str, type: str) -> tuple[list[Record], Made]:
    config, records = cases()[type]
    if format == "cvat":  # datumaro knows its pictures without their suffix, and two have one name then
        records = [each for each in records if each.key != "b.jpg"]
    pictures = bool(records[0].image) and FORMATS[format].SUFFIX == ".zip"
    return records, export(format, type, config, records, pictures=pictures)


def test_every_format_of_labels_has_a_judge() -> None:
    assert {name for each in JUDGES.values() for name in each} == set(FORMATS)


@pytest.mark.parametrize("name", list(JUDGES))
def test_others_read_what_is_awkward(name: str, tmp_path: Path) -> None:
    """Each item is there, or its loss is told; and so is each label."""
    asked = {}
    for format in JUDGES[name]:
        for type in sorted(FORMATS[format].TYPES):
            asked[put(tmp_path, format, type)] = format, type
    seen = judge(name, tmp_path, "survey")
    assert set(seen) == set(asked)
    for case, (format, type) in asked.items():
        records, each = made(format, type)
        absent = left_out(format, each)
        if type not in PAIRS or format in ("hugging_face", "croissant"):
            assert len(seen[case]["items"]) == len(records) - len(absent), case
        if name in ("chats", "cards") or type == "writing" or (format, type) == ("doccano", "tree"):
            continue
        given = set().union(*(labels_of(record) for record in records if record.key not in absent))
        found = set(seen[case]["labels"])
        if format == "web_annotation":  # its bodies are attributes too, and branches of a tree
            found = {label for label in given if any(body.partition(" / ")[0] == label for body in found)}
        if not any("no place" in reason for _, reason in each.lost):
            assert len(found) == len(given) if format in CLEANED else found == given, case
        assert found <= given or format in CLEANED, case


def put(folder: Path, format: str, type: str) -> str:
    """Where the judge looks for it: a folder, or a file where the format is one. Its name there."""
    _, each = made(format, type)
    suffix = FORMATS[format].SUFFIX
    case = f"{KINDS_OF_DOCCANO.get(type, 'categories')}-{type}" if format == "doccano" else f"{format} {type}"
    if suffix == ".zip":
        each.unpack(folder / case)
    elif format in ("coco", "conll", "trl"):
        (folder / case).mkdir()
        (folder / case / f"annotations{suffix}").write_bytes(each.content)
    else:
        (folder / f"{case}{suffix}").write_bytes(each.content)
    return case


COME_BACK = ("coco", "voc", "cvat", "yolo_detect", "yolo_segment", "yolo_obb", "yolo_pose", "brat", "doccano",
             "label_studio")  # fmt: skip


@pytest.mark.parametrize("format", COME_BACK)
def test_what_lost_nothing_comes_back_as_it_was(format: str) -> None:
    """By our own importer. What it cannot take it tells, with its place."""
    for type in sorted(FORMATS[format].TYPES):
        config, records = cases()[type]
        each = export(format, type, config, records, pictures=bool(records[0].image))
        rows = rows_of(
            each.content, "x.jsonl" if format == "doccano" else "x.zip", format.partition("yolo_")[1][:-1] or format
        )
        lossy = {item for item, _ in each.lost}
        by_key = {row.key: row for row in items(rows)}
        whole = [record for record in records if record.key not in lossy]
        assert whole or len(lossy) == len(records)
        for record in whole:
            if record.data.get("text", "x").strip():
                assert plain(by_key[record.key].data.get("hypothesis")) == plain(record.answer), (type, record.key)
        blank = sum(
            not record.data.get("text", "x").strip() for record in records if record.key not in left_out(format, each)
        )
        outside = len(records) if format == "coco" and type in ("boxes", "image_annotation") else 0
        assert len(troubles(rows)) <= blank + outside, troubles(rows)


def left_out(format: str, each: Made) -> set[str]:
    return {item for item, reason in each.lost if reason in NOT_WRITTEN.get(format, ())}


def plain(value: Any) -> Any:
    """Without ids, what is empty, and the last digits."""
    if isinstance(value, dict):
        kept = {name: plain(each) for name, each in value.items() if name not in IDS}
        return {name: each for name, each in kept.items() if each not in ({}, [], "")}
    return (
        [plain(each) for each in value]
        if isinstance(value, list)
        else round(value, 3)
        if isinstance(value, float)
        else value
    )
