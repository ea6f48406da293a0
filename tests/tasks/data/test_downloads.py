"""Files of the organization: the trail tells who took which; a link ends with the access of whom it was made for."""

import pytest
from django.test import Client
from django.utils import timezone

from labeling import links
from labeling.outbox.models import Event
from tasks.jobs.exports import run_export
from tasks.selectors import exports
from tasks.services.archive import making
from tests.factories import make_org, make_project, make_user
from workers.services import memberships
from workers.services.keys import revoke_key


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


@pytest.fixture
def project(org, storage_folder):
    return make_project(org)


def export_link(client, project):
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "csv"}).json()
    run_export(made["id"])
    return client.get(f"/api/v1/projects/{project.pk}/exports/{made['id']}").json()["download_url"]


def archive_link(client):
    made = client.post("/api/v1/archives").json()
    making.run_archive(archive_id=made["id"])
    return client.get(f"/api/v1/archives/{made['id']}").json()["download_url"]


def take(url, **headers):
    """By whoever holds the link, signed in or not."""
    reply = Client().get(url, headers=headers)
    if reply.status_code < 300:
        b"".join(reply.streaming_content)
    return reply.status_code


def told(kind):
    found = Event.objects.filter(kind=kind).order_by("pk")
    return [(each.actor_id, each.key_id, each.object_id, each.project_id, each.payload) for each in found]


def test_the_trail_tells_whose_link_took_an_export_and_from_where(org, project, boss, sign_in, with_key):
    for client in (sign_in(boss), with_key(org)):
        assert take(export_link(client, project)) == 200
    key, (first, second) = org.api_keys.get(), project.exports.order_by("pk")
    where = {"address": "127.0.0.1"}
    assert told("export.downloaded") == [
        (boss.pk, None, first.pk, project.pk, where),
        (None, key.pk, second.pk, project.pk, where),
    ]
    assert Event.objects.filter(kind="export.downloaded", trail=True, organization_id=org.pk).count() == 2


def test_a_download_in_parts_is_told_once_and_a_look_at_its_head_or_a_copy_one_has_is_not(project, boss, sign_in):
    url = export_link(sign_in(boss), project)
    Client().head(url)
    assert take(url, if_none_match=f'"{project.exports.get().sha256}"') == 304
    assert told("export.downloaded") == []
    for part in ("bytes=0-4", "bytes=5-9", "bytes=10-"):
        assert take(url, range=part) == 206
    assert len(told("export.downloaded")) == 1
    assert take(export_link(sign_in(boss), project), range="bytes=1-") == 206
    assert len(told("export.downloaded")) == 2, "its beginning left out is no way around"


def test_a_link_to_an_archive_ends_with_the_role_and_one_to_an_export_with_the_membership(project, boss, sign_in):
    archive, export = archive_link(sign_in(boss)), export_link(sign_in(boss), project)
    assert take(archive) == 200
    assert [each[:3] for each in told("archive.downloaded")] == [(boss.pk, None, told_id(archive))]
    make_user(project.organization, "admin")
    by = {"membership": boss.memberships.get(), "actor": None, "actor_role": "admin"}
    memberships.change_role(role="manager", **by)
    assert (take(archive), take(export)) == (404, 200)
    memberships.deactivate(**by)
    boss.memberships.create(organization=make_org(), role="admin")
    assert take(export) == 404, "whatever they are elsewhere"


def told_id(url):
    return int(url.partition("/archives/")[2].partition("/")[0])


def test_the_link_of_a_key_ends_with_the_key(org, project, with_key):
    url = export_link(with_key(org), project)
    revoke_key(key=org.api_keys.get(), actor=None, now=timezone.now())
    assert take(url) == 404


def test_a_link_is_not_made_into_one_of_somebody_else(project, boss, sign_in):
    url = export_link(sign_in(boss), project)
    other = make_user(project.organization, "manager")
    assert take(url.replace(f"user:{boss.pk}", f"user:{other.pk}")) == 404
    assert take(url.replace(f"user:{boss.pk}.", "")) == 404
    bare = links.sign(exports.SALT, str(project.exports.get().pk), seconds=60)
    assert take(url.rpartition("/")[0] + "/" + bare) == 404, "one from before links were somebody's"
