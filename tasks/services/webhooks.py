"""Webhooks: who hears of what, and the messages made of events."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from labeling.errors import InvalidInput, Problem
from labeling.http.outgoing import address_problem
from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.models import CallbackAccount, Delivery, Project, Webhook
from tasks.models.webhooks import new_callback_key, new_secret
from tasks.services.delivering import disable, is_secret, receiver_of
from workers.models import Organization, User

KINDS: dict[str, Any] = {
    "answer.corrected": _("An annotator replaced an answer."),
    "answer.submitted": _("An annotator answered a task."),
    "batch.canceled": _("A batch was called off."),
    "batch.completed": _("The last task of a batch is done."),
    "batch.paused": _("A batch is given to nobody for now."),
    "batch.resumed": _("A paused batch goes on."),
    "comment.added": _("An annotator wrote to the requester."),
    "dataset.created": _("A dataset was made."),
    "dataset.deleted": _("A dataset was deleted."),
    "export.done": _("An export can be downloaded."),
    "export.failed": _("An export could not be written."),
    "export.not_sent": _("An export could not be written to a bucket."),
    "export.sent": _("An export was written to a bucket."),
    "feed.failed": _("A bucket that feeds a dataset could not be looked through."),
    "feed.synced": _("A bucket that feeds a dataset was looked through to its end."),
    "order.audited": _("A customer accepted or rejected a response."),
    "order.canceled": _("A task ordered through the Scale API was called off."),
    "order.completed": _("A task ordered through the Scale API has its response."),
    "order.error": _("A task ordered through the Scale API cannot be asked."),
    "project.archived": _("A project was put away."),
    "project.completed": _("A project was completed."),
    "project.created": _("A project was made."),
    "project.launched": _("A project was given a dataset."),
    "project.paused": _("A project was paused."),
    "project.resumed": _("A project goes on."),
    "project.version_created": _("A project asks something else from now on."),
    "review.decided": _("A reviewer accepted, fixed or rejected what a task was answered with."),
    "task.canceled": _("A task was called off."),
    "task.resolved": _("A task has all the answers it needs."),
    "tasks.reopened": _("Tasks that were resolved need answers again."),
    "tasks.resolved": _("Several tasks were resolved at once."),
    "upload.done": _("A file was read to its end."),
    "upload.failed": _("A file could not be read."),
}
PING = "webhook.ping"
MOST_WEBHOOKS = 50
OVERLAP = timedelta(hours=24)
HOURS_AT_MOST = 7 * 24
LONGEST_OVERLAP = timedelta(hours=HOURS_AT_MOST)
CHUNK = 500
LATE = timedelta(minutes=5)  # an event may be committed after one with a higher id


@transaction.atomic
def create_webhook(
    *,
    organization: Organization,
    mode: str,
    actor: User | None,
    url: Any,
    kinds: Iterable[str] = (),
    description: str = "",
    secret: str = "",
) -> Webhook:
    """It hears of what happens from now on. Without a secret it gets one."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    if Webhook.objects.filter(organization=organization, mode=mode).count() >= MOST_WEBHOOKS:
        raise InvalidInput(Problem("", f"an organization has at most {MOST_WEBHOOKS} webhooks", "range"))
    webhook = Webhook(organization=organization, mode=mode, created_by=actor)
    _set(webhook, url=url, kinds=list(kinds), description=description, secret=secret)
    webhook.last_event_id = _newest(webhook)
    webhook.save()
    _emit("webhook.created", webhook, actor)
    return webhook


@transaction.atomic
def change_webhook(*, webhook: Webhook, actor: User | None, now: datetime, **changes: Any) -> Webhook:
    """What is given of url, kinds, description, secret, is_active. Active again, it hears of what comes after."""
    is_active = changes.pop("is_active", webhook.is_active)
    _set(webhook, **changes)
    if is_active and not webhook.is_active:
        webhook.is_active, webhook.disabled_reason = True, ""
        webhook.last_event_id = _newest(webhook)
    webhook.save()
    if not is_active and webhook.is_active:
        disable(webhook=webhook, reason="Switched off by hand.", now=now)
        webhook.refresh_from_db()
    _emit("webhook.changed", webhook, actor)
    return webhook


@transaction.atomic
def delete_webhook(*, webhook: Webhook, actor: User | None) -> None:
    _emit("webhook.deleted", webhook, actor)
    webhook.delete()


@transaction.atomic
def new_webhook_secret(*, webhook: Webhook, actor: User | None, now: datetime, overlap: timedelta = OVERLAP) -> str:
    """For so long the old one signs beside it, so that the receiver can be changed without losing a message."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(Problem("overlap_hours", f"must be from 0 to {HOURS_AT_MOST}", "range"))
    webhook.old_secret, webhook.old_secret_until = (webhook.secret, now + overlap) if overlap else ("", None)
    webhook.secret = new_secret()
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _emit("webhook.secret_changed", webhook, actor)
    return webhook.secret


@transaction.atomic
def forget_old_secret(*, webhook: Webhook, actor: User | None) -> None:
    webhook.old_secret, webhook.old_secret_until = "", None
    webhook.save(update_fields=["old_secret", "old_secret_until"])
    _emit("webhook.changed", webhook, actor)


@transaction.atomic
def ping(*, webhook: Webhook, now: datetime) -> Delivery:
    """A message that tells of nothing, to see whether it arrives."""
    made = Delivery.objects.create(
        **_addressed(webhook, now), kind=PING, body=body_of(PING, now, {"webhook": webhook.pk}), subject=""
    )
    events.emit("delivery.due", organization_id=webhook.organization_id, object_id=made.pk)
    return made


# --- from events ----------------------------------------------------------------------------------------------------
def fan_out(*, organization_id: int, now: datetime) -> int:
    """Messages for the organization's new events; returns how many."""
    made = 0
    for webhook in Webhook.objects.filter(organization_id=organization_id, is_active=True):
        while True:
            fresh = _events(webhook).filter(id__gt=webhook.last_event_id).order_by("id")
            found = list(fresh[:CHUNK])
            if not found:
                break
            made += _messages(webhook, found, now)
            webhook.last_event_id = found[-1].pk
            Webhook.objects.filter(pk=webhook.pk).update(last_event_id=webhook.last_event_id)
            if len(found) < CHUNK:
                break
    return made


