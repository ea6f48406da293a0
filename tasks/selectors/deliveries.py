"""Which messages to other systems come next, and what became of those sent."""

from collections import Counter
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from tasks.models import Delivery
from tasks.states import DeliveryState

AT_ONCE = 4  # to one receiver
LOOKED_AT = 2000


def next_due(now: datetime, *, threads: int, busy: Counter[str]) -> list[int]:
    """The oldest due messages for the free ones of so many threads; `busy` counts what is under way, by receiver.

    A receiver gets a few at once, one that is failing a single one, and all that are failing half of the threads.
    What is behind an unfinished message about the same thing waits for it, whenever that is due: order is kept.
    """
    waiting = Delivery.objects.filter(receiver=OuterRef("receiver"), state=DeliveryState.WAITING)
    earlier = waiting.filter(subject=OuterRef("subject"), pk__lt=OuterRef("pk"))
    due = (
        Delivery.objects.filter(due_at__lte=now, state=DeliveryState.WAITING)
        .exclude(~Q(subject="") & Exists(earlier))
        .annotate(is_failing=Exists(waiting.filter(tries__gt=0).exclude(attempts=[])))
    )
    share: Counter[str] = Counter(busy)
    room_for_failing = threads // 2 - len([receiver for receiver, number in busy.items() if number == 1])
    chosen: list[int] = []
    for pk, receiver, is_failing in due.order_by("due_at", "pk").values_list("pk", "receiver", "is_failing")[
        :LOOKED_AT
    ]:
        if share.total() >= threads:
            break
        if share[receiver] >= (1 if is_failing else AT_ONCE) or (is_failing and room_for_failing <= 0):
            continue
        room_for_failing -= is_failing
        share[receiver] += 1
        chosen.append(pk)
    return chosen


def of_webhook(webhook_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(webhook=webhook_id).order_by("-pk")
