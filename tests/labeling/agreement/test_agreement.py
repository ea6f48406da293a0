from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest

from labeling.agreement.__main__ import main
from labeling.agreement.krippendorff import alpha_by_distance, alpha_nominal, alpha_of
from labeling.agreement.percent import percent_agreement
from labeling.types import registry

# Krippendorff 2011, "Computing Krippendorff's alpha-reliability": four observers, twelve units, gaps.
OBSERVERS = ["1233 2141 2...", "1233 2241 25.3", ".333 2342 251.", "1233 2441 251."]
UNITS = [
    [int(each) for each in column if each != "."]
    for column in zip(*(row.replace(" ", "") for row in OBSERVERS), strict=False)
]


def counts() -> np.ndarray:
    table = np.zeros((len(UNITS), 5))
    for unit, given in enumerate(UNITS):
        for value in given:
            table[unit, value - 1] += 1
    return table


def test_alpha_agrees_with_the_published_table() -> None:
    values = np.arange(1, 6, dtype=float)
    assert alpha_nominal(counts()) == pytest.approx(0.743, abs=5e-4)
    assert alpha_of(counts(), (values[:, None] - values) ** 2) == pytest.approx(0.849, abs=5e-4)
    ratio = ((values[:, None] - values) / (values[:, None] + values)) ** 2
    assert alpha_of(counts(), ratio) == pytest.approx(0.797, abs=5e-4)


def test_alpha_by_distance_is_alpha_nominal_for_equal_or_not() -> None:
    assert alpha_by_distance(UNITS, lambda a, b: float(a != b)) == pytest.approx(alpha_nominal(counts()))
    assert alpha_by_distance(UNITS, lambda a, b: (a - b) ** 2 / 16) == pytest.approx(0.849, abs=5e-4)


def test_alpha_works_with_the_distance_of_every_type() -> None:
    for task_type in registry.all().values():
        sample = task_type.samples()[0]
        config, answer = task_type.clean_config(sample["config"]), sample["answer"]
        distance = lambda a, b, config=config, kind=task_type: kind.distance(a, b, config)  # noqa: E731
        assert alpha_by_distance([[answer, answer]], distance) is None
        assert percent_agreement([[answer, answer]], distance) == 1


def test_nothing_to_compare_is_none_and_not_a_number() -> None:
    assert alpha_nominal(np.zeros((3, 2))) is None
    assert alpha_by_distance([["a"], ["b"], []], lambda a, b: 1.0) is None
    assert percent_agreement([["a"]]) is None


def test_many_different_answers_are_sampled_and_stay_near() -> None:
    random = np.random.default_rng(0)
    units = [(value, value + float(random.normal(0, 0.05))) for value in random.uniform(0, 1, 1200).tolist()]
    alpha = alpha_by_distance(units, lambda a, b: (a - b) ** 2)
    everyone = np.array(list(itertools.chain(*units)))
    exact = 1 - np.mean([(a - b) ** 2 for a, b in units]) / (2 * everyone.var(ddof=1))
    assert alpha == pytest.approx(exact, abs=0.01)


def test_percent_is_the_mean_share_of_pairs_that_agree() -> None:
    assert percent_agreement([["a", "a", "b"], ["a", "a"], ["c"]]) == pytest.approx((1 / 3 + 1) / 2)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "x.csv"
    path.write_text("worker,item,answer\na,1,x\nb,1,x\na,2,y\nb,2,x\n")
    return path


def test_the_command_writes_a_metric_and_its_interval(answers: Path) -> None:
    out = io.StringIO()
    assert main(["percent", str(answers)], out) == 0
    assert out.getvalue().splitlines() == ["metric,value,low,high", "percent,0.500000,0.000000,1.000000"]


def test_all_metrics_are_those_the_answers_can_have(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    assert main(["all", str(answers)], out) == 0
    named = [line.split(",")[0] for line in out.getvalue().splitlines()[1:]]
    assert named == ["percent", "fleiss", "ac1", "brennan_prediger", "conger", "alpha", "alpha_ordinal", "cohen"]
    assert main(["alpha_ratio", str(answers)]) == 2
    assert "needs answers that are numbers" in capsys.readouterr().err
    answers.write_text(answers.read_text() + "eve,1,nan\n")
    assert main(["alpha_interval", str(answers)]) == main(["cohen", str(answers)]) == 2
    assert "cohen compares two workers, here are 3" in capsys.readouterr().err


def test_a_file_without_answers_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.csv").write_text("worker,item,answer\n")
    assert main(["alpha", str(tmp_path / "empty.csv")]) == 2
    assert "no answers" in capsys.readouterr().err
