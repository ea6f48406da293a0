"""Tasks and results."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.filters import TaskFilters, filters_of, matching_of
from tasks.api.outputs import ResultOut, TaskDetailOut, TaskOut
from tasks.api.projects import my_project
from tasks.models import Project, Task
from tasks.selectors import results
from tasks.selectors.item_filters import matching
from tasks.services import task_control


class InOrder(CursorPages):
    ordering = "id"


def my_task(request: Any, task_id: int) -> Task:
    caller = request.caller
    return results.task_of(organization_id=caller.organization.pk, mode=caller.mode, task_id=task_id)


def found_by(request: Request, project: Project) -> QuerySet[Task]:
    filters = matching_of(project, filters_of(request, TaskFilters))
    return matching(project, **filters).select_related("item", "consensus")


class ProjectTasks(APIView):
    @extend_schema(operation_id="projects_tasks", parameters=[TaskFilters], responses=TaskOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """The project's tasks in the order of their items."""
        project = my_project(request, project_id)
        found = found_by(request, project)
        pages = InOrder()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(TaskOut(page, many=True).data)


class ProjectResults(APIView):
    @extend_schema(operation_id="projects_results", parameters=[TaskFilters], responses=ResultOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """What the answers add up to, for every task that has one."""
        project = my_project(request, project_id)
        found = found_by(request, project)
        pages = InOrder()
        page = pages.paginate_queryset(found.filter(consensus__isnull=False), request, view=self)
        return pages.get_paginated_response(ResultOut(page, many=True).data)


class OneTask(APIView):
    class Input(Strict):
        priority = serializers.IntegerField(min_value=-1000, max_value=1000)

    @extend_schema(operation_id="tasks_get", responses=TaskDetailOut)
    def get(self, request: Request, task_id: int) -> Response:
        """The item, the consensus and every answer, under pseudonyms."""
        return Response(TaskDetailOut(my_task(request, task_id)).data)

    @extend_schema(operation_id="tasks_change", request=Input, responses=TaskDetailOut)
    def patch(self, request: Any, task_id: int) -> Response:
        task = my_task(request, task_id)
        data = cleaned(self.Input, request.data)
        task_control.set_priority(task=task, actor=request.caller.user, **data)
        return Response(TaskDetailOut(task).data)


class CancelTask(APIView):
    @extend_schema(operation_id="tasks_cancel", request=None, responses=TaskDetailOut)
    def post(self, request: Any, task_id: int) -> Response:
        """Ask nobody any more. Answers given stay."""
        task = my_task(request, task_id)
        cleaned(Nothing, request.data)
        task_control.cancel_task(task=task, actor=request.caller.user)
        return Response(TaskDetailOut(task).data)
