"""Exports written into a bucket: whole, readable, going on after a killed worker, and tried again when it fails."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling import buckets, storage
from labeling.buckets import writing
from labeling.outbox.models import Event
from tasks.jobs.exports import clear_unfinished, run_export, send_due, send_export, send_finished
from tasks.models import Export, SentExport, StorageConnection
from tasks.services import aborting_uploads, connections, sending_exports
from tasks.services.exporting import request_export
from tests.factories import make_answer, make_org, make_project, make_task
from tests.tasks.buckets.conftest import make_connection
from tests.tasks.buckets.test_connections import answer_of_storage
from tests.tasks.buckets.test_syncing import Killed

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(org: Any, ann: Any) -> Export:
    project = make_project(org, name="Street scenes")
    make_answer(make_task(project), ann)
    made = request_export(project=project, format="jsonl", include_unresolved=True, include_answers=True)
    run_export(made.pk)
    made.refresh_from_db()
    assert made.state == "done"
    return made


def send(export: Export, connection: Any, **given: Any) -> SentExport:
    return sending_exports.send_export(export=export, connection=connection, actor=None, now=timezone.now(), **given)


def worked(sent: SentExport) -> SentExport:
    send_export(sent.pk)
    sent.refresh_from_db()
    return sent


def large(export: Export, size: int) -> bytes:
    """In place of the export's own file."""
    content = bytes(range(256)) * (size // 256 + 1)
    storage.save(export.storage_key, content[:size])
    Export.objects.filter(pk=export.pk).update(size=size)
    export.refresh_from_db()
    return content[:size]


def test_an_export_arrives_whole_below_the_connections_folder(export, connection, bucket):
    connection.prefix = "out/"
    connection.save()
    sent = worked(send(export, connection, prefix="june"))
    assert (sent.state, sent.bytes_done) == ("done", export.size)
    assert bucket.keys() == [f"out/june/street-scenes-export-{export.pk}.jsonl"]
    with storage.open_file(export.storage_key) as file:
        assert bucket.get(sent.key) == file.read()
    assert Event.objects.filter(kind="export.sent", object_id=export.pk).exists()


def test_what_its_format_could_not_say_arrives_beside_it(org, ann, connection, bucket):
    project = make_project(org, name="Street scenes")
    make_answer(make_task(project), ann)
    made = request_export(project=project, format="doccano", include_unresolved=True, include_answers=True)
    run_export(made.pk)
    made.refresh_from_db()
    assert worked(send(made, connection, prefix="june")).state == "done"
    name = f"june/street-scenes-export-{made.pk}"
    assert bucket.keys() == [f"{name}.jsonl", f"{name}.losses.jsonl"]
    lines = bucket.get(f"{name}.losses.jsonl").splitlines()
    assert len(lines) == made.losses["total"] and b"single answers" in b"".join(lines)


def test_it_waits_for_an_export_that_is_not_done(org, connection, bucket):
    made = request_export(project=make_project(org), format="jsonl")
    sent = worked(send(made, connection))
    assert sent.state == "waiting"
    run_export(made.pk)
    assert send_due() == 1
    assert worked(sent).state == "done"


def test_an_export_that_fails_is_not_sent(org, connection):
    made = request_export(project=make_project(org), format="jsonl")
    sent = send(made, connection)
    Export.objects.filter(pk=made.pk).update(state="failed")
    assert send_finished(made.pk) == 1
    assert worked(sent).state == "failed"


def test_a_large_file_goes_on_where_a_killed_worker_left_it(export, connection, bucket, monkeypatch):
    monkeypatch.setattr(writing, "PART", 5 * 1024 * 1024)
    content = large(export, 12 * 1024 * 1024)
    sent, whole, numbers = send(export, connection), buckets.send_part, []

    def dies(place: Any, sending: Any, number: int, part: bytes) -> str:
        if len(numbers) == 1:
            raise Killed
        numbers.append(number)
        return whole(place, sending, number, part)

    monkeypatch.setattr(buckets, "send_part", dies)
    with pytest.raises(Killed):
        send_export(sent.pk)
    assert worked(sent).bytes_done == 5 * 1024 * 1024, "its lease has not run out"
    SentExport.objects.update(worked_at=timezone.now() - sending_exports.LEASE)
    monkeypatch.setattr(buckets, "send_part", lambda *given: numbers.append(given[2]) or whole(*given))
    assert worked(sent).state == "done"
    assert numbers == [1, 2, 3]
    assert bucket.get(sent.key) == content


def test_a_failure_is_told_and_tried_again_later_and_by_hand_in_the_end(export, connection, bucket, max_, sign_in):
    right, connection.endpoint = connection.endpoint, "http://127.0.0.1:1"
    connection.save()
    sent = worked(send(export, connection))
    assert (sent.state, sent.error, sent.tries) == ("running", "the endpoint cannot be reached", 1)
    assert sent.due_at > timezone.now()
    assert send_due() == 0, "not due yet"
    for _ in sending_exports.WAITS:
        SentExport.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        worked(sent)
    assert sent.state == "failed"
    page = sign_in(max_)
    assert "the endpoint cannot be reached" in page.get(reverse("project-exports", args=[export.project_id])).text
    connection.endpoint = right
    connection.save()
    page.post(reverse("project-export-resend", args=[export.project_id, export.pk, sent.pk]))
    assert worked(sent).state == "done"
    assert len(bucket.keys()) == 1


def test_parts_that_the_bucket_has_forgotten_are_sent_anew(export, connection, bucket):
    sent, right = send(export, connection), connection.endpoint
    SentExport.objects.update(upload_id="forgotten", part_size=5, etags=["x"], bytes_done=5)
    with answer_of_storage("NoSuchUpload", 404) as (url, _):
        StorageConnection.objects.update(endpoint=url)
        assert worked(sent).upload_id == ""
    StorageConnection.objects.update(endpoint=right)
    SentExport.objects.update(due_at=None)
    assert worked(sent).state == "done"
    with storage.open_file(export.storage_key) as file:
        assert bucket.get(sent.key) == file.read()


def unfinished(bucket: Any) -> list[str]:
    return [one["Key"] for one in bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", [])]


@pytest.fixture
def half_sent(export, connection, bucket, monkeypatch) -> SentExport:
    """One of two parts is in the bucket, and the worker is gone."""
    monkeypatch.setattr(writing, "PART", 5 * 1024 * 1024)
    large(export, 6 * 1024 * 1024)
    sent, whole = send(export, connection), buckets.send_part

    def dies(place: Any, sending: Any, number: int, part: bytes) -> str:
        if number == 2:
            raise Killed
        return whole(place, sending, number, part)

    with monkeypatch.context() as killing:
        killing.setattr(buckets, "send_part", dies)
        with pytest.raises(Killed):
            send_export(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, len(sent.etags), unfinished(bucket)) == ("running", 1, [sent.key])
    return sent


def test_one_that_is_stopped_leaves_no_parts_in_the_bucket(half_sent, bucket, max_, sign_in):
    page, export = sign_in(max_), half_sent.export
    stop = reverse("project-export-stop", args=[export.project_id, export.pk, half_sent.pk])
    assert page.post(stop).status_code == 302
    send_due()
    assert unfinished(bucket), "its worker may be writing a part"
    SentExport.objects.update(worked_at=timezone.now() - sending_exports.LEASE)
    send_due()
    half_sent.refresh_from_db()
    assert (half_sent.state, half_sent.upload_id, half_sent.etags) == ("canceled", "", [])
    assert unfinished(bucket) == bucket.keys() == []
    page.post(reverse("project-export-resend", args=[export.project_id, export.pk, half_sent.pk]))
    assert worked(half_sent).state == "done"


def test_whoever_is_at_it_hears_that_it_was_stopped(export, connection, bucket, monkeypatch):
    sent, begin = send(export, connection), buckets.begin

    def stopped_meanwhile(*given: Any) -> Any:
        sending_exports.stop_sending(sent=SentExport.objects.get(), actor=None)
        return begin(*given)

    monkeypatch.setattr(buckets, "begin", stopped_meanwhile)
    assert worked(sent).state == "canceled"
    assert unfinished(bucket) == bucket.keys() == []


def test_parts_of_one_that_failed_go_as_soon_as_the_bucket_can_be_reached(half_sent, bucket):
    right = half_sent.connection.endpoint
    StorageConnection.objects.update(endpoint="http://127.0.0.1:1")
    SentExport.objects.update(tries=len(sending_exports.WAITS), worked_at=None)
    assert worked(half_sent).state == "failed"
    assert half_sent.upload_id and half_sent.due_at > timezone.now(), "tried again in an hour"
    StorageConnection.objects.update(endpoint=right)
    send_due()
    assert unfinished(bucket)
    SentExport.objects.update(due_at=timezone.now())
    send_due()
    assert unfinished(bucket) == []


def test_a_deleted_connection_leaves_no_parts_behind(half_sent, bucket, django_capture_on_commit_callbacks):
    SentExport.objects.update(state="failed")
    with django_capture_on_commit_callbacks(execute=True):
        connections.delete_connection(connection=half_sent.connection, actor=None)
    assert unfinished(bucket) == []


def test_uploads_begun_by_a_process_that_died_are_found_and_others_are_left(half_sent, bucket, monkeypatch):
    report = half_sent.key.replace(".jsonl", ".losses.jsonl")
    for key in (half_sent.key, report, "theirs.bin", "theirs.losses.jsonl"):
        bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
    with monkeypatch.context() as younger:  # the server here calls each of them begun in 2010
        younger.setattr(aborting_uploads, "STALE", timedelta(days=36500))
        assert clear_unfinished() == 0
    assert clear_unfinished() == 2
    left = [half_sent.key, "theirs.bin", "theirs.losses.jsonl"]
    assert sorted(unfinished(bucket)) == left, "the one that is under way, and somebody's"


def test_it_is_asked_for_on_the_page_and_in_the_api(export, connection, bucket, max_, sign_in, with_key):
    page, project = sign_in(max_), export.project_id
    at = reverse("project-export-send", args=[project, export.pk])
    assert page.get(at).status_code == 200
    assert page.post(at, {"connection": connection.pk, "prefix": "a"}, format="multipart").status_code == 302
    given = {"format": "jsonl", "include_unresolved": "on", "send_to": connection.pk}
    assert page.post(reverse("project-exports", args=[project]), given, format="multipart").status_code == 302
    reply = with_key(export.project.organization).post(
        f"/api/v1/projects/{project}/exports/{export.pk}/sent", {"connection": connection.pk, "prefix": "b"}
    )
    assert (reply.status_code, reply.json()["state"]) == (202, "waiting")
    assert SentExport.objects.filter(state="waiting").count() == 3


def test_nothing_is_sent_with_somebody_elses_connection(export, sign_in, max_, with_key):
    foreign = make_connection(make_org())
    at = f"/api/v1/projects/{export.project_id}/exports/{export.pk}/sent"
    client = with_key(export.project.organization)
    theirs, none = (client.post(at, {"connection": pk}) for pk in (foreign.pk, 987654))
    assert (theirs.status_code, theirs.content) == (400, none.content)
    page = reverse("project-export-send", args=[export.project_id, export.pk])
    assert sign_in(max_).post(page, {"connection": foreign.pk}, format="multipart").status_code == 422
    assert with_key(make_org()).get(at).status_code == 404
    assert not SentExport.objects.exists()


def test_members_look_and_do_not_send(export, connection, mia, sign_in, with_key):
    at = f"/api/v1/projects/{export.project_id}/exports/{export.pk}/sent"
    key = with_key(export.project.organization, "read")
    assert (key.get(at).status_code, key.post(at, {"connection": connection.pk}).status_code) == (200, 403)
    page = sign_in(mia)
    assert page.get(reverse("project-export-send", args=[export.project_id, export.pk])).status_code == 403
    resend = reverse("project-export-resend", args=[export.project_id, export.pk, 1])
    assert page.post(resend).status_code == page.post(f"{resend}stop/").status_code == 403
    assert key.post(f"{at}/1/stop").status_code == 403
    assert with_key(make_org()).post(f"{at}/1/stop").status_code == 404
