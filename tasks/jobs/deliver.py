"""Queue `deliver`: messages to other systems."""

from celery import shared_task

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import subscribe
from labeling.single import only_one
from tasks.services import delivering


@shared_task
def deliver() -> int:
    """Send what is due. One at a time: it has threads of its own, and must not fill the worker."""
    with only_one("deliver", seconds=60) as mine:
        return delivering.deliver_due() if mine else 0


def _nothing(event: Event) -> tuple[()]:
    return ()


subscribe(deliver, "delivery.due", arguments=_nothing)
