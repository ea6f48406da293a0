"""Which jobs want to hear of which events.

Apps subscribe when their jobs are imported; the relay asks. A subscriber turns one event into the arguments of
its job, or None. Equal arguments in one round of the relay become one job: 500 answers of a project wake its
consumer once.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from labeling.outbox.models import Event

Arguments = tuple[Any, ...]
_subscribers: dict[str, list[tuple[Any, Callable[[Event], Arguments | None]]]] = defaultdict(list)


def subscribe(
    job: Any, *kinds: str, arguments: Callable[[Event], Arguments | None] = lambda event: (event.object_id,)
) -> None:
    for kind in kinds:
        _subscribers[kind].append((job, arguments))


def jobs_for(events: list[Event]) -> dict[tuple[str, Arguments], Any]:
    """The jobs to publish for these events, each once: {(name, arguments): job}."""
    wanted: dict[tuple[str, Arguments], Any] = {}
    for event in events:
        for job, arguments in _subscribers.get(event.kind, ()):
            found = arguments(event)
            if found is not None:
                wanted[(job.name, found)] = job
    return wanted
