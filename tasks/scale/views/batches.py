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
from tasks.scale.http import ScaleView, flag, moment, number, one_of, only_known
from tasks.scale.orders import read_metadata
from tasks.states import BatchState

MOST = 100
COMPLETED_TIMES = {"completed_after": "completed_at__gte", "completed_before": "completed_at__lte"}
TIMES = {"start_time": "created_at__gte", "end_time": "created_at__lte", **COMPLETED_TIMES}
KNOWN = (*TIMES, "project", "status", "exclude_archived", "detailed", "limit", "offset")


class Batches(ScaleView):
    def get(self, request: Request) -> Response:
        query = request.query_params
        only_known(query, KNOWN)
        rows = self.mine(Batch).filter(project__isnull=False).select_related("project")
        for name, column in TIMES.items():
            if query.get(name):
                rows = rows.filter(**{column: moment(query[name], name)})
        if project := query.get("project"):
            rows = rows.filter(project__name=project)
        if status := query.get("status"):
            rows = rows.filter(state=one_of(status, "status", BatchState))
        if flag(query.get("exclude_archived")):
            rows = rows.exclude(state=BatchState.CANCELED)
        limit = number(query.get("limit"), "limit", usual=MOST, least=1, most=MOST)
        offset = number(query.get("offset"), "offset", usual=0, least=0, most=10**9)
        total = rows.count()
        page = list(rows.order_by("-created_at", "-pk")[offset : offset + limit])
        docs = [shapes.batch(row) for row in page]
        if flag(query.get("detailed")):
            counts = batches.counts_of_each(page)
            docs = [shown | counts[row.pk] for shown, row in zip(docs, page, strict=True)]
        return Response({"docs": docs, **pages(total, limit, offset)})

    def post(self, request: Request) -> Response:
        body = self.body
        row = batches.create_batch(
            project=self.project(body.get("project")),
            name=body.get("name"),
            kind=_kind(body),
            callback=callback_in(body),
            metadata=read_metadata(body.get("metadata")),
        )
        return Response(shapes.batch(row))


def pages(total: int, limit: int, offset: int) -> dict[str, Any]:
    """Told twice: as the official client reads it, and as programs do that were written without it."""
    page, last = offset // limit + 1, max(1, -(-total // limit))
    more = offset + limit < total
    return {
        "totalDocs": total,
        "limit": limit,
        "offset": offset,
        "has_more": more,
        "page": page,
        "totalPages": last,
        "hasNextPage": more,
        "nextPage": page + 1 if more else None,
        "hasPrevPage": page > 1,
        "prevPage": page - 1 if page > 1 else None,
    }


def callback_in(body: dict[str, Any]) -> str:
    """Programs that are used to tasks call it `callback_url`."""
    name = "callback_url" if not body.get("callback") and body.get("callback_url") else "callback"
    return read_callback(body.get(name), name)


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
