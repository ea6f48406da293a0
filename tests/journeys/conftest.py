import os
import shutil
from collections.abc import Iterator

import pytest

from tests.services.servers import Postgres, Redis, until
from tests.services.stack import Stack, new_var

KINDS = ["postgresql", "sqlite"]
CALLS = {"OUTGOING_PUBLIC": "0", "OUTGOING_ALLOW": "127.0.0.0/8"}  # receivers on this machine, and nobody else


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every journey runs on both; `@pytest.mark.only("postgresql")` says why not."""
    if "stack" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        metafunc.parametrize("stack", list(only.args) if only else KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Real web server, Celery workers and beat: on a PostgreSQL with fsync and Redis, or all embedded.

    The embedded one sees no redis-server on the PATH, so it runs the server from the wheel, as a bare machine would.
    """
    servers: list[Postgres | Redis] = []
    var = new_var()
    try:
        if request.param == "postgresql":
            servers = [postgres := Postgres(durable=True), redis := Redis()]
            made = Stack(var, DATABASE_URL=postgres.create("journeys"), REDIS_URL=redis.url, **CALLS)
        else:
            made = Stack(var, PATH=os.devnull, **CALLS)
        made.start()
        yield made
        assert made.stop() == 0, made.log
        until(lambda: not made.processes(), "no process is left")
    finally:
        if "made" in locals() and made.process and made.process.poll() is None:
            made.process.terminate()
            made.process.wait(60)
        for server in servers:
            server.stop()
        shutil.rmtree(var, ignore_errors=True)
