"""One supervisor per data folder."""

import fcntl
import os
import time
from pathlib import Path

from labeling.errors import GroundworkError

LEFTOVERS_SECONDS = 30


class AlreadyRunning(GroundworkError):
    pass


def take(path: Path) -> int:
    """Lock the file, write our pid into it and return its descriptor; AlreadyRunning if another has it.

    Children share the lock. So after `kill -9` of a supervisor the next one waits here for their end,
    and no two sets of workers ever run on one data folder.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + LEFTOVERS_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            pid = int(os.pread(lock, 20, 0) or 0)
            if pid and lives(pid):
                os.close(lock)
                raise AlreadyRunning(f"Groundwork already runs on {path.parent} (process {pid}).") from None
            if time.monotonic() > end:
                os.close(lock)
                raise AlreadyRunning(f"Processes of an earlier run on {path.parent} have not ended yet.") from None
            time.sleep(0.05)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
