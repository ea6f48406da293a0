"""What must be right before we start: each check names the setting to change."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connection

from labeling.http.addresses import networks


@register(deploy=True)
def public_address_is_https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECURE:
        return []
    return [
        Warning("PUBLIC_URL is not an https address.", hint="Set PUBLIC_URL=https://your-host.", id="groundwork.W001")
    ]


@register(deploy=True)
def postgres_keeps_what_it_acknowledged(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An acknowledged answer must survive a power cut, so PostgreSQL has to sync its log."""
    if connection.vendor != "postgresql":
        return []
    found: list[CheckMessage] = []
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                found.append(
                    Error(f"PostgreSQL runs with {name} = off.", hint=f"Set {name} = on.", id="groundwork.E002")
                )
    return found


@register()
def outgoing_networks_are_networks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        networks(settings.OUTGOING_ALLOW)
    except ValueError as error:
        return [Error(f"OUTGOING_ALLOW: {error}.", hint="For example 10.1.0.0/16,192.168.7.5", id="groundwork.E003")]
    return []
