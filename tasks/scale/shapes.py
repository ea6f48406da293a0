"""What clients are told: exactly the keys that programs written for the official client read."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tasks.models import Batch, Order, OrderParams, OrderProject
from tasks.models.ordering import BatchKind
from tasks.scale import files
from tasks.selectors.media import media_url
from workers.links import base_url

BATCH_TYPES = {
    BatchKind.PRODUCTION: "Production",
    BatchKind.CALIBRATION: "Calibration",
    BatchKind.SELF_LABEL: "SelfLabel",
}
DOCUMENT, PICTURED = "documenttranscription", ("segmentannotation",)
AUDIT = ("audited_by", "audited_at", "audit_time_secs", "audit_result", "audit_source")
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
        shown |= {"completed_at": time(order.completed_at), "response": readable(order, order.response)}
        if order.type == DOCUMENT and isinstance(order.response, dict):
            shown["document_pages"] = order.response.get("document_pages", [])
    if order.callback_succeeded is not None:
        shown["callback_succeeded"] = order.callback_succeeded
    if order.review_status:
        shown |= {"customer_review_status": order.review_status} | reviewed(order)
    return shown


def readable(order: Order, response: Any) -> Any:
    """Addresses of pictures in it can be read by whoever is told them, for a while: clients send no key there."""
    return files.signed(response) if order.type in PICTURED else response


def reviewed(order: Order) -> dict[str, Any]:
    told = dict(order.review)
    told["audits"] = [{name: entry[name] for name in AUDIT if name in entry} for entry in told.get("audits", [])]
    told["prior_responses"] = [readable(order, each) for each in told.get("prior_responses", [])]
    return told


def downloads(order: Order) -> list[dict[str, Any]]:
    """The pictures we keep of its attachments, by links that end."""
    found = order.task.item.media if order.task is not None else {}
    stored = {"": found.get("image"), **(found.get("attachments") or {})}
    listed = order.params.get("attachments") or [order.params.get("attachment")]
    return [
        {
            "attachmentURL": _named(listed, place),
            "s3URL": base_url() + media_url(each["key"]),
            "isConvertedImage": False,
        }
        for place, each in stored.items()
        if each
    ]


def _named(listed: Any, place: str) -> Any:
    n = int(place or 0)
    one = listed[n] if isinstance(listed, list) and n < len(listed) else None
    return one.get("content", one.get("attachment")) if isinstance(one, dict) else one


def limited(order: Order) -> dict[str, Any]:
    return {name: value for name, value in task(order).items() if name in LIMITED}


def batch(row: Batch) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.public_id,
        "name": row.name,
        "project": row.project_name,
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
        "projectId": row.project.public_id if row.project is not None else str(row.work_id),
        "projectName": row.project_name,
        "batchType": BATCH_TYPES[BatchKind(row.kind)],
        "studioPriority": place,
        "total": sum(counts.values()),
        "completed": counts.get("completed", 0),
        "groups": [group.name for group in row.groups.all()],
    }
