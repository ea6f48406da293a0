"""What annotators may know of themselves: how they do, what keeps them from working, and their appeal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError
from tasks.models import PaidTime, Skill
from tasks.selectors.entry import standing as entry_of
from tasks.selectors.gold import rules_of
from tasks.selectors.restrictions import own_restriction, own_restrictions
from tasks.web import quality_words
from tasks.web.work import annotator
from workers.services import restrictions
from workers.web.access import needs

MOST = 100


@needs("label")
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """Skills only where the project tells them; the figures of single checks never: they would give checks away."""
    who = annotator(request)
    mine = Skill.objects.filter(annotator=who.user_id, project__organization=who.organization_id, label="")
    rows = [
        {"skill": skill, "drawn": quality_words.interval(skill), "entry": entry_of(skill.project, who.user_id)}
        for skill in mine.select_related("project").order_by("-updated_at")[:MOST]
        if rules_of(skill.project).tells_skill
    ]
    found = list(own_restrictions(who)[:MOST])
    own_restrictions(who).filter(seen_at=None).update(seen_at=timezone.now())
    paid = PaidTime.objects.filter(annotator=who.user_id, project__organization=who.organization_id)
    context = {
        "nav_section": "work",
        "tab": "standing",
        "rows": rows,
        "minutes": round(sum(paid.values_list("active_ms", flat=True)) / 60_000),
        "restrictions": [{"row": row, "evidence": [evidence_in_words(each) for each in row.evidence]} for row in found],
    }
    return render(request, "work/standing.html", context)


def evidence_in_words(each: dict[str, Any]) -> dict[str, Any]:
    return quality_words.in_words(each["rule"], each["figures"]) | {"project": each.get("project", "")}


@needs("label")
@require_POST
def appeal(request: HttpRequest, restriction_id: int) -> HttpResponse:
    row = own_restriction(annotator(request), restriction_id)
    user: Any = request.user
    try:
        restrictions.appeal(restriction=row, user=user, text=request.POST.get("text", ""), now=timezone.now())
        messages.success(request, _t("Your appeal goes to another person. You get their answer by mail and here."))
    except GroundworkError as error:
        messages.error(request, str(error))
    return redirect("work-standing")
