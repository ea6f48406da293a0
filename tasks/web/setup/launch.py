"""The last step: everything once more, what is missing, and the launch."""

from html import unescape
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from labeling.errors import GroundworkError, InvalidInput
from labeling.markdown import to_html
from labeling.problem_words import error_in_words, in_words
from labeling.types import registry
from tasks.models import Task
from tasks.models.policy import Rule
from tasks.selectors.gold import rules_of
from tasks.selectors.policies import policy_of
from tasks.selectors.projects import current_version
from tasks.selectors.setup import seconds_each
from tasks.services import launching
from tasks.states import APART
from tasks.web.setup.people import able
from tasks.web.setup.quality import figures
from tasks.web.setup.steps import STEPS, Here, go_on, show, step_view


@step_view
@require_http_methods(["GET", "POST"])
def launch(request: HttpRequest, here: Here) -> HttpResponse:
    lacks = [(step, text) for step in STEPS if (text := here.lacks(step.name))]
    error, is_about_data = "", False
    if request.method == "POST":
        if request.POST.get("then") == "leave":
            return go_on(request, here, "launch")
        error, is_about_data = ("", False) if lacks else _launch(request, here)
        if not lacks and not error:
            return redirect("project", here.project.pk)
    version, policy = current_version(here.project), policy_of(here.project)
    tried = Task.objects.filter(project=here.project).exclude(state__in=APART).count()
    context = {
        "lacks": [(step, text, f"setup-{step.name}") for step, text in lacks],
        "error": error,
        "is_about_data": is_about_data,
        "type": registry.get(here.project.type),
        "version": version,
        "policy": policy,
        "labels": labels_of(version.config),
        "guideline": unescape(strip_tags(to_html(version.guideline))),
        "able": (people := able(here.project)),
        "too_few": 0 < people < (needed := policy.floor if policy.rule == Rule.AGREE else version.overlap),
        "needed": needed,
        "rules": rules_of(here.project),
        "tried": tried,
        "rest": max(0, (here.dataset.item_count if here.dataset else 0) - tried),
        **figures(here, policy, version.overlap, seconds_each(here.project) or here.setup.seconds),
    }
    return show(request, here, "launch", context, 422 if request.method == "POST" else 200)


def labels_of(config: dict[str, Any]) -> list[str]:
    """Names of what can be answered, for a line of chips."""
    for name in ("options", "labels", "categories", "criteria", "fields"):
        if isinstance(config.get(name), list):
            found = [one for one in config[name] if isinstance(one, dict)]
            return [str(one.get("label") or one.get("title") or one.get("value") or one.get("name")) for one in found]
    return []


def _launch(request: HttpRequest, here: Here) -> tuple[str, bool]:
    """The reason why not, or nothing; and whether it is items that cannot be shown."""
    actor: Any = request.user
    assert here.dataset  # else something is lacking
    try:
        opened = launching.launch(project=here.project, dataset=here.dataset, actor=actor, now=timezone.now())
    except InvalidInput as error:
        about_data = all(each.path == "dataset" for each in error.problems)
        return "; ".join(in_words(each.message) for each in error.problems), about_data
    except GroundworkError as error:
        return error_in_words(error), False
    text = ngettext("%(number)s task is open.", "%(number)s tasks are open.", opened) % {"number": opened}
    messages.success(request, _t("It runs.") + " " + text)
    return "", False
