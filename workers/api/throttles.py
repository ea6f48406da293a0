from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from labeling.http.caller_address import caller_address


class KeyThrottle(SimpleRateThrottle):
    """Each API key has its own allowance (setting API_RATE); people on pages have none."""

    scope = "key"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        caller = getattr(request, "caller", None)
        if caller is None or caller.key is None:
            return None
        return f"throttle:{caller.name}"


class SignInThrottle(SimpleRateThrottle):
    """Each address may try to sign in, or to accept invitations, this often; wrong passwords lock out much earlier."""

    scope = "sign-in"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"throttle:sign-in:{caller_address(request)}"
