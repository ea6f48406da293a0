"""Reads about archives of whole organizations."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from tasks.models import Archive
from tasks.models.archives import Direction
from tasks.selectors import file_links
from tasks.states import ExportState
from workers.models import Organization, Placeholder

SALT = "groundwork.archive"
UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)


def archives_of(organization: Organization) -> QuerySet[Archive]:
    return Archive.objects.filter(organization=organization)


def archive_of(organization: Organization, archive_id: int) -> Archive:
    return get_object_or_404(archives_of(organization), pk=archive_id)


def made_archive(archive_id: int) -> Archive:
    """For the holder of a signed link, whoever that is."""
    made = Archive.objects.select_related("organization").exclude(storage_key="")
    return get_object_or_404(made, pk=archive_id, state=ExportState.DONE, direction=Direction.OUT)


def download_path(archive: Archive, *, holder: str) -> str | None:
    """A link that works for a while, made for `holder`; None until the file is there, and when it is gone."""
    if archive.state != ExportState.DONE or archive.direction != Direction.OUT or not archive.storage_key:
        return None
    return reverse("archive-download", args=[archive.pk, file_links.token_for(SALT, archive.pk, holder)])


def stuck_archives(before: datetime) -> QuerySet[Archive]:
    """Those nobody works on: never begun, or left by a process that died."""
    idle = Q(worked_at=None, created_at__lt=before) | Q(worked_at__lt=before)
    return Archive.objects.filter(idle, state__in=UNDER_WAY).order_by("id")


def waiting_placeholders(organization: Organization) -> QuerySet[Placeholder]:
    """People who came with an archive, and of whom nobody has said who they are. Machines are known as they come."""
    return Placeholder.objects.filter(organization=organization, user__is_active=False, user__machine=None)
