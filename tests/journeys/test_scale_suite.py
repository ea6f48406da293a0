"""The official client's own tests, unchanged, from its published source archive, against a running server."""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.labeling.pictures import picture
from tests.services.stack import ROOT, Stack

VERSION = "2.18.4"
SHA256 = "dda9cae1424ec0d41f58a3f132659a2355facd673098a549bca834f3419e2104"
KEPT = Path(sys.prefix) / "client-tests"  # beside the packages of the environment: fetched once


def archive() -> Path:
    """The source archive, by the ordinary package client; checked by its hash whether fetched or kept."""
    file = KEPT / f"scaleapi-{VERSION}.tar.gz"
    if not file.exists():
        fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "scaleapi"]
        subprocess.run([*fetch, f"scaleapi=={VERSION}", "-d", str(KEPT)], check=True, stdin=subprocess.DEVNULL)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SHA256
    return file


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder with nothing but the client's tests, so that the installed client is the one that runs."""
    with tarfile.open(archive()) as tar:
        for name in ("test_client.py", "test_v2_client.py"):
            member = tar.extractfile(f"scaleapi-{VERSION}/tests/{name}")
            assert member is not None
            (tmp_path / "tests").mkdir(exist_ok=True)
            (tmp_path / "tests" / name).write_bytes(member.read())
    (tmp_path / "tests" / "test_image.png").write_bytes(picture(size=(60, 40)))
    return tmp_path


@pytest.mark.only("postgresql")
def test_all_tests_of_the_official_client_pass(stack: Stack, suite: Path) -> None:
    key = stack.new_key("Client", "test")
    env = os.environ | {
        "SCALE_TEST_API_KEY": key,
        "SCALE_TEST_SERVER": stack.base_url,
        "PYTHONPATH": str(ROOT / "tests" / "journeys"),
    }
    without = ("playwright", "django", "celery", "valkey")
    quiet = ["-q", "-p", "client_plugin", *(word for name in without for word in ("-p", f"no:{name}"))]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, "-o", "addopts=", "--rootdir", str(suite), "tests"],
        cwd=suite,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b58 passed\b", done.stdout), done.stdout
    assert "skipped" not in done.stdout
