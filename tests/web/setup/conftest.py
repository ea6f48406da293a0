"""A requester at the wizard, and the draft it is about."""

import pytest

from tasks.models import Project


@pytest.fixture
def desk(sign_in, max_):
    client = sign_in(max_)
    return lambda where, data=None: client.get(where) if data is None else client.post(where, data, format="multipart")


@pytest.fixture
def draft(desk) -> Project:
    """As the first step leaves it."""
    desk("/projects/start/", {"name": "Reviews", "purpose": "sentiment"})
    return Project.objects.get()


@pytest.fixture
def step(desk, draft):
    """`step("data")` is the page of the step, `step("data", {...})` posts it."""
    return lambda name, data=None: desk(f"/projects/{draft.pk}/setup/{name}/", data)
