"""Order tasks, change what was said about them, call them off."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from labeling.errors import InvalidAnswer, InvalidInput, Problem
from labeling.types import registry
from labeling.written import written
from tasks.models import Batch, Order, OrderProject, OrderTag
from tasks.scale.batches import OPEN_FOR_TASKS, locked_batch, move, need, reopen, told_of
from tasks.scale.callbacks import read_callback
from tasks.scale.files import check_pictures, keeper
from tasks.scale.finishing import emit, finish
from tasks.scale.kinds import Asked, Kind
from tasks.scale.kinds.base import names_of
from tasks.scale.opening import open_order
from tasks.scale.projects import Duplicate, current_params
from tasks.services import task_control
from tasks.states import BatchState, OrderState, TaskState
from workers.models import Organization

LARGEST_METADATA = 10 * 1024
MOST_TAGS = 100
AT_ONCE = 100  # orders called off in one transaction
LONGEST_UNIQUE_ID = 500
ABOUT = ("project", "batch", "instruction", "callback_url", "unique_id", "metadata", "priority", "tags")
"""What is said about a task; everything else is a parameter of its type."""
LISTS = ("objects_to_annotate", "labels", "categories", "choices", "attachments")
"""Where one word stands for a list of one."""
NOT_KEPT = ("clear_unique_id_on_error", "urgency")
ONTOLOGY = "ontology"
LABELS_OF_ONTOLOGY = ("labels", "choices", "objects_to_annotate")
URGENCY = {"immediate": 30, "day": 20, "week": 10}


@dataclass(frozen=True, slots=True)
class Said:
    """A checked request."""

    params: dict[str, Any]
    instruction: str
    unique_id: str | None = None
    callback_url: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    priority: int = 0


def create_order(
    *,
    organization: Organization,
    mode: str,
    kind: Kind,
    project: OrderProject,
    batch: Batch | None,
    body: dict[str, Any],
    now: datetime,
) -> Order:
    """A task is ordered: in test mode answered at once, else asked as soon as its attachments are here.

    The parameters of the project fill in what the body does not say. Duplicate for a unique id that is taken, however
    many ask for it at the same time.
    """
    said = read_body(body, current_params(project), kind)
    asked = kind.ask(said.params, said.instruction)
    check_pictures(asked, organization_id=organization.pk, mode=mode)
    check_hypothesis(kind, asked, said.params)
    with transaction.atomic():
        if batch is not None:
            batch = locked_batch(batch)
            if batch.state not in OPEN_FOR_TASKS or (batch.ordered_in.is_staged and batch.state != BatchState.STAGING):
                raise InvalidInput(Problem("batch", f"batch {batch.name!r} takes no more tasks", "state"))
        order = Order(
            organization=organization,
            mode=mode,
            project=project,
            batch=batch,
            type=kind.name,
            unique_id=said.unique_id,
            instruction=said.instruction,
            params=said.params,
            metadata=said.metadata,
            priority=said.priority,
            callback_url=said.callback_url,
            clears_unique_id=body.get("clear_unique_id_on_error") is True,
            created_at=now,
            updated_at=now,
        )
        save_unique(order, force_insert=True)
        OrderTag.objects.bulk_create(OrderTag(order=order, name=name) for name in said.tags)
        emit("order.created", order)
        if batch is not None:
            reopen(batch)
        if mode == "test":
            response = kind.made_up(said.params, said.instruction, order.public_id, keeper(order))
            finish(order=order, state=OrderState.COMPLETED, response=response, now=now)
        elif batch is None or batch.state != BatchState.STAGING:
            start(order, kind, asked, now)
    return order


def start(order: Order, kind: Kind, asked: Asked, now: datetime) -> None:
    """Open its task, or have its attachments fetched first."""
    if asked.wanted:
        Order.objects.filter(pk=order.pk).update(prepare_at=now)
        emit("order.placed", order)
    else:
        open_order(order=order, kind=kind, asked=asked, item=asked.item, media={}, now=now)


def read_body(body: dict[str, Any], usual: dict[str, Any], kind: Kind) -> Said:
    """What is said, with the project's parameters and its ontology filled in, and checked by the kind."""
    given = {name: value for name, value in body.items() if value is not None}
    about = {name: given.pop(name, None) for name in ABOUT}
    params = {name: value for name, value in usual.items() if name not in ABOUT} | given
    params |= {name: [params[name]] for name in LISTS if isinstance(params.get(name), str)}
    ontology = read_ontology(params.pop(ONTOLOGY, None))
    params.pop(f"{ONTOLOGY}_name", None)
    params = kind.filled(params, ontology)
    kind.check(params)
    urgency = params.pop("urgency", None)
    if urgency is not None and urgency not in URGENCY:
        raise InvalidInput(Problem("urgency", f"urgency must be one of {', '.join(URGENCY)}", "choice"))
    for name in NOT_KEPT:
        params.pop(name, None)
    own, shared = _text(about["instruction"], "instruction"), _text(usual.get("instruction"), "instruction")
    priority = about["priority"]
    if priority is None:
        priority = URGENCY.get(urgency or "", 0)
    if isinstance(priority, bool) or not isinstance(priority, int) or not -1000 <= priority <= 1000:
        raise InvalidInput(Problem("priority", "priority must be a whole number", "type"))
    return Said(
        params=params,
        instruction="\n\n".join(part for part in dict.fromkeys((own, shared)) if part),
        unique_id=read_unique_id(about["unique_id"]) if about["unique_id"] is not None else None,
        callback_url=read_callback(about["callback_url"], "callback_url"),
        metadata=read_metadata(about["metadata"]),
        tags=read_tags(about["tags"] or []),
        priority=priority,
    )


