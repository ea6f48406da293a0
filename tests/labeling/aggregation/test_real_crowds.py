"""Needs the data that may not be committed: collected only when CROWD_DATA names its folder."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from labeling import aggregation
from labeling.aggregation.votes import Result, Votes, from_triples
from labeling.crowd_csv import read_crowd_csv


def accuracy(votes: Votes, result: Result, truth: dict[str, str]) -> float:
    """Ties share: an item whose top classes are equal counts as the chance of picking the right one."""
    right = 0.0
    for item, posterior in zip(votes.items, result.posterior, strict=True):
        top = {str(votes.classes[n]) for n in range(votes.n_classes) if posterior[n] >= posterior.max() - 1e-9}
        right += (truth[str(item)] in top) / len(top)
    return right / votes.n_items


def rte_accuracy(folder: Path, method: str) -> float:
    with (folder / "truth.csv").open(newline="") as file:
        truth = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    votes = from_triples(read_crowd_csv(folder / "answers.csv"))
    return accuracy(votes, aggregation.get(method).fit(votes), truth)


if "CROWD_DATA" in os.environ:

    @pytest.mark.parametrize(("method", "expected"), [("majority", 0.8969), ("dawid_skene", 0.9275)])
    def test_the_entailment_answers_give_the_known_accuracy(method: str, expected: float) -> None:
        assert rte_accuracy(Path(os.environ["CROWD_DATA"]) / "rte", method) == pytest.approx(expected, abs=0.0015)
