"""The data step: where it comes from, what was read of it, and what was refused."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.types import registry
from tasks.models import Dataset, Upload
from tasks.purposes import OF_TYPE
from tasks.selectors import datasets as reads
from tasks.selectors.answering import judged
from tasks.selectors.media import image_links
from tasks.selectors.projects import current_version
from tasks.services import setting_up
from tasks.web.asking import other_columns, show_problems
from tasks.web.datasets import feeds_context, uploads_context
from tasks.web.setup.sources import SOURCES
from tasks.web.setup.steps import Here, go_on, show, step_view

SHOWN = 6
TOLD = 5  # bad lines of one file


@step_view
@require_http_methods(["GET", "POST"])
def data(request: HttpRequest, here: Here) -> HttpResponse:
    posted = request.POST.get("form", "") if request.method == "POST" else ""
    if posted == "next":
        if request.POST.get("then") == "leave" or here.is_done("data"):
            return go_on(request, here, "data")
        messages.error(request, _t("There is no data yet. Add some, or save and come back."))
    if posted == "labels" and _ask_as_the_file(request, here):
        return redirect("setup-labels", here.project.pk)
    if posted == "out":
        _take_out(request, here)
        return redirect("setup-data", here.project.pk)
    forms = {}
    for source in SOURCES:
        mine = posted == source.name and not here.setup.is_on_trial
        form: Any = source.form(request if mine else None, here)
        if mine and form.is_valid():
            try:
                if source.take(request, here, form):
                    return redirect("setup-data", here.project.pk)
            except GroundworkError as error:
                show_problems(form, error)
        forms[source.name] = form
    context = moving(here) | {
        "sources": [
            {"source": source, "form": forms[source.name], "is_open": source.name == posted} for source in SOURCES
        ]
    }
    return show(request, here, "data", context, 422 if posted else 200)


def _ask_as_the_file(request: HttpRequest, here: Here) -> bool:
    """Ask what the labels in an uploaded file suggest."""
    upload = _with_schema(here.dataset)
    if upload is None or upload.schema is None:
        return False
    actor: Any = request.user
    kind, config = upload.schema["type"], upload.schema["config"]
    try:
        setting_up.ask_otherwise(project=here.project, actor=actor, type=kind, config=config, purpose=OF_TYPE + kind)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return False
    return True


def _take_out(request: HttpRequest, here: Here) -> None:
    actor: Any = request.user
    try:
        dataset = setting_up.take_data_out(project=here.project, actor=actor)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return
    if dataset:
        told = _t("The project has no data now. “%(name)s” is still under Datasets, where it can be deleted.")
        messages.success(request, told % {"name": dataset.name})


def _with_schema(dataset: Dataset | None) -> Upload | None:
    """The newest upload whose file brought labels."""
    return reads.uploads_of(dataset).exclude(schema=None).order_by("-pk").first() if dataset else None


def moving(here: Here) -> dict[str, Any]:
    """What is asked for again while files are read."""
    if here.dataset is None:
        return {"dataset": None, "uploads": [], "items": []}
    task_type, config = registry.get(here.project.type), current_version(here.project).config
    first = list(reads.items_of(here.dataset).order_by("pk")[:SHOWN])
    lacking = [found[0] for item in first if (found := task_type.item_problems(judged(item.data, item.media), config))]
    shown = uploads_context(here.dataset) | feeds_context(here.dataset)
    for row in shown["uploads"]:
        row["problems"] = reads.problems_of(row["upload"])[:TOLD] if row["upload"].rejected else []
    return shown | {
        "items": [
            {
                "item": one,
                "image": image_links(one.media),
                "text": one.data.get("text", ""),
                "more": other_columns(one),
                "has_name": not one.content_hash.startswith(one.name),  # a key of ours tells nobody anything
            }
            for one in first
        ],
        "lacking": lacking[0] if lacking else None,
        "lacking_count": len(lacking) if len(lacking) < len(first) else None,
        "type": task_type,
        "brings": _brings(here),
        "columns": sorted({name for item in first for name in item.data}),
    }


def _brings(here: Here) -> dict[str, Any] | None:
    """Labels that a file brought, while the draft asks for others."""
    upload = _with_schema(here.dataset)
    if upload is None or upload.schema is None or here.setup.is_on_trial:
        return None
    kind = registry.all().get(upload.schema["type"])
    same = here.project.type == upload.schema["type"] and "labels" in here.setup.passed
    return {"upload": upload, "type": kind} if kind and not same else None


@step_view
@require_GET
def live(request: HttpRequest, here: Here) -> HttpResponse:
    return render(request, "requester/setup/data_live.html", moving(here) | {"here": here, "project": here.project})


@step_view
@require_POST
def begin_upload(request: HttpRequest, here: Here) -> HttpResponse:
    """Where the page's script sends files to: the draft's dataset, which is made for the first of them."""
    actor: Any = request.user
    dataset = setting_up.own_dataset(project=here.project, actor=actor)
    return JsonResponse({"upload": reverse("api-uploads", args=[dataset.pk])}, status=201)
