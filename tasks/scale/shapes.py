"""What clients are told: exactly the keys that programs written for the official client read."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tasks.models import Batch, Order, OrderParams, OrderProject
from tasks.models.ordering import BatchKind
from tasks.states import BatchState

BATCH_TYPES = {
    BatchKind.PRODUCTION: "Production",
    BatchKind.CALIBRATION: "Calibration",
    BatchKind.SELF_LABEL: "SelfLabel",
}
LIMITED = ("task_id", "status", "metadata", "project", "otherVersion")


def time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if moment else None


def task(order: Order) -> dict[str, Any]:
    """`tags`, `unique_id`, `batch`, `completed_at` and what was audited are missing where there is nothing to say."""
    shown: dict[str, Any] = {
        "task_id": order.public_id,
        "type": order.type,
        "status": order.state,
        "created_at": time(order.created_at),
        "updated_at": time(order.updated_at),
        "callback_url": order.callback_url,
        "instruction": order.instruction,
        "params": order.params,
        "metadata": order.metadata,
        "is_test": order.mode == "test",
        "priority": order.priority,
    }
    if not order.project.is_hidden:
        shown["project"] = order.project.name
    if order.batch is not None:
        shown["batch"] = order.batch.name
    if order.unique_id is not None:
        shown["unique_id"] = order.unique_id
    if tags := order.tag_names:
        shown["tags"] = tags
    if order.completed_at is not None:
        shown |= {"completed_at": time(order.completed_at), "response": order.response}
    if order.callback_succeeded is not None:
        shown["callback_succeeded"] = order.callback_succeeded
    if order.review_status:
        shown |= {"customer_review_status": order.review_status} | order.review
    return shown


def limited(order: Order) -> dict[str, Any]:
    return {name: value for name, value in task(order).items() if name in LIMITED}


def batch(row: Batch) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.public_id,
        "name": row.name,
        "project": row.project.name,
        "status": row.state,
        "created_at": time(row.created_at),
        "metadata": row.metadata,
        "callback": row.callback,
        "calibration_batch": row.kind == BatchKind.CALIBRATION,
        "self_label_batch": row.kind == BatchKind.SELF_LABEL,
    }
    return shown | ({"completed_at": time(row.completed_at)} if row.completed_at else {})


def batch_status(row: Batch, counts: dict[str, int]) -> dict[str, Any]:
    return {"status": row.state, **{name: number for name, number in counts.items() if number}}


def project(row: OrderProject, history: Iterable[OrderParams]) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "type": row.type,
        "created_at": time(row.created_at),
        "param_history": [
            {**entry.params, "version": entry.version, "created_at": time(entry.created_at)} for entry in history
        ],
        **{name: value for name, value in row.options.items() if value},
    }


def studio_batch(row: Batch, counts: dict[str, int], place: int | None) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "projectId": row.project.public_id,
        "projectName": row.project.name,
        "batchType": BATCH_TYPES[BatchKind(row.kind)],
        "studioPriority": place,
        "total": sum(counts.values()),
        "completed": counts.get("completed", 0),
        "groups": [group.name for group in row.groups.all()],
    }


V2_STATES = {BatchState.CANCELED: "cancelled"}
