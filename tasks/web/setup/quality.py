"""The quality step: how many answers, how sure, known answers, review, and what that costs and takes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from labeling.errors import GroundworkError
from tasks.models import QualityPolicy
from tasks.models.policy import Rule
from tasks.selectors import datasets as reads
from tasks.selectors.gold import gold_summary
from tasks.selectors.policies import calibration_of, policy_of
from tasks.selectors.projects import current_version
from tasks.selectors.setup import items_to_ask, seconds_each
from tasks.services.consensus.estimating import estimate
from tasks.services.gold_sources import add_gold_of_column, forget_column
from tasks.services.policies import change_policy, policy_problems
from tasks.services.projects import change_project
from tasks.services.review_rules import set_review_rules
from tasks.web.asking import show_problems
from tasks.web.quality_forms import QualityForm
from tasks.web.review_rules import ReviewRulesForm
from tasks.web.setup.steps import Here, go_on, is_stale, show, stamp_of, step_view

LOOKED_AT = 20
HOUR = 3600


class PlanForm(forms.Form):
    overlap = forms.IntegerField(
        label=_("Answers per item"), min_value=1, max_value=100,
        help_text=_("By different people. Three or five show how much people agree."),
    )  # fmt: skip
    seconds = forms.IntegerField(
        label=_("Seconds for one answer"), min_value=1, max_value=32_000,
        help_text=_("A guess, until the trial measures it."),
    )  # fmt: skip
    gold_field = forms.ChoiceField(
        label=_("Column with known answers"), required=False,
        help_text=_("Items that have one become hidden checks, which show how well people work. Never shown to them."),
    )  # fmt: skip

    def __init__(self, *args: Any, here: Here, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [("", _("None"))] + [(name, name) for name in columns(here)]
        if here.project.gold_field and here.project.gold_field not in dict(names):
            names.append((here.project.gold_field, here.project.gold_field))
        self.fields["gold_field"].choices = names  # type: ignore[attr-defined]
        if len(names) == 1:
            del self.fields["gold_field"]

    def place_of(self, path: str) -> tuple[str, str]:
        return {"field": "gold_field"}.get(path, path), ""


def columns(here: Here) -> list[str]:
    """Of the first items: those that nobody has to see."""
    if here.dataset is None:
        return []
    first = reads.items_of(here.dataset).order_by("pk").values_list("data", flat=True)[:LOOKED_AT]
    apart = {
        "text",
        "image",
        "prompt",
        "responses",
        "response",
        "messages",
        "attachments",
        here.project.suggestion_field,
    }
    return sorted({name for data in first for name in data} - apart)


@step_view
@require_http_methods(["GET", "POST"])
def quality(request: HttpRequest, here: Here) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    policy, version = policy_of(here.project), current_version(here.project)
    measured = seconds_each(here.project)
    plan = PlanForm(
        given,
        here=here,
        initial={
            "overlap": version.overlap,
            "seconds": round(measured or 0) or here.setup.seconds,
            "gold_field": here.project.gold_field,
        },
    )
    form, reviews = QualityForm(given, policy=policy), ReviewRulesForm(given, project=here.project)
    # not the measured seconds: they change while one reads, and nobody's word is put away with them
    saved = (version.overlap, here.setup.seconds, here.project.gold_field)
    stamp = stamp_of(saved, form.initial, reviews.initial)
    stale = is_stale(request, stamp)
    are_valid = [one.is_valid() for one in (plan, form, reviews)] if given is not None else [False]
    if all(are_valid) and not stale and _save(request, here, plan, form, reviews):
        return go_on(request, here, "quality", seconds=plan.cleaned_data["seconds"])
    context = {
        "plan": plan,
        "quality_form": form,
        "reviews_form": reviews,
        "stamp": stamp,
        "is_stale": stale,
        "policy": policy,
        "calibration": calibration_of(here.project),
        "gold": gold_summary(here.project),
        **figures(here, policy, version.overlap, measured or here.setup.seconds),
        "measured": measured,
    }
    return show(request, here, "quality", context, 409 if stale else 422 if given is not None else 200)


def _save(request: HttpRequest, here: Here, plan: PlanForm, form: QualityForm, reviews: ReviewRulesForm) -> bool:
    actor: Any = request.user
    now, project = timezone.now(), here.project
    saves: list[tuple[Any, Any]] = [
        (plan, lambda: change_project(project=project, actor=actor, now=now, overlap=plan.cleaned_data["overlap"])),
        (form, lambda: change_policy(project=project, actor=actor, now=now, **form.policy_fields())),
        (reviews, lambda: set_review_rules(project=project, actor=actor, now=now, **reviews.cleaned_data)),
    ]
    column = plan.cleaned_data.get("gold_field", project.gold_field)
    if column != project.gold_field and not column:
        saves.append((plan, lambda: forget_column(project=project, actor=actor)))
    elif column != project.gold_field:
        saves.append((plan, lambda: add_gold_of_column(project=project, field=column, actor=actor, now=now)))
    for owner, save in saves:
        try:
            save()
        except GroundworkError as error:
            show_problems(owner, error)
            return False
    return True


def figures(here: Here, policy: QualityPolicy, overlap: int, seconds: float) -> dict[str, Any]:
    """What it costs and takes, by the policy given."""
    found = estimate(here.project, policy, overlap=overlap)
    left = max(0, found.answers - found.answers_given)
    hours = left * seconds / HOUR
    pay = Decimal(policy.cost_per_answer)
    return {
        "estimate": found,
        "seconds": seconds,
        "hours": hours,
        "left_answers": left,
        "left_seconds": round(hours * HOUR),
        "by_people": [(people, round(hours * HOUR / people)) for people in (3, 10)] if hours else [],
        "pay_an_hour": (pay * HOUR / Decimal(str(seconds))).quantize(Decimal("0.01")) if pay and seconds else None,
        "is_adaptive": policy.rule == Rule.AGREE,
        "all_known": bool(here.dataset and here.dataset.item_count and not items_to_ask(here.project).exists()),
        "pay": f"{pay.normalize():f}" if pay else "",
    }


@step_view
@require_GET
def live_estimate(request: HttpRequest, here: Here) -> HttpResponse:
    """What is being typed would take; nothing is saved."""
    plan = PlanForm(request.GET, here=here)
    form = QualityForm(request.GET, policy=policy_of(here.project))
    context: dict[str, Any] = {"estimate": None}
    if plan.is_valid() and form.is_valid() and not policy_problems(form.policy_fields()):
        fields = form.policy_fields()
        fields["cost_per_answer"] = Decimal(str(fields["cost_per_answer"]))
        policy = QualityPolicy(project=here.project, **fields)
        here.project.gold_field = plan.cleaned_data.get("gold_field", here.project.gold_field)
        context = figures(here, policy, plan.cleaned_data["overlap"], plan.cleaned_data["seconds"])
    return render(request, "requester/setup/estimate.html", context)
