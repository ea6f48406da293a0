""".ci/bootstrap without the network: what it decides before it installs."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.services.stack import ROOT


def bootstrap(venv: Path, lock: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / ".ci" / "bootstrap", lock],
        env=os.environ | {"VENV": str(venv)} | env,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def venv(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\necho called >&2\nexit 1\n")
    (tmp_path / "bin" / "python").chmod(0o755)
    return tmp_path


def stamp(venv: Path, lock: str) -> None:
    (venv / f".stamp-{lock}").write_text(hashlib.sha256((ROOT / lock).read_bytes()).hexdigest())


@pytest.mark.parametrize("stamped", ["requirements.lock", "requirements-dev.lock"])
def test_a_stamped_environment_is_left_alone(venv, stamped):
    stamp(venv, stamped)
    done = bootstrap(venv, "requirements.lock")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_fitting_python_it_says_what_is_needed(venv, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "dirname", "sed", "sha256sum"):
        found = next(p for d in ("/usr/bin", "/bin") if (p := Path(d) / tool).exists())
        (tools / tool).symlink_to(found)
    for python in ("python3.13", "python3.12", "python3.11", "python3"):  # a shim that is there and fails
        (tools / python).write_text("#!/bin/sh\nexit 127\n")
        (tools / python).chmod(0o755)
    script = (ROOT / ".ci" / "bootstrap").read_text().replace(" /usr/bin/python3;", ";")
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "bootstrap").write_text(script)
    done = subprocess.run(
        [tools / "bash", tmp_path / ".ci" / "bootstrap", "requirements.lock"],
        env={"PATH": str(tools), "VENV": str(venv)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
