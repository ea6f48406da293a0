"""A project's machines: how good they are, what they do to people, and what they may settle alone."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from tasks.models import LeftOut, Machine, MachinePolicy, Project
from tasks.selectors import machine_figures as figures
from tasks.selectors import machines as selectors
from tasks.selectors.policies import left_out_of
from tasks.services.consensus.leaving_out import leave_out, preview_leaving_out, preview_taking_in, take_back_in
from tasks.services.machine_accepting import preview, reopen_accepted
from tasks.services.machine_policies import change_machine_policy
from tasks.web import words
from tasks.web.asking import my_project, show_problems
from workers.web.access import allows, needs

PERCENT = ("control_share", "target_error", "level")


class PolicyForm(forms.Form):
    control_share = forms.FloatField(
        label=_("Tasks whose suggestion is hidden, in %"), min_value=0, max_value=50,
        help_text=_("People answer these without it. They show what suggestions do, and check the machine."),
    )  # fmt: skip
    accepts = forms.ModelChoiceField(
        Machine.objects.none(), label=_("Settles tasks alone"), required=False, empty_label=_("Nobody: people do"),
        help_text=_("Only once the test below is passed, and only from the confidence on that it found."),
    )  # fmt: skip
    target_error = forms.FloatField(label=_("Most errors, in %"), min_value=0.1, max_value=50)
    level = forms.FloatField(label=_("Sure of that to, in %"), min_value=80, max_value=99.9)
    least_checked = forms.IntegerField(
        label=_("Answers checked by people before"), min_value=20, max_value=100_000
    )  # fmt: skip

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = selectors.machines_of(organization_id=project.organization_id, mode=project.mode)
        self.fields["accepts"].queryset = mine.filter(archived_at=None).order_by("name", "-pk")  # type: ignore[attr-defined]
        for name in (*PERCENT, "least_checked"):
            self.fields[name].widget.attrs |= {"class": "input input-number", "step": "any"}

    def changes(self) -> dict[str, Any]:
        return self.cleaned_data | {name: round(self.cleaned_data[name] / 100, 6) for name in PERCENT}


@needs("see")
@require_http_methods(["GET", "POST"])
def machines(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    policy = selectors.machine_policy_of(project)
    may_change = allows(request.membership, "manage")  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    posted = request.method == "POST"
    if posted and not may_change:
        return HttpResponse(status=403)
    form = PolicyForm(request.POST if posted else None, project=project, initial=_initial(policy))
    if posted and form.is_valid() and _save(request, project, form):
        return redirect("project-machines", project.pk)
    here = selectors.machines_in(project)
    left_out = left_out_of(project.pk)
    tried = _machine(request, here, "try") or policy.accepts
    asked = _machine(request, here, "votes") if may_change else None
    if tried is not None:
        policy.accepts = tried  # for the preview only
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "machines",
        "policy": selectors.machine_policy_of(project),
        "form": form,
        "rows": [row(project, machine) | {"is_left_out": machine.user_id in left_out} for machine in here],
        "asked": asked and _effects(project, asked, is_out=asked.user_id in left_out),
        "tried": tried,
        "preview": preview(policy) if tried else None,
        "acceptance": selectors.acceptance_of(project),
        "accepted": selectors.accepted_of(project).count(),
    }
    return render(request, "requester/machines.html", context, status=422 if posted else 200)


def row(project: Project, machine: Machine) -> dict[str, Any]:
    judged = figures.judged_answers(project, machine)
    skill = figures.skill_of(judged)
    labels = figures.by_label(project, judged)
    reliance = figures.reliance(project, machine)
    return {
        "machine": machine,
        "said": selectors.said_by(project, machine),
        "skill": skill,
        "low": skill.interval[0],
        "high": skill.interval[1],
        "labels": [(label, share, *share.interval) for label, share in labels],
        "bars": [(label, round((share.share or 0) * 100)) for label, share in labels],
        "reliance": reliance if reliance.shown.agree.total or reliance.hidden.agree.total else None,
        "in_words": reliance_in_words(reliance),
    }


def reliance_in_words(found: figures.Reliance) -> str:
    """What the two arms say, plainly."""
    if found.agree is None:
        return _t("Nothing can be said yet: answers with and without the suggestion are needed.")
    points = {"points": f"{abs(found.agree.mean) * 100:.0f}"}
    if not found.agree.is_clear:
        told = _t("People agree with the machine about as often with its suggestion as without; no clear difference.")
    elif found.agree.mean > 0:
        told = _t("People who see the suggestion agree with the machine %(points)s points more often.") % points
    else:
        told = _t("People who see the suggestion agree with the machine %(points)s points less often.") % points
    if found.right is not None and found.right.is_clear:
        points = {"points": f"{abs(found.right.mean) * 100:.0f}"}
        if found.right.mean < 0:
            told += " " + _t("They are right %(points)s points less often: they rely on it too much.") % points
        else:
            told += " " + _t("They are right %(points)s points more often: it helps them.") % points
    elif found.agree.is_clear and found.right is None:
        told += " " + _t("Whether that is good cannot be told before a reviewer has settled tasks of both kinds.")
    if found.saved is not None:
        quicker = _t("An answer takes %(seconds)s seconds less with it.")
        slower = _t("An answer takes %(seconds)s seconds more with it.")
        told += " " + (quicker if found.saved >= 0 else slower) % {"seconds": abs(found.saved)}
    return told


def _machine(request: HttpRequest, here: list[Machine], name: str) -> Machine | None:
    return next((each for each in here if str(each.pk) == request.GET.get(name)), None)


def _effects(project: Project, machine: Machine, *, is_out: bool) -> dict[str, Any]:
    """What the other choice about its votes would do."""
    preview = preview_taking_in if is_out else preview_leaving_out
    return {"machine": machine, "is_out": is_out, "effect": preview(project=project, annotators=[machine.user_id])}


def _initial(policy: MachinePolicy) -> dict[str, Any]:
    shares = {name: round(getattr(policy, name) * 100, 4) for name in PERCENT}
    return shares | {"accepts": policy.accepts_id, "least_checked": policy.least_checked}


def _save(request: HttpRequest, project: Project, form: PolicyForm) -> bool:
    actor: Any = request.user
    try:
        change_machine_policy(project=project, actor=actor, now=timezone.now(), **form.changes())
    except GroundworkError as error:
        show_problems(form, error)
        return False
    messages.success(request, _t("Saved."))
    return True


@needs("manage")
@require_POST
def reopen(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    actor: Any = request.user
    number = reopen_accepted(project=project, actor=actor, now=timezone.now())
    told = ngettext("%(number)s task is asked of people again.", "%(number)s tasks are asked of people again.", number)
    messages.success(request, told % {"number": number})
    return redirect("project-machines", project.pk)


@needs("manage")
@require_POST
def count_votes(request: HttpRequest, project_id: int, machine_id: int) -> HttpResponse:
    """Leave the votes of a machine out of the project's results, or take them back in. Exact both ways.

    What that does was shown before, on the page itself.
    """
    project = my_project(request, project_id)
    machine = selectors.machine_of(organization_id=project.organization_id, mode=project.mode, machine_id=machine_id)
    actor: Any = request.user
    change: Callable[..., LeftOut]
    if "leave_out" in request.POST:
        change, told = leave_out, _t("The votes of %(machine)s no longer count. Results follow within a minute.")
    elif "take_in" in request.POST:
        change, told = take_back_in, _t("The votes of %(machine)s count again. Results follow within a minute.")
    else:
        raise BadRequest("neither leave_out nor take_in was asked for")
    try:
        change(project=project, annotator=machine.user, actor=actor, now=timezone.now())
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, told % {"machine": machine})
    return redirect("project-machines", project.pk)
