"""Projects, their parameters with every version of them, and templates."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem
from tasks.models import OrderProject
from tasks.scale import orders, projects, shapes
from tasks.scale.http import ScaleView, flag, only_known

OPTIONS = ("rapid", "studio", "pipeline", "datasetId", "consensus_attempts", "archived")
TEMPLATES = ("textcollection", "chat")
FROM_ITEMS = ("attachments", "attachment", "text")


class Projects(ScaleView):
    def get(self, request: Request) -> Response:
        """All of them, or those put away or not: a plain list."""
        only_known(request.query_params, ("archived",))
        rows = self.mine(OrderProject).filter(is_hidden=False).prefetch_related("history").order_by("pk")
        if (raw := request.query_params.get("archived")) is not None:
            rows = [row for row in rows if bool(row.options.get("archived")) == flag(raw)]
        return Response([shown(row) for row in rows])

    def post(self, request: Request) -> Response:
        body = self.body
        row = projects.create_project(
            organization=self.caller.organization,
            mode=self.caller.mode,
            name=body.get("name"),
            type=body.get("type"),
            params=body.get("params"),
            options={name: body[name] for name in OPTIONS if body.get(name) is not None},
        )
        return Response(shown(row))


class OneProject(ScaleView):
    def get(self, request: Request, name: str) -> Response:
        return Response(shown(self.project(name)))


class SetParams(ScaleView):
    """`patch` adds to the parameters there are; without it they are replaced."""

    def post(self, request: Request, name: str) -> Response:
        row, params = self.project(name), dict(self.body)
        if params.pop("patch", False) is True:
            params = projects.current_params(row) | params
        projects.add_params(project=row, params=params)
        return Response(shown(row))


class SetOntology(ScaleView):
    """A versioned parameter: the labels of tasks that name none, and a bound for those that do."""

    def post(self, request: Request, name: str) -> Response:
        row, body = self.project(name), self.body
        if orders.read_ontology(body.get("ontology")) is None:
            raise InvalidInput(Problem("ontology", "ontology is required", "required"))
        named = {"ontology": body["ontology"], "ontology_name": body.get("name") or ""}
        projects.add_params(project=row, params=projects.current_params(row) | named)
        return Response(shown(row))


class TaskTemplate(ScaleView):
    """What a task of the project has to bring, and what it is answered with."""

    def get(self, request: Request, name: str) -> Response:
        row = self.project(name)
        if row.type not in TEMPLATES:
            raise InvalidInput(Problem("project", f"projects of type {row.type} have no task template", "type"))
        params: dict[str, Any] = projects.current_params(row)
        newest = row.history.order_by("-version").first()
        listed = params.get("fields")
        fields: list[Any] = listed if isinstance(listed, list) else []
        return Response(
            {
                "id": row.public_id,
                "version": row.version,
                "created_at": shapes.time(row.created_at),
                "updated_at": shapes.time(newest.created_at if newest else row.created_at),
                "template_variables": {name: "" for name in FROM_ITEMS if name not in params},
                "response_schema": {
                    each["field_id"]: {"type": each.get("type")}
                    for each in fields
                    if isinstance(each, dict) and isinstance(each.get("field_id"), str)
                },
                "auto_onboard_enabled": False,
            }
        )


def shown(row: OrderProject) -> dict[str, Any]:
    return shapes.project(row, sorted(row.history.all(), key=lambda entry: entry.version))
