from collections.abc import Collection
from enum import StrEnum
from typing import Any, TypeVar

from django.db import models

from labeling.errors import StaleState
from tasks.states import MOVES

M = TypeVar("M", bound=models.Model)


class MovingQuerySet(models.QuerySet[M]):
    """For models with a `state`: compare-and-set is the only way it changes."""

    def move(self, pk: int, frm: StrEnum, to: StrEnum, **changes: Any) -> None:
        """Move one row, or raise StaleState when it is not in `frm` any more."""
        _check(frm, to)
        if not self.filter(pk=pk, state=frm).update(state=to, **changes):
            raise StaleState(f"{self.model._meta.verbose_name} {pk} is not {frm} any more")

    def move_all(self, pks: Collection[int], frm: StrEnum, to: StrEnum, **changes: Any) -> None:
        """Move all of these rows, or raise StaleState when one is not in `frm` any more: roll back then."""
        _check(frm, to)
        if self.filter(pk__in=pks, state=frm).update(state=to, **changes) != len(pks):
            raise StaleState(f"not every {self.model._meta.verbose_name} is {frm} any more")


def _check(frm: StrEnum, to: StrEnum) -> None:
    if to not in MOVES[type(frm)].get(frm, ()):
        raise ValueError(f"{frm} -> {to} is not a move")
