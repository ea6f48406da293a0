"""Files that are nearly right: whatever is changed in them, a reader tells of it or refuses the file."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
import pytest

from labeling import importers
from labeling.errors import BadFile
from labeling.importers import ImportOptions
from tests.formats import test_label_studio as studio
from tests.formats import test_results_of_others as others
from tests.formats import test_texts as texts
from tests.formats import test_xml as xml
from tests.formats import test_yolo as yolo
from tests.formats.making import DRAWING, export
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

TIMES = 40
JUNK = [None, True, -1, 1.5, "", "x", [], {}, [[]], [{}], 1e300, ["a"], [1, 2, 3, 4]]
MARKS = list("<>&;, \t\n\"'-019x\x00é[]{}")
MANIFEST = [
    {"source": "Ada", "c": 0, "c-metadata": {"type": "groundtruth/text-classification", "class-name": "a"}},
    {"source": "Ada", "e": {"annotations": {"entities": [{"label": "P", "startOffset": 0, "endOffset": 2}]}},
     "e-metadata": {"type": "groundtruth/text-span"}},
    {"source": "Ada", "m": [0],
     "m-metadata": {"type": "groundtruth/text-classification-multilabel", "class-map": {"0": "a"}}},
]  # fmt: skip


OLDER = {
    "fields": {"text": "Ada"}, "suggestions": [{"question_name": "q", "value": "a"}],
    "responses": [{"user_id": "u", "status": "submitted", "values": {"q": {"value": "a"}}}],
}  # fmt: skip
PICTURED = b"""{"id":1,"filename":"a.png","bbox":[{"label":"cat","x":1,"y":2,"width":3,"height":4}]}
{"id":2,"filename":"a.png","segmentation":[{"label":"cat","points":[1,1,9,1,9,9]}]}
"""
TAGGED = b"""<?xml version="1.0"?><annotations><meta><task><labels><label><name>cat</name><type>tag</type></label>
</labels></task></meta><image name="a.png" width="40" height="20"><tag label="cat"/></image></annotations>"""


NAMES = (
    "coco", "voc", "cvat", "conll", "brat", "doccano", "yolo", "label_studio", "label_studio spans",
    "label_studio tree", "label_studio form", "argilla", "argilla 1", "sagemaker", "mturk", "doccano zip",
    "doccano_images", "cvat tags", "conll numbered",
)  # fmt: skip


def studio_form() -> list[dict[str, Any]]:
    values = {
        "choices": {"choices": ["a"]},
        "rating": {"rating": 3},
        "textarea": {"text": ["x"]},
        "number": {"number": 1},
    }
    result = [{"from_name": name, "type": name, "value": value} for name, value in values.items()]
    return [{"id": 1, "data": {"text": "Ada"}, "annotations": [{"id": 1, "result": result}]}] * 2


@cache
def seeds() -> dict[str, tuple[str, bytes]]:
    """A right file for each reader: the importer's name, and the bytes."""
    drawing = {
        name: export(name, "image_annotation", DRAWING, xml.RECORDS, pictures=True) for name in ("coco", "voc", "cvat")
    }
    spans = {name: export(name, "spans", texts.SPANS, texts.RECORDS) for name in ("conll", "brat", "doccano")}
    poses = export("yolo_pose", "points", yolo.POSING, yolo.POSES, pictures=True)
    return {name: (name, each.content) for name, each in (drawing | spans).items()} | {
        "yolo": ("yolo", poses.content),
        "label_studio": ("label_studio", export("label_studio", *studio.CASES["shapes"], pictures=True).content),
        "label_studio spans": ("label_studio", export("label_studio", *studio.CASES["spans"]).content),
        "label_studio tree": ("label_studio", export("label_studio", *studio.CASES["tree"]).content),
        "label_studio form": ("label_studio", orjson.dumps(studio_form())),
        "argilla 1": ("argilla", orjson.dumps([OLDER, OLDER])),
        "doccano zip": ("doccano", zipped({f"{who}.jsonl": spans["doccano"].content for who in ("ann", "bob")})),
        "doccano_images": ("doccano_images", zipped({"all.jsonl": PICTURED, "a.png": picture()})),
        "cvat tags": ("cvat", zipped({"annotations.xml": TAGGED, "a.png": picture()})),
        "conll numbered": ("conll", b"# id 1\n1\tAda\t_\tB-PER\n2\tx\t_\tO\n\n1\ty\t_\tO\n"),
        "argilla": ("argilla", others.argilla(others.record(1, "good", "bad"), others.record(2, None, "good"))),
        "sagemaker": ("sagemaker", others.manifest(*MANIFEST)),
        "mturk": (
            "mturk",
            f'{others.HEADER},"Answer.a"\nh1,a1,W1,Approved,x,1,good\nh1,a2,W2,Approved,x,1,bad\n'.encode(),
        ),
    }


def shaken(value: Any, chance: random.Random) -> Any:
    """The same document with some of its values replaced or left out."""
    if chance.random() < 0.05:
        return chance.choice(JUNK)
    if isinstance(value, dict):
        return {name: shaken(each, chance) for name, each in value.items() if chance.random() > 0.03}
    return [shaken(each, chance) for each in value if chance.random() > 0.03] if isinstance(value, list) else value


def scratched(text: str, chance: random.Random) -> str:
    marks = list(text)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(marks) + 1)
        marks[place : place + chance.randint(0, 1)] = chance.choice([[], [chance.choice(MARKS)]])
    return "".join(marks)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One of its documents changed: by its values where it is JSON, else by its letters."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice([name for name in files if not name.endswith((".png", ".jpg"))])
        return zipped(files | {name: damaged(files[name], chance)})
    text = content.decode()
    change: Callable[[str], str] = lambda part: json.dumps(shaken(json.loads(part), chance))  # noqa: E731
    try:
        return change(text).encode()
    except ValueError:
        pass
    try:
        return "\n".join(change(line) for line in text.splitlines()).encode()
    except ValueError:
        return scratched(text, chance).encode()


@pytest.mark.parametrize("seed", NAMES)
def test_no_junk_breaks_a_reader(seed: str) -> None:
    name, content = seeds()[seed]
    chance, reader, rows = random.Random(name), importers.get(name), 0
    for _ in range(TIMES):
        junk, options = damaged(content, chance), ImportOptions(file_name="x")
        try:
            found = getattr(reader, "schema")(io.BytesIO(junk), options)  # noqa: B009 - not every reader has one
            rows += len(list(reader.read(io.BytesIO(junk), position={}, options=options)))
        except BadFile:
            continue
        assert found is None or found.config
    assert rows


@pytest.mark.parametrize("name", ["coco", "yolo", "voc", "cvat", "brat", "label_studio"])
def test_a_zip_that_was_cut_short_is_refused(name: str) -> None:
    content = seeds()[name][1]
    with pytest.raises(BadFile, match="not a whole zip file"):
        list(importers.get(name).read(io.BytesIO(content[: len(content) // 2]), position={}, options=ImportOptions()))
