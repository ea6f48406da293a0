"""How a project trains and tests its people, and how they do."""

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
from tasks.models import CheckRules
from tasks.selectors.gold import rules_of
from tasks.selectors.project_people import people_of
from tasks.services.check_rules import FIELDS, set_rules
from tasks.services.gold_sources import add_gold_of_column


class CheckRulesOut(serializers.ModelSerializer[CheckRules]):
    accepted_tests: "serializers.Field[Any, Any, Any, Any]" = serializers.PrimaryKeyRelatedField(
        source="project.accepted_tests", many=True, read_only=True
    )

    class Meta:
        model = CheckRules
        fields = (*FIELDS, "accepted_tests")


class CheckRulesChange(Strict):
    train_first = serializers.BooleanField(required=False)
    test_size = serializers.IntegerField(required=False, min_value=0, max_value=100)
    pass_mark = serializers.FloatField(required=False)
    tries = serializers.IntegerField(required=False, min_value=1, max_value=10)
    cool_down_hours = serializers.IntegerField(required=False, min_value=0, max_value=2160)
    tolerance = serializers.FloatField(required=False, allow_null=True)
    tells_skill = serializers.BooleanField(required=False)
    accepted_tests = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        max_length=100,
        help_text="Projects: who passed the test of one of them needs no training and no test here.",
    )
    everybody_again = serializers.BooleanField(
        required=False, default=False, help_text="Those who work on the project already go through it, too."
    )


class CheckRulesView(APIView):
    @extend_schema(operation_id="projects_check_rules", responses=CheckRulesOut)
    def get(self, request: Request, project_id: int) -> Response:
        """Training and test before live work."""
        return Response(CheckRulesOut(rules_of(my_project(request, project_id))).data)

    @extend_schema(operation_id="projects_check_rules_change", request=CheckRulesChange, responses=CheckRulesOut)
    def patch(self, request: Any, project_id: int) -> Response:
        """Change what is given."""
        project = my_project(request, project_id)
        data = cleaned(CheckRulesChange, request.data)
        if set(data) == {"everybody_again"} and not data["everybody_again"]:
            raise InvalidInput(Problem("", "nothing to change was given", "required"))
        rules = set_rules(project=project, actor=request.caller.user, now=timezone.now(), **data)
        return Response(CheckRulesOut(rules).data)


class GoldColumn(APIView):
    class Input(Strict):
        field = serializers.CharField(max_length=200, help_text="A column of the items; no annotator sees it any more.")

    class Output(serializers.Serializer):
        added = serializers.IntegerField()

    @extend_schema(operation_id="projects_gold_column", request=Input, responses=Output)
    def put(self, request: Any, project_id: int) -> Response:
        """Items with a value in this column are hidden checks, those there are and those to come."""
        project = my_project(request, project_id)
        field = cleaned(self.Input, request.data)["field"]
        actor = request.caller.user
        return Response({"added": add_gold_of_column(project=project, field=field, actor=actor, now=timezone.now())})


class SignOut(serializers.Serializer):
    rule = serializers.CharField()
    figures = serializers.JSONField()
    first_at = serializers.DateTimeField()


class AnnotatorOut(serializers.Serializer):
    user = serializers.IntegerField()
    name = serializers.CharField()
    answers = serializers.IntegerField()
    median_seconds = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True, help_text="Share of right answers, as far as anybody can tell.")
    low = serializers.FloatField(allow_null=True, help_text="Its 10 % quantile.")
    gold_right = serializers.IntegerField()
    gold_seen = serializers.IntegerField()
    agreed = serializers.FloatField(allow_null=True, help_text="With the consensus of the others.")
    signs = SignOut(many=True, help_text="Evidence for a person to look at; nothing happens by it.")

    def to_representation(self, row: dict[str, Any]) -> dict[str, Any]:
        skill = row["skill"]
        names = ("mean", "low", "agreed", "gold_right", "gold_seen")
        told = {name: getattr(skill, name) if skill else 0 if name.startswith("gold") else None for name in names}
        return told | {
            "user": row["person"],
            "name": row["name"],
            "answers": row["answers"],
            "median_seconds": row["seconds"],
            "signs": SignOut(row["signs"], many=True).data,
        }


class ProjectPeople(APIView):
    @extend_schema(operation_id="projects_people", responses=AnnotatorOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Everybody who answered, those who need attention first."""
        return Response({"results": AnnotatorOut(people_of(my_project(request, project_id)), many=True).data})
