"""What a customer says of a response."""

from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from tasks.models import Order
from tasks.scale.finishing import emit
from tasks.scale.shapes import time
from tasks.states import OrderState

MOST_AUDITS = 100


@transaction.atomic
def audit(*, order: Order, accepted: Any, comments: Any, by: str, now: datetime) -> None:
    """Accept or reject a completed task; newest first in `audits`, and only the newest counts."""
    if not isinstance(accepted, bool):
        raise InvalidInput(Problem("accepted", "accepted must be true or false", "type"))
    if comments is not None and (not isinstance(comments, str) or len(comments) > 10_000 or "\x00" in comments):
        raise InvalidInput(Problem("comments", "comments must be text of at most 10000 characters", "type"))
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.state != OrderState.COMPLETED:
        raise InvalidInput(Problem("task_id", f"the task is {locked.state}: only a completed one is audited", "state"))
    status = "accepted" if accepted else "rejected"
    entry = {"audited_by": by, "audited_at": time(now), "audit_result": status, "audit_source": "customer"}
    review = {
        "customer_review_comments": comments or "",
        "audits": [entry, *locked.review.get("audits", [])][:MOST_AUDITS],
        "prior_responses": locked.review.get("prior_responses", []),
        "is_customer_fix": False,
    }
    Order.objects.filter(pk=locked.pk).update(review=review, review_status=status, updated_at=now)
    emit("order.audited", order)
