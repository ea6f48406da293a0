from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class KeyThrottle(SimpleRateThrottle):
    """Each API key has its own allowance (setting API_RATE); people on pages have none."""

    scope = "key"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        caller = getattr(request, "caller", None)
        if caller is None or caller.key is None:
            return None
        return f"throttle:{caller.name}"
