"""The requester's pages of a project's people, and of the acts that keep one from working."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling import charts
from labeling.errors import GroundworkError
from tasks.models import Answer, Sign, Skill
from tasks.selectors import project_people as selectors
from tasks.selectors.entry import standing
from tasks.selectors.restrictions import restriction_of, restrictions_of
from tasks.services import restricting, signs
from tasks.web import quality_words, words
from tasks.web.asking import membership_of, my_project, organization_of, show_problems
from tasks.web.results import Reader
from workers.models import RestrictionKind, RestrictionReason
from workers.selectors.membership import MANAGES
from workers.web.access import needs

NEWEST = 30


@needs("see")
@require_GET
def people(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    rows = selectors.people_of(project)
    for row in rows:
        row["drawn"] = quality_words.interval(row["skill"])
        row["told"] = [quality_words.told(sign) for sign in row["signs"]]
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "people",
        "rows": rows,
    }
    return render(request, "requester/project_people.html", context)


class RestrictForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What"),
        choices=[
            (RestrictionKind.PAUSE, _("Pause in this project: no more tasks for now, all answers stay")),
            (RestrictionKind.REMOVE, _("Remove from this project")),
            (RestrictionKind.SUSPEND, _("Suspend everywhere in the organization")),
        ],
    )
    leaves_out = forms.BooleanField(label=_("Their answers no longer count"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=RestrictionReason.choices)
    text = forms.CharField(
        label=_("What you tell them"), max_length=4000, widget=forms.Textarea({"class": "textarea", "rows": 4})
    )


@needs("see")
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, project_id: int, user_id: int) -> HttpResponse:
    """One person; and, for managers, the form to restrict them: its effects are shown before it is done."""
    project = my_project(request, project_id)
    one = selectors.member_of(project, user_id)
    if one is None:
        raise Http404
    may = membership_of(request).role in MANAGES and user_id != membership_of(request).user_id
    form = RestrictForm(request.POST if request.method == "POST" and may else None)
    effects = None
    actor: Any = request.user
    now = timezone.now()
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        scope = None if data["kind"] == RestrictionKind.SUSPEND else project
        who: dict[str, Any] = {"organization": project.organization, "user_id": user_id, "project": scope}
        try:
            if "confirm" in request.POST:
                restricting.restrict(**who, **data, actor=actor, actor_role=membership_of(request).role, now=now)
                messages.success(request, _t("Done. They are told by mail and on their page, with your reason."))
                return redirect("project-person", project.pk, user_id)
            effects = restricting.preview(**who, leaves_out=data["leaves_out"])
        except GroundworkError as error:
            show_problems(form, error)
    reader = Reader(project)
    answers = Answer.objects.filter(project=project, annotator=user_id, is_live=True)
    newest = answers.select_related("task__item", "task__consensus", "verdict").order_by("-pk")[:NEWEST]
    overall = Skill.objects.filter(project=project, annotator=user_id, label="").first()
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "people",
        "person": one,
        "skill": overall,
        "drawn": quality_words.interval(overall),
        "labels": [
            (skill, quality_words.interval(skill))
            for skill in Skill.objects.filter(project=project, annotator=user_id).exclude(label="").order_by("label")
        ],
        "signs": [quality_words.told(sign) for sign in selectors.standing_signs(project, user_id)],
        "confusion": _drawn(selectors.confusion(project, user_id)),
        "trend": selectors.trend(project, user_id, now),
        "entry": standing(project, user_id),
        "restrictions": restrictions_of(project.organization).filter(user=user_id).order_by("-pk")[:10],
        "answers": [
            {
                "answer": answer,
                "words": reader.words(answer.value, answer.schema_version),
                "consensus": getattr(answer.task, "consensus", None),
                "verdict": getattr(answer, "verdict", None),
                "text": answer.task.item.data.get("text") or answer.task.item.name,
            }
            for answer in newest
        ],
        "form": form if may else None,
        "effects": effects,
    }
    status = 422 if form.errors else 403 if request.method == "POST" and not may else 200
    return render(request, "requester/project_person.html", context, status=status)


def _drawn(confusion: dict[str, Any] | None) -> dict[str, Any] | None:
    """As a picture: each row's squares are shares of what the consensus says is so."""
    if confusion is None:
        return None
    names = confusion["names"]
    values = []
    for truth, counts in confusion["rows"]:
        told = [
            _t("Consensus %(truth)s, answered %(said)s: %(count)s") % {"truth": truth, "said": said, "count": count}
            for said, count in zip(names, counts, strict=True)
        ]
        total = sum(counts)
        values.append(
            [
                (count / total if total else 0.0, f"{count:.0f}" if count >= 0.5 else "", title, "")
                for count, title in zip(counts, told, strict=True)
            ]
        )
    return {"names": names, "drawn": charts.heat_map(names, names, values)}


@needs("manage")
@require_POST
def dismiss_sign(request: HttpRequest, project_id: int, sign_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    sign = get_object_or_404(Sign, pk=sign_id, project=project)
    signs.dismiss(sign=sign, actor=request.user, now=timezone.now())
    messages.success(request, _t("Dismissed. It stays in the history."))
    return redirect("project-person", project_id, sign.annotator_id)


@needs("manage")
@require_GET
def restrictions(request: HttpRequest) -> HttpResponse:
    """All of the organization's: appeals that wait first."""
    rows = restrictions_of(organization_of(request)).order_by(F("lifted_at").desc(nulls_first=True), "-pk")[:200]
    waiting = [row for row in rows if row.appealed_at and not row.decided_at and not row.lifted_at]
    others = [row for row in rows if row not in waiting]
    context = {"nav_section": "people", "waiting": waiting, "rows": others, "me": membership_of(request).user_id}
    return render(request, "requester/restrictions.html", context)


@needs("manage")
@require_POST
def change_restriction(request: HttpRequest, restriction_id: int) -> HttpResponse:
    row = restriction_of(organization_of(request), restriction_id)
    actor: Any = request.user
    now = timezone.now()
    try:
        if "lift" in request.POST:
            restricting.lift(restriction=row, actor=actor, now=now)
        else:
            overturns, text = "overturn" in request.POST, request.POST.get("text", "")
            restricting.decide(restriction=row, actor=actor, overturns=overturns, text=text, now=now)
        messages.success(request, _t("Saved."))
    except GroundworkError as error:
        messages.error(request, str(error))
    return redirect("restrictions")
