"""Django's SQLite backend whose writers queue.

SQLite lets a waiting writer sleep and look again, up to 100 ms later. A process that writes one transaction after
another takes the lock again long before, so the others starve: with the demo loading, a page's write took 20 seconds.
Here a writer passes a turnstile (a file lock) before it waits for the write lock (another one): who has just written
finds the turnstile taken by the next in line. The kernel frees both when a process dies.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

if sys.platform != "win32":
    import fcntl


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Cursor(base.SQLiteCursorWrapper):
    """A single writing statement outside a transaction queues like a transaction."""

    wrapper: "DatabaseWrapper"

    def execute(self, query: str, params: Any = None) -> Any:
        with self.wrapper.in_line(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.in_line(query):
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: int | None = None

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    @contextmanager
    def in_line(self, query: str) -> Iterator[None]:
        if self.connection.in_transaction or not query.lstrip()[:7].upper().startswith(WRITES):
            yield
            return
        self._take_turn()
        try:
            yield
        finally:
            self._leave()

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode == "IMMEDIATE":  # type: ignore[attr-defined]  # the stubs leave it out
            self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._leave()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._leave()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._leave()

    def _take_turn(self) -> None:
        """Wait in line. The files are opened anew each time: a descriptor from before a fork would share its lock."""
        name = str(self.settings_dict["NAME"])
        if sys.platform == "win32" or self._turn is not None or self.is_in_memory_db():
            return
        turnstile = os.open(name + ".queue", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(turnstile, fcntl.LOCK_EX)
            turn = os.open(name + ".turn", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(turn, fcntl.LOCK_EX)
            self._turn = turn
        finally:
            os.close(turnstile)

    def _leave(self) -> None:
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None
