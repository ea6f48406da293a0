"""SQLite's writers queue: who has just written waits for who has not."""

import sys
import threading
from pathlib import Path

import pytest
from django.db import connections

from labeling.sqlite.base import DatabaseWrapper

if sys.platform == "win32":
    pytest.skip("file locks are POSIX", allow_module_level=True)


pytestmark = pytest.mark.django_db  # connections are refused to tests without it


@pytest.fixture
def connect(tmp_path: Path):
    """`connect()` is one more connection to the same file, as another process would have it."""
    settings = connections["default"].settings_dict | {
        "ENGINE": "labeling.sqlite",
        "NAME": str(tmp_path / "queue.sqlite3"),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"},
    }
    made = []

    def one() -> DatabaseWrapper:
        made.append(DatabaseWrapper(settings, alias=f"queue{len(made)}"))
        made[-1].inc_thread_sharing()
        return made[-1]

    with one().cursor() as cursor:
        cursor.execute("CREATE TABLE written (who TEXT)")
    yield one
    for connection in made:
        connection.close()


def write(connection: DatabaseWrapper, who: str) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO written VALUES (%s)", [who])
    connection.commit()
    connection.set_autocommit(True)


@pytest.mark.parametrize("in_transaction", [True, False])
def test_one_that_writes_all_the_time_lets_the_others_in(connect, in_transaction):
    busy, patient, enough = connect(), connect(), threading.Event()

    def hammer() -> None:
        while not enough.is_set():
            write(busy, "busy")

    thread = threading.Thread(target=hammer)
    thread.start()
    try:
        for _ in range(50):
            if in_transaction:
                write(patient, "patient")
            else:
                with patient.cursor() as cursor:
                    cursor.execute("INSERT INTO written VALUES ('patient')")
    finally:
        enough.set()
        thread.join()
    with patient.cursor() as cursor:
        cursor.execute("SELECT who FROM written ORDER BY rowid")
        order = [who for (who,) in cursor.fetchall()]
    waited = [len(run) for run in "".join(who[0] for who in order).strip("b").split("p")]
    assert order.count("patient") == 50
    assert sorted(waited)[len(waited) // 2] <= 5  # the busy one's writes between two of the patient one's


def test_a_failed_transaction_leaves_the_line(connect):
    first, second = connect(), connect()
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    first.rollback()
    first.set_autocommit(True)
    write(second, "second")
    assert second._turn is None
