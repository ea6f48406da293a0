"""What is shown once: kept sealed in the session from the POST that makes it to the page after it.

A reload of that page then makes no second key, and no page with a secret can be posted, or gone back to, again.
"""

import json
from typing import Any

from django.http import HttpRequest

from labeling.sealing import CannotOpen, seal, unseal

KEPT = "shown_once"


def keep(request: HttpRequest, what: str, **shown: Any) -> None:
    """For the page that comes next, which asks for it by this name; a later one takes its place."""
    request.session[KEPT] = request.session.get(KEPT, {}) | {what: seal(json.dumps(shown))}


def take(request: HttpRequest, what: str) -> dict[str, Any]:
    """What was kept, this one time; empty where there is nothing."""
    kept = dict(request.session.get(KEPT, {}))
    sealed = kept.pop(what, None)
    if sealed is None:
        return {}
    request.session[KEPT] = kept
    try:
        found: dict[str, Any] = json.loads(unseal(sealed))
    except CannotOpen:  # SECRET_KEY was changed in between: as if it had been shown
        return {}
    return found
