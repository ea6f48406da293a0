"""Absolute addresses for mail and for links printed by commands."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from labeling import env


def base_url() -> str:
    """PUBLIC_URL, else the address the server listens on."""
    return settings.PUBLIC_URL or f"http://{env.text('HOST')}:{env.text('PORT')}"


def link(view: str, *args: str) -> str:
    return urljoin(base_url() + "/", reverse(view, args=args))


def invitation_link(token: str) -> str:
    return link("invitation", token)
