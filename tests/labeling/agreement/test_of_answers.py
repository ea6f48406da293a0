"""Agreement of every type: bounded figures, and the known ones where the type is a plain choice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from labeling.agreement import confusion, krippendorff, objects
from labeling.agreement.figures import Said, figures
from labeling.agreement.of_answers import agreement_of
from labeling.types import registry
from labeling.types.base import TaskType
from tests.labeling.agreement.test_references import FLEISS

TYPES = list(registry.all().values())


@pytest.mark.parametrize("task_type", TYPES, ids=lambda each: each.name)
def test_every_type_has_figures_and_is_unanimous_with_itself(task_type: TaskType) -> None:
    sample = task_type.samples()[0]
    config, answer = task_type.clean_config(sample["config"]), sample["answer"]
    found = agreement_of(task_type, [{"ann": answer, "bob": answer}, {"ann": answer}], config, draws=20)
    assert (found.tasks, found.percent.value) == (1, pytest.approx(1))
    assert found.alpha.value is None  # one answer, over and over: nothing that chance could disagree on
    assert all(part.percent.value == 1 for part in found.parts.values())
    assert agreement_of(task_type, [{"ann": answer}, {}], config).percent.value is None


def test_a_choice_has_the_published_figures_of_fleiss() -> None:
    choice = registry.get("choice")
    config = choice.clean_config({"question": "?", "options": [{"value": value} for value in "abcde"]})
    raters = [np.repeat(list("abcde"), row) for row in FLEISS]
    answers = [{n: {"option": str(value)} for n, value in enumerate(row)} for row in raters]
    found = agreement_of(choice, answers, config, draws=100)
    part = found.parts["item"]
    assert (part.kappa.value, part.ac1.value) == (pytest.approx(0.210, abs=5e-4), pytest.approx(0.2256, abs=5e-4))
    assert part.alpha.value == pytest.approx(0.2156, abs=5e-4) == found.alpha.value
    assert part.alpha.low is not None and part.alpha.high is not None
    assert part.alpha.low < part.alpha.value < part.alpha.high
    assert part.confusion.sum() == pytest.approx(1)
    assert np.trace(part.confusion) == pytest.approx(part.percent.value)
    assert part.by_label.keys() == set("abcde")
    assert len(found.pairs) == 14 * 13 / 2 and found.pairs[0].tasks == 10


def test_a_confusion_counts_every_pair_once_whatever_its_order() -> None:
    ratings = np.array([[0, 1, -1], [0, 0, 0], [1, -1, -1]])
    table = confusion.between_people(ratings, 2)
    assert table == pytest.approx(np.array([[3, 1], [1, 0]]) / 5)


def test_things_agree_as_far_as_pairs_are_alike_and_beyond_things_elsewhere() -> None:
    near = lambda a, b: max(0.0, 1 - abs(a - b))  # noqa: E731
    assert objects.distances([0.0, 5.0], [0.1], near) == [pytest.approx(0.1), 1.0]
    assert objects.alpha_of_things([[[0.0], [0.2]], [[9.0], [9.0]]], near) == pytest.approx(1 - 0.1)
    assert objects.alpha_of_things([[[], []]], near) is None
    assert objects.f1([0.0, 5.0], [0.1], near, 0.5) == pytest.approx(2 / 3)


def test_alpha_over_thousands_of_answers_asks_a_bounded_number_of_distances() -> None:
    from labeling.agreement.krippendorff import MOST_PAIRS, alpha_by_distance

    asked = []
    random = np.random.default_rng(1)
    units = [(value, value + float(random.normal(0, 0.1))) for value in random.uniform(0, 1, 30_000).tolist()]

    def apart(one: float, other: float) -> float:
        asked.append(1)
        return (one - other) ** 2

    alpha = alpha_by_distance(units, apart)
    assert len(asked) <= 2 * MOST_PAIRS
    assert alpha == pytest.approx(1 - 0.01 / (2 * (1 / 12 + 0.005)), abs=0.01)


def test_of_a_few_classes_every_answer_counts_however_many_pairs_there_are() -> None:
    random = np.random.default_rng(2)
    given = random.choice(["cat", "dog"], p=[0.7, 0.3], size=(200, 20))
    counts = np.stack([(given == name).sum(axis=1) for name in ("cat", "dog")], axis=1)
    expected = krippendorff.alpha_nominal(counts)
    units = given.tolist()
    assert krippendorff.alpha_by_distance(units, lambda a, b: float(a != b)) == pytest.approx(expected)
    kind = registry.get("choice")
    config = kind.clean_config({"question": "?", "options": [{"value": "cat"}, {"value": "dog"}]})
    said = [dict(enumerate({"option": option} for option in unit)) for unit in units]
    found = agreement_of(kind, said, config, draws=0)
    assert found.alpha.value == pytest.approx(expected)
    assert found.percent.value == pytest.approx(found.parts["item"].percent.value)
    assert found.pairs[0].tasks == 200


def test_by_label_counts_the_answers_that_have_it() -> None:
    kind = registry.get("multichoice")
    config = kind.clean_config({"question": "?", "options": [{"value": "cat"}, {"value": "dog"}]})
    given = [["cat"], ["cat", "dog"], ["cat"]]
    said = [Said("x", who, {"options": options}, date(2026, 1, 1)) for who, options in enumerate(given)]
    found = figures(kind, config, said, {})["labels"]
    assert {row["label"]: row["answers"] for row in found} == {"cat": 3, "dog": 1}
    boxes = registry.get("boxes")
    config = boxes.clean_config({"question": "?", "labels": [{"value": "car"}, {"value": "van"}]})
    box = {"type": "box", "left": 1, "top": 1, "width": 9, "height": 9, "attributes": {}}
    drawn = [["car", "car"], ["car", "van"]]
    said = [
        Said("x", who, {"annotations": [{**box, "uuid": str(n), "label": label} for n, label in enumerate(labels)],
             "global_attributes": {}}, date(2026, 1, 1))
        for who, labels in enumerate(drawn)
    ]  # fmt: skip
    found = figures(boxes, config, said, {})["labels"]
    assert {row["label"]: row["answers"] for row in found} == {"car": 2, "van": 1}
