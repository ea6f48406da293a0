"""Lists of the caller's organization, and one row of them by id."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.generics import ListAPIView

from workers.api.caller import Caller
from workers.models import User

Row = TypeVar("Row", bound=Model)


class OwnList(ListAPIView):
    # GET lists `rows(caller)`, a page at a time

    def rows(self, caller: Caller) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the OpenAPI document is made without a caller
            return User.objects.none()
        return self.rows(self.request.caller)  # type: ignore[attr-defined]  # set by the authentication


def own(rows: QuerySet[Row], pk: int) -> Row:
    """404 for a row that is not there and for one of somebody else: they must not differ."""
    return get_object_or_404(rows, pk=pk)
