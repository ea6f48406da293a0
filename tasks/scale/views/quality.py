"""Evaluation and training tasks: tasks with a known answer, as clients give them."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem
from tasks.scale import known
from tasks.scale.http import ScaleView
from tasks.scale.orders import read_body
from tasks.scale.projects import current_params, hidden_project, kind_in, kind_of

RESPONSES = ("expected_response", "initial_response")


class QualityTasks(ScaleView):
    """`QualityTasks.as_view(is_training=True)`."""

    is_training = False

    def post(self, request: Request, kind: str) -> Response:
        """Checked as a task and as an answer to it, and asked from now on."""
        body = dict(self.body)
        expected, initial = (body.pop(name, None) for name in RESPONSES)
        if expected is None:
            raise InvalidInput(Problem("expected_response", "expected_response is required", "required"))
        caller = self.caller
        if body.get("project"):
            project = self.project(body["project"])
        elif body.get("batch"):
            project = self.batch(body["batch"]).ordered_in
        else:
            kind_of(kind)
            project = hidden_project(organization=caller.organization, mode=caller.mode, type=kind)
        if project.type != kind and not project.is_hidden:
            message = f"project {project.name!r} is for tasks of type {project.type}"
            raise InvalidInput(Problem("project", message, "type"))
        one = kind_in(project, kind)
        row = known.create(
            organization=caller.organization,
            mode=caller.mode,
            project=project,
            is_projects_own=not project.is_hidden,
            kind=one,
            said=read_body(body, current_params(project), one),
            expected=expected,
            initial=initial,
            is_training=self.is_training,
            now=timezone.now(),
        )
        shown = {"id": row.public_id, "expected_response": expected, "type": kind, "params": row.params}
        return Response(shown | ({"initial_response": initial} if initial is not None else {}))
