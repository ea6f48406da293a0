"""The people step: who may label, what they have to show first, how much a day, and invitations for those who are not
here yet."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from labeling.errors import GroundworkError
from tasks.models import Project
from tasks.selectors.gold import rules_of
from tasks.selectors.people import groups_of
from tasks.selectors.policies import policy_of
from tasks.selectors.projects import current_version
from tasks.selectors.qualifying import Choice, qualifying
from tasks.services.check_rules import set_rules
from tasks.services.consensus.estimating import estimate
from tasks.services.projects import change_project
from tasks.web.asking import show_problems
from tasks.web.setup.inviting import invite, waiting
from tasks.web.setup.known import known_context
from tasks.web.setup.people_forms import InviteForm, QualificationForm, WhoForm
from tasks.web.setup.steps import Here, go_on, is_stale, show, stamp_of, step_view
from workers.web import shown_once


@never_cache
@csp_update({"frame-src": ["'self'"]})
@step_view
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, here: Here) -> HttpResponse:
    given, project = request.POST if request.method == "POST" else None, here.project
    form, test = WhoForm(given, project=project), QualificationForm(given, project=project)
    is_open = "open_to_all" in given if given is not None else project.open_to_all
    invitations = InviteForm(given, project=project, is_open=is_open)
    forms = (form, test, invitations)
    stamp = stamp_of(form.initial, test.initial)
    stale = is_stale(request, stamp)
    kept = f"invited to {project.pk}"
    are_valid = [one.is_valid() for one in forms] if given is not None else [False]  # each tells its errors
    if all(are_valid) and not stale and _save(request, here, form, test):
        if not invitations.asks(invitations.cleaned_data):
            return go_on(request, here, "people")
        sent, not_sent = invite(request, project, invitations)
        # before one goes on, links are shown this one time
        shown_once.keep(request, kept, sent=sent, refused=not_sent, into=invitations.cleaned_data["into"])
        return redirect("setup-people", project.pk)
    told = shown_once.take(request, kept) if given is None else {}
    refused = told.get("refused", [])
    if refused:  # who could not be invited stays in the form
        left = {"emails": "\n".join(one["email"] for one in refused), "into": told["into"]}
        invitations = InviteForm(initial=left, project=project, is_open=is_open)
    context = {
        "form": form,
        "test": test,
        "invite": invitations,
        "stamp": stamp,
        "is_stale": stale,
        "sent": told.get("sent"),
        "refused": refused,
        "waiting": waiting(project),
        "groups": groups_of(project.organization_id).exists(),
        **known_context(here),
        **able_context(here, Choice.of(project), project.most_answers),
    }
    status = 409 if stale else 422 if any(one.errors for one in forms) else 200
    return show(request, here, "people", context, status)


def _save(request: HttpRequest, here: Here, form: WhoForm, test: QualificationForm) -> bool:
    actor: Any = request.user
    project, now = here.project, timezone.now()
    rules = test.rules()
    before = rules_of(project)
    is_same = all(getattr(before, name) == value for name, value in rules.items() if name != "accepted_tests")
    is_same = is_same and sorted(rules.get("accepted_tests", [])) == sorted(
        project.accepted_tests.values_list("pk", flat=True)
    )
    owner: Any = form
    try:
        if changes := form.changes():
            change_project(project=project, actor=actor, now=now, **changes)
        owner = test
        if not is_same:
            set_rules(project=project, actor=actor, now=now, **rules)
    except GroundworkError as error:
        show_problems(owner, error)
        return False
    project.refresh_from_db()
    return True


def able(project: Project) -> int:
    """How many may label it now."""
    return qualifying(project).people


def able_context(here: Here, choice: Choice, most: int | None) -> dict[str, Any]:
    """Who qualifies by these choices, and how long the work takes them if each may do only so much a day."""
    found = qualifying(here.project, choice)
    version = current_version(here.project)
    wanted = estimate(here.project, policy_of(here.project), overlap=version.overlap)
    left = max(0, wanted.answers - wanted.answers_given)
    a_day = found.people * most if most else 0
    return {
        "qualifying": found,
        "able": found.people,
        "has_entry": choice.has_entry,
        "most_answers": most,
        "a_day": a_day,
        "days": -(-left // a_day) if a_day and left else 0,
        "left": left,
    }


@step_view
@require_GET
def live_able(request: HttpRequest, here: Here) -> HttpResponse:
    """Who would qualify by what is being chosen; nothing is saved."""
    form, test = WhoForm(request.GET, project=here.project), QualificationForm(request.GET, project=here.project)
    form.is_valid()
    test.is_valid()
    who, first = form.cleaned_data, test.cleaned_data
    accepted = [one.pk for one in first.get("accepted_tests", ())]
    choice = Choice(
        open_to_all=bool(who.get("open_to_all")),
        members=[one.pk for one in who.get("members", ())],
        groups=[one.pk for one in who.get("groups", ())],
        has_entry=bool(first.get("train_first") or first.get("test_size") or accepted),
        accepted_tests=accepted,
    )
    return render(request, "requester/setup/able.html", able_context(here, choice, who.get("most_answers")))
