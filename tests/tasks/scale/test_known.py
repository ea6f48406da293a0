"""Evaluation and training tasks: hidden gold among the work, and lessons before it."""

import pytest

from tasks.jobs.orders import prepare_orders
from tasks.models import CheckRules, Gold, OrderProject, QualityTask, Task, Verdict
from tasks.services import claim_gold
from tasks.services.judging import judge_project
from tests.factories import NOW, make_user
from tests.tasks.scale.test_tasks import BOXES, NER, ordered
from tests.tasks.working import answer_to, exchange, id_of

pytestmark = pytest.mark.django_db
PERSON = {"annotations": [{"label": "person", "start": 0, "end": 3}]}
SPANS = PERSON | {"relationships": []}
WRONG = {"annotations": [{"label": "person", "start": 4, "end": 8}], "relationships": []}


def known(scale, what="evaluation", body=NER, expected=PERSON, status=200, kind="namedentityrecognition", **more):
    return scale.post(f"{what}_tasks/{kind}", body | {"expected_response": expected} | more, status)


@pytest.fixture
def checks_come_first(monkeypatch):
    monkeypatch.setattr(claim_gold, "place_of_gold", lambda *given, **options: 0)


def test_a_known_answer_must_be_an_answer(live):
    made = known(live)
    assert made["expected_response"] == PERSON
    assert known(live, "training")["id"] != made["id"]
    known(live, expected={"annotations": [{"label": "dog", "start": 0, "end": 3}]}, status=400)
    live.post("evaluation_tasks/namedentityrecognition", NER, 400)
    live.post("evaluation_tasks/videoannotation", {"expected_response": {}}, 402)
    live.post("evaluation_tasks/" + "x" * 300, {"expected_response": {}}, 404)
    assert not OrderProject.objects.exclude(type="namedentityrecognition").exists()
    assert Gold.objects.count() == 2


def test_an_evaluation_task_is_asked_as_work_and_its_answer_is_measured(live, ann, sign_in, checks_come_first):
    ordered(live)
    known(live)
    client = sign_in(ann)
    (check,) = exchange(client, want=1)["tasks"]
    gold = Gold.objects.get()
    assert id_of(check) == gold.task_id
    assert "entry" not in check
    exchange(client, answers=[answer_to(check, WRONG)])
    judge_project(project_id=gold.project_id, now=NOW)
    assert Verdict.objects.get(annotator=ann).is_right is False
    assert live.get("tasks")["total"] == 1  # nobody ordered it


def test_a_question_of_its_own_is_asked_and_measured_under_that(live, ann, sign_in, checks_come_first):
    ordered(live)
    verb = {"annotations": [{"label": "verb", "start": 4, "end": 8}]}
    known(live, body=NER | {"labels": [{"name": "verb"}]}, expected=verb)
    client = sign_in(ann)
    (check,) = exchange(client, want=1)["tasks"]
    (result,) = exchange(client, answers=[answer_to(check, verb | {"relationships": []})])["results"]
    assert result["status"] == "stored", result
    judge_project(project_id=Gold.objects.get().project_id, now=NOW)
    assert Verdict.objects.get().is_right is True


def test_a_training_task_comes_before_live_work_and_tells_what_was_right(live, ann, sign_in):
    ordered(live)
    known(live, "training", body=NER | {"text": "Ann again."})
    client = sign_in(ann)
    (lesson,) = exchange(client, want=2)["tasks"]
    assert lesson["entry"] == {"kind": "training", "n": 1, "of": 1}
    assert CheckRules.objects.get().train_first is True
    (result,) = exchange(client, answers=[answer_to(lesson, WRONG)])["results"]
    told = result["feedback"]
    assert (told["right"], told["expected"]["annotations"][0]["text"]) == (False, "Ann")
    (work,) = exchange(client, want=2)["tasks"]
    assert "entry" not in work


def test_pictures_of_a_known_task_are_fetched_first_and_an_answer_outside_them_is_told_of(live, picture_url):
    body = {"attachment": picture_url, "geometries": BOXES}
    box = {"type": "box", "label": "cow", "left": 4, "top": 9, "width": 30, "height": 20, "attributes": {}}
    known(live, body=body, expected={"annotations": [box]}, kind="imageannotation")
    known(live, body=body, expected={"annotations": [box | {"left": 190}]}, kind="imageannotation")
    assert not Gold.objects.exists()
    prepare_orders()
    right, outside = QualityTask.objects.order_by("pk")
    assert right.gold.answer["annotations"][0]["left"] == 4
    assert (outside.gold, "image ends at 200" in outside.error) == (None, True)
    assert Task.objects.get(gold__isnull=False).state == "check"


def test_an_audited_task_becomes_the_evaluation_task_and_who_answered_it_is_not_asked_again(
    live, org, ann, labeled, sign_in, checks_come_first
):
    done = labeled(live, ordered(live, project=None), (ann, SPANS))
    live.post(f"task/{done['task_id']}/audit", {"accepted": True, "comments": "good"})
    made = known(live, body=dict(reversed(done["params"].items())), expected=done["response"])
    gold = Gold.objects.get()
    assert (made["params"], Task.objects.get().pk) == (done["params"], gold.task_id)
    assert exchange(sign_in(ann), want=1)["tasks"] == []
    assert live.get(f"task/{done['task_id']}")["status"] == "completed"
    live.post("task/namedentityrecognition", NER)
    assert id_of(exchange(sign_in(make_user(org)), want=1)["tasks"][0]) == gold.task_id


def test_a_test_key_checks_and_keeps_a_known_task_and_asks_nobody(test_mode):
    known(test_mode)
    assert (QualityTask.objects.get().mode, Task.objects.exists()) == ("test", False)
