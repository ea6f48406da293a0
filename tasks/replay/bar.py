"""A progress bar on standard error: a moving line on a terminal, a line for every tenth elsewhere."""

import sys
import threading
import time
from typing import TextIO

WIDTH = 30


class Bar:
    def __init__(self, title: str, total: int, out: TextIO | None = None) -> None:
        self.title, self.total, self.out = title, max(total, 1), out or sys.stderr
        self.done, self.shown, self.lock, self.began = 0, -1, threading.Lock(), time.monotonic()
        self.step = 100 if self.out.isatty() else 10
        self.show()

    def add(self, number: int) -> None:
        with self.lock:
            self.done += number
            self.show()

    def show(self) -> None:
        share = min(self.done / self.total, 1)
        if int(share * self.step) == self.shown:
            return
        self.shown = int(share * self.step)
        seconds = time.monotonic() - self.began
        filled = "#" * int(share * WIDTH)
        line = f"{self.title} [{filled:<{WIDTH}}] {share:4.0%} {self.done}/{self.total} {seconds:.0f} s"
        moving = self.out.isatty()
        self.out.write(f"\r{line}" if moving else f"{line}\n")
        if moving and share == 1:
            self.out.write("\n")
        self.out.flush()
