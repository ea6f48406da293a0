"""Say what came of an order, once: to the order, its client and its batch."""

from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Order
from tasks.scale.batches import complete_if_done, locked_batch
from tasks.scale.callbacks import order_callback
from tasks.states import OrderState


@transaction.atomic
def finish(
    *, order: Order, state: OrderState, now: datetime, response: dict[str, Any] | None = None, **changes: Any
) -> None:
    """InvalidInput when it is finished already. Its batch's row is locked first, as everywhere."""
    batch = locked_batch(order.batch) if order.batch is not None else None
    changes |= {"updated_at": now, "prepare_at": None, "settle_at": None}
    if state != OrderState.CANCELED:
        changes |= {"response": response, "completed_at": now}
    try:
        Order.objects.move(order.pk, OrderState.PENDING, state, **changes)
    except StaleState:
        raise InvalidInput(Problem("task_id", "the task is finished or canceled already", "state")) from None
    order.state = state
    for name, value in changes.items():
        setattr(order, name, value)
    emit(f"order.{state}", order)
    if state != OrderState.CANCELED:
        order_callback(order=order, now=now)
    if batch is not None:
        complete_if_done(batch, now)


def emit(kind: str, order: Order) -> None:
    events.emit(
        kind,
        organization_id=order.organization_id,
        object_id=order.pk,
        project_id=order.project.project_id,
        mode=order.mode,
        task_id=order.public_id,
        **({"task": order.task_id} if order.task_id else {}),
    )
