import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from labeling.outbox import events, subscriptions
from labeling.outbox.jobs import CHUNK, relay
from labeling.outbox.models import Event

pytestmark = pytest.mark.django_db


class Job:
    """Stands for a Celery job: what it would have published, or a broker that is gone."""

    name = "tests.job"

    def __init__(self, broker_is_gone=False):
        self.published = []
        self.broker_is_gone = broker_is_gone

    def apply_async(self, args, retry):
        if self.broker_is_gone:
            raise OperationalError("gone")
        self.published.append(args)


@pytest.fixture
def subscribe(monkeypatch):
    monkeypatch.setattr(subscriptions, "_subscribers", type(subscriptions._subscribers)(list))
    return subscriptions.subscribe


def test_an_event_of_a_rolled_back_change_does_not_exist():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.emit("thing.changed", organization_id=1, object_id=1)
        raise ZeroDivisionError
    assert not Event.objects.exists()


def test_many_events_of_one_project_wake_its_job_once(subscribe):
    job = Job()
    subscribe(job, "answer.submitted", arguments=lambda event: (event.project_id,))
    for number in range(5):
        events.emit("answer.submitted", organization_id=1, object_id=number, project_id=7)
    events.emit("answer.submitted", organization_id=1, object_id=9, project_id=8)
    assert relay() == 6
    assert sorted(job.published) == [(7,), (8,)]
    assert relay() == 0


def test_an_event_nobody_wants_is_history_only(subscribe):
    events.emit("thing.seen", organization_id=1)
    assert relay() == 1
    assert Event.objects.get().relayed_at


def test_events_wait_while_the_broker_is_gone(subscribe):
    job = Job(broker_is_gone=True)
    subscribe(job, "thing.changed")
    events.emit("thing.changed", organization_id=1, object_id=3)
    with pytest.raises(OperationalError):
        relay()
    assert Event.objects.filter(relayed_at=None).count() == 1
    job.broker_is_gone = False
    assert relay() == 1
    assert job.published == [(3,)]


def test_the_relay_goes_on_after_a_full_chunk(subscribe):
    Event.objects.bulk_create(Event(kind="thing.changed", object_id=n) for n in range(CHUNK + 3))
    assert relay() == CHUNK + 3
