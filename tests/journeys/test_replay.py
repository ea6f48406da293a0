"""Real crowds through the whole loop: upload, people, answers, consensus, export."""

import csv
import hashlib
import json
import os
import stat
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tasks.demo import content
from tests.services.servers import until
from tests.services.stack import Stack

REVIEWS = Path(__file__).resolve().parents[2] / "tasks" / "demo" / "reviews"
OPTIONS = ["positive", "neutral", "negative"]


def replay(stack: Stack, *arguments: str) -> dict[str, Any]:
    said = stack.manage("replay", "--url", stack.base_url, "--json", "--at-once", "100", *arguments)
    return json.loads(said.strip().splitlines()[-1])


def part_of_the_reviews(folder: Path, items: int) -> Path:
    """The first items of the committed reviews, with their answers."""
    lines = (REVIEWS / "items.jsonl").read_text().splitlines(keepends=True)[:items]
    keys = {json.loads(line)["id"] for line in lines}
    header, *answers = (REVIEWS / "answers.csv").read_text().splitlines(keepends=True)
    (folder / "items.jsonl").write_text("".join(lines))
    kept = [answer for answer in answers if answer.split(",")[1] in keys]
    (folder / "answers.csv").write_text(header + "".join(kept))
    return folder


def labels_of_the_csv(folder: Path) -> dict[str, list[str]]:
    """Read and named without any code of ours."""
    found = defaultdict(list)
    with (folder / "answers.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            rating = int(row["answer"])
            found[row["item"]].append("positive" if rating >= 1 else "negative" if rating <= -1 else "neutral")
    return found


@pytest.fixture(scope="module")
def exported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path, Path]:
    """Committed reviews, replayed once for each installation: a quarter of them on PostgreSQL, fewer on SQLite."""
    folder = tmp_path_factory.mktemp("replay")
    file = folder / f"{stack.kind}.jsonl"
    given = part_of_the_reviews(folder, 100 if stack.kind == "postgresql" else 40)
    reviews = ("--items", str(given / "items.jsonl"), "--answers", str(given / "answers.csv"))
    named = ("--map", content.RATINGS, "--options", ",".join(OPTIONS), "--project", "Replayed reviews")
    return replay(stack, *reviews, *named, "--out", str(file)), file, given


def test_the_ratings_are_the_demos_figures():
    counted = Counter(label for labels in labels_of_the_csv(REVIEWS).values() for label in labels)
    assert counted == {"positive": 3892, "neutral": 1481, "negative": 2627}


def test_the_majority_equals_the_count_from_the_csv_item_by_item(stack, exported):
    _, file, given = exported
    rows = {row["item_key"]: row for row in map(json.loads, file.read_text().splitlines())}
    recorded = labels_of_the_csv(given)
    assert rows.keys() == recorded.keys()
    for item, labels in recorded.items():
        counted = Counter(labels)
        assert rows[item]["majority.option"] == max(OPTIONS, key=lambda option: counted[option]), item
        assert rows[item]["majority_confidence"] == pytest.approx((max(counted.values()) + 1 / 3) / 21, abs=1e-6)


def test_every_answer_is_stored_exactly_once(stack, exported):
    result, _, given = exported
    answers = len((given / "answers.csv").read_text().splitlines()) - 1
    assert result["compared"] | {"accuracy": {}} == {
        "answers": answers,
        "missing": 0,
        "extra": 0,
        "majority_differs": [],
        "accuracy": {},
        "measured_on": 0,
        "is_exact": True,
    }
    where = "FROM tasks_answer WHERE project_id = %s"
    project = result["project"]
    assert stack.query(f"SELECT count(*), count(DISTINCT assignment_id) {where}", project) == [(answers, answers)]
    assert stack.query(f"SELECT count(*) {where} AND NOT is_applied", project) == [(0,)]


def test_the_download_has_the_checksum_the_api_told(stack, exported):
    result, file, given = exported
    assert hashlib.sha256(file.read_bytes()).hexdigest() == result["export"]["sha256"] == result["sha256"]
    assert result["export"]["rows"] == len(labels_of_the_csv(given))


@pytest.mark.only("postgresql")  # SQLite has had a crowd by then
def test_simulated_annotators_finish_what_a_replay_began(stack, tmp_path):
    (tmp_path / "answers.csv").write_text("worker,item,answer\n" + "".join(f"w,{n},a\n" for n in range(30)))
    recorded = ("--answers", str(tmp_path / "answers.csv"), "--options", "a,b", "--project", "Open", "--overlap", "3")
    told = replay(stack, *recorded)
    assert told["compared"]["is_exact"]
    assert replay(stack, *recorded)["compared"]["is_exact"], "a second run adds nothing"
    project = str(told["project"])
    said = stack.manage(
        *("simulate", "--url", stack.base_url, "--project", project, "--annotators", "3", "--skill", "1,.8"),
        *("--answers", "200"),
    )
    assert said.strip().splitlines()[-1] == "60 answers given"
    unfinished = "SELECT count(*) FROM tasks_task WHERE project_id = %s AND state <> 'resolved'"
    until(lambda: stack.query(unfinished, project) == [(0,)], "every task is resolved")


@pytest.mark.only("sqlite")  # as on a fresh machine
def test_the_demo_loads_and_loading_again_adds_nothing(stack):
    stack.manage("load_demo", "--url", stack.base_url, "--part", "first")
    logins = stack.var / "demo-logins.txt"
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600
    first = logins.read_text()
    answers = "SELECT p.name, count(*) FROM tasks_answer a JOIN tasks_project p ON p.id = a.project_id"
    answers += " WHERE substr(p.name, 1, 6) = 'Review' GROUP BY p.name ORDER BY p.name"
    counted = stack.query(answers)
    assert counted == [("Review sentiment", 600)]
    photos = "SELECT count(*) FROM tasks_task t JOIN tasks_project p ON p.id = t.project_id WHERE p.name = %s"
    assert stack.query(photos, "What is in the picture?") == [(12,)]
    stack.manage("load_demo", "--url", stack.base_url, "--part", "first")
    assert (stack.query(answers), logins.read_text()) == (counted, first)


def test_the_rte_replay_says_what_it_needs(monkeypatch):
    monkeypatch.setenv("CROWD_DATA", "")
    with pytest.raises(CommandError, match="CROWD_DATA") as refused:
        call_command("replay", dataset="rte")
    assert refused.value.returncode == 2


if os.environ.get("CROWD_DATA"):

    def test_rte_reaches_the_published_accuracy(stack):
        result = replay(stack, "--dataset", "rte")["compared"]
        assert result["is_exact"]
        assert (result["answers"], result["measured_on"]) == (8000, 800)
        assert result["accuracy"]["dawid_skene"] >= 0.92
        assert 0.89 <= result["accuracy"]["majority"] <= 0.91
