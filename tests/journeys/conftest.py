from collections.abc import Iterator

import pytest

from tests.services.installation import installation
from tests.services.stack import Stack

KINDS = ["postgresql", "sqlite"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every journey runs on both; `@pytest.mark.only("postgresql")` says why not."""
    if "stack" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        metafunc.parametrize("stack", list(only.args) if only else KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with installation(request.param) as made:
        yield made
