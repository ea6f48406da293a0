"""Gold & training: what is known, how it comes in, and how people are trained and tested."""

from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from labeling.errors import GroundworkError, InvalidInput, Problem
from labeling.pseudonym import annotator_pseudonym
from tasks.models import Project, Verdict
from tasks.models.gold import GoldKind
from tasks.selectors import gold as selectors
from tasks.selectors.media import image_links
from tasks.services import gold as services
from tasks.services.check_rules import set_rules
from tasks.services.gold_sources import MOST_BYTES, add_gold_of_column, add_gold_of_file, add_gold_of_result
from tasks.states import GoldState
from tasks.web import words
from tasks.web.asking import my_project, show_problems
from tasks.web.keyset import keyset
from tasks.web.results import Reader, _my_task
from tasks.web.setup.people_forms import SMALL, QualificationForm
from workers.selectors.membership import MANAGES
from workers.web.access import needs

PAGE = 50
MOST_TOLD = 20
KINDS = [
    (GoldKind.GOLD, _("Hidden check")),
    (GoldKind.TRAINING, _("Training, with feedback")),
    (GoldKind.QUALIFICATION, _("Qualification test")),
]


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("CSV or JSON Lines"), help_text=_("Columns: item (its key), answer; if you like kind and explanation.")
    )
    kind = forms.ChoiceField(label=_("Use them as"), choices=KINDS)
    replace = forms.BooleanField(label=_("In place of other answers known to the same items"), required=False)


class ColumnForm(forms.Form):
    field = forms.CharField(
        label=_("Column"), max_length=200, help_text=_("It is never shown to annotators, of no item.")
    )


class RulesForm(QualificationForm):
    tolerance = forms.FloatField(
        label=_("Greatest distance that is still right"),
        required=False,
        min_value=0,
        max_value=1,
        help_text=_("0 the same, 1 nothing in common. Empty: what fits the type."),
        widget=forms.NumberInput(SMALL | {"step": "0.01"}),
    )
    tells_skill = forms.BooleanField(label=_("Annotators see how they do in this project"), required=False)
    everybody_again = forms.BooleanField(label=_("Everybody has to go through it (again)"), required=False)


class Filters(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *KINDS])
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, words.STATES[state.value][0]) for state in GoldState]
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]


@needs("see")
@require_http_methods(["GET", "POST"])
def gold(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    may = request.membership.role in MANAGES  # type: ignore[attr-defined]  # middleware
    posted = request.POST.get("form", "") if request.method == "POST" and may else ""
    made: dict[str, Any] = {
        "file": FileForm(request.POST if posted == "file" else None, request.FILES or None, prefix="f"),
        "column": ColumnForm(
            request.POST if posted == "column" else None, prefix="c", initial={"field": project.gold_field}
        ),
        "rules": RulesForm(request.POST if posted == "rules" else None, prefix="r", project=project),
    }
    form, problems = made.get(posted), []
    if form is not None and form.is_valid():
        try:
            data = form.rules() if isinstance(form, RulesForm) else form.cleaned_data
            problems = SAVE[posted](request, project, data)
        except GroundworkError as error:
            show_problems(form, error)
        else:
            if not problems:
                return redirect("project-gold", project.pk)
    filters = Filters(request.GET)
    given = {name: value for name, value in filters.cleaned_data.items() if value} if filters.is_valid() else {}
    page = keyset(request, selectors.gold_of(project, **given), size=PAGE, newest_first=True)
    reader = Reader(project)
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "gold",
        "summary": selectors.gold_summary(project),
        "kinds": dict(KINDS),
        "forms": made,
        "filters": filters,
        "is_filtered": bool(given),
        "problems": problems[:MOST_TOLD],
        "more_problems": max(0, len(problems) - MOST_TOLD),
        "column_problems": selectors.problems_of(project)[:MOST_TOLD],
        "page": page,
        "rows": [
            {
                "gold": one,
                "chip": words.chip(one.state),
                "kind": dict(KINDS)[GoldKind(one.kind)],
                "words": reader.words(one.answer, one.schema_version),
                "text": one.task.item.data.get("text", ""),
                "image": image_links(one.task.item.media),
            }
            for one in page.rows
        ],
    }
    status = 403 if request.method == "POST" and not may else 422 if form is not None else 200
    return render(request, "requester/gold.html", context, status=status)


