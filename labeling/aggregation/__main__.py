"""``python -m labeling.aggregation METHOD answers.csv > consensus.csv``"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from labeling import aggregation
from labeling.aggregation.votes import Result, Votes, from_triples
from labeling.crowd_csv import read_crowd_csv
from labeling.errors import GroundworkError


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Read worker,item,answer; write item,label,confidence. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m labeling.aggregation", description=main.__doc__)
    parser.add_argument("method", choices=list(aggregation.methods()))
    parser.add_argument("answers", type=Path, help="CSV with the columns worker, item, answer")
    parser.add_argument("--posteriors", action="store_true", help="add a column p:CLASS for every class")
    given = parser.parse_args(arguments)
    try:
        votes = from_triples(read_crowd_csv(given.answers))
        if not len(votes):
            raise GroundworkError(f"{given.answers.name}: no answers")
    except (GroundworkError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    _write(votes, aggregation.get(given.method).fit(votes), out or sys.stdout, posteriors=given.posteriors)
    return 0


def _write(votes: Votes, result: Result, out: TextIO, *, posteriors: bool) -> None:
    writer = csv.writer(out, lineterminator="\n")
    shown = [f"p:{name}" for name in votes.classes] if posteriors else []
    writer.writerow(["item", "label", "confidence", *shown])
    for item, label, confidence, posterior in zip(
        votes.items, result.labels, result.confidence, result.posterior, strict=True
    ):
        shares = [f"{share:.6f}" for share in posterior] if posteriors else []
        writer.writerow([item, votes.classes[label], f"{confidence:.6f}", *shares])


if __name__ == "__main__":
    raise SystemExit(main())
