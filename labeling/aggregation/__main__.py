"""``python -m labeling.aggregation METHOD answers.csv > consensus.csv``, or ``replay`` in place of the method."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from labeling import aggregation
from labeling.aggregation import e4
from labeling.aggregation.gold import UNKNOWN
from labeling.aggregation.kinds import kinds
from labeling.aggregation.votes import Ints, Result, Votes, from_triples, in_order
from labeling.crowd_csv import read_answers, read_crowd_csv, read_truths, to_the_end_of_the_pipe, truths_by_line
from labeling.errors import GroundworkError
from labeling.quality import stopping

AUTO = "auto"
REPLAY = "replay"
CHOICE = "choice"
ORDINAL = "ordinal"
ALONE = "all answers say {!r}: no other class is there to compare with, so nothing says how sure the labels are"


ABOUT = """Read worker,item,answer; write item,label,confidence. replay reveals the answers one by one under the rule
to stop when sure, and writes how many each item took."""


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Does what ``ABOUT`` says and returns the exit code."""
    given = _parser().parse_args(arguments)
    if given.kind != CHOICE:
        return _of_kind(given, out or sys.stdout)
    try:
        votes = from_triples(read_crowd_csv(given.answers))
        if not len(votes):
            raise GroundworkError(f"{given.answers.name}: no answers")
        gold = _gold(given.gold, votes) if given.gold else None
    except (GroundworkError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    out = out or sys.stdout
    if len(votes.classes) == 1:
        _say_alone(str(votes.classes[0]))
    if given.method == REPLAY:
        _replay(votes, given.tau, given.seed, out)
        return 0
    name = e4.NAME if given.method == AUTO else given.method
    _write(votes, aggregation.get(name).fit(votes, gold=gold), out, posteriors=given.posteriors)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m labeling.aggregation", description=ABOUT)
    parser.add_argument("method", choices=[AUTO, *aggregation.methods(), REPLAY], help=f"{AUTO} is {e4.NAME}")
    parser.add_argument("answers", type=Path, help="CSV with the columns worker, item, answer")
    parser.add_argument("--kind", choices=[CHOICE, *kinds()], default=CHOICE, help=_kinds_help())
    parser.add_argument("--gold", type=Path, help="CSV with the columns item, truth: items whose label is known")
    parser.add_argument("--posteriors", action="store_true", help="add a column p:CLASS for every class")
    parser.add_argument("--tau", type=_share, default=stopping.TAU, help="replay: how sure is sure enough")
    parser.add_argument("--seed", type=int, default=1, help="replay: of the order in which answers come")
    return parser


def _kinds_help() -> str:
    return "what an answer is: " + "; ".join(f"{name}: {kind.HELP}" for name, kind in kinds().items())


def _of_kind(given: argparse.Namespace, out: TextIO) -> int:
    """Answers that are no plain choice."""
    kind = kinds()[given.kind]
    try:
        if given.method == REPLAY:
            raise GroundworkError(f"{REPLAY} is for --kind {CHOICE}: the rule to stop looks at classes")
        answers = read_answers(given.answers, kind.read)
        if not answers:
            raise GroundworkError(f"{given.answers.name}: no answers")
        gold = read_truths(given.gold, kind.read) if given.gold else {}
        gold = {item: truth for item, truth in gold.items() if item in answers}
        lines = kind.settle(answers, gold, e4.NAME if given.method == AUTO else given.method)
    except (GroundworkError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    writer = csv.writer(out, lineterminator="\n")
    named = {name for line in lines for name in line.posterior}
    if given.kind == ORDINAL and len(named) == 1:
        _say_alone(str(*named))
    weighed = len(named) if given.kind == ORDINAL else 2
    classes = sorted(named, key=in_order) if given.posteriors else []
    writer.writerow(["item", "label", "confidence", *(f"p:{name}" for name in classes)])
    for line in lines:
        shares = [_sure(line.posterior[name], weighed) if name in line.posterior else "" for name in classes]
        writer.writerow([line.item, line.label, _sure(line.confidence, weighed), *shares])
    return 0


def _say_alone(name: str) -> None:
    print(f"{ALONE.format(name)}; their confidence is left empty", file=sys.stderr)


def _sure(confidence: float, classes: int) -> str:
    """Empty where all answers say the same: that a label won over none is no measure of it."""
    return f"{confidence:.6f}" if classes > 1 else ""


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
    return number


def _gold(path: Path, votes: Votes) -> Ints:
    """Codes for the fit. Items nobody answered are passed over; two truths of one item are an error."""
    classes = {name: n for n, name in enumerate(votes.classes)}
    truth = {}
    for line, item, label in truths_by_line(path):
        if label not in classes:
            raise GroundworkError(f"{path.name}, line {line}: item {item!r} is {label!r}, which no answer says")
        truth[item] = label
    return np.array([classes[truth[str(item)]] if item in truth else UNKNOWN for item in votes.items])


def _replay(votes: Votes, tau: float, seed: int, out: TextIO) -> None:
    played = stopping.replay(votes, tau=tau, seed=seed)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["item", "label", "confidence", "answers"])
    result = played.result
    for item, label, confidence, used in zip(votes.items, result.labels, result.confidence, played.used, strict=True):
        writer.writerow([item, votes.classes[label], _sure(confidence, len(votes.classes)), used])
    spent = f"{played.used.mean():.2f} answers an item instead of {len(votes) / votes.n_items:.2f}"
    unsure = f"; {(result.sure < tau).mean():.1%} of the items are not sure with all of theirs"
    print(spent + (unsure if len(votes.classes) > 1 else ""), file=sys.stderr)


def _write(votes: Votes, result: Result, out: TextIO, *, posteriors: bool) -> None:
    writer = csv.writer(out, lineterminator="\n")
    shown = [f"p:{name}" for name in votes.classes] if posteriors else []
    writer.writerow(["item", "label", "confidence", *shown])
    for item, label, confidence, posterior in zip(
        votes.items, result.labels, result.confidence, result.posterior, strict=True
    ):
        shares = [_sure(share, len(votes.classes)) for share in posterior] if posteriors else []
        writer.writerow([item, votes.classes[label], _sure(confidence, len(votes.classes)), *shares])


if __name__ == "__main__":
    raise SystemExit(to_the_end_of_the_pipe(main))
