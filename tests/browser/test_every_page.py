"""Every page of the URLconf as everybody who may open it sees it: axe finds nothing, light and dark."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Browser, Page

from tasks.models import (
    Archive,
    Comment,
    Delivery,
    Export,
    FedObject,
    Feed,
    Gold,
    MachineAnswer,
    SentExport,
    Setup,
    Sign,
    Skill,
    Upload,
)
from tasks.scale.batches import finalize
from tasks.scale.own_batches import create_own_batch
from tasks.services.batch_tasks import put_next
from tasks.services.gold import add_gold
from tasks.services.gold_reading import Told
from tasks.services.storing_objects import AFTER_ANSWERS
from tasks.web.setup.steps import STEPS
from tests.browser.audit import BUT_CONTRAST, Contrast, violations
from tests.factories import make_answer, make_assignment, make_dataset, make_project, make_task, make_tasks, make_user
from tests.faults import watch
from tests.tasks.buckets.conftest import make_connection, make_feed
from tests.tasks.test_machines import make_machine
from tests.tasks.test_projects_results import make_consensus
from tests.tasks.test_webhooks import make_webhook
from workers.models import Placeholder, Restriction
from workers.services import addresses, groups, invitations, sessions
from workers.services.keys import create_key
from workers.web.help import PAGES as HELP

ROLES = ("admin", "manager", "labeler", "")
TAGS = re.compile(r'<\w+(?: class="[^"]*")?|role="\w+"')
OPEN = "() => [...document.querySelectorAll('main details')].slice(0, 20).forEach((each) => { each.open = true; })"
SAME_FOR_ALL = {"help-page", "api-docs"}
FRAGMENTS = {
    "project-live",
    "project-quality-estimate",
    "project-quality-live",
    "project-bulks-live",
    "project-batches-live",
    "project-schema-live",
    "project-exports-live",
    "archives-live",
    "dataset-live",
    "dataset-feeds",
    "feed-live",
    "setup-data-live",
    "setup-trial-live",
    "setup-estimate",
    "setup-people-able",
}  # parts of a page, which are tested inside it
POSTED = {
    "project-launch", "project-move", "project-task-change", "project-comment", "project-rejection", "project-appeal",
    "work-returned-change", "dataset-delete-now", "upload-change",
    "sign-out", "switch-organization", "invite", "change-invitation", "change-member", "create-group", "change-group",
    "revoke-key", "language", "change-webhook", "redeliver", "redeliver-failed", "project-gold-change",
    "project-task-gold",
    "project-sign-dismiss", "work-appeal", "restriction-change", "project-machines-reopen",
    "project-machine-votes", "machine-change",
    "project-view-save", "project-view-delete", "project-bulk-new", "project-bulk-undo",
    "project-schema-undo", "project-batches-order", "project-batch-change",
    "connection-change", "feed-change", "project-export-resend", "project-export-stop",
    "factor-remove", "factor-rename", "session-end", "sessions-end-others", "recovery-codes", "trail-download",
    "setup-upload", "setup-labels-check", "setup-guideline-html", "setup-people-known",
}  # fmt: skip
NO_PAGES = ("api/v1/", "v1/", "v2/")
FILES = {
    "media",
    "archive-download",
    "export-download",
    "export-losses",
    "sample-picture",
    "javascript-catalog",
    "openapi",
    "sign-in-passkey",
    "operators-sign-in",
}


def names(patterns: list[Any], route: str = "") -> Iterator[str]:
    """Names of all addresses but Django's admin and the API."""
    for each in patterns:
        here = route + str(each.pattern)
        if isinstance(each, URLResolver) and each.namespace != "admin" and not here.startswith(NO_PAGES):
            yield from names(each.url_patterns, here)
        elif isinstance(each, URLPattern) and not here.startswith("api/v1/session"):
            assert each.name, f"{here} has no name"
            yield each.name


