"""Reads about exports, scoped by organization and mode."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from tasks.models import Export, Project, SentExport
from tasks.selectors import file_links
from tasks.selectors.quality import waiting_answers
from tasks.states import ExportState, SendingState
from workers.models import Organization

SALT = "groundwork.export"
LOSSES_SALT = "groundwork.export.losses"
LONGEST_WAIT = timedelta(minutes=10)  # for results
SENDING = (SendingState.WAITING, SendingState.RUNNING)
UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)


def project_to_export(*, organization: Organization, mode: str, project_id: int) -> Project:
    return get_object_or_404(Project, pk=project_id, organization=organization, mode=mode)


def exports_of(project: Project) -> QuerySet[Export]:
    return Export.objects.filter(project=project)


def export_of(project: Project, export_id: int) -> Export:
    return get_object_or_404(exports_of(project), pk=export_id)


def sent_of(export: Export, sent_id: int) -> SentExport:
    """One of the places the export was sent to."""
    return get_object_or_404(export.sent.select_related("export__project"), pk=sent_id)


def finished_export(export_id: int) -> Export:
    """For the holder of a signed link, whoever that is."""
    return get_object_or_404(Export.objects.select_related("project"), pk=export_id, state=ExportState.DONE)


def download_path(export: Export, *, holder: str) -> str | None:
    """A link that works for a while, made for `holder`; None until the file is done, and for one that came with an
    archive."""
    if export.state != ExportState.DONE or not export.storage_key:
        return None
    return reverse("export-download", args=[export.pk, file_links.token_for(SALT, export.pk, holder)])


def losses_key(export: Export) -> str:
    """Where the report of what the format could not say is kept, if there is one."""
    return f"{export.storage_key}.losses"


def losses_path(export: Export, *, holder: str) -> str | None:
    """A link to that report, which works for a while; None where nothing was lost."""
    if export.state != ExportState.DONE or not export.losses or not export.storage_key:
        return None
    return reverse("export-losses", args=[export.pk, file_links.token_for(LOSSES_SALT, export.pk, holder)])


def stuck_exports(before: datetime) -> QuerySet[Export]:
    """Those nobody works on: never begun, given back, or left by a process that died."""
    idle = Q(worked_at=None, created_at__lt=before) | Q(worked_at__lt=before)
    return Export.objects.filter(idle, state__in=UNDER_WAY).order_by("id")


def waits_for_results(export: Export, now: datetime) -> bool:
    """Whether what was answered before it was asked for is not in the results yet: its items would be without one.

    A while and no longer: where nobody works results out, an export is still had.
    """
    if export.as_of is not None or export.created_at < now - LONGEST_WAIT:
        return False
    return waiting_answers(export.project_id).filter(created_at__lte=export.created_at).exists()


def waiting_to_be_sent(now: datetime) -> QuerySet[SentExport]:
    """Those on their way into a bucket whose export is done, or has failed, and whose next try is due."""
    is_due = Q(due_at=None) | Q(due_at__lte=now)
    ended = (ExportState.DONE, ExportState.FAILED)
    return SentExport.objects.filter(is_due, state__in=SENDING, export__state__in=ended).order_by("id")


def exports_with_parts() -> QuerySet[Export]:
    """Finished ones whose parts were not deleted: the process died in between."""
    return Export.objects.filter(state__in=(ExportState.DONE, ExportState.FAILED)).exclude(position=None)
