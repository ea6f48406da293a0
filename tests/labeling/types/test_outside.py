"""A type of another package, installed as packages are: a folder and an entry point."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ASK = """
import json
from labeling.types import registry
stars = registry.get("stars")
sample = stars.samples()[0]
config = stars.clean_config(sample["config"])
answer = stars.clean_answer(sample["answer"], config=config, item=sample["item"])
print(json.dumps({"folder": str(registry.folders()["stars"]), "answer": answer, "known": list(registry.all())}))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A directory of packages with the example in it, and what its installer would have written down."""
    shutil.copytree(HERE / "outside/stars", tmp_path / "stars")
    info = tmp_path / "groundwork_stars-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: groundwork-stars\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[groundwork.types]\nstars = stars\n")
    return tmp_path


def run(site: Path, *command: str) -> str:
    env = os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "GW_TEST_DB": "sqlite"}  # no table is needed
    done = subprocess.run([sys.executable, *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_type_of_another_package_is_found_and_works(site: Path) -> None:
    found = json.loads(run(site, "-c", ASK))
    assert found["folder"] == str(site / "stars")
    assert found["answer"] == {"stars": 5}
    assert {"choice", "stars"} <= set(found["known"])


def test_the_same_contract_tests_run_over_it(site: Path) -> None:
    contract = "tests/labeling/types/test_contract.py"
    said = run(site, "-m", "pytest", contract, "-q", "-k", "stars", "-p", "no:cacheprovider")
    assert " passed" in said


def test_a_package_that_left_its_widget_behind_is_refused_by_the_files_name(site: Path) -> None:
    (site / "stars/static/widget.js").unlink()
    env = os.environ | {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}
    asked = [sys.executable, "-c", "from labeling.types import registry; registry.all()"]
    done = subprocess.run(asked, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "the task type 'stars' has no static/widget.js" in done.stderr