@pytest.fixture
def pages(org: Any) -> dict[str, list[dict[str, Any]]]:
    """Arguments of every page, and rows that fill it."""
    boss = make_user(org, "admin", "Boss")
    now = timezone.now()
    groups.create(organization=org, name="Night", user_ids=[boss.pk], actor=boss)
    create_key(organization=org, mode="live", name="CI", created_by=boss)
    who = {"organization": org, "actor": boss, "actor_role": "admin", "now": now}
    token = invitations.invite(email="i@example.org", role="labeler", **who)[1]
    dataset = make_dataset(org, items=2)
    upload = Upload.objects.create(dataset=dataset, filename="a.csv", state="failed", storage_key="a", error="No.")
    upload.problems.create(line=2, reason="no column 'text'")
    project = make_project(org, guideline="Read *all* of it.", overlap=3)
    project.datasets.add(dataset)
    Export.objects.create(project=project, format="csv", state="failed", error="No room.", created_by=boss)
    task = make_task(project)
    make_consensus(task, confidence=0.7)
    Archive.objects.create(organization=org, state="failed", error="No room.", created_by=boss)
    stands_in = make_user(name="a_somebody", is_active=False)
    Placeholder.objects.create(organization=org, user=stands_in, pseudonym="a_somebody", role="labeler")
    model = make_machine(org)
    for purpose, number in (("suggestion", 1), ("vote", 2)):
        one = make_task(project, overlap=1)
        MachineAnswer.objects.create(
            machine=model, project=project, task=one, client_id=uuid4(), purpose=purpose, value={"option": "good"},
            schema_version=1, confidence=0.9, is_control=True,
        )  # fmt: skip
        make_answer(one, make_user(org, "labeler", f"Blind {number}"), at=timezone.now(), active_ms=2000)
    for role in ROLES[:3]:
        person = make_user(org, role, f"A {role}")
        make_answer(task, person)
        make_assignment(make_task(project), person)
        make_session(person)
        said = {"organization": org, "project": project, "task": task, "author": person, "kind": "edge_case"}
        Comment.objects.create(client_id=uuid4(), text="What of this?", **said)
    mine = {"project_id": project.pk}
    draft, tried = {"project_id": make_draft(org, dataset).pk}, {"project_id": make_tried(org, dataset).pk}
    known = make_gold_and_signs(project, person, boss)
    secret = {"uidb64": urlsafe_base64_encode(force_bytes(boss.pk)), "token": default_token_generator.make_token(boss)}
    one: dict[str, dict[str, Any]] = {
        **dict.fromkeys(["home", "account", "sign-in", "password-change", "password-reset", "password-reset-sent"], {}),
        **dict.fromkeys(
            ["people", "keys", "help", "api-docs", "work", "work-history", "workbench", "review", "work-returned"], {}
        ),
        **dict.fromkeys(["projects", "project-new", "datasets", "dataset-new"], {}),
        **dict.fromkeys(["project", "project-items", "project-results", "project-settings", "project-exports"], mine),
        **dict.fromkeys([f"setup-{step.name}" for step in STEPS], draft),
        **dict.fromkeys(["setup", "setup-preview"], draft),
        "project-start": {},
        "project-bulks": mine,
        "project-batches": mine,
        "project-batch": mine | {"batch_id": make_batches(project, boss)},
        "project-schema": mine,
        "project-look": mine | {"task_id": task.pk},
        **dict.fromkeys(["project-comments", "project-suggestions", "project-gold", "project-people"], mine),
        **dict.fromkeys(["work-standing", "restrictions", "machines"], {}),
        "machine": {"machine_id": model.pk},
        "project-machines": mine,
        "project-gold-one": mine | {"gold_id": known.pk},
        "project-person": mine | {"user_id": person.pk},
        **dict.fromkeys(["project-review", "review-one", "project-quality"], mine),
        **dict.fromkeys(["dataset", "dataset-delete"], {"dataset_id": dataset.pk}),
        "archives": {},
        "webhooks": {},
        "close-member": {"pk": person.memberships.get().pk},
        **dict.fromkeys(["trail", "security", "confirm-again", "totp-new", "passkey-new", "organization-security"], {}),
        **dict.fromkeys(["sign-in-second", "account-close", "sessions", "email-change"], {}),
        "webhook": {"pk": make_webhook(org).pk},
        "project-task": mine | {"task_id": task.pk},
        "password-reset-confirm": secret,
        "invitation": {"token": token},
        "email-confirm": {
            "token": addresses.token_for(org.memberships.filter(role="admin").last().user, "n@example.org", now=now)
        },
    }
    fed, bare = make_fed(dataset)
    export = Export.objects.get(project=project)
    one["project-export-send"] = mine | {"export_id": export.pk}
    for state, error in (("failed", "the endpoint cannot be reached"), ("running", "")):
        SentExport.objects.create(
            export=export, connection=fed.connection, key=f"a/{state}.csv", state=state, error=error
        )
    one |= {"connections": {}, "connection": {"pk": fed.connection_id}, "feed-new": {"dataset_id": dataset.pk}}
    return {name: [given] for name, given in one.items()} | {
        "feed": [{"feed_id": fed.pk}, {"feed_id": bare.pk}],
        "project-task-why": [mine | {"task_id": pk} for pk in (task.pk, known.task_id)],
        **{f"setup-{name}": [draft, tried] for name in ("trial", "launch")},
        "help-page": [{"name": name} for name in HELP if name != "types"],  # test_gallery does, with every sample
    }


def make_session(person: Any) -> None:
    """Signed in on another device, too."""
    phone = Client()
    phone.force_login(person, "workers.web.backend.MemberBackend")
    key: Any = phone.session.session_key
    agent = "Mozilla/5.0 (iPhone) Safari/604.1"
    sessions.begin(user=person, session_key=key, user_agent=agent, address="203.0.113.7", now=timezone.now())


def make_batches(project: Any, boss: Any) -> int:
    """One under way with a callback and a message, one in staging; the first one's id."""
    make_tasks(project, 3)
    made = [
        create_own_batch(project=project, name=name, kind=kind, callback=to, actor=boss, now=timezone.now())
        for name, kind, to in (("Week 1", "production", "https://example.org/x"), ("Trial", "calibration", ""))
    ]
    put_next(batch=made[0], number=2, now=timezone.now())
    finalize(batch=made[0], now=timezone.now())
    about = {"organization": project.organization, "kind": "batch.callback", "url": "https://example.org/x"}
    Delivery.objects.create(batch=made[0], receiver="x", body="{}", state="failed", **about)
    return made[0].pk


