"""Suggestions that came with the items: which could not be used, and what annotators made of the others."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.pages import CursorPages
from tasks.api.filters import Pages, filters_of
from tasks.api.projects import my_project
from tasks.models import SuggestionProblem
from tasks.selectors import suggestions


class SuggestionProblemOut(serializers.Serializer):
    task = serializers.IntegerField()
    item = serializers.CharField(help_text="The key of the item.")
    path = serializers.CharField(help_text="Into the item, beginning with the column.")
    message = serializers.CharField()

    def to_representation(self, problem: SuggestionProblem) -> dict[str, Any]:
        return {
            "task": problem.task_id,
            "item": problem.task.item.key,
            "path": problem.path,
            "message": problem.message,
        }


class InOrder(CursorPages):
    ordering = "id"


class SuggestionProblems(APIView):
    @extend_schema(
        operation_id="projects_suggestion_problems", parameters=[Pages], responses=SuggestionProblemOut(many=True)
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Why suggestions were not used. Their tasks are asked without them."""
        project = my_project(request, project_id)
        filters_of(request, Pages)
        pages = InOrder()
        page = pages.paginate_queryset(suggestions.problems_of(project), request, view=self)
        return pages.get_paginated_response(SuggestionProblemOut(page, many=True).data)
