"""The organization's machines: register one, see its key once, how good it is wherever it answers, switch it off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.quality.error_bound import upper_bound
from tasks.models import Machine
from tasks.models.machines import MachineKind
from tasks.selectors import machines as selectors
from tasks.services import machines as services
from tasks.web import machines as project_pages
from tasks.web.asking import MODE, organization_of, show_problems
from workers.web import shown_once
from workers.web.access import allows, needs

MOST = 200  # machines on the page
MOST_PROJECTS = 20  # whose figures are worked out for one page


class MachineForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"class": "input"}))
    version = forms.CharField(
        label=_("Version"), max_length=38, widget=forms.TextInput({"class": "input"}),
        help_text=_("Another version is another machine: its errors are its own."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=MachineKind.choices, widget=forms.Select({"class": "select"}))
    notes = forms.CharField(
        label=_("Notes"), max_length=5000, required=False, widget=forms.Textarea({"class": "textarea", "rows": 3})
    )


class NotesForm(forms.Form):
    notes = forms.CharField(
        label=_("Notes"), max_length=5000, required=False, widget=forms.Textarea({"class": "textarea", "rows": 3})
    )


def my_machine(request: HttpRequest, machine_id: int) -> Machine:
    return selectors.machine_of(organization_id=organization_of(request).pk, mode=MODE, machine_id=machine_id)


@never_cache
@needs("see")
@require_http_methods(["GET", "POST"])
def machines(request: HttpRequest) -> HttpResponse:
    """GET lists; POST registers one, whose key the page after it shows this one time."""
    may_change = allows(request.membership, "manage")  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    posted = request.method == "POST"
    if posted and not may_change:
        return HttpResponse(status=403)
    form = MachineForm(request.POST if posted else None)
    kept = f"machine of {organization_of(request).pk}"
    actor: Any = request.user
    if posted and form.is_valid():
        who: dict[str, Any] = {"actor": actor, "now": timezone.now()}
        try:
            made = services.register_machine(
                organization=organization_of(request), mode=MODE, **who, **form.cleaned_data
            )
            shown_once.keep(request, kept, pk=made.pk, name=str(made), secret=services.give_key(machine=made, **who))
            return redirect("machines")
        except GroundworkError as error:
            show_problems(form, error)
    rows = selectors.machines_of(organization_id=organization_of(request).pk, mode=MODE).order_by("archived_at", "-pk")
    context = {
        "nav_section": "projects",
        "machines": rows.select_related("created_by", "key")[:MOST],
        "form": form,
        "made": shown_once.take(request, kept),
    }
    return render(request, "requester/machine_register.html", context, status=422 if posted else 200)


@never_cache
@needs("see")
@require_GET
def machine(request: HttpRequest, machine_id: int) -> HttpResponse:
    one = my_machine(request, machine_id)
    context = {
        "nav_section": "projects",
        "machine": one,
        "secret": shown_once.take(request, f"machine {one.pk}").get("secret", ""),
        "notes": NotesForm(initial={"notes": one.notes}),
        "rows": [_row(project, one) for project in selectors.projects_of_machine(one)[:MOST_PROJECTS]],
    }
    return render(request, "requester/machine.html", context)


def _row(project: Any, one: Machine) -> dict[str, Any]:
    """How it does in one project: its skill, how wrong it can be, and what it does to people."""
    row = project_pages.row(project, one)
    skill, policy = row["skill"], selectors.machine_policy_of(project)
    acceptance = selectors.acceptance_of(project)
    is_on = acceptance is not None and acceptance.machine == one and acceptance.ended_at is None
    return row | {
        "project": project,
        "bound": upper_bound(skill.total - skill.hits, skill.total) if skill.total else None,
        "settles": is_on and policy.accepts == one,
        "tested": policy.accepts == one,
        "control_share": policy.control_share,
    }


@never_cache
@needs("manage")
@require_POST
def change(request: HttpRequest, machine_id: int, action: str) -> HttpResponse:
    one = my_machine(request, machine_id)
    actor: Any = request.user
    try:
        if action == "key":
            secret = services.give_key(machine=one, actor=actor, now=timezone.now())
            shown_once.keep(request, f"machine {one.pk}", secret=secret)
        elif action == "archive":
            services.archive_machine(machine=one, actor=actor, now=timezone.now())
            messages.success(request, _t("It is switched off: it takes no answers and settles no tasks any more."))
        elif action == "notes":
            form = NotesForm(request.POST)
            if form.is_valid():
                services.change_machine(machine=one, actor=actor, notes=form.cleaned_data["notes"])
                messages.success(request, _t("Saved."))
        else:
            raise Http404
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    return redirect("machine", one.pk)
