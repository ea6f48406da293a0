"""A project's exports: ask, watch, download."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling import exporters
from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from tasks.models import Project, StorageConnection
from tasks.selectors import exports as selectors
from tasks.selectors.connections import connections_of
from tasks.selectors.file_links import holder_of_user
from tasks.services.exporting import request_export, takes_files
from tasks.services.sending_exports import send_again, send_export, stop_sending
from tasks.states import ExportState
from tasks.web import words
from tasks.web.asking import my_project, show_problems
from workers.selectors.membership import MANAGES
from workers.web.access import needs

NEWEST = 30


class ExportForm(forms.Form):
    format = forms.ChoiceField(label=_("Format"))
    include_answers = forms.BooleanField(label=_("With every answer, annotators under pseudonyms"), required=False)
    include_unresolved = forms.BooleanField(label=_("With items that are not finished"), required=False)
    include_gold = forms.BooleanField(label=_("With gold and training items"), required=False)
    include_files = forms.BooleanField(label=_("With the pictures"), required=False)
    send_to: "forms.ModelChoiceField[StorageConnection]" = forms.ModelChoiceField(
        label=_("Write it to a bucket, too"), required=False, queryset=None, empty_label=_("no")
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [(name, one) for name, one in exporters.exporters().items() if exporters.fits(one, project.type)]
        self.fields["format"].choices = [(name, one.TITLE) for name, one in fitting]  # type: ignore[attr-defined]
        mine = connections_of(organization=project.organization, mode=project.mode).order_by("name")
        self.fields["send_to"].queryset = mine  # type: ignore[attr-defined]
        if not mine.exists():
            del self.fields["send_to"]
        if not any(takes_files(name, project) for name, _one in fitting):
            del self.fields["include_files"]


@needs("see")
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    may = request.membership.role in MANAGES  # type: ignore[attr-defined]  # middleware
    form = ExportForm(request.POST or None, project=project)
    if request.method == "POST" and may and form.is_valid():
        actor: Any = request.user
        try:
            given = dict(form.cleaned_data)
            connection = given.pop("send_to", None)
            with transaction.atomic():
                export = request_export(project=project, created_by=actor, **given)
                if connection:
                    send_export(export=export, connection=connection, actor=actor, now=timezone.now())
        except GroundworkError as error:
            show_problems(form, error)
        else:
            messages.success(request, _t("The export has begun."))
            return redirect("project-exports", project.pk)
    status = (422 if may else 403) if request.method == "POST" else 200
    context = context_of(project, request) | {"form": form}
    return render(request, "requester/exports.html", context, status=status)


@needs("see")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/exports_live.html", context_of(my_project(request, project_id), request))


class SendForm(forms.Form):
    connection: "forms.ModelChoiceField[StorageConnection]" = forms.ModelChoiceField(
        label=_("Connection"), queryset=None
    )
    prefix = forms.CharField(  # type: ignore[assignment]  # a field: Form keeps its own prefix apart
        label=_("Folder"),
        required=False,
        max_length=500,
        help_text=_("Below the connection's own; empty for all of it"),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = connections_of(organization=project.organization, mode=project.mode).order_by("name")
        self.fields["connection"].queryset = mine  # type: ignore[attr-defined]
        self.fields["connection"].initial = mine[0] if len(mine) == 1 else None


@needs("manage")
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, project_id: int, export_id: int) -> HttpResponse:
    """Where to, for an export that is there; what was sent before, and sending it once more."""
    project = my_project(request, project_id)
    export = selectors.export_of(project, export_id)
    form = SendForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            send_export(export=export, actor=actor, now=timezone.now(), **form.cleaned_data)
        except GroundworkError as error:
            show_problems(form, error)
        else:
            messages.success(request, _t("It is on its way."))
            return redirect("project-exports", project.pk)
    context = context_of(project, request) | {"form": form, "export": export, "title": title_of(export.format)}
    return render(request, "requester/export_send.html", context, status=422 if form.is_bound else 200)


@needs("manage")
@require_POST
def resend(request: HttpRequest, project_id: int, export_id: int, sent_id: int) -> HttpResponse:
    return _change_sent(request, project_id, export_id, sent_id, send_again)


@needs("manage")
@require_POST
def stop(request: HttpRequest, project_id: int, export_id: int, sent_id: int) -> HttpResponse:
    return _change_sent(request, project_id, export_id, sent_id, stop_sending)


def _change_sent(
    request: HttpRequest, project_id: int, export_id: int, sent_id: int, change: Callable[..., None]
) -> HttpResponse:
    sent = selectors.sent_of(selectors.export_of(my_project(request, project_id), export_id), sent_id)
    try:
        change(sent=sent, actor=request.user)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    return redirect("project-exports", project_id)


def title_of(format: str) -> str:
    found = exporters.exporters().get(format)
    return found.TITLE if found else format


def context_of(project: Project, request: HttpRequest) -> dict[str, Any]:
    holder = holder_of_user(request.user)  # type: ignore[arg-type]  # signed in
    now = timezone.now()
    newest = (
        selectors.exports_of(project)
        .select_related("created_by")
        .prefetch_related("sent__connection")
        .order_by("-id")[:NEWEST]
    )
    rows = [
        {
            "export": export,
            "chip": words.chip(export.state),
            "is_under_way": export.state in selectors.UNDER_WAY,
            "waits_for_results": export.state == ExportState.WAITING and selectors.waits_for_results(export, now),
            "url": selectors.download_path(export, holder=holder),
            "title": title_of(export.format),
            "losses_url": selectors.losses_path(export, holder=holder),
            "sent": [
                {"row": sent, "chip": words.chip(sent.state), "is_under_way": sent.state in selectors.SENDING}
                for sent in export.sent.all()
            ],
        }
        for export in newest
    ]
    return {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "exports",
        "rows": rows,
        "may_send": connections_of(organization=project.organization, mode=project.mode).exists(),
    }
