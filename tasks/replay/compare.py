"""Is everything there exactly once, and how good is it?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from tasks.replay.recording import Recording


@dataclass(frozen=True)
class Comparison:
    answers: int  # in the export
    missing: int  # recorded, but not in the export
    extra: int  # in the export, but never recorded, or twice
    majority_differs: list[str] = field(default_factory=list)  # items whose majority is not the one counted by hand
    # {method: share of the true items}; "majority" shares a tie between its options, as is usual for this measure, and
    # "majority_ties_to_first" has the labels as exported, where the luck of the schema's order decides ties
    accuracy: dict[str, float] = field(default_factory=dict)
    measured_on: int = 0

    @property
    def is_exact(self) -> bool:
        return not (self.missing or self.extra or self.majority_differs)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"is_exact": self.is_exact}


def compare(
    rows: Iterable[dict[str, Any]], recording: Recording, options: Sequence[str], truth: dict[str, str]
) -> Comparison:
    """`rows` of a JSONL export with answers, of a project of type choice."""
    wins: dict[str, dict[str, str | None]] = {"majority": {}, "dawid_skene": {}, "consensus": {}}
    given: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))  # {person: {item: answers}}
    for row in rows:
        for method, found in wins.items():
            found[row["item_key"]] = row.get(f"{method}.option")
        for answer in row.get("answers") or ():
            given[answer["annotator"]][row["item_key"]].append(answer["value"]["option"])
    missing, extra = _differences(given, recording)
    by_hand = majority_by_hand(recording, options)
    known = {item: label for item, label in truth.items() if item in by_hand}
    return Comparison(
        answers=sum(len(values) for person in given.values() for values in person.values()),
        missing=missing,
        extra=extra,
        majority_differs=[item for item, label in by_hand.items() if wins["majority"].get(item) != label],
        accuracy=_accuracy(wins, _votes(given), known) if known else {},
        measured_on=len(known),
    )


def _accuracy(
    wins: dict[str, dict[str, str | None]], votes: dict[str, Counter[str]], known: dict[str, str]
) -> dict[str, float]:
    right = {method: sum(found.get(item) == label for item, label in known.items()) for method, found in wins.items()}
    shared = 0.0
    for item, label in known.items():
        top = max(votes[item].values(), default=0)
        tied = [option for option, number in votes[item].items() if number == top]
        shared += (label in tied) / max(len(tied), 1)
    found = {"majority": shared, "majority_ties_to_first": right.pop("majority"), **right}
    return {method: round(number / len(known), 4) for method, number in found.items()}


def _votes(given: dict[str, dict[str, list[str]]]) -> dict[str, Counter[str]]:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for own in given.values():
        for item, values in own.items():
            votes[item].update(values)
    return votes


def majority_by_hand(recording: Recording, options: Sequence[str]) -> dict[str, str]:
    """Most votes win, of several the first option."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for one in recording.said:
        votes[one.item][one.answer] += 1
    return {item: max(options, key=lambda option: counted[option]) for item, counted in votes.items()}


def _differences(given: dict[str, dict[str, list[str]]], recording: Recording) -> tuple[int, int]:
    """Pseudonyms hide who is who, so the collected answers of a person are matched with those of a worker."""
    people = Counter(
        _all_of((item, value) for item, values in own.items() for value in values) for own in given.values()
    )
    workers = Counter(_all_of((s.item, s.answer) for s in said) for said in recording.by_worker().values())
    if people == workers:
        return 0, 0
    found = Counter((item, value) for own in given.values() for item, values in own.items() for value in values)
    recorded = Counter((one.item, one.answer) for one in recording.said)
    missing, extra = (recorded - found).total(), (found - recorded).total()
    return (missing, extra) if missing or extra else (1, 1)  # the right answers under the wrong people


def _all_of(pairs: Iterable[tuple[str, str]]) -> bytes:
    return orjson.dumps(sorted(pairs))
