"""Which messages to other systems come next, and what became of those sent."""

from collections import Counter
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from tasks.models import Delivery
from tasks.states import DeliveryState

AT_ONCE = 4  # to one receiver


def next_due(now: datetime, *, threads: int, busy: Counter[str]) -> list[int]:
    """The oldest due messages for the free ones of so many threads; `busy` counts what is under way, by receiver.

    A receiver gets a few at once, one that is failing a single one, and all that are failing half of the threads:
    however many messages wait for it, those of others are found. What is behind an unfinished message about the same
    thing waits for it, whenever that is due: order is kept.
    """
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    due = waiting.filter(due_at__lte=now)
    failing = set(waiting.filter(tries__gt=0).exclude(attempts=[]).values_list("receiver", flat=True).distinct())
    receivers = due.values("receiver").annotate(oldest=Min("due_at")).order_by("oldest", "receiver")
    free = threads - busy.total()
    room_for_failing = threads // 2 - sum(number == 1 for number in busy.values())
    chosen: list[int] = []
    for receiver in receivers.values_list("receiver", flat=True) if free > 0 else ():
        is_failing = receiver in failing
        room = min((1 if is_failing else AT_ONCE) - busy[receiver], free - len(chosen))
        if room <= 0 or (is_failing and room_for_failing <= 0):
            continue
        found = _oldest(due.filter(receiver=receiver), room)
        room_for_failing -= is_failing and bool(found)
        chosen += found
        if len(chosen) >= free:
            break
    return chosen


def _oldest(due: QuerySet[Delivery], most: int) -> list[int]:
    """Of one receiver's due messages."""
    earlier = Delivery.objects.filter(
        receiver=OuterRef("receiver"), subject=OuterRef("subject"), state=DeliveryState.WAITING, pk__lt=OuterRef("pk")
    )
    free = due.exclude(~Q(subject="") & Exists(earlier))
    return list(free.order_by("due_at", "pk").values_list("pk", flat=True)[:most])


def of_webhook(
    webhook_id: int, *, state: str = "", kind: str = "", text: str = "", since: datetime | None = None
) -> QuerySet[Delivery]:
    """Newest first. `text` is part of the message, or its id."""
    found = Delivery.objects.filter(webhook=webhook_id).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if since is not None:
        found = found.filter(created_at__gte=since)
    return found.filter(Q(body__icontains=text) | Q(message_id=text)) if text else found
