"""Files of client programs: sent to us, or fetched by us, and named in orders by an address of ours."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import PurePath
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import F

from labeling import links, storage
from labeling.buckets import OwnStorageError
from labeling.errors import InvalidInput, Problem
from labeling.http import outgoing
from labeling.images import format_of
from labeling.outbox import events
from tasks.models import ClientFile, Order
from tasks.scale.kinds import Asked, NotEnabled
from tasks.scale.kinds.documents import NO_PDF
from tasks.scale.projects import Duplicate
from workers.links import base_url
from workers.models import Organization

LARGEST = 80 * 1024 * 1024
FETCH_SECONDS = 60
WAITS = (10, 60, 300, 1800)
HELD_FOR = timedelta(minutes=3)
MOST_AT_ONCE = 20
BLOCK = 1 << 18
ADDRESS = re.compile(r"/v1/files/([0-9a-f]{24})(/[^/]+)?$")
SALT = "groundwork.client-file"
READABLE_FOR = 7 * 24 * 3600  # seconds; of an address in a response
PDF = "application/pdf"
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
TYPES |= {"TIFF": "image/tiff", "BMP": "image/bmp"}


def address_of(file: ClientFile) -> str:
    return f"{base_url()}/v1/files/{file.public_id}"


def signed(told: Any) -> Any:
    """The same with our files' addresses readable without a key, for a while."""
    if isinstance(told, dict):
        return {name: signed(value) for name, value in told.items()}
    if isinstance(told, list):
        return [signed(value) for value in told]
    if isinstance(told, str) and told.startswith(base_url()) and (found := ADDRESS.search(told)):
        token = links.sign(SALT, found[1], seconds=READABLE_FOR)
        return f"{told[: found.start()]}/v1/files/{found[1]}/{token}"
    return told


def plain(told: Any) -> Any:
    """The same with our files' addresses as they are kept."""
    if isinstance(told, dict):
        return {name: plain(value) for name, value in told.items()}
    if isinstance(told, list):
        return [plain(value) for value in told]
    if isinstance(told, str) and (found := ADDRESS.search(told)):
        return f"{told[: found.start()]}/v1/files/{found[1]}"
    return told


def own_file(url: str, *, organization_id: int, mode: str) -> ClientFile | None:
    """The client's own file behind an address of ours; anybody else's is not theirs to name."""
    found = ADDRESS.search(url)
    if not found or not is_here(url):
        return None
    mine = ClientFile.objects.filter(organization_id=organization_id, mode=mode)
    return mine.filter(public_id=found[1]).first()


def is_here(url: str) -> bool:
    """Whether the address is one of our files'."""
    return url.startswith(f"{base_url()}/") and ADDRESS.search(url) is not None


def check_pictures(asked: Asked, *, organization_id: int, mode: str) -> None:
    """Raises InvalidInput for an address that nobody could fetch, or of a file here that is not the client's, and
    NotEnabled for a file of theirs that is no picture where one is drawn in.
    """
    for wanted in asked.wanted:
        if problem := outgoing.address_problem(wanted.url, "attachment"):
            message = f"{wanted.url[:200]!r} cannot be fetched: {problem.message}"
            raise InvalidInput(Problem("attachment", message, problem.code))
        found = own_file(wanted.url, organization_id=organization_id, mode=mode)
        if found is None and is_here(wanted.url):
            message = f"{wanted.url[:200]!r} is none of your {mode} files"
            raise InvalidInput(Problem("attachment", message, "missing"))
        if wanted.kind not in ("image", "page"):
            continue
        if found is None or not found.content_type or found.content_type in TYPES.values():
            continue
        path = "attachment" if wanted.place is None else f"attachments[{wanted.place}]"
        message = NO_PDF if found.content_type == PDF else f"{found.content_type} is not supported here; send pictures"
        raise NotEnabled(Problem(path, message, "type"))


