"""What a client's own address is told when a task, or a whole batch, is done."""

from datetime import datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.http.outgoing import address_problem
from labeling.written import written
from tasks.models import Batch, CallbackAccount, Order
from tasks.scale import shapes
from tasks.services.delivering import enqueue
from tasks.states import OrderState
from workers.mail import send_after_commit


@transaction.atomic
def send_again(*, order: Order, now: datetime) -> None:
    """Tell a finished task's address once more, of the task as it is now."""
    if order.state not in (OrderState.COMPLETED, OrderState.ERROR):
        raise InvalidInput(Problem("task_id", f"the task is {order.state}: there is nothing to tell of it", "state"))
    if not order_callback(order=order, now=now):
        raise InvalidInput(
            Problem("callback_url", "neither the task nor its account has a callback address", "missing")
        )


def order_callback(*, order: Order, now: datetime) -> bool:
    """To the task's own address, else the organization's; where that is an e-mail address, the same in a mail.

    False when there is neither.
    """
    url = order.callback_url or default_url(order.organization_id, order.mode)
    if not url:
        return False
    told = shapes.task(order)
    body = {"task": told, "response": told["response"], "task_id": order.public_id}
    if is_mail(url):
        send_after_commit(to=url, template="task_done", task=order, payload=_indented(body))
        return True
    enqueue(
        organization_id=order.organization_id,
        mode=order.mode,
        url=url,
        kind="task.callback",
        subject=f"task:{order.public_id}",
        body=written(body).decode(),
        now=now,
        order=order,
    )
    return True


def batch_callback(*, batch: Batch, counts: dict[str, int], now: datetime) -> None:
    if not batch.callback:
        return
    body = {"batch": shapes.batch(batch) | {"counts": counts}, "batch_name": batch.name, "status": batch.state}
    if is_mail(batch.callback):
        send_after_commit(to=batch.callback, template="batch_done", batch=batch, payload=_indented(body))
        return
    enqueue(
        organization_id=batch.organization_id,
        mode=batch.mode,
        url=batch.callback,
        kind="batch.callback",
        subject=f"batch:{batch.public_id}",
        body=written(body).decode(),
        now=now,
        batch=batch,
    )


def is_mail(url: str) -> bool:
    return "@" in url and not url.startswith(("http://", "https://"))


def read_callback(value: Any, name: str) -> str:
    """A web address, or an e-mail address."""
    if value in (None, ""):
        return ""
    if isinstance(value, str) and "@" in value and "/" not in value:
        try:
            validate_email(value)
        except ValidationError:
            message = f"{name}: {value!r} is neither a web address nor an e-mail address"
            raise InvalidInput(Problem(name, message, "email")) from None
        return value
    if problem := address_problem(value, name):
        raise InvalidInput(Problem(name, f"{name}: {problem.message}", problem.code))
    return str(value)


def _indented(body: dict[str, Any]) -> str:
    return written(body, option=orjson.OPT_INDENT_2).decode()


def default_url(organization_id: int, mode: str) -> str:
    found = CallbackAccount.objects.filter(organization_id=organization_id, mode=mode)
    return found.values_list("default_url", flat=True).first() or ""