def check_hypothesis(kind: Kind, asked: Asked, params: dict[str, Any]) -> None:
    """A suggested answer that is none is told of now; one about a picture is checked again when its size is known."""
    if params.get("hypothesis") is None or kind.draws:
        return
    try:
        suggested(kind, asked, params, asked.item)
    except InvalidAnswer as error:
        raise InvalidInput(Problem(f"hypothesis.{p.path}", p.message, p.code) for p in error.problems) from None


def suggested(kind: Kind, asked: Asked, params: dict[str, Any], item: dict[str, Any]) -> dict[str, Any] | None:
    if params.get("hypothesis") is None:
        return None
    known = {name: value for name, value in item.items() if name != "image" or isinstance(value, dict)}
    try:
        raw = kind.answer(params["hypothesis"], params, item)
    except InvalidInput as error:
        raise type(error)(Problem("hypothesis", f"hypothesis: {p.message}", p.code) for p in error.problems) from None
    return registry.get(kind.core).clean_answer(raw, config=asked.config, item=known)


# --- changes --------------------------------------------------------------------------------------------------------
def save_unique(order: Order, **options: Any) -> None:
    """The database says which of several wins."""
    try:
        with transaction.atomic():
            order.save(**options)
    except IntegrityError:
        raise Duplicate(
            Problem("unique_id", f"a task with the unique_id {order.unique_id!r} exists", "unique")
        ) from None


def set_unique_id(*, order: Order, unique_id: Any, now: datetime) -> None:
    order.unique_id, order.updated_at = read_unique_id(unique_id), now
    save_unique(order, update_fields=["unique_id", "updated_at"])


def clear_unique_id(*, order: Order, now: datetime) -> None:
    order.unique_id, order.updated_at = None, now
    order.save(update_fields=["unique_id", "updated_at"])


def set_metadata(*, order: Order, metadata: Any, now: datetime) -> None:
    order.metadata, order.updated_at = read_metadata(metadata), now
    order.save(update_fields=["metadata", "updated_at"])


