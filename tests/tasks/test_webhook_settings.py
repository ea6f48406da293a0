"""Webhooks as their admin sees them: made, changed, given a new secret, with a log to read and to send again from."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.outbox.events import emit
from tasks.jobs.deliver import forget_old_deliveries
from tasks.models import Delivery, Webhook
from tasks.services import delivering, webhooks
from tasks.services.delivering import deliver_due, signed
from tests.factories import make_org, make_user
from tests.receivers import says, server
from tests.tasks.test_webhooks import (
    fan_out,
    happens,
    make_webhook,
    quiet_webhook,
    to_loopback,  # noqa: F401  (a fixture)
)

pytestmark = pytest.mark.django_db


def test_an_admin_makes_pings_reads_and_deletes_a_webhook(org, with_key):
    admin, writer = with_key(org), with_key(org, "write")
    with server(says(200)) as (url, got):
        made = admin.post("/api/v1/webhooks", {"url": url, "kinds": ["task.resolved"]})
        assert made.status_code == 201
        secret, path = made.json()["secret"], f"/api/v1/webhooks/{made.json()['id']}"
        assert secret.startswith("whsec_")
        assert "secret" not in admin.get(path).json()
        sent = admin.post(f"{path}/ping")
        assert sent.status_code == 202
        deliver_due()
        (row,) = admin.get(f"{path}/deliveries").json()["results"]
        assert (row["kind"], row["state"], row["attempts"][0]["status"]) == ("webhook.ping", "delivered", 200)
        assert admin.post(f"{path}/deliveries/{row['id']}/redeliver").status_code == 202
        deliver_due()
        assert [one.headers["webhook-id"] for one in got] == [row["message_id"]] * 2
    assert admin.post(f"{path}/secret").json()["secret"] != secret
    assert admin.patch(path, {"is_active": False}).json()["disabled_reason"]
    assert admin.patch(path, {"is_active": True, "kinds": []}).json()["is_active"]
    for bad in ({"url": "ftp://x"}, {"url": "http://x", "kinds": ["no.such"]}, {"url": "http://x", "secret": "short"}):
        assert admin.post("/api/v1/webhooks", bad).status_code == 400
    assert writer.get("/api/v1/webhooks").status_code == 403
    foreign, missing = with_key(make_org()).get(path), with_key(org).get("/api/v1/webhooks/987654321")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert admin.delete(path).status_code == 204
    assert not Delivery.objects.exists()


def test_while_a_secret_is_changed_messages_are_signed_with_both(org, with_key):
    admin = with_key(org)
    with server(says(200)) as (url, got):
        webhook = quiet_webhook(org, url)
        path, old = f"/api/v1/webhooks/{webhook.pk}", webhook.secret
        made = admin.post(f"{path}/secret", {"overlap_hours": 2}).json()
        webhook.refresh_from_db()
        left = webhook.old_secret_until - timezone.now()
        assert timedelta(hours=1, minutes=59) < left <= timedelta(hours=2)
        webhooks.ping(webhook=webhook, now=timezone.now())
        deliver_due()
        Webhook.objects.update(old_secret_until=timezone.now())
        webhooks.ping(webhook=webhook, now=timezone.now())
        deliver_due()
    both, later = got
    verifies(both, old)
    verifies(both, made["secret"])
    verifies(later, made["secret"])
    with pytest.raises(AssertionError):
        verifies(later, old)
    assert admin.post(f"{path}/secret", {"overlap_hours": 0}).json()["old_secret_until"] is None
    assert admin.post(f"{path}/secret", {"overlap_hours": 1000}).status_code == 400


def verifies(request, secret):
    """As Standard Webhooks says: one of the signatures in the header is this secret's."""
    at = timezone.datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), tz=timezone.get_current_timezone())
    mine = signed(secret, request.headers["webhook-id"], at, request.body.decode())["webhook-signature"]
    assert mine in request.headers["webhook-signature"].split()


def test_the_log_is_searched_and_what_failed_is_sent_again(org, with_key, sign_in):
    admin, webhook = with_key(org), quiet_webhook(org, "http://127.0.0.1:1/x")
    path = f"/api/v1/webhooks/{webhook.pk}"
    for n in range(3):
        happens(org, object_id=70 + n)
    happens(org, "task.canceled", object_id=99)
    first, second, third, fourth = Delivery.objects.order_by("pk")
    Delivery.objects.exclude(pk=fourth.pk).update(state="failed", due_at=None)
    Delivery.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=2))

    def found(query):
        return [row["id"] for row in admin.get(f"{path}/deliveries?{query}").json()["results"]]

    assert found("state=failed") == [third.pk, second.pk, first.pk]
    assert (
        found("kind=task.canceled") == found("search=%3A99%2C") == found(f"search={fourth.message_id}") == [fourth.pk]
    )
    assert found("state=failed&limit=1") == [third.pk]
    assert admin.get(f"{path}/deliveries?status=failed").status_code == 400
    desk, page = sign_in(make_user(org, "admin")), f"/settings/webhooks/{webhook.pk}/"
    shown = desk.get(f"{page}?state=failed&text=%3A71%2C").text
    assert (second.message_id in shown, third.message_id in shown) == (True, False)
    assert desk.post(f"{page}redeliver-failed/", {"hours": "24"}, format="multipart").status_code == 302
    assert set(Delivery.objects.filter(state="waiting")) == {second, third, fourth}
    since = (timezone.now() - timedelta(days=3)).isoformat()
    assert admin.post(f"{path}/deliveries/redeliver-failed", {"since": since}).json() == {"count": 1}
    admin.patch(path, {"is_active": False})
    assert admin.post(f"{path}/deliveries/redeliver-failed", {"since": since}).status_code == 409


