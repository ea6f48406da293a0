"""The labels step: the schema as a form beside the annotator's page, which follows what is typed."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from labeling.errors import GroundworkError, HasProblems, Problem
from labeling.types import registry
from tasks.models import Answer
from tasks.selectors.projects import current_version
from tasks.services.projects import change_project, clean_config
from tasks.web.setup.schema_form import SchemaForm
from tasks.web.setup.steps import Here, go_on, is_stale, show, stamp_of, step_view

COLOURS = range(1, 10)


@csp_update({"frame-src": ["'self'"]})
@step_view
@require_http_methods(["GET", "POST"])
def labels(request: HttpRequest, here: Here) -> HttpResponse:
    task_type, version = registry.get(here.project.type), current_version(here.project)
    form = SchemaForm(task_type, version.config, request.POST if request.method == "POST" else None)
    stamp = stamp_of(here.project.type, version.config)
    stale, status = False, 200
    if request.method == "POST" and (more := request.POST.get("more")):
        form.add_blank(more)
        stamp = request.POST.get("stamp", stamp)
    elif is_stale(request, stamp):
        form.find_rows_again()
        stale, status = True, 409
    elif request.method == "POST":
        if _save(request, here, form, version.number):
            return go_on(request, here, "labels")
        status = 422
    context = {
        "form": form,
        "stamp": stamp,
        "is_stale": stale,
        "type": task_type,
        "colours": COLOURS,
        "was_asked": Answer.objects.filter(project=here.project).exists(),
    }
    return show(request, here, "labels", context, status)


def _save(request: HttpRequest, here: Here, form: SchemaForm, seen: int) -> bool:
    config = form.config()
    if config is None:
        return False
    actor: Any = request.user
    try:
        change_project(project=here.project, actor=actor, now=timezone.now(), config=config, expected_version=seen)
    except GroundworkError as error:
        form.tell(getattr(error, "problems", None) or [Problem("", str(error))])
        return False
    here.project.refresh_from_db(fields=["version"])
    return True


@step_view
@require_POST
def check(request: HttpRequest, here: Here) -> HttpResponse:
    """What is typed, cleaned, for the annotator's page beside it; or what is wrong with it. Nothing is saved."""
    form = SchemaForm(registry.get(here.project.type), current_version(here.project).config, request.POST)
    config = form.config()
    if config is not None:
        try:
            return JsonResponse({"config": clean_config(here.project.type, config), "problems": []})
        except HasProblems as error:
            form.tell(error.problems)
    return JsonResponse({"config": None, "problems": form.problems})
