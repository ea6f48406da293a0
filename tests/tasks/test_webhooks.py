"""Messages to other systems: signed, kept in order, tried again, and never held up by somebody else's receiver."""

import json
from collections import Counter
from datetime import timedelta
from threading import Event as Flag

import pytest
from django.utils import timezone

from labeling.outbox.events import emit
from tasks.jobs.deliver import fan_out
from tasks.models import Delivery, Order, Webhook
from tasks.scale.batches import create_batch
from tasks.scale.callbacks import batch_callback, order_callback
from tasks.scale.projects import hidden_project
from tasks.selectors.deliveries import next_due
from tasks.services import datasets, delivering, ingesting, webhooks
from tasks.services.delivering import CALLBACK_WAITS, WEBHOOK_WAITS, deliver_due, signed
from tasks.states import UploadState
from tests.factories import make_org, make_project
from tests.receivers import says, server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def to_loopback(settings):
    settings.OUTGOING_ALLOW, settings.OUTGOING_PUBLIC = ["127.0.0.0/8"], False


def make_webhook(org, url="http://127.0.0.1:1/hook", kinds=(), mode="live"):
    """With one message in its log."""
    made = webhooks.create_webhook(
        organization=org, mode=mode, actor=None, url=url, kinds=kinds, description="For the tests"
    )
    webhooks.ping(webhook=made, now=timezone.now())
    return made


def quiet_webhook(org, url, kinds=(), mode="live"):
    return webhooks.create_webhook(organization=org, mode=mode, actor=None, url=url, kinds=kinds)


def happens(org, kind="task.resolved", object_id=1, **payload):
    emit(kind, organization_id=org.pk, object_id=object_id, **payload)
    fan_out(org.pk)


def due_now():
    Delivery.objects.filter(state="waiting").update(due_at=timezone.now())


def test_the_signature_is_that_of_the_published_example():
    at = timezone.datetime.fromtimestamp(1614265330, tz=timezone.get_current_timezone())
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_tries_are_spread_as_promised():
    assert (WEBHOOK_WAITS[0], WEBHOOK_WAITS[-1]) == (5, 24 * 3600)
    assert 70 <= sum(WEBHOOK_WAITS) / 3600 <= 80
    assert len(CALLBACK_WAITS) + 1 == 20
    assert sum(CALLBACK_WAITS) == pytest.approx(24 * 3600, rel=0.01)
    assert list(CALLBACK_WAITS) == sorted(CALLBACK_WAITS)


def test_an_event_arrives_signed_and_only_of_the_kinds_asked_for(org):
    with server(says(204)) as (url, got):
        webhook = quiet_webhook(org, f"{url}/hook", kinds=["task.resolved"])
        happens(org, "task.canceled", 6)
        happens(org, "task.resolved", 7, batch=3)
        assert deliver_due() == 1
    body = got[0].body.decode()
    message = json.loads(body)
    assert (message["type"], message["data"]) == ("task.resolved", {"id": 7, "project": None, "batch": 3})
    at = timezone.datetime.fromtimestamp(int(got[0].headers["webhook-timestamp"]), tz=timezone.get_current_timezone())
    expected = signed(webhook.secret, got[0].headers["webhook-id"], at, body)
    assert got[0].headers["webhook-signature"] == expected["webhook-signature"]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.attempts[0]["status"]) == ("delivered", 1, 204)


def test_an_event_is_told_of_once_however_often_the_job_runs(org):
    quiet_webhook(org, "http://127.0.0.1:1/")
    happens(org)
    for _ in range(3):
        fan_out(org.pk)
        webhooks.fan_out_late(now=timezone.now())
    assert Delivery.objects.count() == 1


def test_an_event_committed_behind_a_later_one_is_not_forgotten(org):
    webhook = quiet_webhook(org, "http://127.0.0.1:1/")
    happens(org, object_id=1)
    emit("task.resolved", organization_id=org.pk, object_id=2)
    Webhook.objects.filter(pk=webhook.pk).update(last_event_id=10**9)
    fan_out(org.pk)
    assert Delivery.objects.count() == 1
    webhooks.fan_out_late(now=timezone.now())
    assert sorted(Delivery.objects.values_list("subject", flat=True)) == ["task:1", "task:2"]


