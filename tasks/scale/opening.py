"""Make an order into work: fetch what it is about, then an item and a task that people can be given."""

import io
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from PIL import Image

from labeling import storage
from labeling.buckets import OwnStorageError
from labeling.errors import BadImage, GroundworkError, HasProblems, InvalidAnswer
from labeling.http import outgoing
from labeling.images import CleanImage, read_image
from labeling.importers import Row
from labeling.outbox import events
from labeling.types import registry
from tasks.models import (
    Dataset,
    Item,
    Order,
    OrderProject,
    Project,
    ProjectVersion,
    QualityTask,
    SuggestionProblem,
    Task,
)
from tasks.scale.files import PDF, own_file, sniffed
from tasks.scale.finishing import finish
from tasks.scale.kinds import Asked, Kind, Wanted, guideline_of, told
from tasks.scale.kinds.documents import NO_PDF
from tasks.scale.kinds.segments import MASKS
from tasks.scale.pages import together
from tasks.scale.projects import dataset_of, kind_in, work_project
from tasks.selectors.answering import judged
from tasks.services.batch_tasks import FIRST
from tasks.services.claiming import slots_opened
from tasks.services.projects import version_for_tasks
from tasks.services.storing_items import new_item, store_image
from tasks.states import BatchState, OrderState, TaskState

FETCH_SECONDS = 40
LARGEST_FILE = 80 * 1024 * 1024
LARGEST_TEXT = 1024 * 1024
WAITS = (10, 60, 300, 1800)  # seconds before another try to fetch, where it may help
HELD_FOR = timedelta(minutes=3)  # a fetch under way is looked at again after this: its process may be gone
MOST_AT_ONCE = 50
Ordered = Order | QualityTask


class Unfetched(GroundworkError):
    """An attachment cannot be had; `again` when it may come later."""

    def __init__(self, url: str, message: str, status: int | None = None, *, again: bool = False) -> None:
        super().__init__(message)
        self.url, self.status, self.again = url, status, again


def prepare_due(*, now: datetime) -> int:
    """Open what waits for it; returns how many orders were looked at."""
    due = Order.objects.filter(prepare_at__lte=now, state=OrderState.PENDING).order_by("prepare_at", "pk")
    done = 0
    for pk in due.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        done += prepare(order_id=pk, now=now)
    return done


def prepare(*, order_id: int, now: datetime) -> bool:
    """Fetch and open one order; false when somebody else is at it, or it is done."""
    mine = Order.objects.filter(pk=order_id, prepare_at__lte=now, state=OrderState.PENDING)
    if not mine.update(prepare_at=now + HELD_FOR, prepare_tries=F("prepare_tries") + 1):
        return False
    order = Order.objects.select_related("project__project", "project__organization", "batch", "organization").get(
        pk=order_id
    )
    try:
        kind = kind_in(order.project, order.type)
        asked = kind.ask(order.params, order.instruction)
    except HasProblems as error:  # ordered before we knew to refuse it, or in a project that changed since
        finish(order=order, state=OrderState.ERROR, response={"error": told(error), "attachments": []}, now=now)
        return True
    project = project_for(order.project, kind, asked, guideline_of(order.instruction, order.params), now)
    try:
        item, media = fetched(order, asked, dataset_of(project).pk)
        drawn = fetch_masks(order, asked)
        open_order(order=order, kind=kind, asked=asked, item=item, media=media, drawn=drawn, now=now)
    except Unfetched as error:
        _not_fetched(order, error, now)
    return True


def _not_fetched(order: Order, error: Unfetched, now: datetime) -> None:
    if error.again and order.prepare_tries <= len(WAITS):
        again = now + timedelta(seconds=WAITS[order.prepare_tries - 1])
        Order.objects.filter(pk=order.pk, state=OrderState.PENDING).update(prepare_at=again)
        return
    failed = {"statusCode": error.status, "url": error.url}
    changes = {"unique_id": None} if order.clears_unique_id else {}
    response = {"error": str(error), "attachments": [failed]}
    finish(order=order, state=OrderState.ERROR, response=response, now=now, **changes)


