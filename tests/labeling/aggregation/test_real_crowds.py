"""Needs the data that may not be committed: collected only when CROWD_DATA names its folder."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labeling import aggregation
from labeling.aggregation import rover, texts
from labeling.aggregation.settling import Case, learn
from labeling.aggregation.votes import Result, Votes, from_triples
from labeling.crowd_csv import read_answers, read_crowd_csv, read_truth_csv
from labeling.quality.stopping import replay
from labeling.types.edit_distance import normalized


def accuracy(votes: Votes, result: Result, truth: dict[str, str]) -> float:
    """Ties share: an item whose top classes are equal counts as the chance of picking the right one."""
    right = 0.0
    for item, posterior in zip(votes.items, result.posterior, strict=True):
        top = {str(votes.classes[n]) for n in range(votes.n_classes) if posterior[n] >= posterior.max() - 1e-9}
        right += (truth[str(item)] in top) / len(top)
    return right / votes.n_items


def read(name: str) -> tuple[Votes, dict[str, str]]:
    folder = Path(os.environ["CROWD_DATA"]) / name
    return from_triples(read_crowd_csv(folder / "answers.csv")), dict(read_truth_csv(folder / "truth.csv"))


def words_of(text: str) -> str:
    """Without signs and capitals."""
    return " ".join(word for word in map(rover.normal, text.split()) if any(sign.isalnum() for sign in word))


if "CROWD_DATA" in os.environ:

    @pytest.mark.parametrize(("method", "expected"), [("majority", 0.8969), ("dawid_skene", 0.9275)])
    def test_the_entailment_answers_give_the_known_accuracy(method: str, expected: float) -> None:
        votes, truth = read("rte")
        assert accuracy(votes, aggregation.get(method).fit(votes), truth) == pytest.approx(expected, abs=0.0015)

    @pytest.mark.parametrize(("name", "least"), [("rte", 0.9245), ("MS", 0.795), ("SP_amt", 0.943)])
    def test_e4_reaches_what_was_measured_for_it(name: str, least: float) -> None:
        votes, truth = read(name)
        assert accuracy(votes, aggregation.get("e4").fit(votes), truth) >= least

    def test_stopping_when_sure_halves_the_answers_on_entailments() -> None:
        votes, truth = read("rte")
        played = [replay(votes, tau=0.95, seed=seed) for seed in (1, 2, 3)]
        assert sum(one.used.mean() for one in played) / 3 <= 5.1
        assert sum(accuracy(votes, one.result, truth) for one in played) / 3 >= 0.922

    def test_stopping_when_sure_takes_an_eighth_of_the_answers_on_review_sentences() -> None:
        votes, truth = read("SP_amt")
        played = [replay(votes, tau=0.95, seed=seed) for seed in (1, 2, 3)]
        assert sum(one.used.mean() for one in played) / 3 <= 2.4
        assert sum(accuracy(votes, one.result, truth) for one in played) / 3 >= 0.93

    @pytest.mark.parametrize(("name", "too_little"), [("rte", 0.03), ("MS", 0.03), ("SP_amt", 0.16)])
    def test_a_majority_of_one_is_never_surer_than_single_answers_are_right(name: str, too_little: float) -> None:
        votes, truth = read(name)
        order = np.random.default_rng(1).permutation(len(votes))
        _, first = np.unique(votes.item[order], return_index=True)
        some = order[first]
        alone = replace(votes, item=votes.item[some], worker=votes.worker[some], value=votes.value[some])
        result = aggregation.get("majority").fit(alone)
        assert -too_little <= float(result.confidence.mean()) - accuracy(alone, result, truth) <= 0.03

    @pytest.mark.parametrize("answers", [2, 3, 7])
    def test_transcripts_are_no_surer_than_they_are_right(answers: int) -> None:
        folder = Path(os.environ["CROWD_DATA"]) / "sample_text"
        truth = dict(read_truth_csv(folder / "truth.csv"))
        given = read_answers(folder / "answers.csv", str.strip)
        cases = [Case({who: {"text": each[who]} for who in list(each)[:answers]}) for each in given.values()]
        found = learn(cases, lambda case, known: texts.settle(case, known, normalized))
        apart = [normalized(words_of(str(one.answer and one.answer["text"])), words_of(truth[str(item)]))
                 for item, one in zip(given, found, strict=True)]  # fmt: skip
        right = float(np.mean([each <= 0.1 for each in apart]))
        assert -0.15 <= float(np.mean([one.confidence for one in found])) - right <= 0.03
