"""Remove what people deleted, in chunks: each is a short transaction, and a purge that died goes on."""

import time
from datetime import datetime, timedelta

from django.db import transaction

from labeling import storage
from tasks.models import Answer, Assignment, Dataset, FedObject, Item, Review, Task, Upload
from tasks.selectors import datasets
from tasks.selectors.in_place import is_in_place
from tasks.services.ingesting import delete_source
from tasks.states import UploadState

CHUNK = 500
KEEP_SOURCES = timedelta(days=7)  # of failed and canceled uploads, to be resumed
KEEP_RECEIVING = timedelta(days=1)


def purge_dataset(*, dataset: Dataset, until: float) -> bool:
    """True when all of it is gone; False when the time (of time.monotonic) was up first."""
    while time.monotonic() < until:
        if not _purge_items(dataset) and not _purge_objects(dataset):
            for upload in dataset.uploads.exclude(storage_key=""):
                delete_source(upload=upload)
            dataset.delete()
            return True
    return False


def _purge_items(dataset: Dataset) -> int:
    """One chunk of items with all that was made of them; files first, for the rows know their names."""
    chunk = list(Item.objects.filter(dataset=dataset).order_by("id").values_list("id", "media")[:CHUNK])
    images = [image for _, media in chunk for image in (media.get("image"), *media.get("attachments", {}).values())]
    spent = [(one["key"], one["thumb"], one.get("tiles", {}).get("key", "")) for one in images if one]
    storage.delete(*(key for keys in spent for key in keys if not is_in_place(key)))
    ids = [pk for pk, _ in chunk]
    with transaction.atomic():
        tasks = list(Task.objects.filter(item__in=ids).values_list("id", flat=True))
        if tasks:
            Review.objects.filter(task__in=tasks).delete()  # and with them what was rejected and appealed
            # _raw_delete: an answer protects the one it supersedes, and here both go
            Answer.objects.filter(task__in=tasks)._raw_delete(Answer.objects.db)
            Assignment.objects.filter(task__in=tasks).delete()
            Task.objects.filter(pk__in=tasks).delete()
        Item.objects.filter(pk__in=ids).delete()
    return len(ids)


def _purge_objects(dataset: Dataset) -> int:
    """What is known of a bucket's objects; the objects themselves are not ours to delete."""
    chunk = list(FedObject.objects.filter(feed__dataset=dataset).values_list("id", flat=True)[: 4 * CHUNK])
    FedObject.objects.filter(pk__in=chunk).delete()
    return len(chunk)


def delete_spent_files(*, now: datetime) -> int:
    """Sources that nobody needs any more, and what broken connections and dead processes left."""
    given_up = Upload.objects.filter(state=UploadState.RECEIVING, created_at__lt=now - KEEP_RECEIVING)
    given_up.update(state=UploadState.FAILED, error="the file did not arrive whole", finished_at=now - KEEP_SOURCES)
    spent = list(datasets.uploads_with_spent_files(now - KEEP_SOURCES)[:CHUNK])
    for upload in spent:
        delete_source(upload=upload)
    return len(spent) + storage.delete_abandoned()