def fetched(order: Ordered, asked: Asked, dataset_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The item with its texts in place, and where its pictures are stored."""
    item: dict[str, Any] = dict(asked.item)
    media: dict[str, Any] = {}
    if "attachments" in item:
        item["attachments"] = [dict(each) for each in item["attachments"]]
    if pages := [wanted for wanted in asked.wanted if wanted.kind == "page"]:
        media["image"], item["pages"] = fetch_pages(order, pages, dataset_id)
    for wanted in asked.wanted:
        if wanted.kind in ("page", "mask"):
            continue
        if wanted.kind == "image":
            stored = fetch_image(order, wanted, dataset_id)
            if wanted.place is None:
                media["image"] = stored
            else:
                media.setdefault("attachments", {})[str(wanted.place)] = stored
        else:
            text = fetch_text(order, wanted)
            if wanted.place is None:
                item["text"] = text
            else:
                item["attachments"][wanted.place]["content"] = text
    return item, media


def fetch_image(order: Ordered, wanted: Wanted, dataset_id: int) -> dict[str, Any]:
    raw = fetch(order, wanted.url, LARGEST_FILE)
    try:
        image = read_image(raw, pixel_limit=settings.MAX_IMAGE_PIXELS)
    except BadImage as error:
        raise Unfetched(wanted.url, f"the attachment is not a picture we can show: {error}", 200) from None
    return store_image(image, dataset_id)


def fetch_pages(order: Ordered, pages: list[Wanted], dataset_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    clean = [read_page(page.url, fetch(order, page.url, LARGEST_FILE)) for page in pages]
    try:
        image, places = together(clean, pixel_limit=settings.MAX_IMAGE_PIXELS)
    except BadImage as error:
        raise Unfetched(pages[0].url, f"the pages cannot be shown: {error}", 200) from None
    return store_image(image, dataset_id), places


def read_page(url: str, raw: bytes) -> CleanImage:
    """A PDF whose address did not tell is told of now."""
    if sniffed(raw[:64]) == PDF:
        raise Unfetched(url, NO_PDF, 200)
    try:
        return read_image(raw, pixel_limit=settings.MAX_IMAGE_PIXELS)
    except BadImage as error:
        raise Unfetched(url, f"the page is not a picture we can show: {error}", 200) from None


def fetch_masks(order: Ordered, asked: Asked) -> dict[str, Any]:
    """What a suggestion paints, where it comes as pictures; a pixel is painted where it is rather white than black."""
    masks = {}
    for wanted in asked.wanted:
        if wanted.kind == "mask":
            page = read_page(wanted.url, fetch(order, wanted.url, LARGEST_FILE))
            with Image.open(io.BytesIO(page.bytes)) as picture:
                masks[wanted.place] = np.asarray(picture.convert("L")) > 127
    return {MASKS: masks} if masks else {}


def fetch_text(order: Ordered, wanted: Wanted) -> str:
    raw = fetch(order, wanted.url, LARGEST_TEXT)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Unfetched(wanted.url, "the attachment is not text in UTF-8", 200) from None
    if "\x00" in text or not text.strip():
        raise Unfetched(wanted.url, "the attachment is not text, or empty", 200)
    return text


def fetch(order: Ordered, url: str, most: int) -> bytes:
    """From the client's own files, or from the network through the guard."""
    if (found := own_file(url, organization_id=order.organization_id, mode=order.mode)) is not None:
        if found.error:
            raise Unfetched(url, found.error)
        if not found.storage_key:
            raise Unfetched(url, "the file has not arrived yet", again=True)
        try:
            return read_stored(found.storage_key, most)
        except OwnStorageError as error:
            raise Unfetched(url, str(error), again=True) from None
    try:
        reply = outgoing.send("GET", url, seconds=FETCH_SECONDS, most=most, redirects=5)
    except outgoing.Refused as error:
        raise Unfetched(url, str(error)) from None
    except outgoing.TooMuch:
        raise Unfetched(url, f"the attachment has more than {most // 1024**2} MB", 200) from None
    except outgoing.Failed as error:
        raise Unfetched(url, str(error), again=True) from None
    if reply.status != 200:
        again = reply.status in (408, 425, 429) or reply.status >= 500
        raise Unfetched(url, f"the attachment was answered with {reply.status}", reply.status, again=again)
    return reply.body


def read_stored(key: str, most: int) -> bytes:
    with storage.open_file(key) as file:
        return file.read(most + 1)


@transaction.atomic
def open_order(
    *,
    order: Order,
    kind: Kind,
    asked: Asked,
    item: dict[str, Any],
    media: dict[str, Any],
    drawn: dict[str, Any] | None = None,
    now: datetime,
) -> Task | None:
    """The item and the task of an order; nothing if it was called off, or opened, meanwhile.

    `drawn` is what of a suggestion had to be fetched.
    """
    guideline = guideline_of(order.instruction, order.params)
    project = project_for(order.project, kind, asked, guideline, now)
    version = own_version(project, asked, guideline)
    overlap = asked.overlap
    if overlap is None:
        overlap = ProjectVersion.objects.values_list("overlap", flat=True).get(project=project, number=project.version)
    free = Order.objects.filter(pk=order.pk, state=OrderState.PENDING, task=None)
    if connection.features.has_select_for_update:
        free = free.select_for_update()
    if not free.exists():
        return None
    stored = store_item(order.public_id, dataset_of(project), item, media)
    suggestion, problems = suggestion_of(
        order.params, kind, asked, item, media, version.number if version else project.version, drawn
    )
    paused = order.batch is not None and order.batch.state == BatchState.PAUSED
    task = Task.objects.create(
        project=project,
        item=stored,
        state=TaskState.PAUSED if paused else TaskState.OPEN,
        priority=priority_of(order),
        own_version=version.number if version else None,
        batch=order.batch,
        kept_for=order.batch if order.batch is not None and order.batch.groups.exists() else None,
        suggestion=suggestion,
        wanted=overlap,
        created_at=now,
    )
    SuggestionProblem.objects.bulk_create(
        SuggestionProblem(project=project, task=task, path=f"hypothesis.{p.path}"[:300], message=p.message)
        for p in problems
    )
    Order.objects.filter(pk=order.pk).update(task=task, prepare_at=None)
    order.task, order.prepare_at = task, None
    slots_opened(project.pk)
    events.emit(
        "tasks.opened",
        organization_id=order.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        count=1,
        dataset=stored.dataset_id,
        items=[stored.pk, stored.pk],
    )
    return task


def priority_of(order: Order) -> int:
    """A batch that somebody put in order comes before others, the first one first; else the task's own."""
    place = order.batch.place if order.batch is not None else None
    return order.priority if place is None else max(FIRST - place, order.priority)


def project_for(ordered: OrderProject, kind: Kind, asked: Asked, guideline: str, now: datetime) -> Project:
    return work_project(
        ordered=ordered,
        core=kind.core,
        config=asked.config,
        guideline=guideline,
        overlap=asked.overlap or 1,
        now=now,
    )


def own_version(project: Project, asked: Asked, guideline: str) -> ProjectVersion | None:
    """The question of the task, where it is not the project's."""
    if asked.is_projects:
        return None
    return version_for_tasks(project=project, config=asked.config, guideline=guideline, overlap=asked.overlap or 1)


def store_item(key: str, dataset: Dataset, data: dict[str, Any], media: dict[str, Any]) -> Item:
    made = new_item(Row(1, {}, key, data), dataset_id=dataset.pk)
    item = Item.objects.create(
        dataset=dataset, key=made.key, data=made.data, media=media, content_hash=made.content_hash
    )
    Dataset.objects.filter(pk=dataset.pk).update(item_count=F("item_count") + 1)
    return item


def suggestion_of(
    params: dict[str, Any],
    kind: Kind,
    asked: Asked,
    item: dict[str, Any],
    media: dict[str, Any],
    version: int,
    drawn: dict[str, Any] | None = None,
) -> tuple[dict[str, Any] | None, list[Any]]:
    """The hypothesis as an answer to this very item; one that is none is reported and not shown."""
    if params.get("hypothesis") is None:
        return None, []
    try:
        raw = kind.answer(params["hypothesis"], params, item | (drawn or {}))
        value = registry.get(kind.core).clean_answer(raw, config=asked.config, item=judged(item, media))
    except InvalidAnswer as error:
        return None, error.problems[:10]
    except HasProblems as error:
        return None, error.problems[:10]
    return {"value": value, "schema_version": version}, []
