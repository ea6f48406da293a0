"""A project's quality policy: what it is, what it takes, what it has saved."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.pages import CursorPages
from labeling.http.serializers import Strict, cleaned
from tasks.api.projects import my_project
from tasks.models import Calibration, Project, QualityPolicy
from tasks.selectors.policies import calibration_of, policy_of
from tasks.services.consensus import estimating
from tasks.services.policies import FIELDS, change_policy, policy_problems

RULE = "fixed: as many answers as the version's overlap. agree: until two models are sure, from floor to ceiling."


class PolicyInput(Strict):
    rule = serializers.CharField(required=False, help_text=RULE)
    floor = serializers.IntegerField(required=False, help_text="Answers a task gets in any case.")
    ceiling = serializers.IntegerField(required=False, help_text="Answers a task gets at most.")
    target = serializers.FloatField(required=False, help_text="Share of labels that shall be right, .5 to .999.")
    audit_share = serializers.FloatField(required=False, help_text="Of the tasks that get every answer, .02 to .05.")
    review_below = serializers.FloatField(
        required=False, help_text="A task at its ceiling that is less sure than this goes to a reviewer."
    )
    cost_per_answer = serializers.DecimalField(
        required=False, max_digits=20, decimal_places=10, help_text="For estimates only; nobody is paid by it."
    )
    currency = serializers.CharField(required=False, help_text="Three capital letters, such as USD.")


class PolicyChange(PolicyInput):
    expected_number = serializers.IntegerField(
        required=False, help_text="Refuse the change when the policy in force has another number by now."
    )


class CurveOut(serializers.Serializer):
    slope = serializers.FloatField(help_text="The chance to be right is σ(slope × logit(confidence) + shift).")
    shift = serializers.FloatField()
    tasks = serializers.IntegerField(help_text="Measured on.")


class CalibrationOut(serializers.Serializer):
    number = serializers.IntegerField(
        help_text="0 until there are 50 audited tasks or 20 with a known answer; then each new one counts up."
    )
    tau = serializers.FloatField(help_text="How sure the models must be to stop.")
    temperature = serializers.FloatField(help_text="What confidences are softened by; 1 leaves them as they are.")
    curves = serializers.DictField(
        child=CurveOut(), help_text="By method: what makes its confidence honest, measured on known answers."
    )
    evidence = serializers.DictField(help_text="What it was derived from.")
    fitted_at = serializers.DateTimeField(allow_null=True)


class PolicyOut(serializers.Serializer):
    number = serializers.IntegerField(help_text="0 while the defaults hold; every change makes the next one.")
    rule = serializers.ChoiceField(["fixed", "agree"], help_text=RULE)
    floor = serializers.IntegerField()
    ceiling = serializers.IntegerField()
    target = serializers.FloatField()
    audit_share = serializers.FloatField()
    review_below = serializers.FloatField()
    cost_per_answer = serializers.DecimalField(max_digits=10, decimal_places=4)
    currency = serializers.CharField()
    created_at = serializers.DateTimeField(allow_null=True)


class EstimateOut(serializers.Serializer):
    basis = serializers.ChoiceField(
        ["overlap", "replay", "prior"],
        help_text="overlap: as many as it says. replay: the rule played on this project's answers. prior: before there"
        " are any, with people who are right as often as assumed_accuracy says.",
    )
    measured_on = serializers.IntegerField(help_text="Tasks replayed.")
    assumed_accuracy = serializers.FloatField(allow_null=True)
    answers_each = serializers.FloatField()
    tasks = serializers.IntegerField()
    answers = serializers.IntegerField()
    answers_given = serializers.IntegerField()
    cost_each = serializers.DecimalField(max_digits=20, decimal_places=4)
    cost = serializers.DecimalField(max_digits=20, decimal_places=2)
    currency = serializers.CharField()
    fixed_answers = serializers.IntegerField(help_text="The same tasks, each at the ceiling.")
    fixed_cost = serializers.DecimalField(max_digits=20, decimal_places=2)
    saved_share = serializers.FloatField()
    tau = serializers.FloatField()


class SavedOut(serializers.Serializer):
    overlap = serializers.IntegerField(help_text="The fixed overlap it is held against: the ceiling.")
    tasks = serializers.IntegerField(help_text="Finished under the rule, without the audit sample.")
    answers = serializers.IntegerField()
    saved = serializers.IntegerField()
    saved_share = serializers.FloatField()
    cost_saved = serializers.DecimalField(max_digits=20, decimal_places=2)
    currency = serializers.CharField()
    audited = serializers.IntegerField(help_text="Tasks of the audit sample with every answer.")
    right = serializers.IntegerField(help_text="Where the rule would have stopped with the label of all answers.")
    accuracy = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="95 %, Wilson.")


class QualityOut(serializers.Serializer):
    policy = PolicyOut()
    calibration = CalibrationOut()
    estimate = EstimateOut()
    saved = SavedOut(allow_null=True, help_text="Null while the rule is fixed.")


def policy_row(policy: QualityPolicy) -> dict[str, Any]:
    made = policy.created_at if policy.number else None
    return {name: getattr(policy, name) for name in ("number", *FIELDS)} | {"created_at": made}


def calibration_row(one: Calibration) -> dict[str, Any]:
    made = one.fitted_at if one.number else None
    return {name: getattr(one, name) for name in ("number", "tau", "temperature", "curves", "evidence")} | {
        "fitted_at": made
    }


def quality_row(project: Project) -> dict[str, Any]:
    policy = policy_of(project)
    row = {
        "policy": policy_row(policy),
        "calibration": calibration_row(calibration_of(project)),
        "estimate": estimating.estimate(project, policy),
        "saved": estimating.saved(project),
    }
    return QualityOut(row).data


class Quality(APIView):
    @extend_schema(operation_id="projects_quality", responses=QualityOut)
    def get(self, request: Request, project_id: int) -> Response:
        """The policy in force, what it is expected to take, and what it has saved so far."""
        return Response(quality_row(my_project(request, project_id)))

    @extend_schema(operation_id="projects_quality_change", request=PolicyChange, responses=QualityOut)
    def patch(self, request: Any, project_id: int) -> Response:
        """Change what is given; unresolved tasks follow soon after, resolved ones stay as they are."""
        project = my_project(request, project_id)
        data = cleaned(PolicyChange, request.data)
        if not data.keys() - {"expected_number"}:
            raise InvalidInput(Problem("", "nothing to change was given", "required"))
        change_policy(project=project, actor=request.caller.user, now=timezone.now(), **data)
        return Response(quality_row(project))


class QualityEstimate(APIView):
    @extend_schema(operation_id="projects_quality_estimate", parameters=[PolicyInput], responses=EstimateOut)
    def get(self, request: Request, project_id: int) -> Response:
        """What the policy would take with these changes. Nothing is changed."""
        project = my_project(request, project_id)
        changes = cleaned(PolicyInput, request.query_params.dict())
        return Response(EstimateOut(estimating.estimate(project, supposed(project, changes))).data)


class QualityPolicies(APIView):
    @extend_schema(operation_id="projects_quality_policies", responses=PolicyOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Every policy the project ever had, newest first."""
        policies = QualityPolicy.objects.filter(project=my_project(request, project_id)).order_by("-number")
        pages = CursorPages()
        pages.ordering = "-number"
        page = pages.paginate_queryset(policies, request, view=self)
        return pages.get_paginated_response(PolicyOut([policy_row(one) for one in page or ()], many=True).data)


def supposed(project: Project, changes: dict[str, Any]) -> QualityPolicy:
    """The policy in force with these changes, unsaved; InvalidInput where they make no policy."""
    current = policy_of(project)
    fields = {name: getattr(current, name) for name in FIELDS} | changes
    if problems := policy_problems(fields):
        raise InvalidInput(problems)
    fields["cost_per_answer"] = Decimal(str(fields["cost_per_answer"]))
    return QualityPolicy(project=project, number=current.number, **fields)
