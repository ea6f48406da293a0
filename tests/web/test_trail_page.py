"""The audit trail: what is in it, who sees it, its filters and its files."""

import csv
import html
import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.outbox import events
from labeling.outbox.models import Event
from labeling.outbox.trail import belongs
from tasks.web.trail_words import SAYS, THINGS
from tests.factories import make_key, make_project, make_user
from workers.services import memberships
from workers.services.keys import create_key, revoke_key

ROOT = Path(__file__).parents[2]
NO_KINDS = {"user.email", "user.name", "user.changed", "order_project.opened", "webhook.ping"}  # no events, or nobody's


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


@pytest.fixture
def look(boss):
    """`look(person="7")` is what the admin sees with these filters."""
    client = Client()
    client.force_login(boss, backend="workers.web.backend.MemberBackend")
    return lambda **filters: client.get("/settings/trail/", filters)


def emit(org, kind="project.paused", **more):
    events.emit(kind, organization_id=org.pk, **more)


def kinds_on(reply):
    return [row["event"].kind for row in reply.context["rows"]]


def download(boss, format, query=""):
    client = Client()
    client.force_login(boss, backend="workers.web.backend.MemberBackend")
    return b"".join(client.post(f"/settings/trail/download.{format}{query}").streaming_content).decode()


def test_decisions_are_told_with_who_when_and_about_what(org, boss, ann, look):
    memberships.change_role(membership=ann.memberships.get(), role="reviewer", actor=boss, actor_role="admin")
    key, _secret = create_key(organization=org, mode="live", name="CI", created_by=boss)
    revoke_key(key=key, actor=boss, now=timezone.now())
    reply = look()
    assert kinds_on(reply) == ["api_key.revoked", "api_key.created", "membership.role_changed"]
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", reply.text)).split())
    assert "Boss changed a member's role Member Ann before: labeler role: reviewer" in words


def test_a_call_by_key_names_the_key(org, look):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(org)}")
    client.post("/api/v1/groups", {"name": "Night"})
    row = look().context["rows"][0]
    assert (row["event"].kind, row["who"], row["event"].key_id) == ("group.created", "", org.api_keys.get().pk)
    assert events.calling_key.get() is None, "forgotten with the call"


def test_the_everyday_work_is_not_in_the_trail(org, ann, look):
    emit(org, "answer.submitted", actor_id=ann.pk)
    events.emit_many([Event(kind="assignment.leased", organization_id=org.pk), Event(kind="export.done")])
    assert kinds_on(look()) == []
    assert Event.objects.get(kind="export.done").trail


def test_only_admins_see_the_trail(org, sign_in):
    for role in ("admin", "manager", "member", "reviewer", "labeler"):
        client = sign_in(make_user(org, role))
        replies = [client.get("/settings/trail/"), client.post("/settings/trail/download.csv")]
        assert [reply.status_code for reply in replies] == [200 if role == "admin" else 403] * 2, role


def test_nothing_of_another_organization_is_in_the_trail(org, eve, look, boss):
    emit(eve.memberships.get().organization)
    emit(org, "user.signed_in", actor_id=boss.pk, object_id=boss.pk)
    assert kinds_on(look()) == ["user.signed_in"]
    assert look(person=eve.pk).status_code == 400, "no choice of ours"


def test_filters_choose_by_person_kind_thing_number_project_and_day(org, ann, boss, look):
    project = make_project(org)
    emit(org, "project.paused", actor_id=boss.pk, object_id=project.pk, project_id=project.pk)
    emit(org, "project.paused", actor_id=ann.pk, object_id=project.pk + 1, project_id=project.pk + 1)
    emit(org, "user.locked_out", object_id=ann.pk)
    emit(org, "membership.deactivated", actor_id=boss.pk, user=ann.pk)
    old = Event.objects.filter(kind="user.locked_out")
    old.update(created_at=timezone.now() - timedelta(days=3))
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert len(kinds_on(look())) == 4
    assert kinds_on(look(person=ann.pk)) == ["membership.deactivated", "user.locked_out", "project.paused"]
    assert len(kinds_on(look(kind="project.paused"))) == len(kinds_on(look(thing="project"))) == 2
    assert len(kinds_on(look(thing="project", number=project.pk))) == len(kinds_on(look(project=project.pk))) == 1
    assert len(kinds_on(look(since=today))) == 3
    assert len(kinds_on(look(until=today))) == 4, "a day is meant to its end"
    assert look(since="yesterday").status_code == look(number="x").status_code == 400


def test_pages_go_on_by_position_and_cost_the_same(org, look, django_assert_max_num_queries):
    for number in range(120):
        emit(org, actor_id=None, object_id=number + 1)
    first = look().context["page"]
    second = look(after=first.next).context["page"]
    third = look(after=second.next).context["page"]
    assert [len(each.rows) for each in (first, second, third)] == [50, 50, 20]
    assert third.next is None
    with django_assert_max_num_queries(7):  # session, user, membership, people, events, names, switcher
        look()


def test_the_files_hold_what_was_filtered_and_are_no_formulas(org, boss, ann):
    boss.name = "=1+1"
    boss.save()
    emit(org, "webhook.created", actor_id=boss.pk, object_id=7, note="ひらがな")
    emit(org, "project.paused", actor_id=ann.pk)
    rows = list(csv.DictReader(StringIO(download(boss, "csv", "?kind=webhook.created"))))
    assert [row["kind"] for row in rows] == ["webhook.created"]
    assert rows[0]["actor_name"] == "'=1+1"
    lines = [json.loads(each) for each in download(boss, "jsonl", f"?person={boss.pk}").splitlines()]
    assert [each["kind"] for each in lines] == ["trail.downloaded", "trail.downloaded", "webhook.created"]
    assert lines[-1]["details"] == {"note": "ひらがな"}
    assert lines[-1]["actor_name"] == "=1+1"
    assert lines[1]["details"] == {"format": "csv", "filters": "kind=webhook.created"}


def test_every_kind_of_the_trail_has_words():
    sources = [*(ROOT / "tasks/services").rglob("*.py"), *(ROOT / "workers").rglob("*.py")]
    found = {kind for path in sources for kind in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())}
    told = {kind for kind in found - NO_KINDS if kind.partition(".")[0] in THINGS and belongs(kind)}
    assert told <= set(SAYS), "say these in tasks/web/trail_words.py, or name them in labeling/outbox/trail.py"
    assert all(belongs(kind) for kind in SAYS)
    assert {kind.partition(".")[0] for kind in SAYS} == set(THINGS)
