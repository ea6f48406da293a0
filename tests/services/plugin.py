"""Loaded by `-p` before pytest-django reads the settings: later, and the suite would quietly run on SQLite.

GW_TEST_DB=sqlite runs the suite on SQLite. REQUIRE_SERVICES=1 (make test, CI) turns every skip into a failure.
"""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.services.servers import Postgres, Redis

STRICT = os.environ.get("REQUIRE_SERVICES") == "1"
ON_SQLITE = os.environ.get("GW_TEST_DB") == "sqlite"

for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "PUBLIC_URL", "DEBUG"):
    os.environ.pop(name, None)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's sync API runs an event loop in the test's thread
memory = "/dev/shm" if ON_SQLITE and Path("/dev/shm").is_dir() else None  # where no commit waits for a disk
os.environ["VAR"] = tempfile.mkdtemp(prefix="gw-var-", dir=memory)

_servers: list[Postgres | Redis] = [Redis()]
atexit.register(lambda: stop())
os.environ["REDIS_URL"] = _servers[0].url
if not ON_SQLITE:
    _servers.append(unit := Postgres(durable=False))
    os.environ["DATABASE_URL"] = unit.url("postgres")


def stop() -> None:
    while _servers:
        _servers.pop().stop()
    shutil.rmtree(os.environ["VAR"], ignore_errors=True)


def pytest_unconfigure() -> None:
    stop()


def pytest_collection_finish() -> None:
    """What was imported stays: to look through all of it again and again for garbage is a twentieth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_report_header() -> str:
    return f"database: {'sqlite' if ON_SQLITE else 'postgresql'}; skips {'fail' if STRICT else 'are allowed'}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and here nothing may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if STRICT and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and here nothing may be: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter) -> None:
    """How many journeys ran on which database."""
    ran = [r.nodeid for r in terminalreporter.getreports("passed") if Path(r.nodeid).parts[:2] == ("tests", "journeys")]
    if ran:
        counts = {
            kind: sum(f"[{kind}" in name or f"-{kind}" in name for name in ran) for kind in ("postgresql", "sqlite")
        }
        terminalreporter.write_line("journeys passed: " + ", ".join(f"{n} on {kind}" for kind, n in counts.items()))
