import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.servers import Postgres

ROOT = Path(__file__).resolve().parents[2]
SLOTS = 240  # 80 tasks x 3


@pytest.fixture(scope="module")
def cluster():
    server = Postgres(durable=False)
    yield server
    server.stop()


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def races(request, tmp_path_factory):
    """Both races in a process of their own on that database; what it printed."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"VAR": str(tmp_path_factory.mktemp("race")), "DJANGO_SETTINGS_MODULE": "labeling.settings"}
    if request.param == "postgresql":
        env["DATABASE_URL"] = request.getfixturevalue("cluster").create("races")
    done = subprocess.run(
        [sys.executable, "-m", "tests.races.race"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["vendor"] == request.param
    return told


def test_thirty_two_threads_lease_each_slot_exactly_once(races):
    told = races["claim"]
    assert told["errors"] == []
    assert told["held"] == SLOTS
    assert told["most_on_a_task"] == 3
    assert told["most_per_person_and_task"] == 1
    assert told["counters_hold"]
    assert 0 < told["checks"] == told["checks_taken"] <= 28 * 10  # each once per person, whatever their tabs do


def test_answers_returns_expiry_and_offers_at_once_keep_the_counts_exact(races):
    told = races["mixed"]
    assert told["errors"] == []
    assert told["most_on_a_task"] <= 3
    assert told["most_per_person_and_task"] == 1
    assert told["counters_hold"]
    assert told["answered"] == told["held"] == SLOTS
    assert told["resolved"] == SLOTS // 3
