"""Turn what people agreed on into the response of an order."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput
from tasks.models import Answer, Consensus, Order
from tasks.scale.files import keeper
from tasks.scale.finishing import finish
from tasks.scale.projects import kind_in
from tasks.states import OrderState, TaskState

LOOK_AGAIN = timedelta(seconds=2)  # the consensus comes a moment after the last answer
MOST_AT_ONCE = 500


def note_resolved(*, project_id: int | None = None, now: datetime) -> int:
    """Mark the orders whose tasks are resolved by now, of one project or of all; returns how many."""
    waiting = Order.objects.filter(state=OrderState.PENDING, settle_at=None, task__state=TaskState.RESOLVED)
    if project_id is not None:
        waiting = waiting.filter(project__project=project_id)
    ids = list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return Order.objects.filter(pk__in=ids, state=OrderState.PENDING, settle_at=None).update(settle_at=now)


def settle_due(*, now: datetime) -> int:
    """Complete the marked orders whose consensus knows every answer; the others are looked at again."""
    due = Order.objects.filter(settle_at__lte=now, state=OrderState.PENDING).order_by("settle_at", "pk")
    return sum(settle(order_id=pk, now=now) for pk in due.values_list("pk", flat=True)[:MOST_AT_ONCE])


def response_of(order: Order, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer to the order's task in the API's shape."""
    assert order.task is not None
    kind = kind_in(order.project, order.type)
    return kind.respond(answer, order.params, order.public_id, keeper(order), order.task.item.data)


@transaction.atomic
def settle(*, order_id: int, now: datetime) -> bool:
    rows = Order.objects.select_related("project__project", "batch", "task__project", "task__item")
    order = rows.get(pk=order_id)
    if order.task is None or order.task.state != TaskState.RESOLVED:  # asked once more: it will be marked again
        Order.objects.filter(pk=order_id).update(settle_at=None)
        return False
    live = Answer.objects.filter(task=order.task, is_live=True)
    found = Consensus.objects.filter(task=order.task).first()
    if found is None or live.filter(is_applied=False).exists():
        Order.objects.filter(pk=order_id, state=OrderState.PENDING).update(settle_at=now + LOOK_AGAIN)
        return False
    live.update(is_locked=True)  # it is delivered: no correction any more
    response = response_of(order, found.value)
    try:
        finish(order=order, state=OrderState.COMPLETED, response=response, now=now)
    except InvalidInput:
        return False  # called off, or settled by somebody else, a moment ago
    return True
