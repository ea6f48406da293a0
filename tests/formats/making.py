"""Records as an export has them, and what an exporter makes of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from labeling import exporters
from labeling.exporters.snapshot import About, Image, Losses, Record, Snapshot
from labeling.types import registry
from tests.labeling.pictures import picture

WIDTH, HEIGHT = 40, 20


@dataclass(frozen=True)
class Made:
    content: bytes
    losses: list[dict[str, Any]]
    summary: dict[str, Any]

    @property
    def json(self) -> Any:
        return orjson.loads(self.content)

    @property
    def lines(self) -> list[Any]:
        return [orjson.loads(line) for line in self.content.splitlines()]

    @property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def lost(self) -> list[tuple[str, str]]:
        """Item and reason."""
        return [(each["item"], each["reason"]) for each in self.losses]

    def unpack(self, folder: Path) -> Path:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            archive.extractall(folder)
        return folder


def export(
    name: str,
    type: str,
    config: dict[str, Any],
    records: Iterable[Record],
    *,
    pictures: bool = False,
    facts: dict[str, Any] | None = None,
) -> Made:
    """Every answer is made clean first, as if it had been given."""
    task_type = registry.get(type)
    clean = task_type.clean_config(config)
    kept = list(records)
    for record in kept:
        size = record.image and {"image": {"width": record.image.width, "height": record.image.height}}
        if record.answer is not None:
            assert task_type.clean_answer(record.answer, config=record.config or clean, item=record.data | (size or {}))
    report, out = io.BytesIO(), io.BytesIO()
    about = About("Cats & dogs «ß»", type, clean, as_of="2026-11-23T09:00:00+00:00", facts=facts or {})
    opened = (lambda record: io.BytesIO(image_bytes(record))) if pictures else None
    snapshot = Snapshot(about, lambda: iter(kept), Losses(report), opened)
    exporter = exporters.get(name)
    assert exporters.of_labels(exporter) and exporters.fits(exporter, type)
    exporters.build(exporter, snapshot, out)
    lines = [orjson.loads(line) for line in report.getvalue().splitlines()]
    return Made(out.getvalue(), lines, snapshot.losses.summary())


def image_bytes(record: Record) -> bytes:
    assert record.image is not None
    return picture("JPEG" if record.image.format == "JPEG" else "PNG", (record.image.width, record.image.height))


def drawn(n: int, name: str, annotations: list[dict[str, Any]] | None, **more: Any) -> Record:
    """An item with a picture of 40 × 20 and what was drawn on it; None for nothing yet."""
    shapes = None
    if annotations is not None:
        shapes = [{"uuid": str(k), "attributes": {}, **shape} for k, shape in enumerate(annotations, 1)]
    whole, links = more.pop("whole", {}), more.pop("links", {})
    answer = None if shapes is None else {"annotations": shapes, "global_attributes": whole, **links}
    kind = "JPEG" if name.endswith(".jpg") else "PNG"
    return Record(
        task=n,
        item=n,
        key=name,
        data={"image": name},
        image=Image(name, WIDTH, HEIGHT, kind, name),
        answer=answer,
        **more,
    )


def written(n: int, text: str, answer: dict[str, Any] | None, **more: Any) -> Record:
    """An item with a text."""
    return Record(task=n, item=n, key=f"item-{n}", data={"text": text} | more.pop("data", {}), answer=answer, **more)


def box(label: str, left: float, top: float, width: float, height: float, **more: Any) -> dict[str, Any]:
    return {"type": "box", "label": label, "left": left, "top": top, "width": width, "height": height, **more}


def polygon(label: str, *corners: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"type": "polygon", "label": label, "vertices": [{"x": x, "y": y} for x, y in corners], **more}


def line(label: str, *corners: tuple[float, float], **more: Any) -> dict[str, Any]:
    return polygon(label, *corners, **more) | {"type": "line"}


def mask(label: str, *rows: str) -> dict[str, Any]:
    """Drawn with #; the picture is padded to its size."""
    import numpy as np

    from labeling.types.rle import encode

    grid = np.zeros((HEIGHT, WIDTH), dtype=bool)
    for y, row in enumerate(rows):
        for x, mark in enumerate(row):
            grid[y, x] = mark == "#"
    return {"type": "mask", "label": label, "size": [HEIGHT, WIDTH], "counts": encode(grid)}


def keypoints(label: str, *points: tuple[str, float, float, bool]) -> dict[str, Any]:
    listed = [{"name": name, "x": x, "y": y, "visible": seen} for name, x, y, seen in points]
    return {"type": "keypoints", "label": label, "keypoints": listed}


FIGURE = {
    "value": "person",
    "geometries": ["keypoints", "box"],
    "skeleton": {
        "points": ["head", "left hand", "right hand"],
        "edges": [["head", "left hand"], ["head", "right hand"]],
    },
}
DRAWING: dict[str, Any] = {
    "question": "Mark everything.",
    "rotation": True,
    "labels": [
        {"value": "cat", "geometries": ["box", "polygon", "mask", "ellipse", "line"],
         "attributes": [{"name": "tail", "type": "select", "options": ["long", "short"], "required": False}]},
        {"value": "traffic light", "geometries": ["box", "polygon"]},
        {"value": "犬", "geometries": ["box", "polygon", "mask"]},
        {"value": "spot", "geometries": ["point"]},
        FIGURE,
    ],
    "attributes": [{"name": "weather", "type": "text", "required": False}],
}  # fmt: skip
DISAGREE = [
    {"annotator": "a1", "value": {"annotations": [], "global_attributes": {}}},
    {"annotator": "a2", "value": {"annotations": [{"type": "box"}], "global_attributes": {}}},
]
