"""A folder for the Hugging Face Hub: Parquet files, and a dataset card that says how the labels were made."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, cast

from labeling.exporters import parquet
from labeling.exporters.cards import columns_of, question_of, rows_of, sentences
from labeling.exporters.folders import Folder
from labeling.exporters.pictures import write_pictures
from labeling.exporters.snapshot import UNFINISHED, Snapshot
from labeling.types import registry

NAME = "hugging_face"
TITLE = "Hugging Face (Parquet, README.md)"
SUFFIX = ".zip"
CONTENT_TYPE = "application/zip"
TYPES = frozenset(registry.all())
ROWS = 50_000
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
CATEGORIES = {
    "choice": "text-classification", "multichoice": "text-classification", "tree": "text-classification",
    "spans": "token-classification", "response": "text-generation", "rewrite": "text-generation",
}  # fmt: skip
HEADINGS = {
    "use": "Intended use", "collection": "Annotators", "protocol": "Annotation process", "analysis": "Consensus",
    "agreement": "Agreement", "machines": "Models among the annotators", "quality": "Quality control",
    "sensitive": "Sensitive content",
}  # fmt: skip


def build(snapshot: Snapshot, folder: Folder) -> None:
    for record in snapshot.records():
        if record.answer is None:
            snapshot.losses.note(record, "answer", UNFINISHED)
    columns, rows = columns_of(snapshot), rows_of(snapshot)
    count, number, written = 0, 0, ROWS
    while written == ROWS:  # a last file without rows is one, too
        with folder.open(f"data/train-{number:05}.parquet") as file:
            written = parquet.write(islice(rows, ROWS), cast(BinaryIO, _Counting(file)), columns)
        count += written
        number += 1
    folder.write("README.md", "".join(_card(snapshot, count)).encode())
    write_pictures(snapshot, folder)


class _Counting(io.RawIOBase):
    """What Parquet needs of a file that cannot be sought in: where it stands; and that it is not closed."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.at = 0

    def write(self, content: object) -> int:
        written = bytes(cast(bytes, content))
        self.file.write(written)
        self.at += len(written)
        return len(written)

    def tell(self) -> int:
        return self.at

    def writable(self) -> bool:
        return True


def _card(snapshot: Snapshot, count: int) -> Iterator[str]:
    about, facts = snapshot.about, snapshot.about.facts
    size = next((name for most, name in SIZES if count < most), "n>1M")
    yield f"---\npretty_name: {json.dumps(about.name, ensure_ascii=False)}\nsize_categories:\n- {size}\n"
    if about.type in CATEGORIES:
        yield f"task_categories:\n- {CATEGORIES[about.type]}\n"
    yield "annotations_creators:\n- expert-generated\n" if facts.get("annotators") == 1 else ""
    yield "annotations_creators:\n- crowdsourced\n" if (facts.get("annotators") or 0) > 1 else ""
    yield "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*.parquet\n---\n\n"
    yield f"# {about.name}\n\n{count} items"
    yield f", exported on {about.as_of[:10]}.\n\n" if about.as_of else ".\n\n"
    yield f"## Question\n\n{question_of(about.config)}\n\n"
    for name, text in sentences(snapshot).items():
        yield f"## {HEADINGS[name]}\n\n{text}\n\n"
    if guideline := facts.get("guideline"):
        yield f"## Guideline\n\n{guideline}\n\n"
    config = json.dumps(about.config, ensure_ascii=False, indent=2)
    yield f"## Label schema\n\nType `{about.type}`:\n\n```json\n{config}\n```\n"
