"""The annotator's page of answers that reviewers did not accept."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.types import registry
from tasks.models import Rejection
from tasks.selectors import reviews as selectors
from tasks.selectors.answering import configs_of
from tasks.selectors.media import image_links
from tasks.selectors.projects import sensitive
from tasks.services import appealing, rejecting
from tasks.services.consensus.rows import in_words
from tasks.states import RejectionState
from tasks.web import words
from tasks.web.work import annotator
from workers.web.access import needs

APPEALABLE = (RejectionState.RETURNED, RejectionState.FINAL)


@needs("label")
@require_GET
def returned(request: HttpRequest) -> HttpResponse:
    """To be fixed first, then what is over; each with the reason, and a way to appeal."""
    who = annotator(request)
    rows = list(selectors.own_rejections(who))
    configs = configs_of({row.project_id for row in rows})
    risks = sensitive({row.project_id for row in rows})
    shown = sorted((_row(row, configs, risks) for row in rows), key=lambda row: not row["is_open"])
    context = {"nav_section": "work", "tab": "returned", "rows": shown, "to_fix": selectors.to_fix(who)}
    context["any_risks"] = bool(risks)
    return render(request, "work/returned.html", context)


def _row(rejection: Rejection, configs: dict[tuple[int, int], Any], risks: dict[int, list[str]]) -> dict[str, Any]:
    answer, appeal = rejection.answer, getattr(rejection, "appeal", None)
    said = registry.get(rejection.project.type).export_row(
        answer.value, configs[rejection.project_id, answer.schema_version]
    )
    word, css = words.REJECTION_STATES[rejection.state]
    appeal_word, appeal_css = words.APPEALS[appeal.state] if appeal else ("", "")
    return {
        "rejection": rejection,
        "risks": risks.get(rejection.project_id, []),
        "words": in_words(said),
        "image": image_links(answer.task.item.media),
        "text": answer.task.item.data.get("text") or answer.task.item.name,
        "reason": words.REJECTIONS[rejection.reason],
        "chip": {"word": word, "css": css},
        "is_open": rejection.state == RejectionState.RETURNED,
        "may_appeal": appeal is None and rejection.state in APPEALABLE,
        "appeal": appeal,
        "appeal_chip": {"word": appeal_word, "css": appeal_css},
    }


@needs("label")
@require_POST
def answer(request: HttpRequest, rejection_id: int) -> HttpResponse:
    """Decline to fix it, or appeal."""
    who = annotator(request)
    rejection = selectors.own_rejection(who, rejection_id)
    now = timezone.now()
    try:
        if "decline" in request.POST:
            rejecting.finalize(rejection=rejection, now=now, actor_id=who.user_id)
            messages.success(request, _t("It stays rejected. You may still appeal."))
        else:
            appealing.appeal(rejection=rejection, text=request.POST.get("text", ""), now=now)
            messages.success(request, _t("Your appeal goes to another reviewer."))
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    return redirect("work-returned")
