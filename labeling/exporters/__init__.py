"""Writers of snapshots, one module each, found by being here."""

from __future__ import annotations

import shutil
import sys
from functools import cache
from typing import BinaryIO, TypeGuard, cast

from labeling.errors import GroundworkError
from labeling.exporters.base import Columns, Exporter, opened
from labeling.exporters.folders import OneFile, ZipFolder
from labeling.exporters.snapshot import LabelExporter, Snapshot
from labeling.plugins import modules_with

__all__ = ["Columns", "build", "exporters", "fits", "get", "of_labels", "of_rows", "opened", "suffix_of"]

COMMON = ("NAME", "TITLE", "SUFFIX", "CONTENT_TYPE")
LOSSES = "losses.jsonl"
ZIP = ".zip"


@cache
def exporters() -> dict[str, Exporter | LabelExporter]:
    """Every exporter by name, those of rows first."""
    package = sys.modules[__name__]
    rows = {module.NAME: cast(Exporter, module) for module in modules_with(package, *COMMON, "write", "join")}
    labels = {module.NAME: cast(LabelExporter, module) for module in modules_with(package, *COMMON, "TYPES", "build")}
    return rows | dict(sorted(labels.items(), key=lambda each: each[1].TITLE.casefold()))


def get(name: str) -> Exporter | LabelExporter:
    """The exporter called so."""
    try:
        return exporters()[name]
    except KeyError:
        raise GroundworkError(f"unknown export format {name!r}; known: {', '.join(exporters())}") from None


def of_labels(exporter: Exporter | LabelExporter) -> TypeGuard[LabelExporter]:
    return hasattr(exporter, "build")


def of_rows(exporter: Exporter | LabelExporter) -> TypeGuard[Exporter]:
    return not of_labels(exporter)


def fits(exporter: Exporter | LabelExporter, task_type: str) -> bool:
    """Whether the format can hold answers of this type; rows hold any."""
    return not of_labels(exporter) or task_type in exporter.TYPES


def suffix_of(exporter: Exporter | LabelExporter, *, with_files: bool) -> str:
    """A format of one file becomes a zip when the pictures come along."""
    return ZIP if with_files and of_labels(exporter) else exporter.SUFFIX


def build(exporter: LabelExporter, snapshot: Snapshot, file: BinaryIO) -> None:
    """The whole export. A zip ends with the report of what was lost, if anything was."""
    if suffix_of(exporter, with_files=snapshot.open_image is not None) != ZIP:
        exporter.build(snapshot, OneFile(file))
        return
    folder = ZipFolder(file)
    try:
        exporter.build(snapshot, folder)
        if snapshot.losses.total:
            snapshot.losses.file.seek(0)
            with folder.open(LOSSES) as target:
                shutil.copyfileobj(snapshot.losses.file, target, 1 << 20)
        folder.close()
    finally:
        folder.abandon()
