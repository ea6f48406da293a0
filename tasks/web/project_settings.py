"""A project's settings: what annotators see (versioned), and who and how (not versioned)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from labeling.errors import GroundworkError
from labeling.types import registry
from tasks.models import Project, ProjectVersion
from tasks.selectors.projects import current_version
from tasks.services.projects import DIRECT, change_project
from tasks.web import words
from tasks.web.asking import my_project, show_problems
from tasks.web.project_forms import PeopleForm, VersionForm, initial_of
from tasks.web.quality import quality_context, save_quality
from tasks.web.review_rules import ReviewRulesForm, save_review_rules
from workers.web.access import needs

NEWEST = 20


@needs("manage")
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    version = current_version(project)
    posted = request.POST.get("form") if request.method == "POST" else ""
    task_type = registry.get(project.type)
    version_form = VersionForm(
        request.POST if posted == "version" else None,
        initial=initial_of(version, asks_options=task_type.asks_options),
        prefix="v",
        type_name=project.type,
    )
    people_form = PeopleForm(
        request.POST if posted == "people" else None, project=project, initial=_people(project), prefix="p"
    )
    quality = quality_context(request, project, posted=posted == "quality")
    reviews_form = ReviewRulesForm(request.POST if posted == "reviews" else None, project=project)
    forms = {"version": version_form, "people": people_form, "quality": quality["quality_form"]}
    form: Any = (forms | {"reviews": reviews_form}).get(posted or "")
    save: Any = {"quality": save_quality, "reviews": save_review_rules}.get(posted or "", _save)
    if form and form.is_valid() and save(request, project, form):
        return redirect("project-settings", project.pk)
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "settings",
        "type": task_type,
        "version": version,
        "versions": ProjectVersion.objects.filter(project=project, for_tasks=False)
        .select_related("created_by")
        .order_by("-number")[:NEWEST],
        "version_form": version_form,
        "people_form": people_form,
        "reviews_form": reviews_form,
        **quality,
        "expected": request.POST.get("expected") if posted == "version" else project.version,
    }
    return render(request, "requester/project_settings.html", context, status=422 if form else 200)


def _save(request: HttpRequest, project: Project, form: VersionForm | PeopleForm) -> bool:
    data, expected = form.cleaned_data, request.POST.get("expected", "")
    if isinstance(form, VersionForm):
        changes = form.version_fields()
        if expected.isascii() and expected.isdecimal():
            changes["expected_version"] = int(expected[:9])
    else:
        changes = {name: data[name] for name in DIRECT}
        changes |= {name: [one.pk for one in data[name]] for name in ("members", "groups")}
    actor: Any = request.user
    before = project.version
    try:
        changed = change_project(project=project, actor=actor, now=timezone.now(), **changes)
    except GroundworkError as error:
        show_problems(form, error)
        return False
    if changed.version != before:
        messages.success(request, _("Version %(number)s is in force.") % {"number": changed.version})
    else:
        messages.success(request, _("Saved.") if isinstance(form, PeopleForm) else _("Nothing has changed."))
    return True


def _people(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in DIRECT} | {
        name: [one.pk for one in getattr(project, name).all()] for name in ("members", "groups")
    }