def keep_upload(
    *, organization: Organization, mode: str, stream: BinaryIO, name: str, about: dict[str, Any]
) -> ClientFile:
    """Raises InvalidInput for a file over LARGEST, or a reference that is taken."""
    row = ClientFile(organization=organization, mode=mode, name=PurePath(name.replace("\\", "/")).name[:255], **about)
    key = storage.new_key("client-files")
    with storage.writing(key) as file:
        head = b""
        while block := stream.read(BLOCK):
            head = head or block[:64]
            file.write(block)
            if file.size > LARGEST:
                raise InvalidInput(Problem("file", f"a file has at most {LARGEST // 1024**2} MB", "range"))
        row.storage_key, row.size, row.content_type = key, file.size, sniffed(head)
    try:
        _save(row)
    except InvalidInput:
        storage.delete(key)
        raise
    return row


def keeper(order: Order) -> Callable[[bytes], str]:
    """Stores pictures of an order's response; its client reads each at the address, with its key."""

    def keep(png: bytes) -> str:
        file = keep_upload(
            organization=order.organization, mode=order.mode, stream=BytesIO(png), name="segments.png", about={}
        )
        return address_of(file)

    return keep


@transaction.atomic
def import_file(*, organization: Organization, mode: str, url: Any, about: dict[str, Any], now: datetime) -> ClientFile:
    """Answered at once, fetched by a job; an address we would never call is refused now."""
    if problem := outgoing.address_problem(url, "file_url"):
        raise InvalidInput(Problem("file_url", f"file_url: {problem.message}", problem.code))
    row = ClientFile(
        organization=organization,
        mode=mode,
        source_url=url,
        name=PurePath(outgoing.checked(url).path).name[:255],
        fetch_at=now,
        **about,
    )
    _save(row)
    events.emit("client_file.requested", organization_id=organization.pk, object_id=row.pk, mode=mode)
    return row


def fetch_due(*, now: datetime) -> int:
    due = ClientFile.objects.filter(fetch_at__lte=now).order_by("fetch_at", "pk")
    return sum(fetch_one(file_id=pk, now=now) for pk in due.values_list("pk", flat=True)[:MOST_AT_ONCE])


def fetch_one(*, file_id: int, now: datetime) -> bool:
    """Fetch one file through the guard; false when somebody else is at it, or it is here."""
    mine = ClientFile.objects.filter(pk=file_id, fetch_at__lte=now)
    if not mine.update(fetch_at=now + HELD_FOR, fetch_tries=F("fetch_tries") + 1):
        return False
    row = ClientFile.objects.get(pk=file_id)
    key = storage.new_key("client-files")
    try:
        with storage.writing(key) as file:
            sink = _Sniffing(file)
            reply = outgoing.send("GET", row.source_url, seconds=FETCH_SECONDS, most=LARGEST, redirects=5, into=sink)
            if reply.status != 200:
                raise outgoing.Failed(f"the file was answered with {reply.status}")
    except (outgoing.Refused, outgoing.TooMuch) as error:
        _gave_up(row, str(error), now)
    except (outgoing.Failed, OwnStorageError) as error:
        if row.fetch_tries <= len(WAITS):
            again = now + timedelta(seconds=WAITS[row.fetch_tries - 1])
            ClientFile.objects.filter(pk=row.pk).update(fetch_at=again)
        else:
            _gave_up(row, str(error), now)
    else:
        changes = {"storage_key": key, "size": sink.size, "content_type": sniffed(sink.head), "updated_at": now}
        ClientFile.objects.filter(pk=row.pk).update(fetch_at=None, **changes)
    return True


class _Sniffing:
    """Passes a file on, and keeps its beginning."""

    def __init__(self, file: Any) -> None:
        self.file, self.head, self.size = file, b"", 0

    def write(self, content: bytes) -> None:
        self.head = self.head or content[:64]
        self.size += len(content)
        self.file.write(content)


def _gave_up(row: ClientFile, reason: str, now: datetime) -> None:
    ClientFile.objects.filter(pk=row.pk).update(fetch_at=None, error=reason, updated_at=now)


def _save(row: ClientFile) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Duplicate(Problem("reference_id", f"reference_id {row.reference_id!r} is taken", "unique")) from None


def sniffed(head: bytes) -> str:
    """What the bytes are; names and headers are not asked."""
    if found := format_of(head):
        return TYPES[found]
    if head.startswith(b"%PDF-"):
        return PDF
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        text = head[: error.start].decode() if error.start > len(head) - 4 else "\x00"
    return "text/plain" if text and "\x00" not in text else "application/octet-stream"
