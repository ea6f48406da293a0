"""Queue `deliver`: messages to other systems."""

from contextlib import ExitStack

from celery import shared_task
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from labeling.single import only_one
from tasks.services import delivering, webhooks


@shared_task
def deliver() -> int:
    """Send what is due. One at a time: it has threads of its own, and must not fill the worker."""
    with ExitStack() as mark:
        if not mark.enter_context(only_one("deliver", seconds=60)):
            return 0
        return delivering.deliver_due(hand_over=mark.close)


@shared_task
def fan_out(organization_id: int) -> int:
    """Make messages of the organization's new events, for its webhooks."""
    return webhooks.fan_out(organization_id=organization_id, now=timezone.now())


@shared_task
def fan_out_late() -> int:
    """For events that were committed late. Beat runs this."""
    return webhooks.fan_out_late(now=timezone.now())


@shared_task
def forget_old_deliveries() -> int:
    return delivering.forget_old(now=timezone.now())


def _organization(event: Event) -> tuple[int] | None:
    return (event.organization_id,) if event.organization_id is not None else None


def _nothing(event: Event) -> tuple[()]:
    return ()


subscribe(deliver, "delivery.due", arguments=_nothing)
subscribe(fan_out, *webhooks.KINDS, arguments=_organization)
