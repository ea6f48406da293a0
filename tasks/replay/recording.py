"""A recorded crowd: who said what of which item, in which order."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from labeling.crowd_csv import read_crowd_csv
from labeling.errors import BadFile

RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")


class Said(NamedTuple):
    worker: str
    item: str
    answer: str


@dataclass(frozen=True)
class Recording:
    said: list[Said]

    def by_worker(self) -> dict[str, list[Said]]:
        """Everybody's answers in the order they gave them."""
        found: dict[str, list[Said]] = defaultdict(list)
        for one in self.said:
            found[one.worker].append(one)
        return dict(found)

    def items(self) -> list[str]:
        return list(dict.fromkeys(one.item for one in self.said))

    def options(self) -> list[str]:
        """The different answers, numbers by size and words by letter."""
        return sorted({one.answer for one in self.said}, key=_in_order)

    def most_answers(self) -> int:
        """To any one item: the overlap that has room for all."""
        return max(Counter(one.item for one in self.said).values(), default=1)

    def only(self, *, items: Iterable[str] | None = None, workers: Iterable[str] | None = None) -> "Recording":
        kept_items = None if items is None else set(items)
        kept_workers = None if workers is None else set(workers)
        return Recording(
            [
                one
                for one in self.said
                if (kept_items is None or one.item in kept_items)
                and (kept_workers is None or one.worker in kept_workers)
            ]
        )


def read_recording(path: Path, rename: Callable[[str], str] = str) -> Recording:
    """Read worker,item,answer. Who answered an item again counts as another person the second time: "7 (2)"."""
    said, often = [], Counter[tuple[str, str]]()
    for worker, item, answer in read_crowd_csv(path):
        often[worker, item] += 1
        again = often[worker, item]
        said.append(Said(f"{worker} ({again})" if again > 1 else worker, item, rename(answer)))
    if not said:
        raise BadFile(f"{path.name}: no answers")
    return Recording(said)


def read_truth(path: Path, rename: Callable[[str], str] = str) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"item", "truth"} <= set(rows.fieldnames or ()):
            raise BadFile(f"{path.name}: needs the columns item and truth")
        return {row["item"]: rename(row["truth"]) for row in rows}


def read_items(path: Path) -> dict[str, dict[str, Any]]:
    """Items of a JSONL or CSV file by their id."""
    found: dict[str, dict[str, Any]] = {}
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[Any] = list(csv.DictReader(file))
    else:
        rows = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not str(row.get("id") or ""):
            raise BadFile(f"{path.name}, item {number}: no id")
        found[str(row["id"])] = row | {"id": str(row["id"])}
    return found


def answer_map(rule: str) -> Callable[[str], str]:
    """ "1..4=positive,0=neutral,-4..-1=negative": names for recorded answers. What is not named stays."""
    names: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in rule.split(","))):
        recorded, equals, name = part.partition("=")
        if not equals or not recorded or not name:
            raise BadFile(f"--map: {part!r} is not like 1..4=positive or 0=neutral")
        if found := RANGE.fullmatch(recorded):
            low, high = int(found[1]), int(found[2])
            names |= {str(value): name for value in range(low, high + 1)}
        else:
            names[recorded] = name
    return lambda answer: names.get(answer, answer)


def _in_order(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), "")
    except ValueError:
        return (1, 0.0, name)
