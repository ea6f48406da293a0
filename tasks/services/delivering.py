"""Messages to other systems: each is tried until its receiver says yes, and no receiver waits for another.

Due times are in the database. One job at a time works on what is due, with a thread for each message: a receiver that
does not answer holds its own thread only, and while it fails it gets one message at a time. Those that fail never get
more than half of the threads.
"""

import base64
import binascii
import hashlib
import hmac
import random
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling.errors import StaleState
from labeling.http import outgoing
from labeling.outbox import events
from tasks.models import Batch, CallbackAccount, Delivery, Order, Webhook
from tasks.selectors import deliveries as selectors
from tasks.states import DeliveryState

WEBHOOK_WAITS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""Seconds: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h; 75 hours in all."""
CALLBACK_TRIES = 20
CALLBACK_HOURS = 24
FIRST_CALLBACK_WAIT = 5.0
THREADS = 16
SEND_SECONDS = 10.0
LOOK_AGAIN = 0.25  # seconds, for new messages while others are under way
HELD_FOR = timedelta(seconds=45)  # a try under way counts as lost after this
BUDGET = 20.0  # seconds of one job
KEPT_ATTEMPTS = 20
KEPT = timedelta(days=30)  # what a webhook was told, once that has ended
FORGET = 1000
GONE = 410
MOVED = "A redirect, which is not followed: give the new address."
NO_MORE = "The receiver answered 410 Gone."


def callback_waits() -> tuple[float, ...]:
    """19 pauses that grow by the same factor and fill 24 hours, so that the 20th try is a day after the first."""
    total, pauses = CALLBACK_HOURS * 3600.0, CALLBACK_TRIES - 1
    low, high = 1.0, 4.0
    for _ in range(60):
        factor = (low + high) / 2
        reached = FIRST_CALLBACK_WAIT * sum(factor**n for n in range(pauses))
        low, high = (factor, high) if reached < total else (low, factor)
    return tuple(FIRST_CALLBACK_WAIT * low**n for n in range(pauses))


CALLBACK_WAITS = callback_waits()


def enqueue(
    *,
    organization_id: int,
    mode: str,
    url: str,
    kind: str,
    subject: str,
    body: str,
    now: datetime,
    order: Order | None = None,
    batch: Batch | None = None,
) -> Delivery:
    """A callback, in the transaction of what it tells of."""
    made = Delivery.objects.create(
        organization_id=organization_id,
        mode=mode,
        url=url,
        receiver=receiver_of(organization_id, url),
        subject=subject,
        kind=kind,
        body=body,
        due_at=now,
        created_at=now,
        order=order,
        batch=batch,
    )
    events.emit("delivery.due", organization_id=organization_id, object_id=made.pk)
    return made


def receiver_of(organization_id: int, url: str, webhook_id: int | None = None) -> str:
    """Callbacks share a receiver by host; each webhook is one by itself."""
    return f"webhook:{webhook_id}" if webhook_id else f"{organization_id}:{urlsplit(url).netloc.lower()}"[:300]


# --- the job --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sent:
    at: datetime
    status: int | None
    error: str
    ms: int
    retry_after: float | None = None

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver_due(*, budget: float = BUDGET, hand_over: Callable[[], Any] | None = None) -> int:
    """Send what is due, for a while; returns how many messages were tried.

    `hand_over` is called when nothing more is taken up, before the slow ones under way are waited for: whoever comes
    next need not wait for them.
    """
    end, tried = monotonic() + budget, 0
    under_way: dict[Future[Sent], Delivery] = {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="deliver") as pool:
        while True:
            if monotonic() < end:
                for each in take_due(now=timezone.now(), busy=Counter(one.receiver for one in under_way.values())):
                    under_way[pool.submit(send, each, headers_of(each, timezone.now()))] = each
                    tried += 1
            elif hand_over is not None:
                hand_over()
                hand_over = None
            if not under_way:
                return tried
            for future in wait(under_way, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED).done:
                record(delivery=under_way.pop(future), sent=future.result())


def take_due(*, now: datetime, busy: Counter[str]) -> list[Delivery]:
    """Reserve the next messages for the threads that are free."""
    taken = []
    for pk in selectors.next_due(now, threads=THREADS, busy=busy):
        mine = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING, due_at__lte=now)
        if mine.update(due_at=now + HELD_FOR, tries=F("tries") + 1):
            taken.append(pk)
    return list(Delivery.objects.select_related("webhook").filter(pk__in=taken).order_by("pk")) if taken else []


def headers_of(delivery: Delivery, now: datetime) -> dict[str, str]:
    headers = {"content-type": "application/json"}
    if (webhook := delivery.webhook) is not None:
        older = webhook.old_secret if webhook.old_secret_until and now < webhook.old_secret_until else ""
        return headers | signed(webhook.secret, delivery.message_id, now, delivery.body, older=older)
    account, _ = CallbackAccount.objects.get_or_create(organization_id=delivery.organization_id, mode=delivery.mode)
    return headers | {"scale-callback-auth": account.auth_key, "webhook-id": delivery.message_id}


def signed(secret: str, message_id: str, now: datetime, body: str, *, older: str = "") -> dict[str, str]:
    """Standard Webhooks: HMAC-SHA256 of id, time and body, in base64; with an older secret both signatures."""
    stamp = str(int(now.timestamp()))
    content = f"{message_id}.{stamp}.{body}".encode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(each, content) for each in (secret, older) if each),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def is_secret(text: str) -> bool:
    """Whether it can sign: 24 to 64 bytes in base64, with or without the prefix."""
    try:
        return 24 <= len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) <= 64
    except (binascii.Error, ValueError):
        return False


def send(delivery: Delivery, headers: Mapping[str, str]) -> Sent:
    """In a thread of its own: touches no database."""
    at, began = timezone.now(), monotonic()
    status, error, retry_after = None, "", None
    try:
        url = delivery.webhook.url if delivery.webhook is not None else delivery.url
        reply = outgoing.send("POST", url, headers=headers, content=delivery.body.encode(), seconds=SEND_SECONDS)
        status = reply.status
        error = MOVED if 300 <= status < 400 else ""
        retry_after = _seconds(reply.headers.get("retry-after", ""))
    except (outgoing.Refused, outgoing.Failed) as failure:
        error = str(failure)
    return Sent(at, status, error, round((monotonic() - began) * 1000), retry_after)


def _seconds(header: str) -> float | None:
    return float(min(int(header), 24 * 3600)) if header.isascii() and header.isdecimal() and len(header) < 9 else None


@transaction.atomic
def record(*, delivery: Delivery, sent: Sent) -> None:
    """Write down what came of a try, and when the next one is due."""
    attempt = {"at": sent.at.isoformat(), "status": sent.status, "error": sent.error, "ms": sent.ms}
    changes: dict[str, Any] = {"attempts": [*delivery.attempts, attempt][-KEPT_ATTEMPTS:]}
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    if sent.is_delivered:
        waiting.update(state=DeliveryState.DELIVERED, due_at=None, finished_at=sent.at, **changes)
        _tell_order(delivery, succeeded=True)
        return
    if sent.status == GONE and delivery.webhook is not None:
        waiting.update(state=DeliveryState.FAILED, due_at=None, finished_at=sent.at, **changes)
        disable(webhook=delivery.webhook, reason=NO_MORE, now=sent.at)
        return
    waits: tuple[float, ...] = WEBHOOK_WAITS if delivery.webhook is not None else CALLBACK_WAITS
    if delivery.tries > len(waits):
        waiting.update(state=DeliveryState.FAILED, due_at=None, finished_at=sent.at, **changes)
        _tell_order(delivery, succeeded=False)
        return
    pause = max(waits[delivery.tries - 1] * random.uniform(0.9, 1.1), sent.retry_after or 0)
    waiting.update(due_at=sent.at + timedelta(seconds=pause), **changes)


def _tell_order(delivery: Delivery, *, succeeded: bool) -> None:
    if delivery.order_id is not None:
        Order.objects.filter(pk=delivery.order_id).update(callback_succeeded=succeeded)


# --- by hand --------------------------------------------------------------------------------------------------------
@transaction.atomic
def redeliver(*, delivery: Delivery, now: datetime) -> None:
    """Once more, with the same id and all its tries."""
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.WAITING, due_at=now, tries=0, finished_at=None)
    events.emit("delivery.due", organization_id=delivery.organization_id, object_id=delivery.pk)


@transaction.atomic
def redeliver_failed(*, webhook: Webhook, since: datetime, now: datetime) -> int:
    """Once more whatever was given up since then; returns how many messages."""
    if not webhook.is_active:
        raise StaleState("the webhook is switched off: switch it on first")
    failed = Delivery.objects.filter(webhook=webhook, state=DeliveryState.FAILED, created_at__gte=since)
    number = failed.update(state=DeliveryState.WAITING, due_at=now, tries=0, finished_at=None)
    if number:
        events.emit("delivery.due", organization_id=webhook.organization_id)
    return number


@transaction.atomic
def disable(*, webhook: Webhook, reason: str, now: datetime) -> None:
    """Tell it nothing more; what waits for it is given up."""
    Webhook.objects.filter(pk=webhook.pk).update(is_active=False, disabled_reason=reason)
    left = Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    left.update(state=DeliveryState.FAILED, due_at=None, finished_at=now)
    events.emit("webhook.disabled", organization_id=webhook.organization_id, object_id=webhook.pk, reason=reason)


# --- housekeeping ---------------------------------------------------------------------------------------------------
def forget_old(*, now: datetime) -> int:
    """Clear webhooks' logs of what ended more than `KEPT` ago; returns how many messages. Callbacks stay.

    Ids are given in the order of time: only the oldest rows of each webhook are looked at.
    """
    forgotten = 0
    for webhook_id in Webhook.objects.values_list("pk", flat=True):
        oldest = Delivery.objects.filter(webhook=webhook_id).order_by("pk").values_list("pk", "finished_at")
        while rows := list(oldest[:FORGET]):
            old = [pk for pk, finished_at in rows if finished_at is not None and finished_at < now - KEPT]
            forgotten += Delivery.objects.filter(pk__in=old, finished_at__lt=now - KEPT).delete()[0]
            if len(old) < FORGET:
                break
    return forgotten
