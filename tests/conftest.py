"""Who is who in most tests: Ann and Bob label, Max manages, Mia only looks, Eve belongs to another organization."""

from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import settings
from playwright.sync_api import expect
from rest_framework.test import APIClient

from tests import chromium
from tests.factories import make_key, make_org, make_user
from tests.faults import faults  # noqa: F401  (a fixture of every test that opens a page)
from workers.models import Organization, User

# The same examples in every run: what passed once is not refused elsewhere for an example nobody changed anything for.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

expect.set_options(timeout=20_000)  # a busy machine takes its time; what never comes fails all the same


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": chromium.program(), "args": chromium.FLAGS}


@pytest.fixture
def org(db: None) -> Organization:
    return make_org("Lab")


@pytest.fixture
def ann(org: Organization) -> User:
    return make_user(org, "labeler", "Ann")


@pytest.fixture
def bob(org: Organization) -> User:
    return make_user(org, "labeler", "Bob")


@pytest.fixture
def max_(org: Organization) -> User:
    return make_user(org, "manager", "Max")


@pytest.fixture
def mia(org: Organization) -> User:
    return make_user(org, "member", "Mia")


@pytest.fixture
def eve(db: None) -> User:
    """Admin of an organization of her own."""
    return make_user(make_org("Elsewhere"), "admin", "Eve")


@pytest.fixture
def sign_in() -> Any:
    """`sign_in(user)` is a client with that person's session."""

    def client_of(user: User) -> APIClient:
        client = APIClient()
        client.force_login(user, backend="workers.web.backend.MemberBackend")
        return client

    return client_of


@pytest.fixture
def with_key() -> Any:
    """`with_key(org, scope="admin", mode="live")` is a client that sends such a key."""

    def client_of(org: Organization, scope: str = "admin", mode: str = "live") -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(org, scope, mode)}")
        return client

    return client_of


@pytest.fixture(autouse=True)
def no_old_cache(request: pytest.FixtureRequest) -> None:
    """Each database test starts with an empty cache."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def no_kept_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody came with an archive, so that tests which count queries do not count the one that asks."""
    monkeypatch.setattr("labeling.pseudonym._kept", {})
    monkeypatch.setattr("labeling.pseudonym._kept_until", float("inf"))


@pytest.fixture(autouse=True)
def quiet_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test publishes to the broker by committing; jobs are called by name, and journeys use real processes."""
    monkeypatch.setattr("labeling.outbox.bell.ring", lambda: None)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A hash that is slow on purpose would be half the time of every test that signs in or locks out."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Static files by their own names: the hashed ones exist only after collectstatic, which browser tests run."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
