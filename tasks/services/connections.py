"""Connections to buckets: made, changed, checked and removed. Their secrets go in here, and never come out."""

import logging
import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from labeling import buckets, sealing
from labeling.buckets import BucketError, OwnStorageError, Sending
from labeling.errors import InvalidInput, Problem, StaleState
from labeling.http.outgoing import Refused, checked
from labeling.outbox import events
from tasks.models import StorageConnection
from tasks.models.buckets import Addressing
from tasks.services.aborting_uploads import GIVEN_UP, abort_now
from tasks.states import SendingState
from workers.models import Organization, User

logger = logging.getLogger(__name__)
MOST = 50
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]", re.ASCII)
REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
KEY_ID = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
SECRET = re.compile(r"[\x21-\x7e]{1,500}", re.ASCII)
FIELDS = ("name", "endpoint", "region", "bucket", "prefix", "addressing", "access_key_id")


@transaction.atomic
def create_connection(
    *, organization: Organization, mode: str, actor: User | None, secret: str, **fields: Any
) -> StorageConnection:
    """Raises InvalidInput with every wrong field. Nothing is called yet: see `check_connection`."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    if StorageConnection.objects.filter(organization=organization, mode=mode).count() >= MOST:
        raise InvalidInput(Problem("", f"an organization has at most {MOST} storage connections", "range"))
    made = StorageConnection(organization=organization, mode=mode, created_by=actor)
    _set(made, {"secret": secret, **dict.fromkeys(FIELDS, ""), "addressing": "auto", **fields})
    _save(made)
    _emit("connection.created", made, actor)
    return made


@transaction.atomic
def change_connection(*, connection: StorageConnection, actor: User | None, **changes: Any) -> StorageConnection:
    """What is given of its fields; without a secret, or with an empty one, the old one stays."""
    StorageConnection.objects.select_for_update().get(pk=connection.pk)
    _set(connection, {name: value for name, value in changes.items() if name != "secret" or value})
    connection.checked_at, connection.check_code, connection.check_error = None, "", ""
    _save(connection)
    _emit("connection.changed", connection, actor, fields=sorted(changes))
    return connection


def check_connection(*, connection: StorageConnection, now: datetime) -> str:
    """Call the bucket; what is wrong in plain words, or nothing. Not inside a transaction: it may take seconds."""
    try:
        buckets.check(connection.place, connection.prefix)
    except (BucketError, sealing.CannotOpen) as problem:
        note_trouble(connection=connection, error=problem, now=now)
    else:
        _note(connection, now, "", "")
    return connection.check_error


def note_trouble(*, connection: StorageConnection, error: BucketError | sealing.CannotOpen, now: datetime) -> None:
    """For its page, from whoever uses it. What is wrong with one object only is not its trouble."""
    if isinstance(error, OwnStorageError):
        return
    if isinstance(error, sealing.CannotOpen):
        _note(connection, now, "sealed", str(error))
    elif error.is_of_all or error.code in ("denied", "unknown"):
        _note(connection, now, error.code, str(error))


def note_that_it_works(*, connection: StorageConnection, now: datetime) -> None:
    if connection.check_error or not connection.checked_at:
        _note(connection, now, "", "")


def _note(connection: StorageConnection, now: datetime, code: str, error: str) -> None:
    told = {"checked_at": now, "check_code": code, "check_error": error[:300]}
    StorageConnection.objects.filter(pk=connection.pk).update(**told)
    for name, value in told.items():
        setattr(connection, name, value)


@transaction.atomic
def delete_connection(*, connection: StorageConnection, actor: User | None) -> None:
    """Refused while a dataset reads from it, for its pictures would be gone, or an export is on its way there."""
    StorageConnection.objects.select_for_update().get(pk=connection.pk)
    feed = connection.feeds.select_related("dataset").order_by("id").first()
    if feed:
        raise StaleState(f"the dataset {feed.dataset.name!r} reads from it; remove that feed, or the dataset, first")
    if connection.sent.filter(state__in=(SendingState.WAITING, SendingState.RUNNING)).exists():
        raise StaleState("an export is on its way there")
    _emit("connection.deleted", connection, actor)
    left = [Sending(sent.key, sent.upload_id) for sent in connection.sent.filter(state__in=GIVEN_UP) if sent.upload_id]
    transaction.on_commit(lambda: _abort_all(connection, left), robust=True)
    connection.sent.all().delete()
    connection.delete()


def _abort_all(connection: StorageConnection, left: list[Sending]) -> None:
    try:
        for one in left:
            abort_now(connection.place, one)
    except sealing.CannotOpen as error:
        logger.warning("parts of %s exports stay in the bucket %s: %s", len(left), connection.bucket, error)


def reseal_secrets() -> int:
    """Seal every secret anew under the newest key; returns how many. May run twice, and while others work.

    Raises CannotOpen at the first that no key of ours opens.
    """
    done = 0
    for pk, sealed in StorageConnection.objects.order_by("id").values_list("id", "sealed_secret"):
        if not sealing.is_current(sealed):
            fresh = sealing.seal(sealing.unseal(sealed))
            done += StorageConnection.objects.filter(pk=pk, sealed_secret=sealed).update(sealed_secret=fresh)
    return done


def folder(given: str) -> str:
    """A prefix as a folder: nothing before it, a slash behind it. Raises ValueError for one that climbs."""
    parts = [part for part in given.strip().split("/") if part]
    if any(part in (".", "..") for part in parts) or any(ord(one) < 32 for one in given):
        raise ValueError(given)
    return "".join(f"{part}/" for part in parts)


def _set(connection: StorageConnection, given: dict[str, Any]) -> None:
    problems: list[Problem] = []
    for name in FIELDS:
        if name in given:
            setattr(connection, name, str(given[name]).strip())
    if not connection.name:
        problems.append(Problem("name", "must not be empty", "required"))
    if connection.endpoint:
        problems += _endpoint_problems(connection)
    elif not connection.region:
        problems.append(Problem("region", "is needed where there is no endpoint", "required"))
    if connection.region and not REGION.fullmatch(connection.region):
        problems.append(Problem("region", "must be like eu-central-1", "format"))
    if not NAME.fullmatch(connection.bucket) or ".." in connection.bucket:
        problems.append(Problem("bucket", "must be the name of a bucket", "format"))
    try:
        connection.prefix = folder(connection.prefix)
    except ValueError:
        problems.append(Problem("prefix", "must be a folder's path", "format"))
    if connection.addressing not in Addressing.values:
        problems.append(Problem("addressing", f"must be one of {', '.join(Addressing.values)}", "choice"))
    if not KEY_ID.fullmatch(connection.access_key_id):
        problems.append(Problem("access_key_id", "must be 1 to 200 printable characters", "format"))
    if "secret" in given:
        if SECRET.fullmatch(str(given["secret"])):
            connection.sealed_secret = sealing.seal(str(given["secret"]))
        else:
            problems.append(Problem("secret", "must be 1 to 500 printable characters", "format"))
    if problems:
        raise InvalidInput(problems)


def _endpoint_problems(connection: StorageConnection) -> list[Problem]:
    """The name is judged when it is called; what the address says by itself is judged now."""
    try:
        url = checked(connection.endpoint)
    except Refused as error:
        return [Problem("endpoint", str(error), "url")]
    if url.path not in ("", "/") or url.query or url.fragment:
        return [Problem("endpoint", "must be a scheme and a host, and nothing more", "url")]
    connection.endpoint = f"{url.scheme}://{url.netloc.decode('ascii')}"
    return []


def _save(connection: StorageConnection) -> None:
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError:
        text = f"there is a connection called {connection.name!r} already"
        raise InvalidInput(Problem("name", text, "unique")) from None


def _emit(kind: str, connection: StorageConnection, actor: User | None, **payload: Any) -> None:
    events.emit(
        kind,
        organization_id=connection.organization_id,
        object_id=connection.pk,
        actor_id=actor.pk if actor else None,
        mode=connection.mode,
        name=connection.name,
        **payload,
    )
