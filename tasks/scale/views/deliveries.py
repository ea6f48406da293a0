"""Deliveries of /v2/: a batch is delivered once all of it is done. Datasets, which are bought ready, we have none."""

from typing import Any

import orjson
from django.db.models import Count, Q
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem
from tasks.models import Batch, Order, OrderProject
from tasks.scale import lists, shapes
from tasks.scale.http import moment, only_known, with_all
from tasks.scale.projects import Unknown
from tasks.scale.views.v2 import Tasks, V2View, project
from tasks.states import BatchState, OrderState

SCHEMA_ID = "threads"
OF_PROJECT = ("project_id", "project_name")
DELIVERED = {"delivered_after": "completed_at__gte", "delivered_before": "completed_at__lte"}
PAGED = ("limit", "next_token", "expand")
COMPLETED = ("completed_after", "completed_before")
MOST_DELIVERIES = 1000  # newest first; the times in the query ask for others
NAMES = {"type": "array", "items": {"type": "object"}}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["threads"],
    "properties": {
        "threads": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "turns", "annotations"],
                "properties": {
                    "id": {"type": "string"},
                    "turns": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "messages", "annotations"],
                            "properties": {"id": {"type": "string"}, "messages": NAMES, "annotations": NAMES},
                        },
                    },
                    "annotations": NAMES,
                },
            },
        }
    },
}
"""What the response of every chat task is."""


class DeliveredView(Tasks):
    def delivered(self) -> Any:
        rows = self.mine(Batch).filter(state=BatchState.COMPLETED).select_related("project__project")
        done = Count("orders", filter=Q(orders__state=OrderState.COMPLETED))
        return rows.annotate(task_count=done).order_by("-completed_at", "-pk")

    def of_project(self, rows: Any, column: str) -> Any:
        query = self.request.query_params
        if query.get("project_id") or query.get("project_name"):
            rows = rows.filter(**{column: self.named(OrderProject, query, "project")})
        return rows

    def one(self) -> Batch:
        """The delivery that `delivery_id` or `delivery_name` names."""
        query = self.request.query_params
        public_id, name = query.get("delivery_id"), query.get("delivery_name")
        if not public_id and not name:
            raise InvalidInput(Problem("delivery_id", "delivery_id or delivery_name is required", "required"))
        found: Batch | None = self.delivered().filter(Q(public_id=public_id) if public_id else Q(name=name)).first()
        if found is None:
            raise Unknown(f"there is no delivery {public_id or name!r}")
        return found

    def shown_delivery(self, row: Any) -> dict[str, Any]:
        return {
            "id": row.public_id,
            "name": row.name,
            "task_count": row.task_count,
            "delivered_at": shapes.time(row.completed_at),
            "project": project(row.project) if self.expands("project") else row.project.public_id,
        }


class Deliveries(DeliveredView):
    def get(self, request: Request) -> Response:
        only_known(request.query_params, (*OF_PROJECT, *DELIVERED, "expand"))
        rows = self.of_project(self.delivered(), "project")
        for name, column in DELIVERED.items():
            if raw := request.query_params.get(name):
                rows = rows.filter(**{column: moment(raw, name)})
        return Response({"deliveries": [self.shown_delivery(row) for row in rows[:MOST_DELIVERIES]]})


class Delivery(DeliveredView):
    def get(self, request: Request) -> Response:
        only_known(request.query_params, (*OF_PROJECT, *PAGED, "delivery_id", "delivery_name", "opts"))
        row = self.one()
        done = with_all(self.mine(Order)).filter(batch=row, state=OrderState.COMPLETED)
        page, token = self.page(done, request.query_params)
        told = self.shown_delivery(row) if self.expands("delivery") else row.public_id
        return Response({"delivery": told, "tasks": self.shown_all(page), **token})


class DeliveryTasks(DeliveredView):
    """The delivered tasks of a delivery, or of a project."""

    def get(self, request: Request) -> Response:
        query = request.query_params
        only_known(query, (*OF_PROJECT, *PAGED, *COMPLETED, "delivery_id", "delivery_name", "status"))
        rows = with_all(self.mine(Order)).filter(state=OrderState.COMPLETED, batch__state=BatchState.COMPLETED)
        rows = (
            rows.filter(batch=self.one())
            if query.get("delivery_id") or query.get("delivery_name")
            else self.of_project(rows, "project")
        )
        if (status := query.get("status")) and status != OrderState.COMPLETED:
            rows = rows.none()
        for name in COMPLETED:
            if raw := query.get(name):
                rows = rows.filter(**{lists.TIMES[name]: moment(raw, name)})
        page, token = self.page(rows, query)
        return Response({"docs": [_delivered(each) for each in page], "total": len(page), **token})


class Schema(V2View):
    def get(self, request: Request) -> Response:
        wanted = request.query_params.get("schema_id")
        if wanted != SCHEMA_ID:
            raise Unknown(f"there is no schema {wanted!r}")
        return Response({"schema": {"id": SCHEMA_ID, "json": orjson.dumps(SCHEMA).decode()}})


class Datasets(V2View):
    def get(self, request: Request) -> Response:
        return Response({"datasets": []})


class NoDataset(V2View):
    def get(self, request: Request, **where: str) -> Response:
        raise Unknown("there is no such dataset: this server sells none; ask for deliveries")


def _delivered(row: Order) -> dict[str, Any]:
    batch = row.batch
    assert batch is not None
    return {
        "task_id": row.public_id,
        "created_at": shapes.time(row.created_at),
        "delivery_id": batch.public_id,
        "delivered_at": shapes.time(batch.completed_at),
        **({"response_schema_id": SCHEMA_ID} if row.type == "chat" else {}),
        "response": shapes.readable(row, row.response),
    }
