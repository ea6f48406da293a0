"""Change many items at once: what it would do, its start, how far it is, and its way back."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError, InvalidInput
from labeling.problem_words import error_in_words
from tasks.models import Batch, Bulk, Project
from tasks.models.items import BulkKind
from tasks.selectors.batches import taking_tasks
from tasks.selectors.items import bulks_of
from tasks.services import bulk as services
from tasks.services.bulk_kinds import KINDS
from tasks.states import BulkState
from tasks.web import words
from tasks.web.asking import my_project
from tasks.web.items import filters_of
from workers.web.access import needs

SHOWN = 30


@needs("manage")
@require_POST
def new(request: HttpRequest, project_id: int) -> HttpResponse:
    """First what it would do; with `confirm` it is started."""
    project = my_project(request, project_id)
    form = filters_of(project, QueryDict(request.POST.get("query", "")[:2000]))
    query = urlencode(form.query())
    back = reverse("project-items", args=[project_id]) + f"?{query}"
    chosen = [int(pk) for pk in request.POST.getlist("task") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    kind, scope = request.POST.get("kind", ""), request.POST.get("scope", "chosen")
    if scope == "chosen" and not chosen:
        messages.error(request, _("Choose items first."))
        return redirect(back)
    filters: dict[str, Any] = {"only": chosen} if scope == "chosen" else form.chosen()
    asked: dict[str, Any] = {"project": project, "kind": kind, "filters": filters, "priority": _priority(request)}
    if kind == BulkKind.BATCH:
        asked["batch"] = _batch(request, project)
    actor: Any = request.user
    try:
        if "confirm" in request.POST:
            services.request_bulk(**asked, actor=actor, now=timezone.now())
            messages.success(request, _("Under way."))
            return redirect("project-bulks", project_id)
        preview = services.preview(**asked)
    except InvalidInput as error:
        messages.error(request, error_in_words(error))
        return redirect(back)
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "results",
        "preview": preview,
        "kind": kind,
        "word": words.BULKS[kind][0],
        "why": words.BULKS[kind][1],
        "can_undo": KINDS[BulkKind(kind)].can_undo,
        "scope": scope,
        "chosen": chosen if scope == "chosen" else [],
        "priority": asked["priority"],
        "batch": asked.get("batch"),
        "query": query,
        "back": back,
        "most": services.MOST_COUNTED,
    }
    return render(request, "requester/bulk_new.html", context)


@needs("see")
@require_GET
def bulks(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/bulks.html", _context(my_project(request, project_id)))


@needs("see")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/bulks_live.html", _context(my_project(request, project_id)))


@needs("manage")
@require_POST
def undo(request: HttpRequest, project_id: int, bulk_id: int) -> HttpResponse:
    found = Bulk.objects.filter(project=my_project(request, project_id), pk=bulk_id).select_related("project").first()
    if found is None:
        raise Http404
    actor: Any = request.user
    try:
        services.undo_bulk(bulk=found, actor=actor)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, _("It is being taken back."))
    return redirect("project-bulks", project_id)


def _context(project: Project) -> dict[str, Any]:
    rows = [
        {
            "bulk": bulk,
            "chip": words.chip(bulk.state),
            "word": words.BULKS[bulk.kind][0],
            "is_under_way": bulk.state in services.UNDER_WAY,
            "done": bulk.undone if bulk.state in (BulkState.UNDOING, BulkState.UNDONE) else bulk.changed,
            "of": bulk.changed if bulk.state in (BulkState.UNDOING, BulkState.UNDONE) else bulk.total,
            "can_undo": bulk.changed
            and bulk.state in (BulkState.DONE, BulkState.FAILED)
            and KINDS[BulkKind(bulk.kind)].can_undo,
        }
        for bulk in bulks_of(project)[:SHOWN]
    ]
    return {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "results",
        "rows": rows,
    }


def _batch(request: HttpRequest, project: Project) -> Batch | None:
    given = request.POST.get("batch", "")[:18]
    return taking_tasks(project).filter(pk=int(given)).first() if given.isascii() and given.isdecimal() else None


def _priority(request: HttpRequest) -> int | None:
    given = request.POST.get("priority", "")[:6]
    return int(given) if given.removeprefix("-").isdecimal() and given.isascii() else None
