"""Whether a machine's votes count in a project, and what changing that would do."""

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import StaleState
from labeling.http.serializers import Strict, cleaned
from tasks.api.machines import my_machine
from tasks.api.projects import my_project
from tasks.models import LeftOut, Machine, Project
from tasks.selectors import machines as selectors
from tasks.services.consensus import leaving_out


class VotesInput(Strict):
    counted = serializers.BooleanField(
        help_text="False leaves its votes out, given or still to come; true counts them."
    )


class VotesOut(serializers.Serializer):
    counted = serializers.BooleanField()
    votes = serializers.IntegerField(help_text="That it gave here.")
    left_out_at = serializers.DateTimeField(allow_null=True)
    left_out_by = serializers.CharField(allow_null=True)


class VotesPreviewOut(serializers.Serializer):
    answers = serializers.IntegerField(help_text="Votes that would no longer count, or count again.")
    tasks = serializers.IntegerField(help_text="With such a vote.")
    changed = serializers.IntegerField(help_text="Tasks whose consensus would be another one.")
    reopened = serializers.IntegerField(help_text="Resolved tasks that people would be asked again.")
    settled = serializers.IntegerField(help_text="Open tasks that would be resolved.")
    answers_to_ask = serializers.IntegerField()
    cost = serializers.DecimalField(max_digits=14, decimal_places=4, help_text="Of those answers.")
    currency = serializers.CharField()
    is_estimate = serializers.BooleanField(help_text="Scaled up from the newest tasks.")


class MachineVotes(APIView):
    @extend_schema(operation_id="projects_machine_votes", responses=VotesOut)
    def get(self, request: Any, project_id: int, machine_id: int) -> Response:
        """Whether the votes of this machine count in the project."""
        return Response(_told(my_project(request, project_id), my_machine(request, machine_id)))

    @extend_schema(operation_id="projects_machine_votes_change", request=VotesInput, responses=VotesOut)
    def patch(self, request: Any, project_id: int, machine_id: int) -> Response:
        """Leave its votes out, or take them back in. Exact both ways; results follow within a minute.

        What is so already stays so.
        """
        project, machine = my_project(request, project_id), my_machine(request, machine_id)
        change = leaving_out.take_back_in if cleaned(VotesInput, request.data)["counted"] else leaving_out.leave_out
        with suppress(StaleState):  # then it is as was asked for
            change(project=project, annotator=machine.user, actor=request.caller.user, now=timezone.now())
        return Response(_told(project, machine))


class PreviewMachineVotes(APIView):
    rights = {"POST": "see"}

    @extend_schema(operation_id="projects_machine_votes_preview", request=VotesInput, responses=VotesPreviewOut)
    def post(self, request: Any, project_id: int, machine_id: int) -> Response:
        """What counting its votes, or leaving them out, would do. Nothing is changed."""
        project, machine = my_project(request, project_id), my_machine(request, machine_id)
        is_in = cleaned(VotesInput, request.data)["counted"]
        preview = leaving_out.preview_taking_in if is_in else leaving_out.preview_leaving_out
        return Response(VotesPreviewOut(asdict(preview(project=project, annotators=[machine.user_id]))).data)


def _told(project: Project, machine: Machine) -> dict[str, Any]:
    out = LeftOut.objects.filter(project=project, annotator=machine.user_id, ended_at=None)
    row = out.select_related("created_by").first()
    told = {
        "counted": row is None,
        "votes": selectors.said_by(project, machine)["vote"],
        "left_out_at": row.created_at if row else None,
        "left_out_by": str(row.created_by) if row and row.created_by else None,
    }
    return VotesOut(told).data
