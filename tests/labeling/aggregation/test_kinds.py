"""One method for each kind of answer: made-up crowds with a known truth, and figures worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from labeling.aggregation import boxes as box
from labeling.aggregation import bradley_terry, multilabel, numeric, plackett_luce, points, regions, rover, tokens
from labeling.aggregation.kinds import numeric as numbers
from labeling.aggregation.settling import Case, Known, learn
from labeling.aggregation.votes import Votes
from labeling.types import registry
from labeling.types.shape_merge import edges


def test_numbers_with_equal_people_are_their_mean_and_a_slip_is_held_back() -> None:
    assert numeric.estimate([1.0, 2.0, 6.0], [1e6] * 3).value == pytest.approx(3.0)
    far = numeric.estimate([10.0, 10.2, 9.8, 10.1, 9.9, 1000.0])
    assert far.value == pytest.approx(10, abs=0.2)
    alone = numeric.estimate([5.0])
    assert (alone.value, alone.error) == (5.0, None)
    with pytest.raises(ValueError, match="no numbers"):
        numeric.estimate([])


def test_exact_people_count_for_more_and_the_standard_error_is_that_of_a_weighted_mean() -> None:
    found = numeric.estimate([10.0, 11.5], [1.0, 4.0])
    assert found.value == pytest.approx((10 / 1 + 11.5 / 4) / (1 + 1 / 4))
    assert found.error == pytest.approx(1 / math.sqrt(1.25))
    known = Known({"exact": {"sq": 0.0, "n": 30.0}, "sloppy": {"sq": 300.0, "n": 30.0}}, {"sq": 300.0, "n": 60.0})
    exact, sloppy, new = numeric.variances(["exact", "sloppy", "new"], known)
    assert exact < new < sloppy
    assert new == pytest.approx(5.0)


def test_numbers_farther_apart_than_their_people_allow_are_less_sure_and_equal_ones_are_no_proof() -> None:
    """Before, three different numbers were certain where the only other item's two answers were equal."""
    given = {"1": {"a": 3.0, "b": 5.0, "c": 4.0}, "2": {"a": 1.0, "b": 1.0}}
    assert all(0.1 < line.confidence < 0.5 for line in numbers.settle(given, {}, "auto"))
    apart = numeric.estimate([10.0, 14.0], [1.0, 1.0])
    assert apart.error == pytest.approx(math.sqrt((1 + 8) / 2 / 2))  # Birge's ratio, with one more degree of freedom
    same = [line.confidence for line in numbers.settle({"1": dict.fromkeys("abc", 4.0)}, {}, "auto")]
    alone = [line.confidence for line in numbers.settle({"1": {"a": 4.0}}, {}, "auto")]
    assert (same, alone) == ([pytest.approx(5 / 6)], [0.5])


