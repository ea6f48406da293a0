"""What an exporter of labels takes: records it may read more than once, a folder to write to, and a report of losses.

The exporters of rows beside it write one table row by row and lose nothing. These here make documents that other
programs read, in which not everything can be said; what cannot is told record by record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

import orjson

from labeling.exporters.folders import Folder
from labeling.written import written

SHAPES = frozenset({"boxes", "polygons", "lines", "points", "ellipses", "masks", "image_annotation"})
CHOICES = frozenset({"choice", "multichoice", "tree"})
MOST_REASONS = 50
BITS = 1 << 16
UNFINISHED = "has no result: written as an item without labels"
OTHER_ANSWERS = "single answers have no place in this format: only the result is written"
COLUMNS = "further columns of an item have no place in this format"
NO_KEY = "the keys of items have no place in this format"


@dataclass(frozen=True, slots=True)
class Image:
    """The picture of an item. ``file`` is the name it came with, ``key`` where its bytes are."""

    file: str
    width: int
    height: int
    format: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One task of the snapshot."""

    task: int
    item: int
    key: str
    data: dict[str, Any]
    image: Image | None = None
    answer: dict[str, Any] | None = None
    """The result; None where there is none yet."""
    confidence: float | None = None
    method: str | None = None
    agreement: float | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    """Where they were asked for: annotator (a pseudonym), value, created_at, active_ms."""
    answer_count: int = 0
    suggestion: dict[str, Any] | None = None
    resolved_at: str | None = None
    config: dict[str, Any] | None = None
    """The task's own question, where it has one."""


@dataclass(frozen=True, slots=True)
class About:
    """The project, for what a format says once."""

    name: str
    type: str
    config: dict[str, Any]
    as_of: str = ""
    """ISO time of the snapshot."""
    with_answers: bool = False
    suggested: str = ""
    """The column of suggested answers: they are no property of an item."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What is known of how the labels were made: the exporters of cards name what they use."""


class Losses:
    """What could not be expressed, by record, as JSON Lines; the counts are kept at hand."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.total = 0
        self.records = 0
        self.reasons: Counter[str] = Counter()
        self._seen: dict[int, bytearray] = {}

    def note(self, record: Record, path: str, reason: str) -> None:
        """``path`` leads into the record (``answer.annotations[2]``); ``reason`` is the same for all alike."""
        line = {"item": record.key, "task": record.task, "path": path, "reason": reason}
        self.file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self.total += 1
        self.records += self._is_new(record.task)
        if reason in self.reasons or len(self.reasons) < MOST_REASONS:
            self.reasons[reason] += 1

    def _is_new(self, task: int) -> bool:
        """Exporters go through the records several times; a bit for each task takes little memory."""
        part, place = divmod(task, BITS)
        bits = self._seen.setdefault(part, bytearray(BITS // 8))
        at, bit = place // 8, 1 << place % 8
        is_new = not bits[at] & bit
        bits[at] |= bit
        return is_new

    def summary(self) -> dict[str, Any]:
        return {"total": self.total, "records": self.records, "reasons": dict(self.reasons.most_common())}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``records`` may be gone through several times; each pass gives the same ones in the same order."""

    about: About
    records: Callable[[], Iterator[Record]]
    losses: Losses
    open_image: Callable[[Record], BinaryIO] | None = None
    """The bytes of a record's picture, where the files were asked for."""

    def config_of(self, record: Record) -> dict[str, Any]:
        return record.config or self.about.config

    def configs(self) -> Iterator[dict[str, Any]]:
        """The project's question, then those that single tasks brought, each once."""
        seen = [self.about.config]
        yield self.about.config
        for record in self.records():
            if record.config is not None and record.config not in seen:
                seen.append(record.config)
                yield record.config


class LabelExporter(Protocol):
    """A module of this folder. One that makes several files has the suffix ``.zip``."""

    NAME: str
    TITLE: str
    SUFFIX: str
    CONTENT_TYPE: str
    TYPES: frozenset[str]
    """The task types it can express."""

    def build(self, snapshot: Snapshot, folder: Folder) -> None:
        """Write the files, in memory that does not grow with the number of records; note what is lost.

        The same snapshot gives the same bytes.
        """
        ...


def write_records(records: Iterable[Record], file: BinaryIO) -> int:
    """A part of a snapshot, to be read again by ``read_records``."""
    count = 0
    for record in records:
        file.write(written(record, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC))
        count += 1
    return count


def read_records(parts: Iterable[BinaryIO]) -> Iterator[Record]:
    for part in parts:
        with part:
            for line in part:
                raw = orjson.loads(line)
                image = raw.pop("image")
                yield Record(**raw, image=Image(**image) if image else None)


def note_common(snapshot: Snapshot, record: Record, *, carried: Collection[str] | None = None) -> None:
    """For a format that holds one answer of each item, or none.

    ``carried`` are the item's columns that it has a place for; None where it writes them all, or tells of them itself.
    """
    if carried is not None and record.data.keys() - {*carried, snapshot.about.suggested}:
        snapshot.losses.note(record, "item", COLUMNS)
    if record.answer is None:
        snapshot.losses.note(record, "answer", UNFINISHED)
    if record.answers:
        snapshot.losses.note(record, "answers", OTHER_ANSWERS)
