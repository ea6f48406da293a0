"""Archives are made and taken in by jobs: admins ask, watch and download; a killed worker's archive is begun again."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from labeling import storage
from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.models import Archive, Dataset, Item
from tasks.services.archive import making
from tests.factories import make_answer, make_org, make_project, make_task, make_user
from tests.tasks.archive.comparing import archived

pytestmark = pytest.mark.django_db
WHERE = "/api/v1/archives"


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


@pytest.fixture
def client(boss, sign_in):
    return sign_in(boss)


@pytest.fixture(autouse=True)
def some_work(org, ann, storage_folder):
    make_answer(make_task(make_project(org)), ann)


def made(client) -> dict:
    reply = client.post(WHERE)
    assert reply.status_code == 201, reply.content
    making.run_archive(archive_id=reply.json()["id"])
    return client.get(f"{WHERE}/{reply.json()['id']}").json()


def test_an_admin_asks_for_everything_and_downloads_it_by_a_link_that_ends(client, org, boss, ann):
    where = {"address": "203.0.113.77", "device": "Firefox"}
    events.emit("user.signed_in", organization_id=org.pk, object_id=ann.pk, actor_id=ann.pk, how="totp", **where)
    done = made(client)
    assert (done["state"], done["counts"]["answers"], done["error"]) == ("done", 1, "")
    file = client.get(done["download_url"])
    content = file.getvalue()
    assert file["Content-Disposition"].startswith("attachment") and len(content) == done["size"]
    with zipfile.ZipFile(io.BytesIO(content)) as zip:
        everything = b"".join(zip.read(name) for name in zip.namelist())
    assert b'"how":"totp"' in everything
    for secret in (boss.email, ann.email, boss.name, '"Ann"', *where.values()):
        assert secret.encode() not in everything
    assert client.get(done["download_url"][:-1] + "x").status_code == 404
    told = Event.objects.filter(kind__startswith="archive.").order_by("pk").values_list("kind", "actor_id")
    assert list(told) == [
        ("archive.requested", boss.pk),
        ("archive.done", None),
        ("archive.downloaded", boss.pk),
    ]
    page = client.get("/settings/data/").text
    assert done["download_url"].partition("/media/")[2].partition("/")[0] in page and done["sha256"] in page


def test_one_archive_is_under_way_at_a_time(client):
    assert client.post(WHERE).status_code == 201
    assert client.post(WHERE).status_code == 409
    reply = client.post("/settings/data/", {"form": "make"}, format="multipart")
    assert (reply.status_code, "another archive is under way" in reply.text.lower()) == (422, True)


def test_nobody_but_admins_may_ask_or_look(client, org, sign_in):
    here = client.post(WHERE).json()
    for role in ("manager", "member", "reviewer", "labeler"):
        other = sign_in(make_user(org, role))
        calls = [other.post(WHERE), other.get(WHERE), other.get(f"{WHERE}/{here['id']}"), other.get("/settings/data/")]
        assert {reply.status_code for reply in calls} == {403}, role
    foreign = sign_in(make_user(make_org(), "admin"))
    assert foreign.get(f"{WHERE}/{here['id']}").content == foreign.get(f"{WHERE}/987654321").content
    assert foreign.get(WHERE).json()["results"] == []


def test_keys_need_the_scope_of_an_admin(org, with_key):
    assert with_key(org, "write").post(WHERE).status_code == 403
    assert with_key(org, "admin", "test").post(WHERE).status_code == 403
    assert with_key(org, "admin").post(WHERE).status_code == 201


def test_what_a_killed_worker_left_is_begun_again_and_given_up_after_some_times(client):
    pk, now = client.post(WHERE).json()["id"], timezone.now()
    assert making.take_archive(archive_id=pk, now=now)
    assert making.take_archive(archive_id=pk, now=now) is None, "somebody is at it"
    later = now - making.LEASE - timedelta(seconds=1)
    Archive.objects.update(worked_at=later)
    making.run_archive(archive_id=pk)
    assert Archive.objects.get().state == "done"
    assert making.take_archive(archive_id=pk, now=now) is None
    again = client.post(WHERE).json()["id"]
    Archive.objects.filter(pk=again).update(worked_at=later, crashes=making.MOST_CRASHES, at="answers", state="running")
    making.run_archive(archive_id=again)
    assert client.get(f"{WHERE}/{again}").json()["error"].endswith("at answers")


def test_a_worker_that_was_taken_for_dead_does_not_spoil_what_another_makes(client, storage_folder):
    pk, now = client.post(WHERE).json()["id"], timezone.now()
    slow = making.take_archive(archive_id=pk, now=now - making.LEASE - timedelta(seconds=1))
    making.run_archive(archive_id=pk)
    done = Archive.objects.get()
    with pytest.raises(making.StaleState):
        making._write(slow, making.Beat(slow))
    assert Archive.objects.values_list("storage_key", flat=True).get() == done.storage_key
    assert len(list(storage_folder.rglob("*.zip"))) == 1


def test_files_go_after_some_days_and_the_row_tells_of_them(client):
    done = made(client)
    assert making.delete_old_files(now=timezone.now()) == 0
    assert making.delete_old_files(now=timezone.now() + making.KEEP + timedelta(hours=1)) == 1
    assert client.get(f"{WHERE}/{done['id']}").json()["download_url"] is None
    assert client.get(done["download_url"]).status_code == 404


def bring(client, content: bytes):
    file = SimpleUploadedFile("all.zip", content)
    return client.post("/settings/data/", {"form": "bring", "file": file}, format="multipart")


def test_the_admin_of_an_empty_organization_begins_with_an_archive(org, client, sign_in):
    content, fresh = archived(org), make_org()
    admin = sign_in(make_user(fresh, "admin"))
    assert "Begin with an archive" in admin.get("/settings/data/").text
    assert bring(admin, content).status_code == 302
    assert bring(admin, content).status_code == 422, "one at a time"
    making.run_archive(archive_id=Archive.objects.get().pk)
    row = Archive.objects.get()
    assert (row.state, row.storage_key, row.counts["answers"]) == ("done", "", 1)
    assert fresh.projects.get().answers.get().value == {"option": "good"}
    assert "Begin with an archive" not in admin.get("/settings/data/").text
    assert bring(admin, content).status_code == 422, "not empty any more"
    assert bring(client, content).status_code == 422


def test_a_file_that_is_no_archive_is_told_of_at_once_and_one_that_fails_later_leaves_nothing(org, sign_in):
    fresh = make_org()
    admin = sign_in(make_user(fresh, "admin"))
    assert "not a whole zip file" in bring(admin, b"hello").text.lower()
    content = archived(org).replace(b"answers.jsonl", b"answers.jsonl", 1)
    assert bring(admin, content).status_code == 302
    Dataset.objects.create(organization=fresh, name="Came in between")
    making.run_archive(archive_id=Archive.objects.get().pk)
    row = Archive.objects.get()
    assert (row.state, row.error) == ("failed", f"{fresh.name} is not empty any more")
    assert not Item.objects.filter(dataset__organization=fresh).exists()
    assert storage.exists(row.storage_key), "kept for some days, to be looked at"
