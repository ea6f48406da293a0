"""The labels of a project, changed step by step: a plan first, with what it would do, then one new version."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.types import registry
from labeling.types.label_changes import places, read_place
from tasks.models import Project, SchemaChange
from tasks.selectors.progress import label_distribution, object_distribution
from tasks.selectors.projects import current_version
from tasks.selectors.quality import consensus_progress
from tasks.services.schema_changing import change_schema, plan, preview_change, undo_change
from tasks.services.schema_following import UNDER_WAY
from tasks.states import BulkState
from tasks.web import words
from tasks.web.asking import my_project
from workers.web.access import needs

MOST_SHOWN = 500
LONGEST_PLAN = 20_000
NEWEST = 20
SHOWN_AS = ("rename", "merge", "add")  # those that may say what people see
OPERATIONS: dict[str, Any] = {
    "rename": _("Rename"),
    "merge": _("Merge"),
    "split": _("Split"),
    "retire": _("Retire"),
    "add": _("Add"),
}


@needs("manage")
@require_http_methods(["GET", "POST"])
def schema(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    operations = _planned(request)
    status, typed, picks = 200, {}, []
    if request.method == "POST":
        wanted = operations
        if "step" in request.POST:
            wanted = [*operations, _step(request)]
        elif "back" in request.POST:
            wanted = operations[:-1]
        try:
            if "apply" in request.POST:
                return _apply(request, project, operations)
            if wanted:
                plan(project, wanted)
            operations = wanted
        except GroundworkError as error:
            messages.error(request, error_in_words(error))
            status, typed, picks = 422, request.POST.dict(), request.POST.getlist("pick")
    context = _context(project) | _editor(project, operations) | {"typed": typed, "picks": picks}
    return render(request, "requester/schema.html", context, status=status)


@needs("manage")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/schema_live.html", _context(my_project(request, project_id)))


@needs("manage")
@require_POST
def undo(request: HttpRequest, project_id: int, change_id: int) -> HttpResponse:
    change = SchemaChange.objects.filter(project=my_project(request, project_id), pk=change_id).first()
    if change is None:
        raise Http404
    actor: Any = request.user
    try:
        undo_change(change=change, actor=actor, now=timezone.now())
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, _("The labels of before are in force again."))
    return redirect("project-schema", project_id)


def _apply(request: HttpRequest, project: Project, operations: list[dict[str, Any]]) -> HttpResponse:
    expected = request.POST.get("expected", "")
    actor: Any = request.user
    change = change_schema(
        project=project,
        operations=operations,
        actor=actor,
        now=timezone.now(),
        requeue="requeue" in request.POST,
        expected_version=int(expected[:9]) if expected.isascii() and expected.isdecimal() else None,
    )
    messages.success(request, _t("Version %(number)s is in force.") % {"number": change.to_version})
    return redirect("project-schema", project.pk)


def _planned(request: HttpRequest) -> list[dict[str, Any]]:
    """The plan so far travels with the form; one that somebody has spoilt is an empty one."""
    try:
        found = json.loads(request.POST.get("changes", "[]")[:LONGEST_PLAN])
    except ValueError:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _step(request: HttpRequest) -> dict[str, Any]:
    """One operation on the labels that are picked."""
    given = request.POST
    picked = [json.loads(each) for each in given.getlist("pick") if _is_pick(each)]
    op, to = given.get("op", ""), given.get("to", "").strip()
    place = picked[0][0] if picked else given.get("place", "")
    values = [value for where, value in picked if where == place]
    step: dict[str, Any] = {"op": op} | ({"place": place} if place else {})
    if op in SHOWN_AS and (shown := given.get("label", "").strip()):
        step["label"] = shown
    several = [each.strip() for each in to.replace("\n", ",").split(",") if each.strip()]
    if op == "add":
        step |= {"value": to} | ({"before": values[0]} if values else {})
    elif op == "merge":
        step |= {"values": values} | ({"to": to} if to else {})
    else:
        step["value"] = values[0] if len(values) == 1 else ""
        if op == "rename" and (to or "label" not in step):  # or only what people see is another
            step["to"] = to
        elif op == "split":
            step["to"] = several
            step |= {"keep": several[0]} if "keep" in given and several else {}
        elif op == "retire" and to:
            step["instead"] = to
    return step


def _is_pick(text: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, list) and len(found) == 2 and all(isinstance(each, str) for each in found)


def _editor(project: Project, operations: list[dict[str, Any]]) -> dict[str, Any]:
    config = plan(project, operations).config if operations else current_version(project).config
    found = object_distribution(project, most=1000)
    counts = {row["label"]: row["tasks"] for row in found or label_distribution(project, most=1000)}
    lists = [
        {"place": place, "title": title_of(place), "labels": [_row(project, place, each, counts) for each in labels]}
        for place, labels in places(config).items()
    ]
    shown = 0
    for each in lists:
        each["labels"] = each["labels"][: max(0, MOST_SHOWN - shown)]
        shown += len(each["labels"])
    return {
        "lists": lists,
        "is_cut": shown >= MOST_SHOWN,
        "operations": [told(each) for each in operations],
        "changes": json.dumps(operations, ensure_ascii=False),
        "preview": preview_change(project=project, operations=operations) if operations else None,
        "kinds": list(OPERATIONS.items()),
        "expected": project.version,
        "next_version": project.version + 1,
    }


def _row(project: Project, place: str, label: dict[str, Any], counts: dict[str, int]) -> dict[str, Any]:
    value = label["value"]
    inside = read_place(place)[1::2]
    said = " / ".join([*inside, value]) if place.startswith("options/") else value
    link = f"{reverse('project-items', args=[project.pk])}?{urlencode({'label': said, 'state': 'resolved'})}"
    return {
        "pick": json.dumps([place, value], ensure_ascii=False),
        "value": value,
        "name": label.get("label") or value,
        "key": label.get("key", ""),
        "count": None if "attributes" in read_place(place) else counts.get(said),
        "link": link,
    }


def title_of(place: str) -> str:
    """Where a list of labels belongs: the names along its path."""
    inside = read_place(place)[1::2]
    return " / ".join(inside) if inside else _t("Labels")


def told(operation: dict[str, Any]) -> str:
    """One operation in words."""
    said = _told(operation)
    if not operation.get("label") or (operation.get("op") == "rename" and not operation.get("to")):
        return said
    return f"{said}, {_t('shown as “%(label)s”') % {'label': operation['label']}}"


def _told(operation: dict[str, Any]) -> str:
    op, to = operation.get("op"), operation.get("to")
    names = {
        "value": operation.get("value", ""),
        "values": ", ".join(map(str, operation.get("values", []))),
        "to": ", ".join(to) if isinstance(to, list) else to or next(iter(operation.get("values", [])), ""),
        "instead": operation.get("instead", ""),
        "keep": operation.get("keep", ""),
    }
    if op == "add":
        return _t("Add “%(value)s”") % names
    if op == "rename" and not to:
        return _t("Show “%(value)s” as “%(label)s”") % (names | {"label": operation.get("label", "")})
    if op == "rename":
        return _t("Rename “%(value)s” to “%(to)s”") % names
    if op == "merge":
        return _t("Merge %(values)s into “%(to)s”") % names
    if op == "split":
        said = _t("Split “%(value)s” into %(to)s") % names
        return f"{said}; {_t('old answers count for “%(keep)s”') % names}" if names["keep"] else said
    if names["instead"]:
        return _t("Retire “%(value)s”; its answers count for “%(instead)s”") % names
    return _t("Retire “%(value)s”") % names


def _context(project: Project) -> dict[str, Any]:
    found = SchemaChange.objects.filter(project=project).select_related("created_by").defer("gold_before", "moved")
    rows = list(found.order_by("-pk")[:NEWEST])
    undone = {each.undoes_id for each in rows}
    return {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "settings",
        "type": registry.get(project.type),
        "rows": [
            {
                "change": each,
                "chip": words.chip(each.state),
                "told": [_t("Taken back")] if each.undoes_id else [told(one) for one in each.operations],
                "is_under_way": each.state in UNDER_WAY,
                "can_undo": each.to_version == project.version
                and not each.undoes_id
                and each.pk not in undone
                and each.state in (BulkState.DONE, BulkState.FAILED),
            }
            for each in rows
        ],
        "waiting": consensus_progress(project)["waiting"] if rows else 0,
    }
