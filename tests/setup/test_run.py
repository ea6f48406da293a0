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
    """Of the tests for which the first start is nothing special."""
    var = new_var()
    yield var
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def installation(folder):
    stack = Stack(folder)
    yield stack
    if stack.process and stack.process.poll() is None:
        stack.stop()


@pytest.fixture
def fresh():
    stack = Stack(new_var())
    yield stack
    if stack.process and stack.process.poll() is None:
        stack.stop()
    shutil.rmtree(stack.var, ignore_errors=True)


def test_a_killed_child_comes_back_and_a_stop_leaves_nothing(installation):
    installation.start()
    for name in ("gw-web", "gw-work", "gw-beat", "redis-server"):
        until(lambda name=name: name in installation.processes(), f"{name} runs")
        first = installation.processes()[name][0]
        os.kill(first, signal.SIGKILL)
        until(lambda name=name, first=first: installation.processes().get(name, [first])[0] != first, f"{name} is back")
    until(installation.is_ready, "it answers again", 10)
    assert installation.stop() == 0, installation.log
    assert installation.processes() == {}


def test_a_second_start_is_quick_and_keeps_the_data(fresh):
    fresh.start()
    secret = (fresh.var / "secret-key").read_text()
    migrated = fresh.query("SELECT count(*) FROM django_migrations")
    assert fresh.stop(signal.SIGINT) == 0
    first = fresh.log
    fresh.start()
    again = fresh.log.removeprefix(first)
    assert "migrated the database" in first and "collected the static files" in first
    assert "migrated" not in again and "collected" not in again  # what makes the second start quick
    assert (fresh.var / "secret-key").read_text() == secret
    assert fresh.query("SELECT count(*) FROM django_migrations") == migrated


def test_a_second_supervisor_is_told_of_the_first_whose_children_end_when_it_is_killed(installation):
    installation.start()
    second = subprocess.run(
        [sys.executable, "manage.py", "run", "--port", "1"],
        cwd=ROOT,
        env=installation.env,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert f"process {installation.process.pid}" in second.stderr
    installation.process.kill()
    installation.process.wait()
    until(lambda: not installation.processes(), "no process is left", 40)


def test_a_port_in_use_stops_before_anything_starts(fresh):
    with socket.create_server(("127.0.0.1", fresh.port)):
        run = subprocess.run(
            [sys.executable, "manage.py", "run"], cwd=ROOT, env=fresh.env, capture_output=True, text=True
        )
    assert run.returncode == 1
    assert f"cannot listen on 127.0.0.1:{fresh.port}" in run.stderr
    assert not (fresh.var / "redis").exists()
