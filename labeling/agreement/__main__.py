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

from labeling.aggregation.kinds import kinds, numeric, ordinal
from labeling.aggregation.votes import Floats, Ints, Votes, from_triples
from labeling.agreement import bootstrap, kappas, scales
from labeling.agreement.krippendorff import alpha_of, disagreement
from labeling.agreement.percent import percent_agreement
from labeling.crowd_csv import read_answers, read_crowd_csv, to_the_end_of_the_pipe
from labeling.errors import GroundworkError

ALL = "all"
CHOICE = "choice"
BY_DISTANCE = ("percent", "alpha")
SCALES = ("alpha_interval", "alpha_ratio")
Metric = Callable[[Ints], float | None]


ABOUT = """Read worker,item,answer; write metric,value,low,high: the bounds hold 95 of 100 redraws of the items. all
leaves out the scales that need numbers when the answers are none, and cohen, Cohen's kappa, when there are not two
workers."""
COHEN = "cohen"


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Does what ``ABOUT`` says and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m labeling.agreement", description=ABOUT)
    names = ["percent", COHEN, *kappas.COEFFICIENTS, "alpha", "alpha_ordinal", *SCALES]
    parser.add_argument("metric", choices=[ALL, *names])
    parser.add_argument("answers", type=Path, help="CSV with the columns worker, item, answer")
    parser.add_argument("--kind", choices=[CHOICE, *kinds()], default=CHOICE, help="what an answer is")
    given = parser.parse_args(arguments)
    if given.kind not in (CHOICE, ordinal.NAME):
        return _by_distance(given, out or sys.stdout)
    try:
        votes = from_triples(read_crowd_csv(given.answers))
        if not len(votes):
            raise GroundworkError(f"{given.answers.name}: no answers")
        metrics = metrics_of(votes)
        if given.kind == ordinal.NAME:
            metrics["alpha"] = metrics["alpha_ordinal"]
        wanted = list(metrics) if given.metric == ALL else [given.metric]
        if COHEN in wanted and COHEN not in metrics:
            raise GroundworkError(
                f"{COHEN} compares two workers, here are {votes.n_workers}; conger and fleiss take any"
            )
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


def _by_distance(given: argparse.Namespace, out: TextIO) -> int:
    """Answers that are no plain choice have two figures: percent (mean closeness), and alpha by distance."""
    kind = kinds()[given.kind]
    wanted = BY_DISTANCE if given.metric == ALL else (given.metric,)
    try:
        if given.metric not in (ALL, *BY_DISTANCE):
            raise GroundworkError(f"--kind {given.kind} has {' and '.join(BY_DISTANCE)}, not {given.metric}")
        answers = read_answers(given.answers, kind.read)
        if not answers:
            raise GroundworkError(f"{given.answers.name}: no answers")
    except (GroundworkError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    units = [list(each.values()) for each in answers.values() if len(each) >= 2]
    rows = np.array([(1 - (percent_agreement([unit], kind.distance) or 0.0), len(unit)) for unit in units])
    found = disagreement(units, kind.distance)
    expected = found[1] if found else 0.0

    def alpha(table: Floats) -> float | None:
        return float(1 - table[:, 0] @ table[:, 1] / table[:, 1].sum() / expected) if expected else None

    figures: dict[str, Callable[[Floats], float | None]] = {
        "percent": lambda table: float(1 - table[:, 0].mean()) if kind.IS_SHARE else None,
        "alpha": alpha,
    }
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["metric", "value", "low", "high"])
    for name in wanted:
        value = figures[name](rows) if len(rows) else None
        bounds = bootstrap.interval(rows, figures[name]) if value is not None else None
        row = [value, *(bounds or (None, None))]
        writer.writerow([name, *("" if figure is None else f"{figure:.6f}" for figure in row)])
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
    if votes.n_workers == 2:
        found[COHEN] = lambda ratings: kappas.cohen(ratings[:, 0], ratings[:, 1], size)
    try:
        numbers = [numeric.read(str(name)) for name in votes.classes]
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
    raise SystemExit(to_the_end_of_the_pipe(main))
