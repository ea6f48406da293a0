"""The command line for every kind of answer: what it writes, and what it says of a cell it cannot read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from labeling.aggregation.__main__ import main
from labeling.aggregation.kinds import kinds
from labeling.agreement.__main__ import main as agreement

GIVEN = {
    "multichoice": ("cat;dog", ["cat;dog", "cat", '["dog", "cat"]'], '["cat", "dog"]'),
    "ordinal": ("2", ["2", "2", "3"], "2"),
    "numeric": ("2.5", ["2.5", "2.5", "2.5"], "2.5"),
    "text": ("the cat", ["the cat", "The cat", "the cat"], "the cat"),
    "box": ("[0, 0, 10, 10]", ["[0, 0, 10, 10]", "[0, 0, 10, 10]", "[[0, 0, 10, 10]]"], "[[0, 0, 10, 10]]"),
    "span": ('[[0, 3, "who"]]', ['[[0, 3, "who"]]', '[[0, 3, "who"]]', "[]"], '[[0, 3, "who"]]'),
    "pair": ("a", ["a", "a", "equal"], "a"),
}
WRONG = [
    ("multichoice", "[1]"),
    ("multichoice", "[" * 100_000),
    ("numeric", "many"),
    ("numeric", "1e308"),  # its square is no number any more
    ("box", "[0, 0, 10]"),
    ("box", "[0, 0, 10, Infinity]"),
    ("box", "[0, 0, 10, 1" + "0" * 400 + "]"),
    ("box", "[0, 0, 10, 10, null]"),
    ("span", '[[3, 1, "who"]]'),
    ("span", '[[0, 999999999999, "who"]]'),  # a text nobody has the memory for
]


def written(path: Path, cells: list[str], item: str = "a|b") -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["worker", "item", "answer"])
        writer.writerows([f"w{n}", item, cell] for n, cell in enumerate(cells))
    return path


def test_every_kind_is_tried_here() -> None:
    assert kinds().keys() == GIVEN.keys()


@pytest.mark.parametrize("kind", GIVEN)
def test_a_kind_writes_what_most_people_said(tmp_path: Path, kind: str) -> None:
    _one, cells, expected = GIVEN[kind]
    out = io.StringIO()
    assert main(["auto", str(written(tmp_path / "x.csv", cells)), "--kind", kind, "--posteriors"], out) == 0
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert (row["item"], row["label"]) == ("a|b", expected)
    assert 0.4 < float(row["confidence"]) <= 1


@pytest.mark.parametrize("kind", sorted(GIVEN.keys() - {"pair"}))
def test_gold_settles_an_item_of_any_kind(tmp_path: Path, kind: str) -> None:
    one, cells, expected = GIVEN[kind]
    gold = tmp_path / "gold.csv"
    with gold.open("w", newline="") as file:
        csv.writer(file).writerows([["item", "truth"], ["a|b", one], ["nobody asked", one]])
    out = io.StringIO()
    assert main(["auto", str(written(tmp_path / "x.csv", cells)), "--kind", kind, "--gold", str(gold)], out) == 0
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["confidence"] == "1.000000"
    if kind in ("box", "span", "multichoice"):
        assert json.loads(row["label"]) == json.loads(expected)


@pytest.mark.parametrize("kind", sorted(GIVEN.keys() - {"ordinal"}))
def test_every_kind_has_its_agreement(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "x.csv", GIVEN[kind][1])
    out = io.StringIO()
    assert agreement(["all", str(path), "--kind", kind], out) == 0
    percent, alpha = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert (percent["metric"], alpha["metric"]) == ("percent", "alpha")
    assert 0 < float(percent["value"]) <= 1 if kinds()[kind].IS_SHARE else percent["value"] == ""
    assert agreement(["fleiss", str(path), "--kind", kind]) == 2
    assert "percent and alpha, not fleiss" in capsys.readouterr().err


def test_the_steps_of_a_scale_have_the_agreement_of_classes_and_alpha_knows_the_steps(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("worker,item,answer\na,1,1\nb,1,2\na,2,10\nb,2,9\na,3,1\nb,3,1\n")
    out = io.StringIO()
    assert agreement(["all", str(path), "--kind", "ordinal"], out) == 0
    found = {row["metric"]: row["value"] for row in csv.DictReader(io.StringIO(out.getvalue()))}
    assert found["alpha"] == found["alpha_ordinal"] > found["fleiss"]


@pytest.mark.parametrize(("kind", "cell"), WRONG)
def test_a_cell_that_cannot_be_read_is_told_with_line_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, cell: str
) -> None:
    path = written(tmp_path / "x.csv", [GIVEN[kind][0], cell])
    assert main(["auto", str(path), "--kind", kind]) == 2
    assert "x.csv, line 3, column 'answer': " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "cells", "item", "message"),
    [
        (["auto", "--kind", "pair"], ["c"], "a|b", "'c' is neither of the two"),
        (["auto", "--kind", "pair"], ["a"], "a", "must name two things"),
        (["replay", "--kind", "text"], ["a"], "a", "replay is for --kind choice"),
        (["auto", "--kind", "text"], [], "a", "no answers"),
        (["auto", "--kind", "text"], [""], "a", "column 'answer' is"),
    ],
)
def test_what_a_kind_cannot_do_is_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    cells: list[str],
    item: str,
    message: str,
) -> None:
    path = written(tmp_path / "x.csv", cells, item)
    assert main([arguments[0], str(path), *arguments[1:]]) == 2
    assert message in capsys.readouterr().err