def make_fed(dataset: Any) -> tuple[Feed, Feed]:
    """A feed with something of every kind to tell, and one that has only begun."""
    connection = make_connection(dataset.organization, name="Night", bucket="photos")
    fed = make_feed(dataset, connection, prefix="a", schedule="daily")
    changes = {"state": "failed", "cursor": "a/b", "error": "the endpoint cannot be reached", "passed_over": 2}
    Feed.objects.filter(pk=fed.pk).update(**changes, finished_at=timezone.now())
    notes = {"refused": "byte 3 is not UTF-8", "changed": AFTER_ANSWERS, "gone": "it is gone from the bucket"}
    for state, note in notes.items():
        FedObject.objects.create(feed=fed, key=f"a/{state}.txt", kind="texts", state=state, note=note)
    return fed, make_feed(dataset, connection, prefix="b")


def make_draft(org: Any, dataset: Any) -> Any:
    """One whose wizard is half done, with an example."""
    draft = make_project(org, state="draft", guideline="Read *all* of it.", overlap=3)
    draft.datasets.add(dataset)
    draft.versions.update(examples=[{"item": {"text": "Fine."}, "answer": {"option": "good"}, "why": "It says so."}])
    Setup.objects.create(project=draft, purpose="sentiment", passed=["purpose", "data", "labels"])
    return draft


def make_tried(org: Any, dataset: Any) -> Any:
    """One whose trial has shown that people differ."""
    tried = make_project(org, overlap=2)
    tried.datasets.add(dataset)
    Setup.objects.create(project=tried, passed=["purpose", "labels", "trial"], trial_at=timezone.now())
    make_consensus(make_task(tried, dataset.items.first()), agreement=0.5)
    return tried


def make_gold_and_signs(project: Any, person: Any, boss: Any) -> Gold:
    """What is known, how the person did, a rule that saw something, and a restriction they appealed against."""
    task = make_task(project)
    told = [Told("1", task.item.key, {"option": "good"}, "training", "It says so.")]
    add_gold(project=project, told=told, source="api", actor=boss, now=timezone.now())
    for label in ("", "good"):
        Skill.objects.create(project=project, annotator=person, label=label, a=8, b=2, mean=0.8, low=0.6, high=0.9)
    Sign.objects.create(project=project, annotator=person, rule="low_accuracy", figures={"right": 3, "of": 9})
    Restriction.objects.create(
        organization=project.organization, user=person, kind="remove", reason="gold", text="Look.", created_by=boss,
        project_id=make_project(project.organization).pk, project_name="Other", appeal="No.",
        appealed_at=timezone.now(),
        evidence=[{"rule": "low_accuracy", "project": "Other", "figures": {"right": 3, "of": 9}}],
    )  # fmt: skip
    return Gold.objects.get(task=task)


def test_every_address_is_a_page_that_is_visited_or_no_page(pages: dict[str, Any]) -> None:
    found = set(names(get_resolver().url_patterns))
    assert found - FRAGMENTS - POSTED - FILES == set(pages)
    assert found >= FRAGMENTS | FILES


def faulty(page: Page, contrast: Contrast) -> Iterator[str]:
    found: list[Any] = violations(page, BUT_CONTRAST)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += contrast.violations(page, scheme)
    if found:
        yield f"{page.url}: {json.dumps(found, indent=1)}"


def test_axe_finds_nothing_on_any_page(browser: Browser, live_server: Any, org: Any, pages: Any) -> None:
    """Not audited again: a page without any element or class that it has not shown before, or the same as another."""
    faults: list[str] = []
    found: list[str] = []
    audited: dict[str, set[str]] = {}
    looks: set[str] = set()
    contrast = Contrast()
    statuses: dict[str, set[int]] = {}
    for role in ROLES:
        client = Client()
        context = browser.new_context()
        page = watch(context.new_page(), faults)
        if role:
            client.force_login(org.memberships.filter(role=role).last().user, "workers.web.backend.MemberBackend")
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        mine = [name for name in pages if name not in SAME_FOR_ALL or not role]
        for name, address in [(each, reverse(each, kwargs=given)) for each in mine for given in pages[each]]:
            reply = client.get(address, follow=True)
            statuses.setdefault(role, set()).add(reply.status_code)
            parts = re.findall(TAGS, reply.text.partition("<body")[2])
            look, seen = "".join(parts), audited.setdefault(name, set())
            if look in looks or seen.issuperset(parts):
                continue
            looks.add(look)
            seen.update(parts)
            page.goto(live_server.url + address)
            page.evaluate(OPEN)
            found.extend(faulty(page, contrast))
        context.close()
    assert not found, "\n".join(found)
    assert [fault for fault in faults if "status of 40" not in fault] == []
    assert statuses["admin"] == {200}
    assert statuses[""] == {200}, "what is not theirs leads to signing in"
    assert statuses["labeler"] & {403, 404}
