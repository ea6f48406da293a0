"""Batches: plain ones are always open, staged ones wait; both are completed once their last task is done."""

import json

import pytest

from tasks.models import Delivery, Order, Task
from tests.factories import make_org
from tests.tasks.scale.conftest import Scale
from tests.tasks.scale.test_tasks import NER, ordered

pytestmark = pytest.mark.django_db
SPAN = {"annotations": [{"label": "person", "start": 0, "end": 3}], "relationships": []}


def make_batch(scale, name="b", **options):
    scale.client.post(
        "/v1/projects", {"name": "p", "type": "namedentityrecognition", "params": None, **options}, format="json"
    )
    return scale.post("batches", {"project": "p", "name": name, "callback": "http://127.0.0.1:1/done", "metadata": {}})


def test_an_open_batch_is_completed_by_its_last_task_and_opened_by_the_next(live, ann, labeled):
    assert make_batch(live)["status"] == "in_progress"
    task = ordered(live, batch="b")
    assert live.post("batches/b/finalize")["status"] == "in_progress"
    labeled(live, task, (ann, SPAN))
    assert live.get("batches/b/status") == {"status": "completed", "completed": 1}
    told = json.loads(Delivery.objects.get(kind="batch.callback").body)
    assert (told["batch"]["name"], told["status"]) == ("b", "completed")
    ordered(live, batch="b")
    assert live.get("batches/b/status") == {"status": "in_progress", "completed": 1, "pending": 1}


def test_a_staged_batch_asks_nobody_until_it_is_finalized_and_takes_no_task_after(live, ann, labeled):
    assert make_batch(live, studio=True)["status"] == "staging"
    task = ordered(live, batch="b")
    assert not Task.objects.exists()
    live.post("batches/b/finalize")
    live.post("task/namedentityrecognition", NER | {"batch": "b"}, 400)
    assert labeled(live, task, (ann, SPAN))["status"] == "completed"
    assert live.get("batches/b")["status"] == "completed"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_staged_batch_that_is_finalized_empty_is_done_and_says_so(live, version):
    make_batch(live, studio=True)
    if version == "v1":
        assert live.post("batches/b/finalize")["status"] == "completed"
    else:
        assert live.post("batch/finalize", {"batch_name": "b"}, version="v2")["status"] == "completed"
    assert live.get("batches/b/status") == {"status": "completed"}
    assert "completed_at" in live.get("batches/b")
    told = json.loads(Delivery.objects.get(kind="batch.callback").body)
    assert (told["status"], told["batch"]["counts"]) == ("completed", {})
    assert live.post("batches/b/finalize")["status"] == "completed"
    assert Delivery.objects.count() == 1
    live.post("task/namedentityrecognition", NER | {"batch": "b"}, 400)


def test_a_canceled_last_task_completes_the_batch_too(live):
    make_batch(live)
    live.post(f"task/{ordered(live, batch='b')['task_id']}/cancel")
    assert live.get("batches/b/status") == {"status": "completed", "canceled": 1}


def test_a_name_is_taken_once_and_may_hold_a_slash(live, test_mode):
    make_batch(live, "week/1 task")
    live.post("batches", {"project": "p", "name": "week/1 task"}, 409)
    assert live.get("batches/week%2F1%20task/status")["status"] == "in_progress"
    assert live.post("batches/week%2F1%20task/setMetadata", {"a": 1})["metadata"] == {"a": 1}
    test_mode.get("batches/week%2F1%20task", 404)
    for bad in ("x/status", "..", "a//b", "/a", ""):
        live.post("batches", {"project": "p", "name": bad}, 400)


def test_batches_are_listed_newest_first_with_their_own_word_for_the_total(live):
    for name in "abc":
        make_batch(live, name)
    page = live.get("batches?limit=2&project=p&status=in_progress&exclude_archived=False")
    assert [batch["name"] for batch in page["docs"]] == ["c", "b"]
    assert (page["totalDocs"], page["has_more"], page["offset"]) == (3, True, 0)
    assert [batch["name"] for batch in live.get("batches?offset=2")["docs"]] == ["a"]


def test_a_paused_batch_is_given_to_nobody_and_what_is_held_may_be_answered(live, ann, bob, sign_in):
    from tests.tasks.working import answer_to, exchange

    make_batch(live)
    first, second = ordered(live, batch="b"), ordered(live, batch="b")
    (mine,) = exchange(sign_in(ann), want=1)["tasks"]
    bearer = {"version": "v2"}
    assert live.post("batch/pause", {"batch_name": "b"}, **bearer)["batch"]["status"] == "paused"
    assert exchange(sign_in(bob), want=5)["tasks"] == []
    (result,) = exchange(sign_in(ann), answers=[answer_to(mine, SPAN)])["results"]
    assert result["status"] == "stored"
    third = ordered(live, batch="b")
    assert exchange(sign_in(bob), want=5)["tasks"] == []
    assert live.post("batch/resume", {"batch_name": "b"}, **bearer)["batch"]["status"] == "in_progress"
    assert len(exchange(sign_in(bob), want=5)["tasks"]) == 2
    assert live.post("batch/cancel", {"batch_name": "b"}, **bearer)["batch"]["status"] == "cancelled"
    live.post("batch/resume", {"batch_name": "b"}, 400, **bearer)
    assert {live.get(f"task/{each['task_id']}")["status"] for each in (first, second, third)} == {"canceled"}


def test_batches_come_in_the_order_somebody_puts_them_in(live):
    for name in ("old", "new"):
        make_batch(live, name)
        ordered(live, batch=name)
    live.post("batches", {"project": "p", "name": "trial", "calibration_batch": True})
    names = [batch["name"] for batch in live.get("studio/batches")]
    assert names == ["trial", "old", "new"]
    first = live.post("studio/batches/set_priorities", {"batches": [{"name": "new"}]})
    assert [batch["name"] for batch in first] == ["new", "trial", "old"]
    assert (first[0]["total"], first[0]["completed"], first[1]["batchType"]) == (1, 0, "Calibration")
    of_new = Order.objects.get(batch__name="new").task
    assert of_new.priority > Order.objects.get(batch__name="old").task.priority
    assert [batch["name"] for batch in live.post("studio/batches/reset_priorities")] == names
    of_new.refresh_from_db()
    assert of_new.priority == 0


def test_another_organizations_batch_and_project_are_missing(live):
    make_batch(live)
    eve = Scale(make_org(), "live")
    for path in ("batches/b", "batches/b/status", "projects/p", "studio/projects/p/groups"):
        assert eve.get(path, 404) == eve.get(path.replace("/b", "/zz").replace("/p", "/zz"), 404) | {
            "error": eve.get(path, 404)["error"]
        }
    assert eve.get("batches")["totalDocs"] == 0
    assert eve.get("projects") == []
