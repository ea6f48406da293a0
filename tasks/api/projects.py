"""Projects: make, change, launch, watch."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from labeling.types import registry
from tasks.api.filters import ProjectFilters, filters_of
from tasks.api.outputs import (
    LaunchOut,
    ProgressOut,
    ProjectChange,
    ProjectInput,
    ProjectOut,
    TypeOut,
    VersionOut,
)
from tasks.models import Project, ProjectVersion
from tasks.selectors import progress, suggestions
from tasks.selectors import projects as selectors
from tasks.services import launching
from tasks.services import projects as services

RELATED = ("members", "groups", "datasets")


def my_project(request: Any, project_id: int) -> Project:
    caller = request.caller
    return selectors.project_of(organization_id=caller.organization.pk, mode=caller.mode, project_id=project_id)


def shown(project: Project) -> dict[str, Any]:
    fresh = selectors.with_current(Project.objects.filter(pk=project.pk)).prefetch_related(*RELATED).get()
    return ProjectOut(fresh).data


class Projects(APIView):
    @extend_schema(operation_id="projects_list", parameters=[ProjectFilters], responses=ProjectOut(many=True))
    def get(self, request: Any) -> Response:
        """Projects, newest first; archived ones only when asked for by state."""
        filters = filters_of(request, ProjectFilters)
        mine = selectors.projects_of(organization_id=request.caller.organization.pk, mode=request.caller.mode)
        pages = CursorPages()
        found = selectors.with_current(selectors.listed(mine, **filters)).prefetch_related(*RELATED)
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(ProjectOut(page, many=True).data)

    @extend_schema(operation_id="projects_create", request=ProjectInput, responses={201: ProjectOut})
    @idempotent
    def post(self, request: Any) -> Response:
        """Make a draft. `launch` opens its tasks."""
        caller = request.caller
        data = cleaned(ProjectInput, request.data)
        project = services.create_project(organization=caller.organization, mode=caller.mode, actor=caller.user, **data)
        return Response(shown(project), status=201, headers={"Location": f"/api/v1/projects/{project.pk}"})


class OneProject(APIView):
    @extend_schema(operation_id="projects_get", responses=ProjectOut)
    def get(self, request: Request, project_id: int) -> Response:
        return Response(shown(my_project(request, project_id)))

    @extend_schema(operation_id="projects_change", request=ProjectChange, responses=ProjectOut)
    def patch(self, request: Any, project_id: int) -> Response:
        """Change what is given. Config, guideline, overlap and end use become a new version; answers keep theirs."""
        project = my_project(request, project_id)
        data = cleaned(ProjectChange, request.data)
        if not data:
            raise InvalidInput(Problem("", "nothing to change was given", "required"))
        services.change_project(project=project, actor=request.caller.user, now=timezone.now(), **data)
        return Response(shown(project))


class Versions(APIView):
    @extend_schema(operation_id="projects_versions", responses=VersionOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Everything that was ever asked, newest first."""
        versions = ProjectVersion.objects.filter(project=my_project(request, project_id), for_tasks=False).order_by(
            "-number"
        )
        pages = CursorPages()
        pages.ordering = "-number"
        page = pages.paginate_queryset(versions, request, view=self)
        return pages.get_paginated_response(VersionOut(page, many=True).data)


class Launch(APIView):
    class Input(Strict):
        dataset = serializers.IntegerField()
        priority = serializers.IntegerField(required=False, default=0, min_value=-1000, max_value=1000)

    @extend_schema(operation_id="projects_launch", request=Input, responses=LaunchOut)
    @idempotent
    def post(self, request: Any, project_id: int) -> Response:
        """Open a task for every item of the dataset that the project does not have yet, and start."""
        project = my_project(request, project_id)
        data = cleaned(self.Input, request.data)
        caller = request.caller
        mine = selectors.launchable_datasets(organization_id=caller.organization.pk, mode=caller.mode)
        dataset = mine.filter(pk=data["dataset"]).first()
        if dataset is None:
            raise InvalidInput(Problem("dataset", f"there is no dataset {data['dataset']}", "missing"))
        tasks = launching.launch(
            project=project, dataset=dataset, actor=caller.user, now=timezone.now(), priority=data["priority"]
        )
        return Response({"tasks": tasks, "suggestions": suggestions.report(project)})


class Move(APIView):
    # one of the moves of a project's state: Move.as_view(to="pause")

    to = ""

    @extend_schema(request=None, responses=ProjectOut)
    def post(self, request: Any, project_id: int) -> Response:
        project = my_project(request, project_id)
        cleaned(Nothing, request.data)
        getattr(services, self.to)(project=project, actor=request.caller.user)
        return Response(shown(project))


class Progress(APIView):
    @extend_schema(operation_id="projects_progress", responses=ProgressOut)
    def get(self, request: Request, project_id: int) -> Response:
        """Counts, pace, agreement, labels, and an estimate of the time left."""
        return Response(progress.progress(my_project(request, project_id), now=timezone.now()))


class TaskTypes(APIView):
    @extend_schema(operation_id="task_types_list", responses=TypeOut(many=True))
    def get(self, request: Request) -> Response:
        """What can be asked, with worked examples of each."""
        return Response(
            [
                {
                    "name": one.name,
                    "title": one.title,
                    "family": one.family,
                    "inputs": sorted(one.inputs),
                    "samples": one.samples(),
                }
                for one in registry.all().values()
            ]
        )
