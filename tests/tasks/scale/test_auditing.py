"""What customers say of responses: through the API and on our review pages."""

import json

import pytest

from tasks.jobs.orders import settle_missed, settle_review
from tasks.models import Delivery, Order
from tasks.selectors.reviews import Reviewer
from tasks.services import reviewing
from tasks.services.consensus import update_project
from tasks.services.reviewing import Decision
from tests.factories import make_user
from tests.tasks.scale.test_tasks import ordered
from tests.tasks.working import answer_to, exchange

pytestmark = pytest.mark.django_db
SPANS = {"annotations": [{"label": "person", "start": 0, "end": 3}], "relationships": []}
OTHER = {"annotations": [{"id": "a", "label": "person", "start": 4, "end": 8, "text": "left"}], "relationships": []}


@pytest.fixture
def done(live, ann, labeled):
    return labeled(live, ordered(live), (ann, SPANS))


def review(org, verdict, **said):
    """A manager looks at the one delivered task on the review page, and decides."""
    from django.utils import timezone

    boss, order = make_user(org, "admin"), Order.objects.get()
    who = Reviewer(boss.pk, org.pk, "admin")
    taken = reviewing.take_review(who=who, task=order.task, source="task", now=timezone.now())
    reviewing.decide(review=taken, decision=Decision(verdict, **said), now=timezone.now())
    settle_review(order.task_id)
    return boss, taken


def test_a_fix_takes_the_place_of_the_response_which_is_kept(live, done):
    path = f"task/{done['task_id']}/audit"
    live.post(path, {"accepted": False, "comments": "the verb", "response": OTHER})
    found = live.get("tasks?customer_review_status=fixed")["docs"][0]
    assert found["response"]["annotations"][0]["text"] == "left"
    assert found["prior_responses"] == [done["response"]]
    assert (found["is_customer_fix"], found["customer_review_comments"]) == (True, "the verb")
    assert found["audits"][0].keys() == {"audited_by", "audited_at", "audit_result", "audit_source"}
    wrong = {"annotations": [{"label": "dog", "start": 0, "end": 3}]}
    assert "label" in live.post(path, {"accepted": False, "response": wrong}, 400)["error"]
    live.post(path, {"accepted": True, "response": OTHER}, 400)


def test_a_fix_in_test_mode_works_without_a_task_and_the_callback_tells_of_it(test_mode):
    task = ordered(test_mode, callback_url="http://127.0.0.1:1/c")
    test_mode.post(f"task/{task['task_id']}/audit", {"accepted": False, "response": OTHER})
    found = test_mode.get(f"task/{task['task_id']}")
    assert (found["response"]["annotations"][0]["text"], found["prior_responses"]) == ("left", [task["response"]])
    first, second = (json.loads(each.body) for each in Delivery.objects.order_by("pk"))
    assert (first["response"], second["response"]) == (task["response"], found["response"])
    assert second["task"]["customer_review_status"] == "fixed"


def test_a_reviewer_who_fixes_what_was_delivered_audits_it_and_can_take_that_back(live, org, done):
    boss, taken = review(org, "fix", value=OTHER, note="the verb", active_ms=4200)
    found = live.get(f"task/{done['task_id']}")
    assert (found["customer_review_status"], found["customer_review_comments"]) == ("fixed", "the verb")
    assert found["response"]["annotations"][0]["text"] == "left"
    (entry,) = found["audits"]
    assert (entry["audited_by"], entry["audit_time_secs"]) == (boss.email, 4)
    settle_review(taken.task_id)  # a job may run twice
    assert len(live.get(f"task/{done['task_id']}")["audits"]) == 1
    taken.refresh_from_db()
    from django.utils import timezone

    reviewing.undo(review=taken, now=timezone.now())
    settle_review(taken.task_id)
    found = live.get(f"task/{done['task_id']}")
    assert found["response"] == done["response"]
    assert "audits" not in found


def test_a_rejected_task_is_answered_once_more_and_the_new_response_waits_to_be_audited(live, org, done, sign_in):
    review(org, "reject", reason="wrong_label")
    assert live.get(f"task/{done['task_id']}")["customer_review_status"] == "rejected"
    order = Order.objects.get()
    for _ in range(2):  # two against one
        client = sign_in(make_user(org))
        for task in exchange(client, want=1)["tasks"]:
            exchange(client, answers=[answer_to(task, {"annotations": OTHER["annotations"][:1], "relationships": []})])
    update_project(project_id=order.task.project_id)
    settle_missed()
    found = live.get("tasks?customer_review_status=pending")["docs"][0]
    assert (found["status"], found["prior_responses"]) == ("completed", [done["response"]])
    assert [entry["audit_result"] for entry in found["audits"]] == ["rejected"]