def _save_file(request: HttpRequest, project: Project, data: dict[str, Any]) -> list[Problem]:
    actor: Any = request.user
    if data["file"].size > MOST_BYTES:
        raise InvalidInput(Problem("file", _t("is too large"), "max_length"))
    stored, problems = add_gold_of_file(
        project=project,
        content=data["file"].read(),
        actor=actor,
        now=timezone.now(),
        kind=data["kind"],
        replace=data["replace"],
    )
    _say_added(request, stored)
    return problems


def _save_column(request: HttpRequest, project: Project, data: dict[str, Any]) -> list[Problem]:
    actor: Any = request.user
    _say_added(request, add_gold_of_column(project=project, field=data["field"], actor=actor, now=timezone.now()))
    return []


def _save_rules(request: HttpRequest, project: Project, data: dict[str, Any]) -> list[Problem]:
    actor: Any = request.user
    set_rules(project=project, actor=actor, now=timezone.now(), **data)
    messages.success(request, _t("Saved."))
    return []


SAVE = {"file": _save_file, "column": _save_column, "rules": _save_rules}


def _say_added(request: HttpRequest, number: int) -> None:
    text = ngettext("%(number)s known answer is in use.", "%(number)s known answers are in use.", number)
    messages.success(request, text % {"number": number})


class GoldForm(forms.Form):
    answer = forms.CharField(
        label=_("Known answer"),
        widget=forms.Textarea({"class": "textarea mono", "rows": 6, "dir": "ltr"}),
        help_text=_("As JSON, the way an annotator's answer is stored."),
    )
    explanation = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"class": "textarea", "rows": 3}),
        help_text=_("Shown with the feedback of a training."),
    )
    kind = forms.ChoiceField(label=_("Use it as"), choices=KINDS)
    position = forms.IntegerField(
        label=_("Place in the training"), min_value=0, max_value=1_000_000, widget=forms.NumberInput(SMALL)
    )


@needs("manage")
@require_http_methods(["GET", "POST"])
def one_gold(request: HttpRequest, project_id: int, gold_id: int) -> HttpResponse:
    """Mend one: with another answer everybody is measured anew."""
    project = my_project(request, project_id)
    found = selectors.one_gold(project, gold_id)
    shown = orjson.dumps(found.answer, option=orjson.OPT_INDENT_2).decode()
    initial = {"answer": shown, "explanation": found.explanation, "kind": found.kind, "position": found.position}
    form = GoldForm(request.POST or None, initial=initial)
    actor: Any = request.user
    if request.method == "POST" and form.is_valid():
        try:
            services.change_gold(gold=found, actor=actor, **form.cleaned_data)
        except GroundworkError as error:
            show_problems(form, error)
        else:
            messages.success(request, _t("Saved."))
            return redirect("project-gold", project.pk)
        found = selectors.one_gold(project, gold_id)
    reader = Reader(project)
    verdicts = Verdict.objects.filter(gold=found).select_related("answer").order_by("-at")[:PAGE]
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(found.state),
        "tab": "gold",
        "gold": found,
        "form": form,
        "image": image_links(found.task.item.media),
        "verdicts": [
            {
                "verdict": one,
                "words": reader.words(one.answer.value, one.answer.schema_version),
                "who": annotator_pseudonym(organization_id=project.organization_id, user_id=one.annotator_id),
            }
            for one in verdicts
        ],
    }
    return render(request, "requester/gold_one.html", context, status=422 if form.is_bound else 200)


@needs("manage")
@require_POST
def change_gold(request: HttpRequest, project_id: int, gold_id: int, action: str) -> HttpResponse:
    found = selectors.one_gold(my_project(request, project_id), gold_id)
    actor: Any = request.user
    now = timezone.now()
    try:
        if action == "retire":
            why = "retired by hand"
            services.retire(gold=found, actor=actor, why=why, now=now)
        elif action == "reactivate":
            services.reactivate(gold=found, actor=actor)
        elif action == "drop":
            services.drop_gold(gold=found, actor=actor, now=now)
        else:
            raise Http404
        messages.success(request, _t("Saved."))
    except GroundworkError as error:
        messages.error(request, str(error))
    return redirect("project-gold", project_id)


@needs("manage")
@require_POST
def gold_of_task(request: HttpRequest, project_id: int, task_id: int) -> HttpResponse:
    """One click: the result of the task is what is known from now on."""
    task = _my_task(request, project_id, task_id)
    actor: Any = request.user
    kind = request.POST.get("kind", GoldKind.GOLD)
    try:
        add_gold_of_result(task=task, actor=actor, now=timezone.now(), kind=kind)
        messages.success(request, _t("The result is a known answer now."))
    except GroundworkError as error:
        messages.error(request, str(error))
    return redirect("project-task", project_id, task_id)
