"""Evaluation and training tasks: tasks with a known answer, as clients give them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidAnswer, InvalidInput, Problem
from labeling.types import registry
from tasks.models import QualityTask
from tasks.scale.http import ScaleView
from tasks.scale.kinds import Asked, Kind
from tasks.scale.orders import read_body
from tasks.scale.projects import current_params, hidden_project, kind_in

RESPONSES = ("expected_response", "initial_response")


class QualityTasks(ScaleView):
    """`QualityTasks.as_view(is_training=True)`."""

    is_training = False

    def post(self, request: Request, kind: str) -> Response:
        """Checked as a task and as an answer to it, and kept."""
        body = dict(self.body)
        expected, initial = (body.pop(name, None) for name in RESPONSES)
        if expected is None:
            raise InvalidInput(Problem("expected_response", "expected_response is required", "required"))
        caller = self.caller
        if body.get("project"):
            project = self.project(body["project"])
        else:
            project = hidden_project(organization=caller.organization, mode=caller.mode, type=kind)
        one = kind_in(project, kind)
        said = read_body(body, current_params(project))
        one.check(said.params)
        asked = one.ask(said.params, said.instruction)
        check_answer(one, asked, said.params, expected, "expected_response")
        if initial is not None:
            check_answer(one, asked, said.params, initial, "initial_response")
        row = QualityTask.objects.create(
            organization=caller.organization,
            mode=caller.mode,
            project=project,
            is_training=self.is_training,
            type=kind,
            params=said.params,
            expected_response=expected,
            initial_response=initial,
        )
        shown = {"id": row.public_id, "expected_response": expected, "type": kind, "params": said.params}
        return Response(shown | ({"initial_response": initial} if initial is not None else {}))


def check_answer(kind: Kind, asked: Asked, params: dict[str, Any], response: Any, name: str) -> None:
    """A known answer must be an answer; what depends on a picture's size is not known yet."""
    known = {key: value for key, value in asked.item.items() if key != "image"}
    try:
        registry.get(kind.core).clean_answer(kind.answer(response, params), config=asked.config, item=known)
    except InvalidAnswer as error:
        raise InvalidInput(Problem(f"{name}.{p.path}", p.message, p.code) for p in error.problems) from None
