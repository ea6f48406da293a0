"""Reads about datasets and uploads, scoped by organization and mode."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from tasks.models import Dataset, Feed, Item, Upload, UploadProblem
from tasks.states import UploadState
from workers.models import Organization

UNDER_WAY = (UploadState.WAITING, UploadState.RUNNING)
FINISHED = (UploadState.DONE, UploadState.CANCELED, UploadState.FAILED)


def datasets_of(*, organization: Organization, mode: str) -> QuerySet[Dataset]:
    return Dataset.objects.filter(organization=organization, mode=mode, deleted_at=None)


def dataset_of(*, organization: Organization, mode: str, dataset_id: int) -> Dataset:
    """With `is_fed`: whether anything feeds it from a bucket."""
    fed = Exists(Feed.objects.filter(dataset=OuterRef("pk")))
    return get_object_or_404(datasets_of(organization=organization, mode=mode).annotate(is_fed=fed), pk=dataset_id)


def items_of(dataset: Dataset) -> QuerySet[Item]:
    return Item.objects.filter(dataset=dataset)


def uploads_of(dataset: Dataset) -> QuerySet[Upload]:
    return Upload.objects.filter(dataset=dataset)


def upload_of(*, organization: Organization, mode: str, upload_id: int) -> Upload:
    return get_object_or_404(
        Upload.objects.select_related("dataset"),
        pk=upload_id,
        dataset__organization=organization,
        dataset__mode=mode,
        dataset__deleted_at=None,
    )


def problems_of(upload: Upload) -> QuerySet[UploadProblem]:
    """In the order of the file."""
    return UploadProblem.objects.filter(upload=upload).order_by("id")


def stuck_uploads(before: datetime) -> QuerySet[Upload]:
    """Those nobody works on: never begun, given back, or left by a process that died."""
    idle = Q(worked_at=None, created_at__lt=before) | Q(worked_at__lt=before)
    return Upload.objects.filter(idle, state__in=UNDER_WAY).order_by("id")


def files_to_fetch(before: datetime) -> QuerySet[Upload]:
    """Uploads named by an address whose file nobody is fetching."""
    idle = Q(worked_at=None, created_at__lt=before) | Q(worked_at__lt=before)
    return Upload.objects.filter(idle, state=UploadState.RECEIVING, options__has_key="url").order_by("id")


def uploads_with_spent_files(before: datetime) -> QuerySet[Upload]:
    """Done ones whose file was not deleted yet; failed and canceled ones that nobody resumed for long."""
    spent = Q(state=UploadState.DONE) | Q(state__in=(UploadState.CANCELED, UploadState.FAILED), finished_at__lt=before)
    return Upload.objects.filter(spent).exclude(storage_key="")


def deleted_datasets() -> QuerySet[Dataset]:
    return Dataset.objects.exclude(deleted_at=None).order_by("id")
