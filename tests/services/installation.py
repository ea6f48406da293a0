"""Real web server, two Celery workers and beat, on servers of their own; gone afterwards."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.servers import Postgres, Redis, until
from tests.services.stack import Stack, new_var

SETTINGS = {
    "OUTGOING_PUBLIC": "0", "OUTGOING_ALLOW": "127.0.0.0/8",  # receivers on this machine, and nobody else
    "DJANGO_SETTINGS_MODULE": "tests.services.quick_settings",
}  # fmt: skip


@contextmanager
def installation(kind: str) -> Iterator[Stack]:
    """On a PostgreSQL with fsync and Redis, or all embedded.

    The embedded one sees no redis-server on the PATH, so it runs the server from the wheel, as a bare machine would.
    """
    servers: list[Postgres | Redis] = []
    var = new_var()
    try:
        if kind == "postgresql":
            servers = [postgres := Postgres(durable=True), redis := Redis()]
            made = Stack(var, DATABASE_URL=postgres.create("journeys"), REDIS_URL=redis.url, **SETTINGS)
        else:
            made = Stack(var, PATH=os.devnull, **SETTINGS)
        made.start()
        yield made
        assert made.stop() == 0, made.log
        until(lambda: not made.processes(), "no process is left")
    finally:
        if "made" in locals() and made.process and made.process.poll() is None:
            made.process.terminate()
            try:
                made.process.wait(60)
            except subprocess.TimeoutExpired:
                made.process.kill()
                raise
        for server in servers:
            server.stop()
        shutil.rmtree(var, ignore_errors=True)
