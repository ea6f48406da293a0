from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labeling.aggregation.__main__ import main

ANSWERS = "worker,item,answer\nann,x,cat\nbob,x,cat\neve,x,dog\nann,y,dog\n"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "x.csv"
    path.write_text(ANSWERS)
    return path


def test_the_command_writes_consensus_as_csv(answers: Path) -> None:
    out = io.StringIO()
    assert main(["majority", str(answers), "--posteriors"], out) == 0
    assert out.getvalue().splitlines() == [
        "item,label,confidence,p:cat,p:dog",
        "x,cat,0.625000,0.625000,0.375000",
        "y,dog,0.750000,0.250000,0.750000",
    ]


@pytest.mark.parametrize("how", [["auto"], ["majority"], ["replay"], ["auto", "--kind", "ordinal"]])
def test_answers_of_one_class_say_nothing_of_how_sure_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    path = tmp_path / "one.csv"
    path.write_text("worker,item,answer\nann,x,cat\nbob,x,cat\nann,y,cat\n")
    out = io.StringIO()
    assert main([how[0], str(path), *how[1:]], out) == 0
    assert [line.split(",")[:3] for line in out.getvalue().splitlines()[1:]] == [["x", "cat", ""], ["y", "cat", ""]]
    assert "all answers say 'cat'" in capsys.readouterr().err


def test_dawid_skene_by_command(answers: Path) -> None:
    out = io.StringIO()
    assert main(["dawid_skene", str(answers)], out) == 0
    assert [row["item"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == ["x", "y"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"worker,item\na,b\n", "no column 'answer'"),
        (b"worker,item,answer\na,,c\n", "line 2: worker, item and answer must not be empty"),
        (b"worker,item,answer\n", "no answers"),
        (b"worker,item,answer\n" + b"a,b,c\n" * 9 + b"a,b,\xff\n", "x.csv, line 11: not UTF-8"),
        (b"worker, item, answer\na,b,c\n", "it has 'worker', ' item', ' answer'"),
        (b"worker,item,answer,answer\na,b,c,d\n", "two columns are called 'answer'"),
        (b"worker,item,answer\na,b,c\na,b,c, d\n", "line 3: more cells than the 3 columns"),
        (b'worker,item,answer\na,b,c\na,b,"c\na,x,c\n', "line 3: a quotation mark in it is never closed"),
    ],
)
def test_a_wrong_file_is_told_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert main(["majority", str(path)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["labeling.aggregation", "majority"], ["labeling.agreement", "percent"]])
def test_the_core_runs_without_django_and_celery(answers: Path, arguments: list[str]) -> None:
    program = (
        "import runpy, sys\n"
        "module, *sys.argv[1:] = sys.argv[1:]\n"
        "try:\n    runpy.run_module(module, run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "print(sorted({'django', 'celery', 'redis', 'rest_framework'} & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, *arguments, str(answers)]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout.count("\n") >= 2


def test_gold_settles_its_items_and_auto_is_e4(answers: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("item,truth\nx,dog\nunasked,cat\n")
    for method in ("auto", "e4", "one_coin"):
        out = io.StringIO()
        assert main([method, str(answers), "--gold", str(gold)], out) == 0
        assert out.getvalue().splitlines()[1] == "x,dog,1.000000"


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ("item,truth\nx,cow\n", "line 2: item 'x' is 'cow', which no answer says"),
        ("item,truth\nx,cat\nx,dog\n", "line 3: item 'x' is 'dog', on line 2 it was 'cat'"),
        ("item\nx\n", "no column 'truth'"),
    ],
)
def test_contradicting_or_unknown_gold_is_told_and_exits_2(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], gold: str, message: str
) -> None:
    (tmp_path / "gold.csv").write_text(gold)
    assert main(["auto", str(answers), "--gold", str(tmp_path / "gold.csv")]) == 2
    assert message in capsys.readouterr().err


def test_the_replay_tells_what_each_item_took(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    assert main(["replay", str(answers), "--tau", "0.9"], out) == 0
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["item"] for row in rows] == ["x", "y"]
    assert all(1 <= int(row["answers"]) <= 3 for row in rows)
    assert "answers an item instead of 2.00" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["labeling.aggregation", "labeling.agreement"])
def test_a_reader_that_stops_early_is_no_fault(tmp_path: Path, module: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("worker,item,answer\n" + "".join(f"ann,{n},cat\nbob,{n},dog\n" for n in range(9)))
    method = "majority" if module.endswith("aggregation") else "percent"
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", module, method, str(path)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[3], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=True
    )
    os.close(writing)
    assert done.stderr == b""
