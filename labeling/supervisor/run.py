"""One installation from start to stop: broker, web server, three Celery workers, beat."""

import http.client
import ipaddress
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from labeling.errors import GroundworkError
from labeling.supervisor import broker, lock
from labeling.supervisor.processes import Group, Process, describe
from labeling.supervisor.socket import broker_socket

START_SECONDS = 60
LOAD_SECONDS = 600
GIVE_UP = 4  # crashes in a row before the first answer


class CannotStart(GroundworkError):
    pass


class Interrupted(Exception):
    """Told to stop while starting."""


def say(name: str, line: str) -> None:
    print(f"{name:<8} | {line}", flush=True)


def listen(host: str, port: int) -> socket.socket:
    """Open the port before anything starts. We keep it open: while the web server restarts, callers wait."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotStart(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another port: make run PORT={port + 1}"
        ) from error


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Installation:
    def __init__(self, *, var: Path, host: str, port: int, redis_url: str, broker_url: str) -> None:
        self.var, self.host, self.port = var, host, port
        self.redis_url, self.broker_url = redis_url, broker_url
        reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        self.reach = reach
        self.url = f"http://[{reach}]:{port}" if ":" in reach else f"http://{reach}:{port}"
        self.begun = time.monotonic()
        self.broker: list[Process] = []
        self.workers: list[Process] = []
        self.others: list[Process] = []
        self.web: list[Process] = []

    def run(
        self,
        *,
        load: Callable[[str], None],
        welcome: Callable[[str], None],
        finish: Callable[[str], None] | None = None,
    ) -> int:
        """Start everything, `load` in a child of its own, `welcome`, then mind the processes until told to stop.

        `finish` is what may still be loading while people are at work already.
        """
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = lock.take(self.var / "run.lock")
        try:
            self.listener = listen(self.host, self.port)
            self.group = Group(say)
            try:
                self._start(held)
                say("run", f"answers after {time.monotonic() - self.begun:.1f} s")
                self._load(lambda: load(self.url))
                welcome(self.url)
                if finish:
                    finishing = Process("load", without(self.listener, partial(finish, self.url)), once=True)
                    self.others.append(finishing)
                    self.group.start(finishing)
                while not self.group.stop_signals:
                    self.group.mind(60)
            except Interrupted:
                pass
            finally:
                self._stop()
        finally:
            os.close(held)
        return 0

    def _start(self, held: int) -> None:
        self._start_broker(held)
        from labeling.supervisor import prepare  # slow to import: the broker starts meanwhile

        if prepare.migrate():
            say("run", "migrated the database")
        if prepare.collect_static():
            say("run", "collected the static files")
        from labeling.supervisor import programs  # the WSGI application lists the static files when it is imported

        self._await_broker()
        busy = tuple(name for name in programs.QUEUES if name not in (*programs.INGEST, *programs.DELIVER))
        self.workers = [
            Process("ingest", lambda: programs.worker("ingest", programs.INGEST, 1), grace=24, hurry=signal.SIGQUIT),
            Process("work", lambda: programs.worker("work", busy, 2), grace=24, hurry=signal.SIGQUIT),
            Process(
                "deliver",
                lambda: programs.worker("deliver", programs.DELIVER, 3, pool="threads"),
                grace=24,
                hurry=signal.SIGQUIT,
            ),
        ]
        self.others = [Process("beat", lambda: programs.beat(self.var / "beat-schedule"))]
        self.web = [Process("web", lambda: programs.web(self.listener))]
        for process in [*self.web, *self.workers, *self.others]:
            if process not in self.web:
                process.target = without(self.listener, process.target)
            self.group.start(process)
        self._await(lambda: is_ready(self.reach, self.port), "the web server", self.web, step=0.05)

    def _start_broker(self, held: int) -> None:
        if self.broker_url:
            broker.check_policy(self.broker_url)
        chosen = broker.choose(self.var, redis_url=self.redis_url, broker_url=self.broker_url)
        match chosen:
            case broker.External(url):
                broker.check_policy(self.redis_url)
                say("broker", broker.without_password(url))
            case broker.Joined(path):
                broker.check_policy(f"unix://{path}")
                say("broker", f"joined the one that answers on {path}")
            case broker.Server(kind, executable, origin):
                say("broker", f"{executable} ({origin}), data in {self.var / kind}")
                arguments = broker.command(chosen, self.var)

                def become_broker() -> None:
                    self.listener.close()
                    os.set_inheritable(held, sys.platform == "linux")  # the lock is ours until the broker has ended
                    os.execv(executable, arguments)

                self.broker = [Process("broker", become_broker)]
                self.group.start(self.broker[0])

    def _await_broker(self) -> None:
        if self.broker:
            self._await(lambda: broker.alive(broker_socket(self.var)), "the broker", self.broker, step=0.02)

    def _await(self, done: Callable[[], bool], what: str, processes: list[Process], *, step: float) -> None:
        def settled() -> bool:
            return any(process.crashes >= GIVE_UP for process in processes) or done()

        answered = self.group.wait(settled, seconds=START_SECONDS, step=step)
        if self.group.stop_signals:
            raise Interrupted
        for process in processes:
            if process.crashes >= GIVE_UP:
                raise CannotStart(
                    f"{what} ended {GIVE_UP} times with {describe(process.exit_code)}; see the lines above"
                )
        if not answered:
            raise CannotStart(f"{what} did not answer within {START_SECONDS} s")

    def _load(self, load: Callable[[], None]) -> None:
        loading = Process("load", without(self.listener, load), once=True)
        self.others.append(loading)
        self.group.start(loading)
        self.group.wait(lambda: loading.pid is None, seconds=LOAD_SECONDS)
        if self.group.stop_signals:
            raise Interrupted
        if loading.exit_code != 0:
            say("run", f"loading did not finish ({describe(loading.exit_code)}); the next start tries again")

    def _stop(self) -> None:
        """Web drains first, so that what it accepted still finds its database and broker; the broker goes last."""
        self.listener.close()
        for processes in (self.web, self.workers, self.others, self.broker):
            self.group.stop(processes)
        say("run", "stopped")


def without(listener: socket.socket, target: Callable[[], None]) -> Callable[[], None]:
    """The target with the port closed: only the web server may keep it open."""

    def run() -> None:
        listener.close()
        target()

    return run
