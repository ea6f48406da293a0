"""A project's exports: ask, watch, download."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from labeling import exporters
from labeling.errors import GroundworkError
from tasks.models import Project
from tasks.selectors import exports as selectors
from tasks.services.exporting import request_export, takes_files
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

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [(name, one) for name, one in exporters.exporters().items() if exporters.fits(one, project.type)]
        self.fields["format"].choices = [(name, one.TITLE) for name, one in fitting]  # type: ignore[attr-defined]
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
            request_export(project=project, created_by=actor, **form.cleaned_data)
        except GroundworkError as error:
            show_problems(form, error)
        else:
            messages.success(request, _t("The export has begun."))
            return redirect("project-exports", project.pk)
    status = (422 if may else 403) if request.method == "POST" else 200
    context = context_of(project) | {"form": form}
    return render(request, "requester/exports.html", context, status=status)


@needs("see")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/exports_live.html", context_of(my_project(request, project_id)))


def title_of(format: str) -> str:
    found = exporters.exporters().get(format)
    return found.TITLE if found else format


def context_of(project: Project) -> dict[str, Any]:
    newest = selectors.exports_of(project).select_related("created_by").order_by("-id")[:NEWEST]
    rows = [
        {
            "export": export,
            "chip": words.chip(export.state),
            "is_under_way": export.state in selectors.UNDER_WAY,
            "url": selectors.download_path(export),
            "title": title_of(export.format),
            "losses_url": selectors.losses_path(export),
        }
        for export in newest
    ]
    return {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "exports",
        "rows": rows,
    }
