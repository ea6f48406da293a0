"""The unsent work of a lease."""

from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import StaleState
from tasks.models import Assignment, Draft
from tasks.states import AssignmentState


@transaction.atomic
def save_draft(*, assignment: Assignment, seq: int, value: dict[str, Any], now: datetime) -> int:
    """Keep the draft unless a later one is kept already; returns the sequence number that is kept now.

    Saves may arrive out of order (a closing page sends its last one beside the one under way): the higher number wins.
    """
    if assignment.state != AssignmentState.LEASED:
        raise StaleState(f"assignment {assignment.pk} is {assignment.state}, not leased")
    later = Draft.objects.filter(assignment_id=assignment.pk, seq__lt=seq)
    if later.update(seq=seq, value=value, updated_at=now):
        return seq
    Draft.objects.bulk_create(
        [Draft(assignment_id=assignment.pk, seq=seq, value=value, updated_at=now)], ignore_conflicts=True
    )
    return Draft.objects.values_list("seq", flat=True).get(assignment_id=assignment.pk)
