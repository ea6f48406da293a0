"""Every address that names something: what belongs to another organization answers as if it were not there.

The addresses are read from the URLconf, so a new one is asked too; what it names is told in `things`.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from tasks.models import (
    Archive,
    Bulk,
    Delivery,
    Export,
    Rejection,
    Review,
    SavedView,
    SchemaChange,
    SentExport,
    Sign,
    Upload,
)
from tasks.scale.own_batches import create_own_batch
from tests.factories import (
    NOW,
    make_answer,
    make_assignment,
    make_comment,
    make_dataset,
    make_org,
    make_project,
    make_task,
    make_user,
)
from tests.tasks.buckets.conftest import make_connection, make_feed
from tests.tasks.gold.conftest import make_gold
from tests.tasks.test_machines import make_machine
from tests.tasks.test_webhooks import make_webhook
from tests.workers.test_matrix import objects_of
from workers.models import Organization, Restriction
from workers.services import sessions

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
MISSING = 999_999_999
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>([^)]*)\)")
NOT_ASKED = ("admin/", "v1/", "v2/", "help/", "invitations/", "accounts/", "media/", "api/v1/invitations/<str:token>")
PK = {  # what "pk" is of, by the address' beginning
    "api/v1/members": "member", "api/v1/invitations": "invitation", "api/v1/groups": "group", "api/v1/keys": "key",
    "api/v1/webhooks": "webhook", "api/v1/storage-connections": "connection", "people/invitations": "invitation",
    "people/members": "member", "people/groups": "group", "settings/keys": "key", "settings/storage": "connection",
    "settings/webhooks": "webhook", "api/v1/sessions": "session",
}  # fmt: skip
HARMLESS = {"project-results", "project-view-delete"}  # leads on; nothing is there to delete
PAGE = {"format": "multipart"}
ACTIONS = {"project-gold-change": "retire", "machine-change": "notes", "project-batch-change": "start"}


def things(org: Organization) -> dict[str, Any]:
    """One of everything that an address can name."""
    person = make_user(org, "labeler")
    dataset, project = make_dataset(org, items=1), make_project(org)
    (gold,) = make_gold(project)
    task = make_task(project)
    answer = make_answer(task, person, at=NOW)
    webhook, connection = make_webhook(org), make_connection(org)
    upload = Upload.objects.create(dataset=dataset, filename="a.csv", state="failed", storage_key="a", error="No.")
    export = Export.objects.create(project=project, format="csv", state="done")
    sent = SentExport.objects.create(export=export, connection=connection, key="a.csv", state="running")
    review = Review.objects.create(
        organization_id=org.pk,
        project=project,
        task=task,
        reviewer=person,
        state="done",
        schema_version=1,
        verdict="reject",
    )
    held = Rejection.objects.create(
        review=review, answer=answer, project=project, annotator=person, state="held", reason="wrong_label"
    )
    restriction = Restriction.objects.create(
        organization=org,
        user=person,
        project_id=project.pk,
        kind="pause",
        reason="gold",
        text="No.",
        created_by=person,
    )
    batch = create_own_batch(project=project, name="B", kind="production", callback="", actor=person, now=NOW)
    session = sessions.begin(
        user=person, session_key=f"of-{person.pk}", user_agent="Firefox", address="203.0.113.7", now=NOW
    )
    change = SchemaChange.objects.create(project=project, from_version=1, to_version=2, state="done")
    named_otherwise = {"schema_change": change.pk, "public": batch.public_id, "session": session}
    return {name: row.pk for name, row in {
        "dataset_id": dataset, "project_id": project, "gold_id": gold, "task_id": task, "upload_id": upload,
        "export_id": export, "sent_id": sent, "review_id": review, "rejection_id": held, "user_id": person,
        "restriction_id": restriction, "machine_id": make_machine(org), "feed_id": make_feed(dataset, connection),
        "comment_id": make_comment(task, person), "assignment_id": make_assignment(make_task(project), person),
        "sign_id": Sign.objects.create(project=project, annotator=person, rule="too_fast"),
        "view_id": SavedView.objects.create(project=project, name="Mine"),
        "bulk_id": Bulk.objects.create(project=project, kind="prioritise", state="done"),
        "archive_id": Archive.objects.create(organization=org, state="done"), "batch_id": batch,
        "delivery_id": Delivery.objects.get(webhook=webhook), "webhook": webhook, "connection": connection,
    }.items()} | named_otherwise | objects_of(org)  # fmt: skip


def addresses(patterns: list[Any], route: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        here = route + str(each.pattern).lstrip("^").replace("\\", "")
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, here)
        elif isinstance(each, URLPattern) and ARGUMENT.search(here) and not here.startswith(NOT_ASKED):
            yield here, each


def named(route: str, name: str, given: dict[str, Any]) -> list[Any]:
    """What the address' arguments are, in their order."""
    found = []
    for match in ARGUMENT.finditer(route):
        argument = match[1] or match[2]
        if argument == "pk":
            argument = next((what for begin, what in PK.items() if route.startswith(begin)), argument)
        elif argument == "change_id":
            argument = "schema_change" if "schema" in route else "bulk_id"
        elif argument == "batch_id" and route.startswith("api/"):
            argument = "public"
        if argument in ("action", "format"):
            found.append(match[3].partition("|")[0] if match[3] else ACTIONS.get(name, "pause"))
        else:
            assert argument in given, f"{route}: tell in `things` what {argument} is"
            found.append(given[argument])
    return found


def at(route: str, values: list[Any]) -> str:
    left = iter(values)
    return "/" + ARGUMENT.sub(lambda _: str(next(left)), route).rstrip("$")


def status_of(client: APIClient, method: str, where: str) -> int:
    """What comes of it; nothing stays."""
    body: dict[str, Any] = {} if method == "get" else {"data": {}} | ({} if where.startswith("/api/") else PAGE)
    with transaction.atomic():
        reply = getattr(client, method)(where, **body)
        transaction.set_rollback(True)
    return reply.status_code


def methods_of(pattern: URLPattern) -> list[str]:
    view = getattr(pattern.callback, "view_class", None)
    return [method for method in METHODS if hasattr(view, method)] if view else ["get", "post"]


def test_what_belongs_to_others_is_not_there(org, sign_in):
    """Neither by itself nor as a part of something of one's own."""
    elsewhere = make_org("Elsewhere")
    theirs, mine = things(org), things(elsewhere)
    eve = sign_in(make_user(elsewhere, "admin"))
    found = []
    for route, pattern in addresses(get_resolver().url_patterns):
        foreign = named(route, pattern.name, theirs)
        own = named(route, pattern.name, mine)
        if pattern.name in HARMLESS:
            continue
        parts = [part for part, same in zip(foreign, own, strict=True) if part != same]
        tried = [foreign, [own[0], *foreign[1:]]][: len(parts)]
        for method in methods_of(pattern):
            wheres = [at(route, values) for values in tried]
            found += [(method, at_) for at_ in wheres if status_of(eve, method, at_) not in (404, 405)]
    assert found == []
