"""Parts that lie in buckets without an object: they cost money, and no listing of objects shows them.

Aborted are those of exports that were given up, and those we began and know nothing of, as the process died. Whatever
has not the name of an export that we send with this connection is somebody else's, and stays.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from labeling import buckets
from labeling.buckets import BucketError, Place, Sending
from labeling.sealing import CannotOpen
from tasks.models import SentExport, StorageConnection
from tasks.services.sending_losses import SUFFIX
from tasks.states import SendingState

logger = logging.getLogger(__name__)
GIVEN_UP = (SendingState.FAILED, SendingState.CANCELED)
NOTHING_THERE: dict[str, Any] = {"upload_id": "", "etags": [], "bytes_done": 0}
AGAIN = timedelta(hours=1)
STALE = timedelta(days=1)
MOST = 100  # of one call


def abort_given_up(*, now: datetime, idle_since: datetime) -> int:
    """Those that failed or were stopped, once nobody is at them; returns how many. Tried again each hour."""
    is_idle = Q(worked_at=None) | Q(worked_at__lte=idle_since)
    is_due = Q(due_at=None) | Q(due_at__lte=now)
    rows = SentExport.objects.filter(is_idle, is_due, state__in=GIVEN_UP).exclude(upload_id="").order_by("id")
    return sum(abort_parts(sent_id=pk, now=now) for pk in rows.values_list("id", flat=True)[:MOST])


def abort_parts(*, sent_id: int, now: datetime) -> bool:
    """Of one that was given up. False where the bucket does not do it now, or it is sent again already."""
    sent = SentExport.objects.select_related("connection").filter(pk=sent_id, state__in=GIVEN_UP).first()
    if sent is None or not sent.upload_id:
        return False
    mine = SentExport.objects.filter(pk=sent.pk, state__in=GIVEN_UP, upload_id=sent.upload_id)
    try:
        buckets.abort(sent.connection.place, Sending(sent.key, sent.upload_id))
    except (BucketError, CannotOpen) as error:
        logger.warning("the parts of sending %s stay in the bucket for now: %s", sent.pk, error)
        mine.update(due_at=now + AGAIN)
        return False
    return bool(mine.update(due_at=None, **NOTHING_THERE))


def abort_now(place: Place, sending: Sending) -> None:
    """One that no row tells of. What cannot be aborted now is found by `abort_lost`."""
    try:
        buckets.abort(place, sending)
    except BucketError as error:
        logger.warning("the parts of %s stay in the bucket for now: %s", sending.key, error)


def abort_lost(*, now: datetime) -> int:
    """Begun a day ago under the name of an export of ours, and no row tells of them; returns how many."""
    done = 0
    for connection in StorageConnection.objects.filter(sent__isnull=False).distinct().order_by("id").iterator():
        try:
            done += _abort_lost_in(connection, before=now - STALE)
        except (BucketError, CannotOpen) as error:  # it may not be allowed to us, and the others go on
            logger.info("unfinished uploads of connection %s are not known: %s", connection.pk, error)
    return done


def _abort_lost_in(connection: StorageConnection, before: datetime) -> int:
    place, done = connection.place, 0
    for page in buckets.unfinished(place, connection.prefix):
        old = [one.sending for one in page if one.begun_at < before]
        mine = SentExport.objects.filter(connection=connection)
        known = dict(mine.filter(key__in={one.key for one in old}).values_list("key", "upload_id"))
        for one in old:
            is_report = one.key.endswith(SUFFIX)  # beside an export; see sending_losses
            if is_report and mine.filter(key__startswith=f"{one.key.removesuffix(SUFFIX)}.").exists():
                known[one.key] = ""
            if one.key in known and known[one.key] != one.upload_id:
                buckets.abort(place, one)
                done += 1
    return done