@transaction.atomic
def change_tags(*, order: Order, change: Callable[[list[str]], list[str]], now: datetime) -> None:
    """The whole new list, in its order, made of the old one. Of two that add at once, both are kept."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    tags = change(locked.tag_names)
    if len(tags) > MOST_TAGS:
        raise InvalidInput(Problem("tags", f"a task has at most {MOST_TAGS} tags", "range"))
    OrderTag.objects.filter(order=locked).delete()
    OrderTag.objects.bulk_create(OrderTag(order=locked, name=name) for name in dict.fromkeys(tags))
    Order.objects.filter(pk=locked.pk).update(updated_at=now)


@transaction.atomic
def cancel_order(*, order: Order, now: datetime, clear_unique_id: bool = False) -> None:
    """Ask nobody any more. One that is finished, one way or another, cannot be called off: InvalidInput."""
    if order.state != OrderState.PENDING:
        raise InvalidInput(Problem("task_id", f"the task is {order.state} and cannot be canceled", "state"))
    if order.task is not None and order.task.state in (TaskState.OPEN, TaskState.PAUSED, TaskState.RESOLVED):
        task_control.cancel_task(task=order.task, actor=None)
    changes = {"unique_id": None} if clear_unique_id else {}
    finish(order=order, state=OrderState.CANCELED, now=now, **changes)


def cancel_batch(*, batch: Batch, now: datetime) -> Batch:
    """Call off whatever is not done; what is done stays.

    In steps, so that others who write need not wait for all of a large batch. After a fault a second call goes on.
    """
    running = BatchState.STAGING, BatchState.IN_PROGRESS, BatchState.PAUSED
    need(batch, *running)
    pending = Order.objects.filter(batch=batch, state=OrderState.PENDING).select_related("project", "task__project")
    while len(some := list(pending.order_by("pk")[:AT_ONCE])) == AT_ONCE:
        with transaction.atomic():
            for order in some:
                cancel_order(order=order, now=now)
    with transaction.atomic():
        locked = locked_batch(batch)
        need(locked, *running)
        move(locked, BatchState.CANCELED)
        for order in pending:
            cancel_order(order=order, now=now)
        told_of("batch.canceled", locked)
    return locked


# --- reading --------------------------------------------------------------------------------------------------------
def read_unique_id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_UNIQUE_ID or "\x00" in value:
        message = f"unique_id must be text of 1 to {LONGEST_UNIQUE_ID} characters"
        raise InvalidInput(Problem("unique_id", message, "type"))
    return value


def read_ontology(value: Any) -> list[Any] | None:
    """Labels as `objects_to_annotate` lists them, by themselves or under a name of such a list."""
    if value is None:
        return None
    listed = (
        next((value[name] for name in LABELS_OF_ONTOLOGY if name in value), None) if isinstance(value, dict) else value
    )
    if not isinstance(listed, list) or not listed:
        message = f"ontology must be a list of labels, or an object with one under {', '.join(LABELS_OF_ONTOLOGY)}"
        raise InvalidInput(Problem(ONTOLOGY, message, "type"))
    names_of(listed, ONTOLOGY)
    return listed


def read_metadata(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(Problem("metadata", "metadata must be an object", "type"))
    if (size := len(written(value))) > LARGEST_METADATA:
        message = f"metadata may have {LARGEST_METADATA} bytes, and this has {size}"
        raise InvalidInput(Problem("metadata", message, "range"))
    return value


def read_tags(value: Any) -> list[str]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or len(listed) > MOST_TAGS:
        raise InvalidInput(Problem("tags", f"tags must be a list of at most {MOST_TAGS}", "type"))
    if not all(isinstance(tag, str) and 0 < len(tag) <= 200 and "\x00" not in tag for tag in listed):
        raise InvalidInput(Problem("tags", "a tag is text of 1 to 200 characters", "type"))
    return list(dict.fromkeys(listed))


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 100_000 or "\x00" in value:
        raise InvalidInput(Problem(name, f"{name} must be text of at most 100000 characters", "type"))
    return value.strip()