def test_the_log_is_cleared_of_what_ended_a_month_ago(org, monkeypatch):
    monkeypatch.setattr(delivering, "FORGET", 2)
    webhook = quiet_webhook(org, "http://127.0.0.1:1/x")
    for n in range(7):
        happens(org, object_id=n)
    rows = list(Delivery.objects.order_by("pk"))
    month = timezone.now() - timedelta(days=31)
    Delivery.objects.filter(pk__in=[row.pk for row in rows[:4]]).update(state="failed", finished_at=month)
    Delivery.objects.filter(pk=rows[4].pk).update(state="delivered", finished_at=timezone.now())
    Delivery.objects.filter(pk=rows[5].pk).update(created_at=month)  # still to be sent
    callback = Delivery.objects.create(
        organization=org, url=webhook.url, receiver="a", kind="task", body="{}", state="delivered", finished_at=month
    )
    assert forget_old_deliveries() == 4
    assert list(Delivery.objects.order_by("pk")) == [*rows[4:], callback]


def test_every_event_has_an_example_and_a_redirect_is_named(org, with_key):
    told = with_key(org).get("/api/v1/webhooks/events").json()
    assert [one["kind"] for one in told] == list(webhooks.KINDS)
    assert all(json.loads(one["example"])["type"] == one["kind"] for one in told)
    with server(says(302)) as (url, _):
        make_webhook(org, url)
        deliver_due()
    assert "new address" in Delivery.objects.get().attempts[0]["error"]


def test_an_admin_does_the_same_on_the_pages(org, sign_in, max_):
    desk = sign_in(make_user(org, "admin"))
    made = desk.post("/settings/webhooks/", {"form": "webhook", "url": "http://127.0.0.1:1/x"}, format="multipart")
    assert made.status_code == 302
    assert "whsec_" in desk.get("/settings/webhooks/").text
    assert "whsec_" not in desk.get("/settings/webhooks/").text
    webhook = Webhook.objects.get()
    desk.post(f"/settings/webhooks/{webhook.pk}/", {"form": "secret", "hours": "24"}, format="multipart")
    once, again = (desk.get(f"/settings/webhooks/{webhook.pk}/").text for _ in range(2))
    webhook.refresh_from_db()
    assert webhook.secret in once and webhook.secret not in again
    assert desk.post(f"/settings/webhooks/{webhook.pk}/ping/").status_code == 302
    assert "webhook.ping" in desk.get(f"/settings/webhooks/{webhook.pk}/").text
    wrong = desk.post("/settings/webhooks/", {"form": "webhook", "url": "file:///x"}, format="multipart")
    assert (wrong.status_code, "http://" in wrong.text) == (422, True)
    assert webhook.old_secret_until > timezone.now()
    wrong = desk.post(f"/settings/webhooks/{webhook.pk}/", {"form": "secret", "hours": "5"}, format="multipart")
    assert (wrong.status_code, Webhook.objects.get().secret) == (422, webhook.secret)
    desk.post(f"/settings/webhooks/{webhook.pk}/forget/")
    assert Webhook.objects.get().old_secret_until is None
    desk.post("/settings/webhooks/", {"form": "callbacks", "c-default_url": "http://h.example/"}, format="multipart")
    assert webhooks.callback_account(organization=org, mode="live").default_url == "http://h.example/"
    of_tests = webhooks.callback_account(organization=org, mode="test")
    assert of_tests.auth_key in desk.get("/settings/webhooks/").text
    for address, kept in (("a@b@c", ""), ("a@example.org", "a@example.org")):
        desk.post("/settings/webhooks/", {"form": "test-callbacks", "t-default_url": address}, format="multipart")
        assert webhooks.callback_account(organization=org, mode="test").default_url == kept
    assert webhooks.callback_account(organization=org, mode="live").default_url == "http://h.example/"
    desk.post(f"/settings/webhooks/{webhook.pk}/delete/")
    assert not Webhook.objects.exists()
    assert sign_in(max_).get("/settings/webhooks/").status_code == 403


def test_the_log_tells_of_nothing_before_it_was_made(org):
    emit("task.resolved", organization_id=org.pk, object_id=1)
    quiet_webhook(org, "http://127.0.0.1:1/")
    fan_out(org.pk)
    webhooks.fan_out_late(now=timezone.now())
    assert not Delivery.objects.exists()
