"""The steps in their order, how far a project is with each, and what their pages share."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tasks.models import Dataset, Project, Setup
from tasks.selectors import setup as selectors
from tasks.services.setting_up import pass_step
from tasks.web.asking import my_project
from workers.web.access import needs

SECTION = {"nav_section": "projects"}


@dataclass(frozen=True)
class Step:
    name: str
    title: Any
    question: Any

    @property
    def view(self) -> str:
        return f"setup-{self.name}"


STEPS = (
    Step("purpose", _("Question"), _("What do you want to know?")),
    Step("data", _("Data"), _("What should people look at?")),
    Step("labels", _("Labels"), _("What can they answer?")),
    Step("guideline", _("Guideline"), _("How should they decide?")),
    Step("quality", _("Quality"), _("How sure do you need to be?")),
    Step("people", _("People"), _("Who does the work?")),
    Step("trial", _("Trial"), _("Try it with a few items first")),
    Step("launch", _("Launch"), _("Ready?")),
)
BY_NAME = {step.name: step for step in STEPS}


@dataclass
class Here:
    """A project in its wizard, as a step's page has it."""

    project: Project
    setup: Setup
    dataset: Dataset | None

    def is_done(self, name: str) -> bool:
        if name == "purpose":
            return True
        if name == "data":
            return bool(self.dataset and self.dataset.item_count)
        return name in self.setup.passed

    def lacks(self, name: str) -> str:
        """What the step still needs before a launch; empty where it needs nothing."""
        if name == "data" and not self.is_done("data"):
            return _now("There is no data yet.")
        if name == "labels" and not self.is_done("labels"):
            return _now("Look over the labels once.")
        return ""

    @property
    def next_open(self) -> Step:
        return next((step for step in STEPS if not self.is_done(step.name)), STEPS[-1])


def drafts_of(projects: Iterable[Project]) -> dict[int, dict[str, Any]]:
    """Where to go on with those of these projects that are still being set up, in two queries for any number."""
    found = list(projects)
    setups = Setup.objects.in_bulk([project.pk for project in found])
    open_ones = [one for one in found if selectors.may_set_up(one, setups.get(one.pk) or Setup(project=one))]
    prefetch_related_objects(open_ones, "datasets")
    told = {}
    for project in open_ones:
        setup = setups.get(project.pk) or Setup(project=project)
        dataset = next((one for one in project.datasets.all() if one.deleted_at is None), None)
        step = BY_NAME["trial"] if setup.is_on_trial else Here(project, setup, dataset).next_open
        told[project.pk] = {"step": step, "is_on_trial": setup.is_on_trial, "url": reverse("setup", args=[project.pk])}
    return told


def step_view(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """The page of a step: managers only, and only while there is something to set up."""

    @needs("manage")
    @wraps(page)
    def checked(request: HttpRequest, project_id: int, **kwargs: Any) -> HttpResponse:
        project = my_project(request, project_id)
        setup = selectors.setup_of(project)
        if not selectors.may_set_up(project, setup):
            return redirect("project", project.pk)
        return page(request, Here(project, setup, selectors.dataset_of(project)), **kwargs)

    return checked


def show(
    request: HttpRequest, here: Here | None, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The step's page with the bar of all steps."""
    number = next(n for n, step in enumerate(STEPS) if step.name == name)
    rows = [_row(step, here, name) for step in STEPS]
    frame = {
        "here": here,
        "project": here.project if here else None,
        "step": BY_NAME[name],
        "number": number + 1,
        "steps": rows,
        "before": rows[number - 1] if number and here else None,
        "after": rows[number + 1] if number + 1 < len(rows) else None,
    }
    return render(request, f"requester/setup/{name}.html", frame | context | SECTION, status=status)


def _row(step: Step, here: Here | None, current: str) -> dict[str, Any]:
    is_done = here is not None and here.is_done(step.name) and step.name != current
    return {
        "title": step.title,
        "is_here": step.name == current,
        "is_done": is_done,
        "url": reverse(step.view, args=[here.project.pk]) if here else "",
    }


def stamp_of(*parts: Any) -> str:
    """Of what a form was filled with. Sent back with it, it tells whether somebody saved something else meanwhile."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def is_stale(request: HttpRequest, stamp: str) -> bool:
    """Another tab, or another person, was quicker: what is posted would put away what they saved, unseen."""
    return request.method == "POST" and request.POST.get("stamp", stamp) != stamp


def go_on(request: HttpRequest, here: Here, name: str, **changes: Any) -> HttpResponse:
    """The step is saved: to the next one, to the list of projects, or to the same page again."""
    pass_step(project=here.project, step=name, **changes)
    then = request.POST.get("then", "")
    if then == "leave":
        return redirect("projects")
    number = next(n for n, step in enumerate(STEPS) if step.name == name)
    step = STEPS[number] if then == "stay" else STEPS[min(number + 1, len(STEPS) - 1)]
    return redirect(step.view, here.project.pk)
