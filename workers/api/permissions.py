from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class InOrganization(BasePermission):
    """A view says which right each method needs: `rights = {"GET": "see", "POST": "manage"}`; the default is that."""

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
        rights = {**self.DEFAULT, **getattr(view, "rights", {})}
        return caller.may(rights[request.method or "GET"])
