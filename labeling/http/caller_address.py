"""Where a request comes from: what sign-ins are counted by, and what the audit trail and the list of devices tell."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def caller_address(request: HttpRequest) -> str:
    """Each proxy adds who called it at the right end of X-Forwarded-For; what stands further left may be made up.

    Empty where nothing tells, as on a socket of Unix.
    """
    nearest = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else []
    if len(told) < proxies:
        return nearest
    found = told[-proxies].strip() if told else ""
    return found if _is_address(found) else nearest


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def counted_address(request: HttpRequest) -> str | None:
    """What django-axes asks for."""
    return caller_address(request) or None
