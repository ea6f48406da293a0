"""Child processes under one roof: forked, watched, restarted, their output passed on line by line.

Everything happens in one thread: a fork from a process with threads may inherit a held lock.
"""

import ctypes
import errno
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
CALM = 30  # seconds a process must live for its next crash to count as its first
LONGEST_PAUSE = 10.0


def prctl(option: int, value: int | bytes) -> None:
    """Linux only; elsewhere it does nothing, and a killed supervisor leaves its children behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with_parent(signum: int) -> None:
    """Have this process signalled when the one that forked it ends, however it ends."""
    parent = os.getppid()
    prctl(PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signum)


@dataclass(eq=False)
class Process:
    """A part of the installation. `target` runs in the child and ends by returning, exiting or exec."""

    name: str
    target: Callable[[], None]
    grace: float = 10  # seconds between asking it to end and killing it
    hurry: signal.Signals | None = None  # sent half-way, for a process that has a quicker way to stop in order
    once: bool = False
    pid: int | None = None
    exit_code: int | None = None
    crashes: int = 0
    started: float = 0
    due: float | None = None
    output: int | None = None
    rest: bytes = field(default=b"", repr=False)

    def fork(self) -> None:
        read, write = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become_child(write)
        os.close(write)
        os.set_blocking(read, False)
        self.pid, self.output, self.started, self.due, self.exit_code = pid, read, time.monotonic(), None, None

    def _become_child(self, output: int) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
                signal.signal(signum, signal.SIG_DFL)
            os.setsid()  # Ctrl-C in the terminal reaches the supervisor alone, which stops all in order
            die_with_parent(signal.SIGTERM)
            prctl(PR_SET_NAME, f"gw-{self.name}"[:15].encode())
            os.dup2(output, 1)
            os.dup2(output, 2)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            self.target()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001  the last frame of this process: nothing above could answer
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def signal(self, signum: int) -> None:
        if self.pid is not None:
            os.kill(self.pid, signum)  # not reaped yet, so the number is still ours

    def reap(self) -> bool:
        """True if it has ended since we last looked. What it forked and left behind ends with it."""
        if self.pid is None:
            return False
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return False
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError as error:
            if error.errno not in (errno.ESRCH, errno.EPERM):
                raise
        self.pid, self.exit_code = None, os.waitstatus_to_exitcode(status)
        return True


class Group:
    """The processes of one installation and the loop that minds them."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self.say = say
        self.processes: list[Process] = []
        self.stop_signals = 0
        self._selector = selectors.DefaultSelector()
        self._wake_read, wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._asked_to_stop)

    def _asked_to_stop(self, *_: object) -> None:
        self.stop_signals += 1

    def start(self, process: Process) -> None:
        if process not in self.processes:
            self.processes.append(process)
        process.fork()
        assert process.output is not None
        self._selector.register(process.output, selectors.EVENT_READ, process)

    def wait(self, done: Callable[[], bool], *, seconds: float, step: float = 1.0) -> bool:
        """Mind the processes until `done()`; False when the time is over or somebody asked us to stop."""
        end, stops = time.monotonic() + seconds, self.stop_signals
        while not done():
            left = end - time.monotonic()
            if left <= 0 or self.stop_signals > stops:
                return False
            self.mind(min(step, left))
        return True

    def mind(self, seconds: float, *, restart: bool = True) -> None:
        """One turn of the loop: pass output on, notice what ended, start again what is due."""
        due = [p.due - time.monotonic() for p in self.processes if p.due is not None]
        for key, _ in self._selector.select(max(0.0, min([seconds, *due]))):
            if key.data is None:
                os.read(self._wake_read, 4096)
            else:
                self._pass_on(key.data)
        for process in self.processes:
            if process.reap():
                self._ended(process)
            if restart and process.due is not None and process.due <= time.monotonic():
                self.start(process)

    def _pass_on(self, process: Process) -> None:
        assert process.output is not None
        try:
            data = os.read(process.output, 65536)
        except BlockingIOError:
            return
        *lines, process.rest = (process.rest + data).split(b"\n")
        for line in lines:
            self.say(process.name, line.decode(errors="replace"))
        if not data:
            self._close_output(process)

    def _close_output(self, process: Process) -> None:
        if process.output is None:
            return
        if process.rest:
            self.say(process.name, process.rest.decode(errors="replace"))
        self._selector.unregister(process.output)
        os.close(process.output)
        process.output, process.rest = None, b""

    def _ended(self, process: Process) -> None:
        while process.output is not None:  # whoever wrote is dead: what is left can be read to its end
            before = process.output, process.rest
            self._pass_on(process)
            if (process.output, process.rest) == before:
                self._close_output(process)
        if process.once or self.stop_signals:
            return
        process.crashes = process.crashes + 1 if time.monotonic() - process.started < CALM else 1
        pause = min(LONGEST_PAUSE, 0.1 * 2 ** (process.crashes - 1))
        process.due = time.monotonic() + pause
        self.say(process.name, f"ended with {describe(process.exit_code)}; starting again in {pause:.1f} s")

    def stop(self, processes: list[Process]) -> None:
        """Ask these to end, hurry them half-way, kill them when their time is over or on a second Ctrl-C."""
        for process in processes:
            process.due = None
            process.signal(signal.SIGTERM)
        begun, hurried, stops = time.monotonic(), False, self.stop_signals
        while alive := [p for p in processes if p.pid is not None]:
            waited, grace = time.monotonic() - begun, max(p.grace for p in alive)
            if not hurried and waited > grace / 2:
                hurried = True
                for process in alive:
                    if process.hurry is not None:
                        process.signal(process.hurry)
            if waited > grace or self.stop_signals > max(stops, 1):
                for process in alive:
                    process.signal(signal.SIGKILL)
            self.mind(0.2, restart=False)


def describe(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
