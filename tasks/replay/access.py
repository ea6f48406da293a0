"""On the server's own machine the commands make themselves a key: for a day, and only while they run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from workers.models import Organization
from workers.services.keys import create_key, revoke_key

DEMO_SLUG, DEMO_NAME = "demo", "Demo"


@contextmanager
def temporary_key(*, name: str, slug: str = DEMO_SLUG) -> Iterator[str]:
    """A key of that organization; the demo's is made if there is none yet."""
    if slug == DEMO_SLUG:
        organization, _ = Organization.objects.get_or_create(slug=slug, defaults={"name": DEMO_NAME})
    else:
        organization = Organization.objects.get(slug=slug)
    expires_at = timezone.now() + timedelta(days=1)
    key, secret = create_key(organization=organization, mode="live", name=name, scope="admin", expires_at=expires_at)
    try:
        yield secret
    finally:
        revoke_key(key=key, actor=None, now=timezone.now())