def test_where_a_few_numbers_are_called_sure_they_are_right_though_some_items_are_hard() -> None:
    items = 3
    random = np.random.default_rng(8)
    hits = []
    for _ in range(600 // items):
        skill = np.exp(random.normal(0, 0.5, 10))
        truth = random.uniform(0, 100, items)
        given: dict[str, dict[str, float]] = {}
        for n in range(items):
            people = random.choice(10, random.integers(2, 6), replace=False)
            spread = (1.5 if random.random() < 0.8 else 15) * skill[people]
            given[str(n)] = {
                f"w{who}": float(truth[n] + e) for who, e in zip(people, random.normal(0, spread), strict=True)
            }
        everything = [value for answers in given.values() for value in answers.values()]
        near = numeric.NEAR * (max(everything) - min(everything))
        lines = numbers.settle(given, {}, "auto")
        hits += [
            abs(float(line.label) - right) <= near
            for line, right in zip(lines, truth, strict=True)
            if line.confidence > 0.95
        ]
    assert len(hits) > 100
    assert np.mean(hits) > 0.95  # .86 where the answers' own spread was not heeded


def test_who_counts_much_is_not_taken_for_exact_because_of_it() -> None:
    """Three equal people, one of whom begins with more weight: learning must bring them together again."""
    random = np.random.default_rng(7)
    rows = random.normal(0, 1, (400, 3))
    variances = np.array([0.2, 1.0, 1.0])
    for _ in range(30):
        squares = np.zeros(3)
        for row in rows:
            found = numeric.estimate(row, variances)
            shares = dict(enumerate(found.weights))
            sums = numeric.evidence_of(dict(enumerate(row)), found.value, shares=shares)
            squares += [sums[n].get("sq", 0.0) for n in range(3)]
        variances = squares / len(rows)
    assert variances.max() < 1.6 * variances.min()


def test_labels_that_go_together_share_how_careful_their_people_are() -> None:
    random = np.random.default_rng(4)
    things, labels, workers, each = 150, 12, 40, 3
    truth = random.random((things, labels)) < random.uniform(0.05, 0.4, labels)
    care = np.where(random.random(workers) < 0.4, 0.62, 0.95)
    item, who, value = [], [], []
    for thing in range(things):
        for worker in random.choice(workers, each, replace=False):
            right = random.random(labels) < care[worker]
            item += [thing * labels + label for label in range(labels)]
            who += [worker] * labels
            value += np.where(right, truth[thing], ~truth[thing]).astype(int).tolist()
    votes = Votes(*map(np.array, (item, who, value)), things * labels, workers, 2)
    shared = multilabel.fit(votes, np.tile(np.arange(labels), things)).labels
    majority = np.bincount(votes.item, votes.value) * 2 > each
    wrong = truth.ravel()
    assert (shared != wrong).mean() < 0.75 * (majority != wrong).mean()


def test_words_are_voted_on_in_their_places_and_weights_decide() -> None:
    texts = ["the cat sat on the mat", "The cat sat on mat.", "a cat sad on the mat"]
    assert rover.rover(texts, [1, 1, 1]).text == "the cat sat on the mat"
    assert rover.rover(texts, [1, 1, 5]).text == "a cat sad on the mat"
    assert rover.rover(["one\ntwo", "one\ntwo", "one\nto"], [1, 1, 1]).text == "one\ntwo"
    streets = ["東京都千代田区丸の内一丁目", "東京都千代田区丸の内二丁目", "東京都千代田区丸の内一丁目"]
    assert rover.rover(streets, [1, 1, 1]).text == streets[0]


def test_a_box_is_the_median_of_few_and_leans_to_exact_people_among_more() -> None:
    two = box.merge(np.array([[0.0, 0, 10, 10], [2, 2, 12, 12]]))
    assert two.tolist() == [1, 1, 11, 11]
    table = np.array([[0.0, 0, 10, 10], [0, 0, 10, 10], [4, 4, 14, 14]])
    leaning = box.merge(table, [1.0, 1.0, 100.0])
    assert leaning[0] > 3.5


def test_regions_are_voted_on_cell_by_cell_and_traced_back() -> None:
    square = np.array([[10.0, 10], [50, 10], [50, 50], [10, 50]])
    shifted = square + 10
    region = regions.merge_outlines([square, square, shifted], [1, 1, 1])
    corners = regions.outline_of(region)
    assert corners.min(axis=0) == pytest.approx([10, 10], abs=1)
    assert corners.max(axis=0) == pytest.approx([50, 50], abs=1)
    assert region.agreement == pytest.approx(2 / 3)
    ring = np.zeros((9, 9), dtype=bool)
    ring[2:7, 2:7] = True
    ring[4, 4] = False
    assert regions.trace(ring).tolist() == [[2, 2], [7, 2], [7, 7], [2, 7]]
    assert len(regions.trace(np.zeros((3, 3), dtype=bool))) == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_traced_region_filled_again_is_the_region(seed: int) -> None:
    from scipy import ndimage

    random = np.random.default_rng(seed)
    blob = ndimage.binary_opening(ndimage.gaussian_filter(random.random((40, 40)), 3) > 0.5, iterations=2)
    parts, _count = ndimage.label(blob)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    part = ndimage.binary_fill_holes(parts == sizes.argmax())
    assert (regions.fill(regions.trace(part), part.shape) == part).all()


def test_lines_from_either_end_are_one_line_and_angles_turn_round() -> None:
    line = np.array([[0.0, 0], [50, 0], [100, 50]])
    merged = points.merge_lines([line, line[::-1], line + [0, 2]], [1, 1, 1])
    assert merged[0] == pytest.approx([0, 0], abs=0.1)
    assert merged[-1] == pytest.approx([100, 50], abs=0.1)
    assert len(merged) <= 4
    assert points.merge_angles([0.05, math.pi - 0.05], [1, 1], math.pi) == pytest.approx(0, abs=1e-9)


def test_the_best_path_never_goes_inside_without_a_begin() -> None:
    cut = tokens.cut("Ann went to New York", [[(0, 3, "who"), (12, 20, "where")]])
    inside = 2 if cut.labels[0] == "where" else 4
    posterior = np.full((5, cut.n_classes), 0.01)
    posterior[:, 0] = 0.4
    posterior[3, inside - 1 : inside + 1] = 0.3, 0.9
    posterior[4, inside] = 0.9
    posterior /= posterior.sum(axis=1, keepdims=True)
    assert posterior[3].argmax() == inside  # word by word it would begin inside
    path = tokens.best_path(cut, posterior)
    assert path[3:].tolist() == [inside - 1, inside]
    assert [span for span, _place in cut.spans(path)] == [(12, 20, "where")]


def test_strengths_of_two_things_are_the_log_odds_shrunk_by_the_ridge() -> None:
    share = np.array([1.0] * 30 + [0.0] * 10)
    found = bradley_terry.fit(np.zeros(40, int), np.ones(40, int), share, 2, ridge=1e-9)
    assert found.strength[0] - found.strength[1] == pytest.approx(math.log(3), abs=1e-6)
    assert found.chance(0, 1) == pytest.approx(0.75, abs=0.02)
    assert found.better(0, 1) > 0.99
    # the variance of a log odds is 1 / wins + 1 / losses
    c = found.covariance
    assert c is not None
    assert c[0, 0] + c[1, 1] - 2 * c[0, 1] == pytest.approx(1 / 30 + 1 / 10, rel=1e-3)
    tied = bradley_terry.fit(np.zeros(4, int), np.ones(4, int), np.full(4, 0.5), 2)
    assert tied.strength == pytest.approx([0, 0])


def test_neither_sides_nor_weights_written_out_matter_to_strengths() -> None:
    random = np.random.default_rng(5)
    one = random.integers(6, size=80)
    other = (one + random.integers(1, 6, size=80)) % 6
    share = random.integers(0, 3, size=80) / 2
    first = bradley_terry.fit(one, other, share, 6)
    assert bradley_terry.fit(other, one, 1 - share, 6).strength == pytest.approx(first.strength)
    twice = np.tile(np.arange(80), 2)
    assert bradley_terry.fit(one[twice], other[twice], share[twice], 6).strength == pytest.approx(
        bradley_terry.fit(one, other, share, 6, np.full(80, 2.0)).strength
    )


def test_whole_orders_give_worths_in_their_order_and_by_their_weight() -> None:
    orders = [[[0], [1], [2]], [[0], [1], [2]], [[2], [1], [0]]]
    worth = plackett_luce.fit(orders, 3)
    assert worth[0] > worth[1] > worth[2]
    turned = plackett_luce.fit(orders, 3, [1, 1, 5])
    assert turned[2] > turned[1] > turned[0]
    assert plackett_luce.fit([[[0, 1], [2]]], 3)[:2] == pytest.approx([plackett_luce.fit([[[0, 1], [2]]], 3)[0]] * 2)


def iou(one: Any, other: Any) -> float:
    """Of two upright boxes given by their edges."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(wide, 0.0) * max(high, 0.0)
    areas = [(each[2] - each[0]) * (each[3] - each[1]) for each in (one, other)]
    return float(both / (sum(areas) - both))


def made_up_boxes(seed: int) -> tuple[dict[str, Any], list[Case], list[list[tuple[float, ...]]]]:
    """Sixty pictures, three people each, who miss some things, imagine others and draw more or less exactly."""
    random = np.random.default_rng(seed)
    kind = registry.get("boxes")
    config = kind.clean_config({"question": "?", "labels": [{"value": "a"}, {"value": "b"}], "pixels": "float"})
    recall, invented, slip = random.uniform(0.6, 0.97, 12), random.uniform(0, 0.8, 12), random.gamma(2, 0.02, 12)
    cases, truths = [], []
    for _ in range(60):
        corners = random.uniform(0, 800, (random.integers(1, 6), 2))
        truth = [(x, y, *random.uniform(40, 160, 2), random.choice(["a", "b"])) for x, y in corners]
        answers = {}
        for worker in random.choice(12, 3, replace=False):
            drawn = [each for each in truth if random.random() < recall[worker]]
            extra = [
                (*random.uniform(0, 800, 2), *random.uniform(40, 160, 2), "a")
                for _ in range(random.poisson(invented[worker]))
            ]
            annotations = []
            for n, (x, y, w, h, label) in enumerate([*drawn, *extra]):
                x, y, w, h = np.array([x, y, w, h]) + random.normal(0, slip[worker], 4) * np.array([w, h, w, h])
                annotations.append(
                    {"uuid": str(n + 1), "type": "box", "label": str(label), "left": round(max(float(x), 0), 3),
                     "top": round(max(float(y), 0), 3), "width": round(float(w), 3), "height": round(float(h), 3),
                     "attributes": {}}
                )  # fmt: skip
            answers[int(worker)] = {"annotations": annotations, "global_attributes": {}}
        cases.append(Case(answers, {"image": {"width": 1100, "height": 1100}}))
        truths.append(truth)
    return config, cases, truths


def f1(found: list[list[dict[str, Any]]], truths: list[list[tuple[float, ...]]]) -> float:
    """At IoU .5 with the right label."""
    hits = total = 0
    for shapes, truth in zip(found, truths, strict=True):
        left = [(np.array([x, y, x + w, y + h]), label) for x, y, w, h, label in truth]
        for shape in shapes:
            drawn = edges(shape)
            match = [n for n, (each, label) in enumerate(left) if label == shape["label"] and iou(drawn, each) >= 0.5]
            if match:
                left.pop(match[0])
                hits += 1
        total += len(shapes) + len(truth)
    return 2 * hits / total


def test_boxes_that_people_miss_and_imagine_are_told_apart() -> None:
    config, cases, truths = made_up_boxes(1)
    kind = registry.get("boxes")
    found = kind.aggregate(cases, config)
    nearest = kind.aggregate(cases, config, method="medoid")
    merged = f1([each.answer["annotations"] for each in found if each.answer], truths)
    assert merged > 0.9
    assert merged > f1([each.answer["annotations"] for each in nearest if each.answer], truths) + 0.02
    # what it calls sure is right more often than what it does not
    assert all(part.spread is not None or len(part.support) == 1 for each in found for part in each.parts.values())


def test_learning_ends_where_nothing_moves_and_online_agrees() -> None:
    config, cases, _truths = made_up_boxes(2)
    kind = registry.get("boxes")
    batch = kind.aggregate(cases, config)
    known = Known().plus(batch)
    same = [kind.aggregate([case], config, known=known.minus([one]))[0] for case, one in zip(cases, batch, strict=True)]
    close = [abs(one.confidence - other.confidence) for one, other in zip(batch, same, strict=True)]
    assert max(close) < 0.02
    assert learn([], lambda case, known: batch[0]) == []


def test_two_who_agree_on_several_labels_end_the_asking_though_shares_of_two_votes_are_never_sure() -> None:
    random = np.random.default_rng(5)
    truth = random.random((120, 3)) < 0.4
    said = truth[:, None, :] ^ (random.random((120, 2, 3)) > 0.95)
    people = [random.permutation(6)[:2].tolist() for _ in truth]
    cases = [
        Case({f"w{who}": {"options": [x for x, yes in zip("abc", row, strict=True) if yes]}
              for who, row in zip(whom, rows, strict=True)})
        for whom, rows in zip(people, said.tolist(), strict=True)
    ]  # fmt: skip
    config = {"options": [{"value": value} for value in "abc"], "min": 0, "max": 3}
    found = registry.get("multichoice").aggregate(cases, config, method="e4")
    right = np.array(
        [[x in one.answer["options"] for x in "abc"] == row for one, row in zip(found, truth.tolist(), strict=True)]
    )
    stopped = np.array([one.sure >= 0.95 for one in found])
    assert stopped.mean() > 0.4 and right[stopped].mean() > 0.95