def fan_out_late(*, now: datetime) -> int:
    """The same for events that were committed behind ones with higher ids. Run by beat."""
    made = 0
    for webhook in Webhook.objects.filter(is_active=True):
        lately = _events(webhook).filter(
            id__lte=webhook.last_event_id, created_at__gte=max(now - LATE, webhook.created_at)
        )
        known = Delivery.objects.filter(webhook=webhook, created_at__gte=now - 2 * LATE).values("event_id")
        missed = list(lately.exclude(id__in=known.filter(event_id__isnull=False)).order_by("id")[:CHUNK])
        made += _messages(webhook, missed, now) if missed else 0
    return made


def _newest(webhook: Webhook) -> int:
    mine = Event.objects.filter(organization_id=webhook.organization_id)
    return mine.order_by("-id").values_list("id", flat=True).first() or 0


def _events(webhook: Webhook) -> Any:
    kinds = webhook.kinds or list(KINDS)
    return Event.objects.filter(organization_id=webhook.organization_id, kind__in=kinds)


@transaction.atomic
def _messages(webhook: Webhook, found: list[Event], now: datetime) -> int:
    modes = _modes(found)
    rows = [
        Delivery(
            **_addressed(webhook, now),
            event_id=event.pk,
            kind=event.kind,
            subject=f"{event.kind.partition('.')[0]}:{event.object_id}",
            body=body_of(event.kind, event.created_at, data_of(event)),
        )
        for event in found
        if modes.get(event.pk, "live") == webhook.mode
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        events.emit("delivery.due", organization_id=webhook.organization_id)
    return len(rows)


def _modes(found: list[Event]) -> dict[int, str]:
    """Live or test, of each event that says so, or whose project does."""
    projects = {event.project_id for event in found if event.project_id and "mode" not in event.payload}
    of_project = dict(Project.objects.filter(pk__in=projects).values_list("pk", "mode"))
    return {
        event.pk: event.payload.get("mode") or of_project.get(event.project_id, "live")  # type: ignore[arg-type]
        for event in found
    }


def data_of(event: Event) -> dict[str, Any]:
    """Ids and what the event says of itself; nobody's name."""
    return {"id": event.object_id, "project": event.project_id, **event.payload}


def body_of(kind: str, at: datetime, data: dict[str, Any]) -> str:
    return orjson.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}).decode()


def _addressed(webhook: Webhook, now: datetime) -> dict[str, Any]:
    return {
        "organization_id": webhook.organization_id,
        "mode": webhook.mode,
        "webhook": webhook,
        "url": webhook.url,
        "receiver": receiver_of(webhook.organization_id, webhook.url, webhook.pk),
        "due_at": now,
        "created_at": now,
    }


def _set(webhook: Webhook, **changes: Any) -> None:
    problems: list[Problem] = []
    if "url" in changes:
        if problem := address_problem(changes["url"], "url"):
            problems.append(problem)
        webhook.url = changes["url"]
    if "kinds" in changes:
        unknown = [kind for kind in changes["kinds"] if kind not in KINDS]
        problems += [Problem("kinds", f"there is no event {kind!r}", "choice") for kind in unknown]
        webhook.kinds = sorted(set(changes["kinds"]))
    if "description" in changes:
        webhook.description = changes["description"].strip()[:200]
    if changes.get("secret"):
        if not is_secret(changes["secret"]):
            problems.append(Problem("secret", "must be 24 to 64 bytes in base64, as whsec_…", "secret"))
        webhook.secret = changes["secret"]
    if problems:
        raise InvalidInput(problems)


def is_mail_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


# --- callbacks ------------------------------------------------------------------------------------------------------
def callback_account(*, organization: Organization, mode: str) -> CallbackAccount:
    account, _ = CallbackAccount.objects.get_or_create(organization=organization, mode=mode)
    return account


@transaction.atomic
def change_callbacks(
    *, account: CallbackAccount, actor: User | None, default_url: str | None = None, new_key: bool = False
) -> None:
    if default_url is not None:
        is_mail = "@" in default_url and "/" not in default_url
        if is_mail and not is_mail_address(default_url):
            raise InvalidInput(Problem("default_url", f"{default_url!r} is not an e-mail address", "email"))
        if default_url and not is_mail and (problem := address_problem(default_url, "default_url")):
            raise InvalidInput(problem)
        account.default_url = default_url
    if new_key:
        account.auth_key = new_callback_key()
    account.save()
    events.emit(
        "callbacks.changed",
        organization_id=account.organization_id,
        object_id=account.pk,
        actor_id=actor.pk if actor else None,
        mode=account.mode,
        address=default_url is not None,
        key=new_key,
    )


def _emit(kind: str, webhook: Webhook, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=webhook.organization_id,
        object_id=webhook.pk,
        actor_id=actor.pk if actor else None,
        mode=webhook.mode,
    )
