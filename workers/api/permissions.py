from typing import Any

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class InOrganization(BasePermission):
    """A view says which right each method needs: `rights = {"GET": "see", "POST": "manage"}`; the default is that.

    `live_only = True` on a view: test keys may look, not change.
    """

    message = "Your role or key does not allow this."
    DEFAULT = {
        "GET": "see",
        "HEAD": "see",
        "OPTIONS": "see",
        "POST": "manage",
        "PUT": "manage",
        "PATCH": "manage",
        "DELETE": "manage",
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = getattr(request, "caller", None)
        if caller is None:
            if request.user and request.user.is_authenticated:
                return False  # signed in, but a member of no organization
            raise NotAuthenticated
        if getattr(view, "live_only", False) and caller.mode != "live" and request.method not in SAFE_METHODS:
            raise PermissionDenied("People and keys are not test data: a test key cannot change them.")
        rights = {**self.DEFAULT, **getattr(view, "rights", {})}
        return caller.may(rights[request.method or "GET"])
