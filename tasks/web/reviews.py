"""The reviewer's pages: what waits, one task at a time, and what a second person has to decide."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.pseudonym import annotator_pseudonym
from labeling.types import registry
from tasks.models import Project, Rejection
from tasks.selectors import reviews as selectors
from tasks.selectors.figures import figure
from tasks.selectors.reviews import SOURCES, Reviewer
from tasks.services import appealing, rejecting
from tasks.services.measuring import ask_for_new_counts
from tasks.states import REJECTION_REASONS
from tasks.web import words
from tasks.web.asking import MODE, membership_of, organization_of
from tasks.web.results import Reader
from workers import preferences
from workers.web.access import needs

MOST_LABELS = 100  # to choose from
LISTS: dict[str, tuple[Any, Any]] = {  # name: what it is, and why one would look there
    "queue": (_("Waiting for review"), _("The answers could not settle these.")),
    "third": (_("Reviewers differ"), _("Two reviewers gave different answers; a third one settles it.")),
    "second": (_("Blind second review"), _("Review again without seeing what the first reviewer said.")),
    "audit": (_("Random sample"), _("Finished tasks in random order: how good is the work really?")),
    "confidence": (_("Least sure first"), _("Finished or not, with the lowest confidence.")),
    "agreement": (_("Least agreement first"), _("Where the annotators differ most.")),
    "comments": (_("With open comments"), _("Somebody said something about these.")),
}


def reviewer(request: HttpRequest) -> Reviewer:
    member = membership_of(request)
    return Reviewer(member.user_id, organization_of(request).pk, member.role, MODE)


@needs("review")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every project one may review."""
    projects = list(selectors.reviewable_projects(reviewer(request)))
    counts = selectors.in_review_counts([project.pk for project in projects])
    types = registry.all()
    rows = [
        {
            "project": project,
            "chip": words.chip(project.state),
            "waiting": counts.get(project.pk, 0),
            "type": _t(types[project.type].title) if project.type in types else project.type,
        }
        for project in projects
    ]
    rows.sort(key=lambda row: -counts.get(row["project"].pk, 0))  # type: ignore[attr-defined]  # a project
    return render(request, "review/index.html", {"nav_section": "review", "rows": rows})


@needs("review")
@require_GET
def queue(request: HttpRequest, project_id: int) -> HttpResponse:
    """What waits in a project: lists to work through, and decisions that need a second person."""
    who = reviewer(request)
    project = selectors.reviewable_project(who, project_id)
    waiting = selectors.waiting(who, project, now=timezone.now())
    answered = figure("annotators", project)
    ask_for_new_counts(project=project)
    named = [_called(project, row, who) for row in answered]
    reader = Reader(project)
    context = {
        "nav_section": "projects" if who.sees_names else "review",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "review",
        "lists": [{"name": n, "title": t, "why": w, "count": waiting[n]} for n, (t, w) in LISTS.items()],
        "most": selectors.MOST_COUNTED,
        "labels": figure("labels", project)[:MOST_LABELS],
        "people": list(zip([row["person"] for row in answered], named, strict=True)),
        "held": [_rejection(one, reader, who) for one in selectors.held_rejections(project)],
        "appeals": [
            {"appeal": one, **_rejection(one.rejection, reader, who)} for one in selectors.open_appeals(project)
        ],
    }
    return render(request, "review/queue.html", context)


def _called(project: Project, row: dict[str, Any], who: Reviewer) -> str:
    if row["machine"] is not None:
        return _t("%(name)s (machine)") % {"name": row["name"]}
    return row["name"] if who.sees_names and row["name"] else _name(project, row["person"])


def _name(project: Project, user_id: int) -> str:
    return annotator_pseudonym(organization_id=project.organization_id, user_id=user_id)[:10]


def _rejection(rejection: Rejection, reader: Reader, who: Reviewer) -> dict[str, Any]:
    answer = rejection.answer
    is_mine = who.user_id in (rejection.review.reviewer_id, rejection.confirmed_by_id, rejection.annotator_id)
    return {
        "rejection": rejection,
        "who": rejection.annotator.name if who.sees_names else _name(reader.project, rejection.annotator_id),
        "words": reader.words(answer.value, answer.schema_version),
        "text": answer.task.item.data.get("text") or answer.task.item.name,
        "reason": words.REJECTIONS[rejection.reason],
        "is_mine": is_mine,
    }


@needs("review")
@ensure_csrf_cookie
@require_GET
def one(request: HttpRequest, project_id: int) -> HttpResponse:
    """One task at a time; the page fetches them itself from the list in `?source=`."""
    who = reviewer(request)
    project = selectors.reviewable_project(who, project_id)
    source = request.GET.get("source", "queue")
    if source not in SOURCES:
        raise Http404
    chosen = selectors.filters_from(source, request.GET)
    folder = registry.folders().get(project.type)
    if folder is None or not (folder / "static" / "widget.js").is_file():
        raise Http404
    config = {
        "project": project.pk,
        "type": project.type,
        "widgetModule": static(f"types/{project.type}/widget.js"),
        "nextUrl": reverse("api-reviews-next", args=[project.pk]),
        "leaveUrl": reverse("api-reviews-leave"),
        "list": {"source": source, **chosen},
        "signInUrl": reverse("sign-in"),
        "uid": annotator_pseudonym(organization_id=who.organization_id, user_id=who.user_id),
        "reasons": [[name, str(words.REJECTIONS[name])] for name in REJECTION_REASONS],
        "methods": words.methods(),
        "setAside": words.set_aside_words(),
        "risks": {name: str(word) for name, word in words.RISKS.items()},
        "accountUrl": reverse("account"),
        "languageUrl": reverse("language"),
        "languages": settings.LANGUAGES,
        "preferencesUrl": reverse("api-preferences"),
        "preferences": preferences.complete(request.user.preferences),  # type: ignore[union-attr]  # signed in
    }
    context = {
        "nav_section": "review",
        "project": project,
        "list_title": LISTS[source][0] if source in LISTS else "",
        "review": config,
        "widget_type": project.type,
    }
    return render(request, "review/one.html", context)


@needs("review")
@require_POST
def second_person(request: HttpRequest, project_id: int, rejection_id: int) -> HttpResponse:
    """Confirm or dismiss what the brake holds."""
    who = reviewer(request)
    rejection = selectors.rejection_of(selectors.reviewable_project(who, project_id), rejection_id)
    decide = rejecting.confirm if "confirm" in request.POST else rejecting.dismiss
    try:
        decide(rejection=rejection, actor_id=who.user_id, now=timezone.now())
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, _t("Saved."))
    return redirect("project-review", project_id)


@needs("review")
@require_POST
def appeal(request: HttpRequest, project_id: int, rejection_id: int) -> HttpResponse:
    who = reviewer(request)
    found = selectors.appeal_of(selectors.reviewable_project(who, project_id), rejection_id)
    try:
        appealing.decide_appeal(
            appeal=found,
            upheld="uphold" in request.POST,
            reply=request.POST.get("reply", ""),
            actor_id=who.user_id,
            now=timezone.now(),
        )
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, _t("The appeal is decided."))
    return redirect("project-review", project_id)
