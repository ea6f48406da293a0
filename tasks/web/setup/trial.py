"""The trial step: a few items to several people first, and what that shows before the rest is asked."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from labeling.errors import GroundworkError
from tasks.selectors import setup as selectors
from tasks.selectors.media import image_links
from tasks.selectors.policies import policy_of
from tasks.selectors.projects import current_version
from tasks.services.setting_up import MOST_ANSWERS, MOST_TRIED, start_trial
from tasks.web.asking import show_problems
from tasks.web.results import Reader
from tasks.web.setup.people import able
from tasks.web.setup.steps import Here, go_on, show, step_view

USUAL = 20
MANY = 5  # answers an item: enough to see whether people agree


class TrialForm(forms.Form):
    size = forms.IntegerField(
        label=_("Items"), min_value=1, max_value=MOST_TRIED, help_text=_("Spread evenly over your data. 20 is usual.")
    )
    answers = forms.IntegerField(
        label=_("Answers for each"), min_value=1, max_value=MOST_ANSWERS,
        help_text=_("By different people: the more, the better one sees where they differ."),
    )  # fmt: skip

    def place_of(self, path: str) -> tuple[str, str]:
        return path, ""


@step_view
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, here: Here) -> HttpResponse:
    if here.setup.is_on_trial:
        if request.method == "POST":
            return go_on(request, here, "trial")
        return show(request, here, "trial", results(here))
    then = request.POST.get("then", "")
    form = TrialForm(request.POST if then == "start" else None, initial=_usual(here))
    if request.method == "POST" and then != "start":
        return go_on(request, here, "trial")
    if form.is_bound and form.is_valid() and _start(request, here, form):
        return redirect("setup-trial", here.project.pk)
    context = {
        "form": form,
        "lacks": [text for name in ("data", "labels") if (text := here.lacks(name))],
        "able": able(here.project),
    }
    return show(request, here, "trial", context, 422 if form.is_bound else 200)


def _usual(here: Here) -> dict[str, int]:
    """Everybody who may, up to five, and no fewer than later."""
    policy, version = policy_of(here.project), current_version(here.project)
    least = policy.floor if policy.rule == "agree" else version.overlap
    items = here.dataset.item_count if here.dataset else 0
    return {"size": min(USUAL, items) or USUAL, "answers": max(least, min(able(here.project), MANY))}


def _start(request: HttpRequest, here: Here, form: TrialForm) -> bool:
    actor: Any = request.user
    data = form.cleaned_data
    try:
        start_trial(project=here.project, actor=actor, now=timezone.now(), size=data["size"], answers=data["answers"])
    except GroundworkError as error:
        show_problems(form, error)
        return False
    return True


def results(here: Here) -> dict[str, Any]:
    found = selectors.trial_of(here.project)
    reader = Reader(here.project)
    rows = [
        {
            "task": one.task,
            "text": one.task.item.data.get("text", ""),
            "name": one.task.item.name,
            "image": image_links(one.task.item.media),
            "label": reader.words(one.value),
            "agreement": one.agreement,
        }
        for one in found["differ"]
    ]
    return {
        "trial": found,
        "rows": rows,
        "rest": max(0, (here.dataset.item_count if here.dataset else 0) - found["tasks"]),
    }


@step_view
@require_GET
def live(request: HttpRequest, here: Here) -> HttpResponse:
    """The results, asked for again and again while they come in."""
    if not here.setup.is_on_trial:
        return HttpResponse(status=204)
    context = results(here) | {"here": here, "project": here.project}
    return render(request, "requester/setup/trial_live.html", context)
