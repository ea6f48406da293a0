"""What a dataset is fed from: set up, changed, asked to sync, stopped and removed. The sync itself: `syncing`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Dataset, FedObject, Feed, StorageConnection
from tasks.models.buckets import FeedKind, FeedSchedule
from tasks.services.connections import folder
from tasks.states import FedState, FeedState
from workers.models import User

MOST = 20  # of one dataset
EVERY = {FeedSchedule.HOURLY: timedelta(hours=1), FeedSchedule.DAILY: timedelta(days=1)}
UNDER_WAY = (FeedState.WAITING, FeedState.RUNNING)
OPTIONS = ("text_field", "id_field", "labels_as", "encoding")


@transaction.atomic
def create_feed(
    *,
    dataset: Dataset,
    connection: StorageConnection,
    actor: User | None,
    now: datetime,
    kinds: Sequence[str],
    prefix: str = "",
    schedule: str = FeedSchedule.OFF,
    **options: str,
) -> Feed:
    """Its first sync begins at once."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    # locked, so that it is not deleted at the same time
    StorageConnection.objects.select_for_update().get(pk=connection.pk)
    if (connection.organization_id, connection.mode) != (dataset.organization_id, dataset.mode):
        raise ValueError("a dataset is fed by its own organization's connections only")
    if dataset.feeds.count() >= MOST:
        raise InvalidInput(Problem("", f"a dataset has at most {MOST} feeds", "range"))
    problems: list[Problem] = []
    unknown = [kind for kind in kinds if kind not in FeedKind.values]
    if not kinds or unknown:
        problems.append(Problem("kinds", f"must be some of {', '.join(FeedKind.values)}", "choice"))
    try:
        below = folder(prefix)
    except ValueError:
        problems.append(Problem("prefix", "must be a folder's path", "format"))
    problems += _schedule_problems(schedule)
    if problems:
        raise InvalidInput(problems)
    feed = Feed(
        dataset=dataset,
        connection=connection,
        prefix=below,
        kinds=sorted(set(kinds)),
        options={name: value for name, value in options.items() if name in OPTIONS and value},
        schedule=schedule,
        due_at=_due(schedule, now),
        created_by=actor,
        created_at=now,
    )
    try:
        with transaction.atomic():
            feed.save()
    except IntegrityError:
        raise InvalidInput(Problem("prefix", "this folder feeds the dataset already", "unique")) from None
    _emit("feed.created", feed, actor)
    _emit("feed.sync_requested", feed, actor)
    return feed


@transaction.atomic
def change_schedule(*, feed: Feed, schedule: str, actor: User | None, now: datetime) -> Feed:
    if problems := _schedule_problems(schedule):
        raise InvalidInput(problems)
    feed.schedule, feed.due_at = schedule, _due(schedule, now)
    feed.save(update_fields=["schedule", "due_at"])
    _emit("feed.changed", feed, actor, schedule=schedule)
    return feed


@transaction.atomic
def request_sync(*, feed: Feed, actor: User | None, now: datetime, take_changed: bool = False) -> None:
    """Look through the bucket from its beginning. Raises StaleState while a sync is under way."""
    if feed.state in UNDER_WAY:
        raise StaleState("a sync is under way already")
    Feed.objects.move(
        feed.pk,
        FeedState(feed.state),
        FeedState.WAITING,
        run=feed.run + 1,
        cursor="",
        take_changed=take_changed,
        stop_requested=False,
        error="",
        crashes=0,
        worked_at=None,
        started_at=None,
        finished_at=None,
        due_at=_due(feed.schedule, now),
        **dict.fromkeys(("looked_at", "fresh", "changed", "refused", "gone", "passed_over"), 0),
    )
    _emit("feed.sync_requested", feed, actor)


@transaction.atomic
def resume_sync(*, feed: Feed, actor: User | None) -> None:
    """Go on with a stopped or failed one behind the last object that was dealt with."""
    if feed.state not in (FeedState.STOPPED, FeedState.FAILED):
        raise StaleState("only a sync that stopped can go on")
    changes = {"stop_requested": False, "error": "", "crashes": 0, "worked_at": None, "finished_at": None}
    Feed.objects.move(feed.pk, FeedState(feed.state), FeedState.WAITING, **changes)
    _emit("feed.sync_requested", feed, actor)


@transaction.atomic
def stop_sync(*, feed: Feed, actor: User | None, now: datetime) -> None:
    """What is in stays in. A running one stops after its chunk."""
    waiting = Feed.objects.filter(pk=feed.pk, state=FeedState.WAITING)
    if waiting.update(state=FeedState.STOPPED, finished_at=now):
        _emit("feed.stopped", feed, actor)
    elif Feed.objects.filter(pk=feed.pk, state=FeedState.RUNNING).update(stop_requested=True):
        _emit("feed.continued", feed, actor)
    else:
        raise StaleState("no sync is under way")


def start_due(*, now: datetime) -> int:
    """Those whose hour has come, that no sync holds up. Run by beat."""
    due = Feed.objects.filter(due_at__lte=now, dataset__deleted_at=None).exclude(state__in=UNDER_WAY)
    started = 0
    for feed in due.order_by("due_at")[:100]:
        try:
            request_sync(feed=feed, actor=None, now=now)
        except StaleState:
            continue  # somebody asked for it by hand just now
        started += 1
    return started


@transaction.atomic
def delete_feed(*, feed: Feed, actor: User | None) -> None:
    """Items stay. Refused while pictures are read from it, for they would have no place any more."""
    Feed.objects.select_for_update().get(pk=feed.pk)
    if feed.state in UNDER_WAY:
        raise StaleState("a sync is under way; stop it first")
    if feed.objects_seen.filter(kind=FeedKind.IMAGES, item__isnull=False).exists():
        raise StaleState("pictures of the dataset lie in this bucket; switch its schedule off in place of this")
    _emit("feed.deleted", feed, actor)
    FedObject.objects.filter(feed=feed).delete()
    feed.delete()


def counts(feed: Feed) -> dict[str, int]:
    """How many objects are in each state, over all syncs."""
    found = dict.fromkeys(FedState.values(), 0)
    for state in FedState.values():
        found[state] = FedObject.objects.filter(feed=feed, state=state).count()
    return found


def _schedule_problems(schedule: str) -> list[Problem]:
    if schedule in FeedSchedule.values:
        return []
    return [Problem("schedule", f"must be one of {', '.join(FeedSchedule.values)}", "choice")]


def _due(schedule: str, now: datetime) -> datetime | None:
    return now + EVERY[FeedSchedule(schedule)] if schedule != FeedSchedule.OFF else None


def _emit(kind: str, feed: Feed, actor: User | None = None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=feed.dataset.organization_id,
        object_id=feed.pk,
        actor_id=actor.pk if actor else None,
        dataset=feed.dataset_id,
        mode=feed.dataset.mode,
        **payload,
    )
