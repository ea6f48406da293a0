"""What every method promises, whatever its model."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labeling import aggregation
from labeling.aggregation import e4, one_coin
from labeling.aggregation.votes import Votes, from_triples
from tests.labeling.aggregation.crowd import made_up_crowd

METHODS = list(aggregation.methods().values())
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.NAME)
CLASSES = ("a", "b", "c")
TRIPLES = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), st.integers(0, 5), st.sampled_from(CLASSES)),
    max_size=25,
    unique_by=lambda triple: triple[:2],
)


def by_item(votes: Votes, posterior: np.ndarray) -> dict:
    return {item: dict(zip(votes.classes, row, strict=True)) for item, row in zip(votes.items, posterior, strict=True)}


TIED = [("v", 1, "c"), ("w", 1, "c"), ("u", 0, "a"), ("u", 1, "a"), ("u", 2, "a"), ("u", 3, "a"), ("v", 0, "a")]
"""Items tie in how contested they are but for rounding errors, which another order of the votes changes."""


@every_method
@settings(max_examples=40, deadline=None)
@given(triples=TRIPLES)
def test_posteriors_are_shares_and_the_label_is_the_largest(method, triples):
    result = method.fit(from_triples(triples, classes=CLASSES))
    assert np.isfinite(result.posterior).all()
    assert result.posterior.sum(axis=1) == pytest.approx(np.ones(len(result.posterior)))
    places = np.arange(len(result.labels))
    assert (result.confidence == result.posterior[places, result.labels]).all()
    assert (result.posterior <= result.confidence[:, None] + 1e-9).all()


@every_method
@settings(max_examples=25, deadline=None)
@given(triples=TRIPLES.filter(bool), seed=st.integers(0, 9))
@example(triples=TIED, seed=0)
def test_neither_order_nor_names_of_workers_matter(method, triples, seed):
    shuffled = [triples[n] for n in np.random.default_rng(seed).permutation(len(triples))]
    renamed = [(f"worker {who}", item, value) for who, item, value in shuffled]
    one, other = from_triples(triples, classes=CLASSES), from_triples(renamed, classes=CLASSES)
    first, second = by_item(one, method.fit(one).posterior), by_item(other, method.fit(other).posterior)
    for item, shares in first.items():
        assert second[item] == pytest.approx(shares, abs=1e-4)


@every_method
@settings(max_examples=25, deadline=None)
@given(triples=TRIPLES.filter(bool))
def test_renaming_the_labels_renames_the_posteriors(method, triples):
    names = {"a": "c", "b": "a", "c": "b"}
    one = from_triples(triples, classes=CLASSES)
    other = from_triples([(who, item, names[value]) for who, item, value in triples], classes=CLASSES)
    first, second = by_item(one, method.fit(one).posterior), by_item(other, method.fit(other).posterior)
    for item, shares in first.items():
        assert second[item] == pytest.approx({names[name]: share for name, share in shares.items()}, abs=1e-4)


@every_method
def test_a_crowd_of_mixed_skill_is_read_right(method):
    votes, truth = made_up_crowd(n_items=400, n_workers=40, n_classes=3, each=7, seed=3)
    assert (method.fit(votes).labels == truth).mean() > 0.9


@every_method
def test_gold_items_are_certain_and_a_wrong_class_is_an_error(method):
    votes, truth = made_up_crowd(n_items=60, n_workers=12, n_classes=3, each=5, seed=4)
    gold = np.full(60, -1)
    gold[:10] = (truth[:10] + 1) % 3  # against every vote: gold is not a matter of opinion
    result = method.fit(votes, gold=gold)
    assert (result.labels[:10] == gold[:10]).all()
    assert (result.confidence[:10] == 1).all()
    with pytest.raises(ValueError, match="class that does not exist"):
        method.fit(votes, gold=np.full(60, 3))
    with pytest.raises(ValueError, match="gold has 1 entries"):
        method.fit(votes, gold=np.array([0]))


@every_method
def test_one_class_and_unanswered_items_are_no_crash(method):
    only = Votes(np.array([0]), np.array([0]), np.array([0]), 2, 1, 1)
    assert method.fit(only).posterior.tolist() == [[1.0], [1.0]]
    gap = Votes(np.array([0]), np.array([0]), np.array([1]), 2, 1, 2)
    assert np.isfinite(method.fit(gap).posterior).all()


@settings(max_examples=40, deadline=None)
@given(triples=TRIPLES.filter(bool))
def test_a_confirming_answer_never_makes_the_one_coin_leader_less_likely(triples):
    before = from_triples(triples, classes=CLASSES)
    result = one_coin.fit(before)
    item, leader = before.items[0], before.classes[result.labels[0]]
    after = from_triples([*triples, ("newcomer", item, leader)], classes=CLASSES)
    confirmed = one_coin.fit(after)
    assert confirmed.posterior[0][result.labels[0]] >= result.confidence[0] - 1e-3


def test_e4_is_the_mean_of_its_members_and_as_sure_as_the_least_sure_of_its_models():
    votes, _ = made_up_crowd(n_items=50, n_workers=10, n_classes=2, each=3, seed=5)
    result = e4.fit(votes)
    assert result.members.keys() == {"votes", "h4", "one_coin", "eb5"}
    assert result.posterior == pytest.approx(sum(result.members.values()) / 4)
    places = np.arange(50), result.labels
    models = [result.members[name][places] for name in ("h4", "one_coin", "eb5")]
    assert result.sure == pytest.approx(np.min(models, axis=0))


def test_a_temperature_softens_and_keeps_the_order():
    votes, _ = made_up_crowd(n_items=50, n_workers=10, n_classes=3, each=3, seed=6)
    plain, soft = e4.fit(votes), e4.fit(votes, temperature=2.0)
    assert (soft.labels == plain.labels).all()
    assert (soft.confidence <= plain.confidence).all()
    with pytest.raises(ValueError, match="must be above 0"):
        e4.fit(votes, temperature=0)


def test_the_example_of_the_library_is_true():
    assert doctest.testmod(aggregation) == (0, 5)
