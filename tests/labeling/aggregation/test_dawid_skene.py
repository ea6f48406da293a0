from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labeling.aggregation import dawid_skene, majority
from labeling.aggregation.votes import from_triples
from labeling.crowd_csv import read_crowd_csv
from tests.labeling.aggregation.crowd import made_up_crowd

ANAESTHESIA = Path(__file__).parents[2] / "data" / "anaesthesia1979" / "answers.csv"


def test_plain_em_gives_the_figures_of_1979() -> None:
    votes = from_triples(read_crowd_csv(ANAESTHESIA))
    result = dawid_skene.fit(votes, smoothing=0, tolerance=1e-9, most_iterations=1000)
    assert result.class_share == pytest.approx([0.3996, 0.4220, 0.1118, 0.0667], abs=5e-5)
    assert result.log_likelihood == pytest.approx(-192.891, abs=5e-4)
    first_observer = result.worker_confusion[votes.workers.index("1")]
    assert first_observer[2] == pytest.approx([0, 0.34, 0.66, 0], abs=5e-3)


def test_it_beats_the_majority_when_workers_differ() -> None:
    votes, truth = made_up_crowd(n_items=1000, n_workers=40, n_classes=3, each=5, seed=1)
    learnt, counted = dawid_skene.fit(votes), majority.fit(votes)
    assert (learnt.labels == truth).mean() > (counted.labels == truth).mean() + 0.03


def test_posteriors_are_shares_and_confusions_are_rows_of_one() -> None:
    votes, _ = made_up_crowd(n_items=50, n_workers=5, n_classes=4, each=3, seed=2)
    for smoothing in (0.0, 2.0):
        result = dawid_skene.fit(votes, smoothing=smoothing)
        assert result.posterior.sum(axis=1) == pytest.approx(1)
        assert result.worker_confusion.sum(axis=2) == pytest.approx(1)


def test_a_warm_start_needs_fewer_iterations_and_ends_at_the_same_place() -> None:
    votes, _ = made_up_crowd(n_items=300, n_workers=20, n_classes=2, each=4, seed=3)
    cold = dawid_skene.fit(votes)
    warm = dawid_skene.fit(votes, start=cold.posterior)
    assert warm.iterations < cold.iterations
    assert warm.posterior == pytest.approx(cold.posterior, abs=1e-2)


def test_an_item_without_votes_gets_the_class_share() -> None:
    votes, _ = made_up_crowd(n_items=50, n_workers=5, n_classes=2, each=3, seed=4)
    result = dawid_skene.fit(replace(votes, n_items=51))
    assert result.posterior[50] == pytest.approx(result.class_share)


def test_unanimous_votes_win() -> None:
    votes = from_triples([(worker, item, "b") for worker in range(3) for item in range(4)], classes=["a", "b", "c"])
    assert np.all(dawid_skene.fit(votes).labels == 1)
