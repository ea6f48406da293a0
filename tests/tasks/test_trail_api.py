"""The audit trail by API: who reads it, filters, pages, files."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone

from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.selectors import trail
from tests.factories import make_project, make_user

ADDRESS = "/api/v1/trail"


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


@pytest.fixture
def program(org, with_key):
    """An admin's key; that it was made is forgotten."""
    client = with_key(org)
    Event.objects.all().delete()
    return client


def emit(org, kind="project.paused", **more):
    events.emit(kind, organization_id=org.pk, **more)


def listed(client, **filters):
    return client.get(ADDRESS, filters).json()["results"]


def test_an_entry_tells_who_what_and_about_what(org, boss, program):
    project = make_project(org, name="Streets")
    emit(org, actor_id=boss.pk, object_id=project.pk, project_id=project.pk, why="Night")
    told = listed(program)[0]
    assert told.pop("id") and told.pop("at").endswith("+00:00")
    assert told == {
        "kind": "project.paused",
        "actor": boss.pk,
        "actor_name": "Boss",
        "key": None,
        "key_name": None,
        "thing": "project",
        "number": project.pk,
        "name": "Streets",
        "project": project.pk,
        "details": {"why": "Night"},
    }


def test_only_admins_and_admin_keys_read_it_and_test_keys_never(org, with_key, sign_in):
    emit(org)
    for address in (ADDRESS, f"{ADDRESS}/download"):
        for role in ("admin", "manager", "member", "reviewer", "labeler"):
            assert sign_in(make_user(org, role)).get(address).status_code == (200 if role == "admin" else 403), role
        for scope, mode in (("admin", "live"), ("write", "live"), ("read", "live"), ("admin", "test")):
            expected = 200 if (scope, mode) == ("admin", "live") else 403
            assert with_key(org, scope, mode).get(address).status_code == expected, (scope, mode)


def test_nothing_of_another_organization_is_told(eve, program):
    elsewhere = eve.memberships.get().organization
    emit(elsewhere, actor_id=eve.pk, object_id=5, project_id=5)
    assert listed(program) == listed(program, actor=eve.pk) == listed(program, person=eve.pk) == []
    assert listed(program, number=5, project=5) == []
    assert b"".join(program.get(f"{ADDRESS}/download?actor={eve.pk}").streaming_content) == b""


def test_what_is_of_another_organization_has_no_name_here_whatever_an_entry_says(org, eve, program):
    project = make_project(eve.memberships.get().organization, name="Secret")
    emit(org, object_id=project.pk, project_id=project.pk, user=eve.pk)
    emit(org, "user.signed_in", object_id=eve.pk)
    assert {each["name"] for each in listed(program)} == {None}


def test_filters_choose(org, boss, ann, program):
    emit(org, actor_id=boss.pk, object_id=3, project_id=3)
    emit(org, "membership.deactivated", actor_id=boss.pk, user=ann.pk)
    emit(org, "user.locked_out", object_id=ann.pk)
    Event.objects.filter(kind="user.locked_out").update(created_at=timezone.now() - timedelta(days=3))
    program.post("/api/v1/groups", {"name": "Night"})
    key = org.api_keys.get().pk

    def kinds(**filters):
        return [each["kind"] for each in listed(program, **filters)]

    assert kinds() == ["group.created", "user.locked_out", "membership.deactivated", "project.paused"]
    assert kinds(actor=boss.pk) == ["membership.deactivated", "project.paused"]
    assert kinds(person=ann.pk) == ["user.locked_out", "membership.deactivated"]
    assert kinds(key=key) == kinds(thing="group") == ["group.created"]
    assert kinds(kind="project.paused") == kinds(thing="project", number=3) == kinds(project=3) == ["project.paused"]
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    assert kinds(until=yesterday) == ["user.locked_out"]
    assert len(kinds(since=yesterday)) == 3


@pytest.mark.parametrize(
    "wrong", ["actor=x", "actor=0", "number=99999999999999999999", "kind=Paused", "thing=a.b", "since=soon", "user=1"]
)
def test_what_is_no_filter_is_named(org, with_key, wrong):
    for address in (ADDRESS, f"{ADDRESS}/download"):
        reply = with_key(org).get(f"{address}?{wrong}")
        assert (reply.status_code, reply.json()["problems"][0]["path"]) == (400, wrong.partition("=")[0])


def test_pages_go_on_by_position_and_cost_the_same(org, boss, with_key, django_assert_num_queries):
    for number in range(7):
        emit(org, object_id=number + 1, actor_id=boss.pk, project_id=number + 1)
    client, seen, address = with_key(org), [], f"{ADDRESS}?limit=3&thing=project"
    while address:
        with django_assert_num_queries(3 if seen else 4):  # key (its use is noted once), entries, names
            body = client.get(address).json()
        seen += [each["number"] for each in body["results"]]
        emit(org, object_id=99)  # what comes meanwhile shifts nothing
        address = body["next"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_the_file_holds_all_that_was_chosen_and_the_trail_tells_of_it(org, boss, with_key, monkeypatch, format):
    monkeypatch.setattr(trail, "CHUNK", 2)
    for number in range(5):
        emit(org, object_id=number + 1)
    emit(org, "webhook.created", actor_id=boss.pk, note="=1+1")
    reply = with_key(org).get(f"{ADDRESS}/download?format={format}&thing=project")
    assert f'-{org.slug}.{format}"' in reply["Content-Disposition"]
    text = b"".join(reply.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text))) if format == "csv" else list(map(json.loads, text.splitlines()))
    assert [int(each["number"]) for each in rows] == [5, 4, 3, 2, 1]
    noted = Event.objects.get(kind="trail.downloaded")
    assert (noted.key_id, noted.payload) == (org.api_keys.get().pk, {"format": format, "filters": "thing=project"})
