"""The quality policy on the project's settings page, and its estimate while one types."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from labeling.errors import GroundworkError
from tasks.models import Project, QualityPolicy
from tasks.selectors.policies import calibration_of, policy_of
from tasks.services.consensus.estimating import estimate
from tasks.services.policies import change_policy, policy_problems
from tasks.web.asking import my_project, show_problems
from tasks.web.quality_forms import QualityForm
from workers.web.access import needs

NEWEST = 10


def quality_context(request: HttpRequest, project: Project, *, posted: bool) -> dict[str, Any]:
    """The form with what it was filled with, the policy in force, and what that takes."""
    policy = policy_of(project)
    form = QualityForm(request.POST if posted else None, policy=policy)
    policies = QualityPolicy.objects.filter(project=project).select_related("created_by")
    return {
        "quality_form": form,
        "policy": policy,
        "calibration": calibration_of(project),
        "estimate": estimate(project, policy),
        "policies": policies.order_by("-number")[:NEWEST],
    }


def save_quality(request: HttpRequest, project: Project, form: QualityForm) -> bool:
    actor: Any = request.user
    expected = request.POST.get("expected", "")
    number = int(expected[:9]) if expected.isascii() and expected.isdecimal() else None
    before = policy_of(project).number
    try:
        policy = change_policy(
            project=project, actor=actor, now=timezone.now(), expected_number=number, **form.policy_fields()
        )
    except GroundworkError as error:
        show_problems(form, error)
        return False
    if policy.number == before:
        messages.success(request, _("Nothing has changed."))
    else:
        messages.success(request, _("The quality policy is in force. Unfinished tasks follow within a minute."))
    return True


@needs("manage")
@require_GET
def quality_estimate(request: HttpRequest, project_id: int) -> HttpResponse:
    """What the policy being typed would take; nothing is saved."""
    project = my_project(request, project_id)
    form = QualityForm(request.GET, policy=policy_of(project))
    context: dict[str, Any] = {"estimate": None}
    if form.is_valid() and not policy_problems(form.policy_fields()):
        fields = form.policy_fields()
        fields["cost_per_answer"] = Decimal(str(fields["cost_per_answer"]))
        context["estimate"] = estimate(project, QualityPolicy(project=project, **fields))
    return render(request, "requester/quality_estimate.html", context)
