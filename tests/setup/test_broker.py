import stat
from pathlib import Path

import pytest

from labeling.supervisor import broker
from labeling.supervisor.socket import LONGEST_PATH, broker_socket


def executable(folder: Path, name: str) -> None:
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(("program", "kind"), [("redis-server", "redis"), ("valkey-server", "valkey")])
def test_a_server_on_the_path_is_taken_first(tmp_path, monkeypatch, program, kind):
    executable(tmp_path, program)
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen = broker.choose(tmp_path / "var", redis_url="", broker_url="")
    assert chosen == broker.Server(kind, str(tmp_path / program), "on the PATH")


def test_without_one_on_the_path_the_wheel_brings_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen = broker.choose(tmp_path / "var", redis_url="", broker_url="")
    assert isinstance(chosen, broker.Server)
    assert (chosen.kind, Path(chosen.executable).name) == ("valkey", "valkey-server")


def test_with_neither_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(broker, "wheel_server", lambda: None)
    with pytest.raises(broker.BrokerError, match="Install one of them, or set REDIS_URL"):
        broker.choose(tmp_path / "var", redis_url="", broker_url="")


def test_a_given_redis_is_used_and_none_is_started(tmp_path):
    assert broker.choose(tmp_path, redis_url="redis://r", broker_url="") == broker.External("redis://r")


def test_a_path_too_long_for_a_socket_moves_to_a_closed_temporary_folder(tmp_path):
    var = tmp_path / ("long" * 40)
    var.mkdir()
    broker.command(broker.Server("redis", "redis-server", ""), var)
    path = broker_socket(var)
    assert len(bytes(path)) <= LONGEST_PATH
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert broker_socket(tmp_path / ("long" * 41)) != path
    path.parent.rmdir()


def test_a_broker_that_drops_jobs_is_refused(settings):
    import redis

    client = redis.Redis.from_url(settings.REDIS_URL)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(broker.BrokerError, match="allkeys-lru"):
            broker.check_policy(settings.REDIS_URL)
    finally:
        client.config_set("maxmemory-policy", "noeviction")
    broker.check_policy(settings.REDIS_URL)


def test_a_password_stays_out_of_messages():
    assert broker.without_password("redis://me:secret@host:1/0") == "redis://host:1/0"
