"""Projects: the list, a new one, the overview and its buttons."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.types import registry
from tasks.models import Dataset, Project
from tasks.selectors import comments, figures, reviews
from tasks.selectors import overview as overview_reads
from tasks.selectors import projects as selectors
from tasks.selectors.datasets import upload_of
from tasks.selectors.policies import policy_of
from tasks.services import launching
from tasks.services import projects as services
from tasks.services.consensus.estimating import saved
from tasks.services.measuring import ask_for_figures, ask_for_new_counts
from tasks.states import ProjectState
from tasks.web import words
from tasks.web.asking import MODE, my_project, organization_of, show_problems
from tasks.web.keyset import keyset
from tasks.web.overview import live_context, page_context
from tasks.web.project_forms import ProjectForm, proposal_of
from tasks.web.setup.launch import labels_of
from tasks.web.setup.steps import drafts_of
from workers.web.access import needs

PAGE = 24
SECTION = {"nav_section": "projects"}


@needs("see")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Newest first; the archived ones on a page of their own."""
    state = ProjectState.ARCHIVED if request.GET.get("state") == "archived" else ""
    mine = selectors.projects_of(organization_id=organization_of(request).pk, mode=MODE)
    page = keyset(request, selectors.listed(mine, state=state), size=PAGE, newest_first=True)
    counts = figures.counts_of_all(page.rows)
    for project in page.rows:
        ask_for_new_counts(project=project)
    types = registry.all()
    drafts = drafts_of(page.rows)
    rows = [
        {
            "project": project,
            "chip": words.chip(project.state),
            "counts": counts[project.pk],
            "draft": drafts.get(project.pk),
            "type": _(types[project.type].title) if project.type in types else project.type,
        }
        for project in page.rows
    ]
    return render(request, "requester/projects.html", SECTION | {"rows": rows, "page": page, "archived": bool(state)})


@needs("manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    organization = organization_of(request)
    form = ProjectForm(
        request.POST or None,
        organization=organization,
        mode=MODE,
        initial=_proposed(request) | {"dataset": request.GET.get("dataset")},
    )
    if request.method == "POST" and form.is_valid() and (project := _create(request, form)):
        return redirect("project", project.pk)
    status = 422 if form.is_bound else 200
    context = SECTION | {"form": form, "types": registry.all().values()}
    return render(request, "requester/project_new.html", context, status=status)


def _proposed(request: HttpRequest) -> dict[str, Any]:
    """The form's beginning: a type that was chosen, or what the labels of an upload suggest."""
    number = request.GET.get("upload", "")
    if number.isdecimal():
        upload = upload_of(organization=organization_of(request), mode=MODE, upload_id=int(number))
        if upload.schema:
            return proposal_of(upload.schema["type"], upload.schema["config"])
    return {"type": request.GET.get("type", "choice")}


def _create(request: HttpRequest, form: ProjectForm) -> Project | None:
    data = form.cleaned_data
    actor: Any = request.user
    try:
        project = services.create_project(
            organization=organization_of(request),
            mode=MODE,
            actor=actor,
            name=data["name"],
            type=data["type"],
            **form.version_fields(),
        )
    except GroundworkError as error:
        show_problems(form, error)
        return None
    if "start" in request.POST:
        _launch(request, project, data["dataset"])
    else:
        messages.success(request, _("The draft is saved."))
    return project


def _launch(request: HttpRequest, project: Project, dataset: Dataset) -> None:
    actor: Any = request.user
    try:
        opened = launching.launch(project=project, dataset=dataset, actor=actor, now=timezone.now())
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return
    messages.success(
        request, ngettext("%(number)s task is open.", "%(number)s tasks are open.", opened) % {"number": opened}
    )


@needs("see")
@require_GET
def overview(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    here = {dataset.pk for dataset in project.datasets.all()}
    others = selectors.launchable_datasets(organization_id=project.organization_id, mode=MODE)
    told = live_context(project) if "counted" in request.GET else page_context(project)
    context = told | {
        "actions": words.actions(project),
        "datasets": [{"dataset": dataset, "is_here": dataset.pk in here} for dataset in others],
        "version": (version := selectors.current_version(project)),
        "labels_asked": labels_of(version.config),
        "saved": None if "is_counting" in told else saved(project),
        "policy": policy_of(project),
        "draft": drafts_of([project]).get(project.pk),
        "may_launch": project.state in launching.LAUNCHABLE,
        "open_comments": comments.open_count(project),
        "open_appeals": reviews.open_appeals(project).count(),
        "held_rejections": reviews.held_rejections(project).count(),
    }
    ask_for_figures(project=project)
    ask_for_new_counts(project=project)
    return render(request, "requester/project.html", context)


@needs("see")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    """The moving part of the overview, asked for again and again by ui/live.js: 304 as long as nothing happened."""
    project = my_project(request, project_id)
    tag = f'"{overview_reads.state_tag(project, now=timezone.now())}-{figures.as_of(project)}-{get_language()}"'
    if tag in request.headers.get("If-None-Match", ""):
        reply = HttpResponse(status=304)
    else:
        reply = render(request, "requester/project_live.html", live_context(project))
        ask_for_new_counts(project=project)
    reply["ETag"], reply["Cache-Control"] = tag, "private, no-cache"
    return reply


MOVES = ("pause", "resume", "complete", "archive", "restore")


@needs("manage")
@require_POST
def move(request: HttpRequest, project_id: int, action: str) -> HttpResponse:
    if action not in MOVES:
        raise Http404
    project = my_project(request, project_id)
    try:
        getattr(services, action)(project=project, actor=request.user)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    return redirect("project", project_id)


@needs("manage")
@require_POST
def launch(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    mine = selectors.launchable_datasets(organization_id=project.organization_id, mode=MODE)
    chosen = request.POST.get("dataset", "")
    dataset = (
        mine.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else None
    )
    if dataset is None:
        messages.error(request, _("Choose a dataset."))
    else:
        _launch(request, project, dataset)
    return redirect("project", project_id)
