"""Private PostgreSQL and Redis for a test run: own folders, own ports, gone afterwards."""

import errno
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MISSING = "not found: run .ci/ensure-services (or, for PostgreSQL, set GW_TEST_DB=sqlite)"


PORTS = range(15_000, 32_000)  # below those that connections take by themselves: none is lost between look and use


def free_port() -> int:
    while True:
        with socket.socket() as probe:
            port = random.SystemRandom().choice(PORTS)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
            return port


def until(done: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for a condition, and say which one did not come. Asked less and less often: asking costs, too."""
    end, pause = time.monotonic() + seconds, 0.02
    while not done():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(pause)
        pause = min(1.3 * pause, 0.25)


class Postgres:
    """A cluster of its own. `durable` keeps fsync on, as journeys and fault tests need it."""

    def __init__(self, *, durable: bool) -> None:
        found = shutil.which("initdb") or next(
            map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[::-1]), None
        )
        if not found:
            raise FileNotFoundError(f"PostgreSQL's initdb {MISSING}")
        bin = Path(found).resolve().parent
        self.folder = Path(tempfile.mkdtemp(prefix="gw-pg-"))
        self.port = free_port()
        run_as: dict = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": self.folder}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            run_as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = self.folder / "data"
        initdb = [
            bin / "initdb",
            "-A",
            "trust",
            "-U",
            "groundwork",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
            data,
        ]
        subprocess.run(initdb, check=True, **run_as)
        risky = [] if durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        where = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"]
        log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [bin / "postgres", "-D", data, "-p", str(self.port), *where, *risky],
            stderr=log,
            start_new_session=True,
            **run_as,
        )
        until(self.answers, "PostgreSQL answers")

    def url(self, database: str) -> str:
        return f"postgres://groundwork@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            if self.process.poll() is not None:
                raise
            return False
        return True

    def create(self, database: str) -> str:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        return self.url(database)

    def stop(self) -> None:
        self.process.send_signal(2)  # SIGINT: fast shutdown
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    def __init__(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if not program:
            raise FileNotFoundError(f"redis-server {MISSING}")
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="gw-redis-"))
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [program, *arguments, "--maxmemory-policy", "noeviction"], stdout=subprocess.DEVNULL, start_new_session=True
        )
        until(self.answers, "Redis answers")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
