"""``python -m labeling.agreement METRIC answers.csv``"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np

from labeling.aggregation.votes import Floats, Ints, Votes, from_triples
from labeling.agreement import bootstrap, kappas, scales
from labeling.agreement.krippendorff import alpha_of
from labeling.crowd_csv import read_crowd_csv
from labeling.errors import GroundworkError

ALL = "all"
SCALES = ("alpha_interval", "alpha_ratio")
Metric = Callable[[Ints], float | None]


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Read worker,item,answer; write metric,value,low,high: the bounds hold 95 of 100 redraws of the items.

    `all` leaves out the scales that need numbers when the answers are none.
    """
    parser = argparse.ArgumentParser(prog="python -m labeling.agreement", description=main.__doc__)
    names = ["percent", *kappas.COEFFICIENTS, "alpha", "alpha_ordinal", *SCALES]
    parser.add_argument("metric", choices=[ALL, *names])
    parser.add_argument("answers", type=Path, help="CSV with the columns worker, item, answer")
    given = parser.parse_args(arguments)
    try:
        votes = from_triples(read_crowd_csv(given.answers))
        if not len(votes):
            raise GroundworkError(f"{given.answers.name}: no answers")
        metrics = metrics_of(votes)
        wanted = list(metrics) if given.metric == ALL else [given.metric]
        if missing := [name for name in wanted if name not in metrics]:
            raise GroundworkError(f"{missing[0]} needs answers that are numbers, from 0 up for a ratio")
    except (GroundworkError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    writer = csv.writer(out or sys.stdout, lineterminator="\n")
    writer.writerow(["metric", "value", "low", "high"])
    ratings = ratings_of(votes)
    for name in wanted:
        bounds = bootstrap.interval(ratings, metrics[name])
        figures = [metrics[name](ratings), *(bounds or (None, None))]
        writer.writerow([name, *("" if figure is None else f"{figure:.6f}" for figure in figures)])
    return 0


def ratings_of(votes: Votes) -> Ints:
    """int[item, rater]: codes of classes, -1 for none; of two answers of one rater to one item the last."""
    table = np.full((votes.n_items, votes.n_workers), kappas.MISSING)
    table[votes.item, votes.worker] = votes.value
    return table


def metrics_of(votes: Votes) -> dict[str, Metric]:
    """Every figure these answers can have, as functions of ratings[item, rater]."""
    size = votes.n_classes
    found: dict[str, Metric] = {"percent": partial(_percent, n_classes=size)}
    found |= {name: _of_classes(coefficient, size) for name, coefficient in kappas.COEFFICIENTS.items()}
    found["alpha"] = partial(_alpha, n_classes=size, distances=scales.nominal(size))
    found["alpha_ordinal"] = partial(_alpha, n_classes=size, distances=None)
    try:
        numbers = [float(str(name)) for name in votes.classes]
        found["alpha_interval"] = partial(_alpha, n_classes=size, distances=scales.interval(numbers))
        found["alpha_ratio"] = partial(_alpha, n_classes=size, distances=scales.ratio(numbers))
    except ValueError:  # words, or numbers below zero: they have no such scale
        return found
    return found


def _of_classes(coefficient: Callable[[Ints, int], float | None], n_classes: int) -> Metric:
    return lambda ratings: coefficient(ratings, n_classes)


def _percent(ratings: Ints, n_classes: int) -> float | None:
    counts = kappas.counts_of(ratings, n_classes)
    size = counts.sum(axis=1)
    counts, size = counts[size >= 2], size[size >= 2]
    return float(((counts * (counts - 1)).sum(axis=1) / (size * (size - 1))).mean()) if len(counts) else None


def _alpha(ratings: Ints, n_classes: int, distances: Floats | None) -> float | None:
    counts = kappas.counts_of(ratings, n_classes)
    if distances is None:
        distances = scales.ordinal(counts[counts.sum(axis=1) >= 2].sum(axis=0))
    return alpha_of(counts, distances)


if __name__ == "__main__":
    raise SystemExit(main())
