"""How a project reviews."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.serializers import Strict, cleaned
from tasks.api.projects import my_project
from tasks.selectors import review_rules as selectors
from tasks.services.review_rules import BOUNDS, set_review_rules

WORDS = {
    "lease_seconds": "Seconds a reviewer holds a task without a sign of life",
    "fix_hours": "Hours an annotator has to fix an answer that was returned",
    "rejection_brake": "Percent of a person's last 20 answers; rejecting more needs a second reviewer",
    "second_reviews": "Percent of reviews that another reviewer repeats without seeing the first",
}


def _number(name: str) -> serializers.IntegerField:
    low, high = BOUNDS[name]
    return serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text=f"{WORDS[name]}, {low} to {high}; null: the installation's.",
    )


class ReviewRulesInput(Strict):
    lease_seconds = _number("lease_seconds")
    fix_hours = _number("fix_hours")
    rejection_brake = _number("rejection_brake")
    second_reviews = _number("second_reviews")


class ReviewRulesOut(serializers.Serializer):
    lease_seconds = serializers.IntegerField()
    fix_hours = serializers.IntegerField()
    rejection_brake = serializers.IntegerField()
    second_reviews = serializers.IntegerField()
    own = serializers.ListField(
        child=serializers.ChoiceField(selectors.FIELDS),
        help_text="Those that the project sets itself; the others are the installation's.",
    )


def shown(project_id: int) -> dict[str, Any]:
    rules = selectors.review_rules_of(project_id)
    values = {name: getattr(rules, name) for name in selectors.FIELDS}
    return values | {"own": sorted(selectors.own_rules(project_id))}


class ReviewRulesView(APIView):
    @extend_schema(operation_id="projects_review_rules", responses=ReviewRulesOut)
    def get(self, request: Request, project_id: int) -> Response:
        """The rules in force."""
        return Response(shown(my_project(request, project_id).pk))

    @extend_schema(operation_id="projects_review_rules_change", request=ReviewRulesInput, responses=ReviewRulesOut)
    def patch(self, request: Any, project_id: int) -> Response:
        """Change what is given, from now on: what is under way keeps its time."""
        project = my_project(request, project_id)
        data = cleaned(ReviewRulesInput, request.data)
        if not data:
            raise InvalidInput(Problem("", "nothing to change was given", "required"))
        set_review_rules(project=project, actor=request.caller.user, now=timezone.now(), **data)
        return Response(shown(project.pk))
