"""The figures page's numbers, from answers alone."""

from datetime import date
from itertools import count

import pytest

from labeling.agreement.figures import Said, figures
from labeling.types import registry

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def choice(rows, settled=()):
    """`rows` are units: what each of Ann, Bob, Cid said, "." for nothing."""
    kind = registry.get("choice")
    config = kind.clean_config({"question": "?", "options": [{"value": name} for name in "abc"]})
    answers = [
        Said(n, who, {"option": said}, TUESDAY if n % 2 else MONDAY)
        for n, row in enumerate(rows)
        for who, said in zip(("ann", "bob", "cid"), row, strict=False)
        if said != "."
    ]
    return figures(kind, config, answers, {n: {"option": option} for n, option in enumerate(settled)})


def test_each_figure_lies_in_its_interval():
    found = choice(["aaa", "bbb", "abb", "ccc", "aac", "bbb"])["overall"]
    assert found["alpha"]["low"] < found["alpha"]["value"] < found["alpha"]["high"] <= 1
    assert found["percent"]["value"] == pytest.approx((4 + 2 / 3) / 6, abs=1e-4)
    assert found["kappa"]["value"] is not None and found["ac1"]["low"] < found["ac1"]["value"]


def test_full_agreement_is_one_and_one_answer_each_is_no_figure():
    assert choice(["aa", "bb", "cc"])["overall"]["alpha"]["value"] == 1
    lonely = choice(["a..", ".b.", "..c"])
    assert (lonely["units"], lonely["overall"]["alpha"]["value"], lonely["pairs"]) == (0, None, [])


def test_the_confusion_counts_answers_by_consensus_and_names_the_units_behind():
    (confusion,) = choice(["aab", "bbb", "cca"], "abc")["confusions"]
    assert confusion["counts"] == [[2, 1, 0], [0, 3, 0], [1, 0, 2]]
    assert confusion["behind"]["0.1"] == [0]
    assert confusion["behind"]["1.1"] == [1]


def test_pairs_of_people_with_enough_in_common_and_where_they_differ():
    pairs = {tuple(pair["people"]): pair for pair in choice(["aab", "bbb", "cca", "ab."])["pairs"]}
    assert pairs["ann", "bob"]["agreement"] == 0.75
    assert pairs["ann", "bob"]["behind"] == [3]
    assert pairs["bob", "cid"]["units"] == 3


def test_days_show_drift_and_labels_which_one_is_unclear():
    found = choice(["aaa", "aab", "aaa", "bbc", "ccc", "bcb"])
    assert [day["agreement"] for day in found["days"]] == [1.0, pytest.approx(1 / 3, abs=1e-3)]
    alphas = {row["label"]: row["alpha"]["value"] for row in found["labels"]}
    assert alphas["a"] > alphas["b"]


@pytest.mark.parametrize("name", sorted(registry.all()))
def test_every_type_has_its_figures(name):
    kind = registry.get(name)
    sample = kind.samples()[0]
    config = kind.clean_config(sample["config"])
    value = kind.clean_answer(sample["answer"], config=config, item=sample["item"])
    who = count()
    found = figures(kind, config, [Said(unit, next(who), value, MONDAY) for unit in (1, 1, 2, 2)], {1: value})
    assert found["overall"]["percent"]["value"] == 1
    assert found["overall"]["alpha"]["value"] in (1, None)


def test_a_scale_has_ordinal_and_interval_alpha_beside_that_by_distance():
    kind = registry.get("rating")
    criteria = [{"name": "good", "label": "Good", "scale": {"min": 1, "max": 5}}]
    config = kind.clean_config({"question": "?", "criteria": criteria})
    rows = [(1, 2), (2, 3), (4, 5), (5, 5), (3, 3), (1, 1)]
    said = [
        Said(n, who, {"ratings": {"good": step}, "justifications": {}}, MONDAY)
        for n, row in enumerate(rows)
        for who, step in enumerate(row)
    ]
    overall = figures(kind, config, said, {})["overall"]
    assert overall["alpha_ordinal"]["value"] > overall["fleiss"]["value"] + 0.2
    assert overall["alpha_interval"]["value"] > overall["fleiss"]["value"] + 0.2
    assert overall["alpha_interval"]["low"] < overall["alpha_interval"]["value"]
    assert "alpha_ordinal" not in choice(["aab", "bbb"])["overall"]


def test_of_objects_each_label_has_its_own_alpha():
    kind = registry.get("spans")
    sample = kind.samples()[0]
    config = kind.clean_config(sample["config"])
    value = kind.clean_answer(sample["answer"], config=config, item=sample["item"])
    less = {**value, "annotations": value["annotations"][:1], "relationships": []}
    said = [("ann", value), ("bob", less)]
    answers = [Said(n, who, one, MONDAY) for n in range(4) for who, one in said]
    labels = {row["label"]: row["alpha"]["value"] for row in figures(kind, config, answers, {})["labels"]}
    assert len(labels) > 1 and min(alpha for alpha in labels.values() if alpha is not None) < 1
