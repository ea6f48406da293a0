"""The lease of a job on the row it works at: an upload, an export, a feed, a change of many tasks.

`worked_at` is the lease: each step writes it anew, and whoever finds it too old takes the row over. One that was taken
over hears of it at its next step and writes nothing.
"""

from typing import Any, cast

from django.db.models import Manager, Model
from django.utils import timezone

from labeling.errors import StaleState


def renew(row: Model, state: str, /, **changes: Any) -> None:
    """Write the changes and the lease, in the database and on `row`; a sum such as F("rows") + 1 only there.

    Raises StaleState when the row is not in `state`, or is somebody else's by now.
    """
    now = timezone.now()
    mine = _rows(row).filter(pk=row.pk, state=state, worked_at=getattr(row, "worked_at", None))
    if not mine.update(worked_at=now, **changes):
        raise _taken_over(row)
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(row, name, value)
    row.worked_at = now  # type: ignore[attr-defined]  # each of these rows has one


def let_go(row: Model) -> None:
    """End the lease, so that the next job begins at once."""
    if not _rows(row).filter(pk=row.pk, worked_at=getattr(row, "worked_at", None)).update(worked_at=None):
        raise _taken_over(row)


def _rows(row: Model) -> "Manager[Model]":
    return cast("Manager[Model]", type(row)._default_manager)


def _taken_over(row: Model) -> StaleState:
    return StaleState(f"the work at {row._meta.model_name} {row.pk} was taken over")
