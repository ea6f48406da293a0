"""The guideline step: how to decide, in Markdown with its preview, and examples made on the requester's own items."""

import json
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.markdown import to_html
from tasks.selectors import payload
from tasks.selectors.projects import current_version
from tasks.services.examples import LONGEST_WHY, MOST
from tasks.services.projects import change_project
from tasks.web.asking import show_problems
from tasks.web.project_forms import VersionForm
from tasks.web.results import Reader
from tasks.web.setup.steps import Here, go_on, is_stale, show, stamp_of, step_view

FIELDS = ("guideline", "end_use", "content_risks", "content_note")
LONGEST = 200_000


class GuidelineForm(VersionForm):
    """Of what annotators see, what is not the question itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(FIELDS):
            del self.fields[name]
        self.fields["guideline"].widget.attrs["rows"] = 16

    def place_of(self, path: str) -> tuple[str, str]:
        return path.partition("[")[0], ""


@csp_update({"frame-src": ["'self'"]})
@step_view
@require_http_methods(["GET", "POST"])
def guideline(request: HttpRequest, here: Here) -> HttpResponse:
    version = current_version(here.project)
    form = GuidelineForm(
        request.POST or None,
        initial={name: getattr(version, name) for name in FIELDS},
        type_name=here.project.type,
    )
    stamp = stamp_of([getattr(version, name) for name in FIELDS])
    stale = is_stale(request, stamp)
    if form.is_bound and form.is_valid() and not stale and _save(request, here, form):
        return go_on(request, here, "guideline")
    context = {
        "form": form,
        "stamp": stamp,
        "is_stale": stale,
        "html": _read(_typed(form)),
        "examples": _examples(here),
        "is_full": len(version.examples) >= MOST,
    }
    return show(request, here, "guideline", context, 409 if stale else 422 if form.is_bound else 200)


def _read(markdown: str) -> str:
    if markdown.strip():
        return to_html(markdown)
    text = _t("What you write appears here: when to choose each label, and what to do where it is not clear.")
    return format_html('<p class="muted">{}</p>', text)


def _typed(form: GuidelineForm) -> str:
    return str(form["guideline"].value() or "")[:LONGEST]


def _save(request: HttpRequest, here: Here, form: GuidelineForm) -> bool:
    actor: Any = request.user
    changes = {name: form.cleaned_data[name] for name in FIELDS}
    examples = _changed_examples(request, here)
    if examples is not None:
        changes["examples"] = examples
    try:
        change_project(project=here.project, actor=actor, now=timezone.now(), **changes)
    except GroundworkError as error:
        show_problems(form, error)
        return False
    return True


def _changed_examples(request: HttpRequest, here: Here) -> list[dict[str, Any]] | None:
    """One more, made in the preview; or one less. None where the button was another."""
    examples: list[dict[str, Any]] = list(current_version(here.project).examples)
    dropped = request.POST.get("drop", "")
    if dropped.isascii() and dropped.isdecimal() and len(dropped) < 4 and int(dropped) < len(examples):
        del examples[int(dropped)]
        return examples
    item, raw = request.POST.get("example_item", ""), request.POST.get("example_answer", "")
    if not (item.isascii() and item.isdecimal() and len(item) < 19 and raw):
        return None
    try:
        answer = json.loads(raw)
    except ValueError:
        return None
    why = request.POST.get("example_why", "").strip()[:LONGEST_WHY]
    marked = {"is_wrong": True} if request.POST.get("example_wrong") else {}
    return [*examples, {"item": {"id": int(item)}, "answer": answer, "why": why} | marked]


def _examples(here: Here) -> list[dict[str, Any]]:
    version = current_version(here.project)
    reader = Reader(here.project)
    rows = [{"project_id": here.project.pk, "examples": version.examples}]
    items = payload.example_items(rows)
    found = []
    for n, each in enumerate(version.examples):
        shown = payload.example(each, here.project.type, items)
        item = shown["item"] if shown else {}
        found.append(
            {
                "number": n,
                "text": item.get("text", "") or ("" if shown else _t("The item is gone.")),
                "image": item.get("image"),
                "answer": reader.words(each["answer"]),
                "why": each["why"],
                "is_wrong": each.get("is_wrong", False),
            }
        )
    return found


@step_view
@require_POST
def as_html(request: HttpRequest, here: Here) -> HttpResponse:
    """The Markdown being typed, as annotators will see it."""
    return HttpResponse(_read(request.POST.get("guideline", "")[:LONGEST]))