def test_test_data_and_live_data_and_other_organizations_do_not_mix(org):
    for mode in ("live", "test"):
        quiet_webhook(org, f"http://127.0.0.1:1/{mode}", mode=mode)
    quiet_webhook(make_org(), "http://127.0.0.1:1/foreign")
    project = make_project(org, mode="test")
    emit("task.resolved", organization_id=org.pk, object_id=1, project_id=project.pk)
    emit("order.completed", organization_id=org.pk, object_id=1, mode="live")
    fan_out(org.pk)
    told = {(each.url.rpartition("/")[2], each.kind) for each in Delivery.objects.all()}
    assert told == {("test", "task.resolved"), ("live", "order.completed")}


@pytest.mark.parametrize("mode", ["live", "test"])
def test_what_happens_to_a_dataset_and_its_files_is_told_in_its_mode(org, mode):
    for each in ("live", "test"):
        quiet_webhook(org, f"http://127.0.0.1:1/{each}", ["dataset.created", "dataset.deleted", "upload.done"], each)
    dataset = datasets.create_dataset(organization=org, name="Letters", mode=mode, created_by=None)
    upload = dataset.uploads.create(filename="a.csv", storage_key="a", state="running")
    ingesting.finish_upload(upload=upload, state=UploadState.DONE)
    datasets.delete_dataset(dataset=dataset, actor=None, now=timezone.now())
    fan_out(org.pk)
    told = Delivery.objects.order_by("event_id").values_list("url", "kind")
    assert [(url.rpartition("/")[2], kind) for url, kind in told] == [
        (mode, "dataset.created"), (mode, "upload.done"), (mode, "dataset.deleted"),
    ]  # fmt: skip


def test_a_refusal_is_tried_again_later_under_the_same_id(org):
    with server(says(500)) as (url, got):
        quiet_webhook(org, url)
        happens(org)
        before = timezone.now()
        deliver_due()
        assert deliver_due() == 0, "not due yet"
        delivery = Delivery.objects.get()
        assert delivery.state == "waiting"
        assert timedelta(seconds=4) < delivery.due_at - before < timedelta(seconds=10)
        due_now()
        deliver_due()
    assert [one.headers["webhook-id"] for one in got] == [delivery.message_id] * 2
    assert timedelta(seconds=250) < Delivery.objects.get().due_at - before < timedelta(seconds=400)


def test_retry_after_is_heard(org):
    with server(says(429, **{"Retry-After": "120"})) as (url, _):
        quiet_webhook(org, url)
        happens(org)
        deliver_due()
    assert Delivery.objects.get().due_at > timezone.now() + timedelta(seconds=100)


def test_gone_switches_the_webhook_off_and_gives_up_what_waits(org):
    with server(says(410)) as (url, got):
        quiet_webhook(org, url)
        happens(org, object_id=1)
        happens(org, object_id=1)
        deliver_due()
    webhook = Webhook.objects.get()
    assert (webhook.is_active, len(got)) == (False, 1)
    assert "410" in webhook.disabled_reason
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    happens(org)
    assert Delivery.objects.count() == 2


def test_messages_about_one_thing_arrive_in_order_and_others_do_not_wait_for_them(org):
    statuses = iter([500, 200, 200, 200])
    with server(lambda handler: says(next(statuses))(handler)) as (url, got):
        quiet_webhook(org, url)
        happens(org, "task.resolved", 1)
        deliver_due()
        happens(org, "task.canceled", 1)
        happens(org, "task.resolved", 2)
        deliver_due()
        due_now()
        deliver_due()
    told = [(json.loads(one.body)["type"], json.loads(one.body)["data"]["id"]) for one in got]
    assert told == [("task.resolved", 1), ("task.resolved", 2), ("task.resolved", 1), ("task.canceled", 1)]


def test_a_dead_receiver_never_delays_others(org, monkeypatch):
    """Twenty messages wait for one that hangs; the one behind them, for somebody else, arrives at once."""
    monkeypatch.setattr(delivering, "SEND_SECONDS", 30.0)
    over, told = Flag(), []

    def hang(_handler):
        over.wait(30)
        told.append("dead")

    def note(handler):
        told.append("alive")
        over.set()
        says(200)(handler)

    with server(hang) as (dead, _), server(note) as (alive, _):
        quiet_webhook(org, dead)
        for n in range(20):
            happens(org, object_id=n)
        quiet_webhook(org, alive)
        happens(org, object_id=99)
        deliver_due(budget=1)
    assert told[0] == "alive"
    assert told.count("alive") == 1


def test_who_waits_for_a_slow_receiver_has_handed_over_before(org):
    handed_over = Flag()
    with server(lambda handler: says(200 if handed_over.wait(5) else 500)(handler)) as (slow, _):
        quiet_webhook(org, slow)
        happens(org)
        deliver_due(budget=0.1, hand_over=handed_over.set)
    assert Delivery.objects.get().state == "delivered"


