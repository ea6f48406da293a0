"""The supervisor with real processes, on the embedded broker and SQLite."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from tests.services.servers import until
from tests.services.stack import ROOT, Stack, new_var


@pytest.fixture(scope="module")
def folder():
    """Of all tests here that start something: only the first of them makes a database and collects static files."""
    var = new_var()
    yield var
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def installation(folder):
    stack = Stack(folder)
    yield stack
    if stack.process and stack.process.poll() is None:
        stack.stop()


def test_a_killed_child_comes_back_and_a_stop_leaves_nothing(installation):
    installation.start()
    for name in ("gw-web", "gw-work", "gw-beat", "redis-server"):
        until(lambda name=name: name in installation.processes(), f"{name} runs")
        first = installation.processes()[name][0]
        os.kill(first, signal.SIGKILL)
        until(lambda name=name, first=first: installation.processes().get(name, [first])[0] != first, f"{name} is back")
    until(installation.is_ready, "it answers again")
    assert installation.stop(signal.SIGINT) == 0, installation.log
    assert installation.processes() == {}


def test_a_second_start_is_quick_and_keeps_the_data_and_a_supervisor_beside_it_is_told_of_it(installation):
    if not (installation.var / "secret-key").exists():  # this test by itself
        installation.start()
        assert installation.stop(signal.SIGINT) == 0
    secret = (installation.var / "secret-key").read_text()
    migrated = installation.query("SELECT count(*) FROM django_migrations")
    first = installation.log
    installation.start()
    again = installation.log.removeprefix(first)
    assert "migrated the database" in first and "collected the static files" in first
    assert "migrated" not in again and "collected" not in again  # what makes the second start quick
    assert (installation.var / "secret-key").read_text() == secret
    assert installation.query("SELECT count(*) FROM django_migrations") == migrated

    second = subprocess.run(
        [sys.executable, "manage.py", "run", "--port", "1"],
        cwd=ROOT,
        env=installation.env,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert f"process {installation.process.pid}" in second.stderr
    installation.process.kill()  # its children end with it
    installation.process.wait()
    until(lambda: not installation.processes(), "no process is left", 40)


def test_a_port_in_use_stops_before_anything_starts(tmp_path):
    stack = Stack(tmp_path / "var")
    with socket.create_server(("127.0.0.1", stack.port)):
        run = subprocess.run(
            [sys.executable, "manage.py", "run"], cwd=ROOT, env=stack.env, capture_output=True, text=True
        )
    assert run.returncode == 1
    assert f"cannot listen on 127.0.0.1:{stack.port}" in run.stderr
    assert not (stack.var / "redis").exists()
