"""What runs inside the forked children: web server, Celery workers, beat.

Imported before the fork, so that the children share the memory and start at once.
"""

import logging
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.apps.beat import Beat
from celery.apps.worker import Worker
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init
from gunicorn.app.base import BaseApplication
from gunicorn.workers import gthread  # noqa: F401  loaded now rather than in the child

from labeling import env
from labeling.celery import QUEUES, app
from labeling.supervisor.processes import die_with_parent
from labeling.wsgi import application

INGEST = ("ingest", "export")
DELIVER = ("deliver",)
assert {*INGEST, *DELIVER} < set(QUEUES)
app.loader.import_default_modules()  # the jobs, and all they need: else each worker would have a copy of its own


class Web(BaseApplication):
    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return application


def web(listener: socket.socket) -> None:
    options = {
        "bind": f"fd://{listener.fileno()}",
        "worker_class": "gthread",
        "workers": 2,
        "threads": 4,
        "keepalive": 30,
        "timeout": 60,
        "graceful_timeout": 8,
        "max_requests": 20000,
        "max_requests_jitter": 2000,
        "control_socket_disable": True,
        "loglevel": "warning",
        "proc_name": "groundwork",
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
    }
    Web(options).run()


def worker(name: str, queues: tuple[str, ...], concurrency: int, pool: str = "prefork") -> None:
    """With the pool `threads` it is one process: for jobs that only wait for others, and bound their own time."""
    for chatty in ("celery.app.trace", "celery.worker.strategy"):  # two lines a job
        logging.getLogger(chatty).setLevel(logging.WARNING)
    warnings.simplefilter("ignore", SecurityWarning)  # about root; our jobs are JSON, which Celery says is safe
    # kill -9 of the worker must not leave its pool alive, holding jobs
    worker_process_init.connect(lambda **_: die_with_parent(signal.SIGKILL), weak=False)
    program = Worker(
        app=app,
        hostname=f"{name}@{socket.gethostname()}",
        queues=",".join(queues),
        pool=pool,
        concurrency=concurrency,
        loglevel=env.text("LOG_LEVEL"),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    program.start()
    sys.exit(program.exitcode or 0)


def beat(schedule: Path) -> None:
    Beat(app=app, schedule=str(schedule), loglevel="WARNING", quiet=True).run()