def test_messages_waiting_for_a_dead_receiver_hide_none_for_others_however_many_they_are(org):
    dead, alive = quiet_webhook(org, "http://127.0.0.1:1/dead"), quiet_webhook(org, "http://127.0.0.1:1/alive")
    long_ago, now = timezone.now() - timedelta(hours=1), timezone.now()
    told = {"organization": org, "kind": "task.resolved", "body": "{}", "created_at": long_ago}
    of_dead = told | {"webhook": dead, "url": dead.url, "receiver": f"webhook:{dead.pk}", "due_at": long_ago}
    rows = [Delivery(**of_dead, subject=f"task:{n}") for n in range(2500)]
    rows[0].tries, rows[0].attempts = 1, [{"status": 500}]
    Delivery.objects.bulk_create(rows)
    behind = Delivery.objects.create(
        **told, webhook=alive, url=alive.url, receiver=f"webhook:{alive.pk}", due_at=now, subject="task:1"
    )
    chosen = next_due(now, threads=16, busy=Counter())
    assert chosen[1:] == [behind.pk]
    assert Delivery.objects.get(pk=chosen[0]).webhook == dead


def test_a_worker_killed_in_a_try_loses_nothing(org):
    with server(says(200)) as (url, got):
        quiet_webhook(org, url)
        happens(org)
        delivering.take_due(now=timezone.now(), busy=delivering.Counter())  # and then it is gone
        assert deliver_due() == 0
        Delivery.objects.update(due_at=timezone.now())  # its time is over
        deliver_due()
    assert len(got) == 1


def make_order(org, url=""):
    now = timezone.now()
    project = hidden_project(organization=org, mode="live", type="annotation")
    return Order.objects.create(
        organization=org, mode="live", project=project, type="annotation", state="completed", callback_url=url,
        response={"annotations": []}, completed_at=now,
    )  # fmt: skip


def test_a_callback_has_the_task_its_response_and_the_accounts_key(org):
    with server(says(200)) as (url, got):
        order = make_order(org, f"{url}/callback")
        order_callback(order=order, now=timezone.now())
        deliver_due()
    body = json.loads(got[0].body)
    assert body.keys() == {"task", "response", "task_id"}
    assert (body["task_id"], body["task"]["status"]) == (order.public_id, "completed")
    account = webhooks.callback_account(organization=org, mode="live")
    assert got[0].headers["scale-callback-auth"] == account.auth_key
    order.refresh_from_db()
    assert order.callback_succeeded is True


def test_a_callback_to_a_mail_address_is_a_mail_with_the_same_json(org, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        order = make_order(org, "a&b@example.com")
        order_callback(order=order, now=timezone.now())
    (mail,) = mailoutbox
    told = json.loads(mail.body)
    assert (mail.to, told["task_id"], told["response"]) == (["a&b@example.com"], order.public_id, order.response)


def test_a_batchs_callback_to_a_mail_address_is_a_mail_too(org, mailoutbox, django_capture_on_commit_callbacks):
    project = hidden_project(organization=org, mode="live", type="annotation")
    batch = create_batch(project=project, name="a&b", callback="a@example.com", metadata={})
    with django_capture_on_commit_callbacks(execute=True):
        batch_callback(batch=batch, counts={"completed": 2}, now=timezone.now())
    (mail,) = mailoutbox
    assert "a&b" in mail.subject
    assert json.loads(mail.body)["batch"]["counts"] == {"completed": 2}
    assert not Delivery.objects.exists()


def test_a_callback_without_an_address_goes_to_the_organizations(org):
    account = webhooks.callback_account(organization=org, mode="live")
    order_callback(order=make_order(org), now=timezone.now())
    assert not Delivery.objects.exists()
    webhooks.change_callbacks(account=account, actor=None, default_url="http://127.0.0.1:1/all")
    order_callback(order=make_order(org), now=timezone.now())
    assert Delivery.objects.get().url == "http://127.0.0.1:1/all"


def test_after_twenty_tries_a_callback_has_failed(org):
    with server(says(503)) as (url, got):
        order = make_order(org, url)
        order_callback(order=order, now=timezone.now())
        for _ in range(22):
            due_now()
            deliver_due()
    order.refresh_from_db()
    assert (len(got), order.callback_succeeded) == (20, False)
    assert Delivery.objects.get().state == "failed"
