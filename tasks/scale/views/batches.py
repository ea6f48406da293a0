"""Batches."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.errors import InvalidInput, Problem
from tasks.models import Batch
from tasks.models.ordering import BatchKind
from tasks.scale import batches, shapes
from tasks.scale.callbacks import read_callback
from tasks.scale.http import ScaleView, moment, number
from tasks.scale.orders import read_metadata
from tasks.states import BatchState

MOST = 100
COMPLETED_TIMES = {"completed_after": "completed_at__gte", "completed_before": "completed_at__lte"}
TIMES = {"start_time": "created_at__gte", "end_time": "created_at__lte", **COMPLETED_TIMES}


class Batches(ScaleView):
    def get(self, request: Request) -> Response:
        query = request.query_params
        rows = self.mine(Batch).filter(project__isnull=False).select_related("project")
        for name, column in TIMES.items():
            if query.get(name):
                rows = rows.filter(**{column: moment(query[name], name)})
        if project := query.get("project"):
            rows = rows.filter(project__name=project)
        if status := query.get("status"):
            rows = rows.filter(state=status)
        if (query.get("exclude_archived") or "").lower() in ("true", "1"):
            rows = rows.exclude(state=BatchState.CANCELED)
        limit = number(query.get("limit"), "limit", usual=MOST, least=1, most=MOST)
        offset = number(query.get("offset"), "offset", usual=0, least=0, most=10**9)
        total = rows.count()
        page = rows.order_by("-created_at", "-pk")[offset : offset + limit]
        about = {"totalDocs": total, "limit": limit, "offset": offset, "has_more": offset + limit < total}
        return Response({"docs": [shapes.batch(row) for row in page], **about})

    def post(self, request: Request) -> Response:
        body = self.body
        row = batches.create_batch(
            project=self.project(body.get("project")),
            name=body.get("name"),
            kind=_kind(body),
            callback=read_callback(body.get("callback"), "callback"),
            metadata=read_metadata(body.get("metadata")),
        )
        return Response(shapes.batch(row))


def _kind(body: dict[str, Any]) -> str:
    calibration, own = body.get("calibration_batch") is True, body.get("self_label_batch") is True
    if calibration and own:
        raise InvalidInput(
            Problem("self_label_batch", "a batch is for calibration or for self-labeling, not both", "type")
        )
    return BatchKind.CALIBRATION if calibration else BatchKind.SELF_LABEL if own else BatchKind.PRODUCTION


class OneBatch(ScaleView):
    def get(self, request: Request, name: str) -> Response:
        return Response(shapes.batch(self.batch(name)))


class BatchStatus(ScaleView):
    def get(self, request: Request, name: str) -> Response:
        row = self.batch(name)
        return Response(shapes.batch_status(row, batches.counts_of(row)))


class FinalizeBatch(ScaleView):
    def post(self, request: Request, name: str) -> Response:
        return Response(shapes.batch(batches.finalize(batch=self.batch(name), now=timezone.now())))


class BatchMetadata(ScaleView):
    def post(self, request: Request, name: str) -> Response:
        metadata = read_metadata(self.body)
        return Response(shapes.batch(batches.set_metadata(batch=self.batch(name), metadata=metadata)))
