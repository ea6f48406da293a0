"""Tasks under /v1: what the official client's own tests do not ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tasks.jobs.orders import prepare_orders, settle_missed, settle_orders
from tasks.models import Consensus, Item, Order, Project, Task
from tasks.scale import orders
from tests.factories import NOW, make_org, make_user
from tests.tasks.scale.conftest import Scale

pytestmark = pytest.mark.django_db
NER = {"text": "Ann left.", "labels": [{"name": "person", "description": "a person"}], "instruction": "Mark people."}
BOXES = {"box": {"objects_to_annotate": ["cow"], "min_height": 5, "min_width": 5}}


def ordered(scale, kind="namedentityrecognition", body=NER, **more):
    return scale.post(f"task/{kind}", body | more)


def test_a_live_task_waits_for_people_and_its_response_has_scales_shape(live, ann, labeled):
    task = ordered(live, unique_id="1", metadata={"a": 1}, tags=["x", "y"])
    assert (task["status"], task["is_test"], task["unique_id"], task["tags"]) == ("pending", False, "1", ["x", "y"])
    assert "response" not in task
    assert task["params"] == {"text": "Ann left.", "labels": NER["labels"]}
    done = labeled(live, task, (ann, {"annotations": [{"label": "person", "start": 0, "end": 3}], "relationships": []}))
    assert done["status"] == "completed"
    (span,) = done["response"]["annotations"]
    assert span.pop("id")
    assert span == {"label": "person", "start": 0, "end": 3, "text": "Ann"}
    assert done["response"]["relationships"] == []
    assert done["completed_at"].endswith("Z")


def test_a_picture_is_fetched_through_the_guard_and_drawn_in(live, ann, labeled, picture_url):
    task = live.post("task/imageannotation", {"attachment": picture_url, "geometries": BOXES})
    box = {"type": "box", "label": "cow", "left": 4, "top": 9, "width": 30, "height": 20, "attributes": {}}
    done = labeled(live, task, (ann, {"annotations": [box], "global_attributes": {}}))
    (shape,) = done["response"]["annotations"]
    assert shape | {"uuid": ""} == box | {"uuid": ""}
    assert len(shape["uuid"]) == 36
    assert (done["response"]["global_attributes"], done["response"]["links"]) == ({}, [])


def test_a_picture_inside_our_network_is_an_error_that_tells_nothing(live, labeled, settings):
    settings.OUTGOING_ALLOW = []
    task = live.post("task/annotation", {"attachment": "http://127.0.0.1:1/x.png", "objects_to_annotate": ["cow"]})
    with pytest.raises(AssertionError, match="no public address"):
        labeled(live, task)
    found = live.get(f"task/{task['task_id']}")
    assert found["status"] == "error"
    assert found["response"]["attachments"] == [{"statusCode": None, "url": "http://127.0.0.1:1/x.png"}]


def test_a_task_in_test_mode_is_completed_in_the_reply_and_never_mixes_with_live_ones(live, test_mode):
    task = test_mode.post("task/imageannotation", {"attachment": "http://h.example/1.jpg", "geometries": BOXES})
    assert (task["status"], task["is_test"]) == ("completed", True)
    assert task["response"]["annotations"][0]["label"] == "cow"
    assert not Task.objects.exists()
    live.get(f"task/{task['task_id']}", 404)
    assert live.get("tasks")["total"] == 0
    assert test_mode.get("tasks")["total"] == 1
    test_mode.post(f"task/{task['task_id']}/cancel", status=400)
    ordered(live, unique_id="same")
    assert ordered(test_mode, unique_id="same")["unique_id"] == "same"


def test_another_organizations_task_answers_as_one_that_never_was(live):
    task = ordered(live)
    eve = Scale(make_org(), "live")
    calls = ["get task/{}", "post task/{}/cancel", "post task/{}/setMetadata", "put task/{}/tags", "post task/{}/audit"]
    for call in [*calls, "delete task/{}/unique_id"]:
        method, path = call.split()
        foreign = eve.call(method, path.format(task["task_id"]), [] if "tags" in path else {}, 404)
        assert foreign == eve.call(method, path.format("0" * 24), [] if "tags" in path else {}, 404)


@pytest.mark.django_db(transaction=True)
def test_of_many_parallel_creates_with_one_unique_id_one_wins_and_the_rest_are_409(org):
    scale = Scale(org, "live")
    ordered(scale)  # the project is there

    def create(_):
        try:
            reply = scale.client.post("/v1/task/namedentityrecognition", NER | {"unique_id": "one"}, format="json")
            return reply.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(create, range(12)))
    assert statuses == [200] + [409] * 11
    assert Order.objects.filter(unique_id="one").count() == 1
    assert Task.objects.count() == Item.objects.count() == 2


def test_a_unique_id_is_kept_by_a_cancel_unless_it_is_cleared(live):
    first, second = ordered(live, unique_id="a"), ordered(live, unique_id="b")
    assert live.post(f"task/{first['task_id']}/cancel")["status"] == "canceled"
    live.post("task/namedentityrecognition", NER | {"unique_id": "a"}, 409)
    live.post(f"task/{second['task_id']}/unique_id", {"unique_id": "a"}, 409)
    live.post(f"task/{second['task_id']}/cancel?clear_unique_id=true")
    assert ordered(live, unique_id="b")["status"] == "pending"
    live.post(f"task/{first['task_id']}/cancel", status=400)


def test_a_canceled_task_is_given_to_nobody(live):
    task = ordered(live)
    live.post(f"task/{task['task_id']}/cancel")
    assert Task.objects.get().state == "canceled"


def test_tags_are_set_added_and_taken_away_and_absent_when_there_are_none(live):
    path = f"task/{ordered(live)['task_id']}/tags"
    assert live.call("post", path, ["a", "b"])["tags"] == ["a", "b"]
    assert live.call("put", path, ["b", "c"])["tags"] == ["a", "b", "c"]
    assert live.call("delete", path, ["a"])["tags"] == ["b", "c"]
    assert "tags" not in live.client.post(f"/v1/{path}", content_type="application/json").json()


def test_tags_are_added_to_those_there_are_by_then(live):
    ordered(live, tags=["a"])
    read_before = Order.objects.prefetch_related("tags").get()
    for name in ("b", "c"):
        orders.change_tags(order=read_before, change=lambda old, name=name: [*old, name], now=NOW)
    assert Order.objects.get().tag_names == ["a", "b", "c"]


def test_an_empty_body_clears_the_metadata(live):
    task = ordered(live, metadata={"a": 1})
    reply = live.client.post(f"/v1/task/{task['task_id']}/setMetadata", content_type="application/json")
    assert (reply.status_code, reply.json()["metadata"]) == (200, {})
    live.post(f"task/{task['task_id']}/setMetadata", {"a": "x" * 11_000}, 400)


def test_the_list_filters_by_everything_and_refuses_what_it_does_not_know(live, test_mode):
    live.post("projects", {"name": "p", "type": "namedentityrecognition"})
    live.post("batches", {"name": "b", "project": "p"})
    one = ordered(live, batch="b", unique_id="1", tags=["red", "big"])
    ordered(live, unique_id="2", tags=["blue"])
    live.post(f"task/{one['task_id']}/cancel")
    later = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")

    def found(query):
        return [task.get("unique_id") for task in live.get(f"tasks?{query}")["docs"]]

    assert found("") == ["2", "1"]
    assert found("project=p") == found("batch=b") == found("status=canceled") == ["1"]
    assert found("unique_id=1&unique_id=2&unique_id=9") == ["2", "1"]
    assert found("tags=red&tags=blue&tags=big") == ["2", "1"]
    assert found("type=imageannotation") == found("customer_review_status=accepted,fixed") == []
    assert found(f"start_time={later}") == found("completed_after=2020-01-01") == []
    assert found(f"end_time={later}&updated_after=2020-01-01T00:00:00Z") == ["2", "1"]
    live.get("tasks?bogus=0", 400)
    live.get("tasks?limit=0", 400)
    live.get("tasks?start_time=yesterday", 400)
    live.get("tasks?next_token=xx", 400)
    assert live.get("tasks?limited_response=True&project=p")["docs"] == [
        {"task_id": one["task_id"], "status": "canceled", "metadata": {}, "project": "p"}
    ]


def test_a_walk_by_token_meets_each_task_once_though_new_ones_arrive(live):
    made = [ordered(live)["task_id"] for _ in range(5)]
    seen, token = [], ""
    while True:
        page = live.get(f"tasks?limit=2{token}")
        seen += [task["task_id"] for task in page["docs"]]
        ordered(live)
        if not page["has_more"]:
            assert "next_token" not in page
            break
        token = f"&next_token={page['next_token']}"
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("kind", "body", "status", "word"),
    [
        ("videoannotation", {}, 402, "not available"),
        ("cuboidannotation", {}, 402, "not available"),
        ("nonsense", {}, 404, "no task type"),
        ("imageannotation", {"attachment": "http://h/1.png"}, 400, "geometries is required"),
        ("imageannotation", {"attachment": "http://h/1.png", "geometries": {"cuboid": {}}}, 402, "cuboid"),
        ("imageannotation", {"attachment": "x", "geometries": {"box": {"objects_to_annotate": []}}}, 400, "box"),
        ("namedentityrecognition", NER | {"metadata": [1]}, 400, "metadata"),
        ("namedentityrecognition", NER | {"unique_id": ""}, 400, "unique_id"),
        ("namedentityrecognition", NER | {"callback_url": "ftp://h/"}, 400, "callback_url"),
        ("namedentityrecognition", NER | {"project": "none"}, 404, "no project"),
        ("namedentityrecognition", NER | {"batch": "none"}, 404, "no batch"),
        ("namedentityrecognition", NER | {"hypothesis": {"annotations": [{"label": "dog"}]}}, 400, "hypothesis"),
        ("documenttranscription", {"attachment": "http://h/a.pdf", "features": [{"label": "x"}]}, 402, "PDF"),
        ("textcollection", {"attachments": [{"type": "lidar", "content": "x"}], "fields": [1]}, 400, "fields"),
        ("textcollection", {"attachments": ["x"], "fields": [{"type": "hologram", "field_id": "a"}]}, 402, "hologram"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(live, kind, body, status, word):
    assert word in live.post(f"task/{kind}", body, status)["error"]
    assert not Order.objects.exists()


def test_a_wrong_key_is_401_and_a_read_key_may_not_write(org, live):
    live.client.credentials(HTTP_AUTHORIZATION="Basic " + "bm9ib2R5Og==")
    live.get("tasks", 401)
    live.client.credentials(HTTP_AUTHORIZATION="Basic ?")
    live.get("tasks", 401)
    live.client.credentials()
    live.get("tasks", 401)
    reader = Scale(org, "live", "read")
    reader.get("tasks")
    reader.post("task/namedentityrecognition", NER, 403)


@pytest.mark.parametrize("path", ["nothing", "task/x/y/z", "tasks//"])
def test_an_address_that_is_none_is_a_404_as_json(live, path):
    reply = live.client.get(f"/v1/{path}")
    assert (reply.status_code, reply.json()["status_code"]) == (404, 404)
    assert live.client.post(f"/v1/{path}").json()["status_code"] == 404


def test_a_body_that_is_no_json_is_a_400_as_json(live):
    reply = live.client.post("/v1/task/annotation", b"{", content_type="application/json")
    assert (reply.status_code, reply.json().keys()) == (400, {"status_code", "error"})


def test_a_projects_parameters_fill_in_and_equal_questions_are_pooled(live):
    live.post("projects", {"name": "p", "type": "namedentityrecognition", "params": {"instruction": "Mark people."}})
    live.post("projects/p/setParams", {"labels": NER["labels"], "patch": True})
    history = live.get("projects/p")["param_history"]
    assert [entry["version"] for entry in history] == [1, 2]
    assert history[-1]["instruction"] == "Mark people."
    task = live.post("task/namedentityrecognition", {"project": "p", "text": "Bob sings."})
    assert task["params"]["labels"] == NER["labels"]
    assert task["instruction"] == "Mark people."
    live.post("task/namedentityrecognition", NER | {"project": "p", "labels": [{"name": "place"}]})
    project = Project.objects.get(name="p")
    assert list(Task.objects.order_by("pk").values_list("project", "own_version")) == [
        (project.pk, None),
        (project.pk, 2),
    ]


def test_three_people_answer_where_three_are_asked_for_and_the_majority_is_the_response(live, org, labeled):
    fields = [
        {"type": "category", "field_id": "tone", "choices": [{"label": "Good", "value": "good"}, {"value": "bad"}]}
    ]
    task = live.post(
        "task/textcollection",
        {"attachments": [{"type": "text", "content": "Great!"}], "fields": fields, "responses_required": 3},
    )
    said = [(make_user(org), {"annotations": {"tone": [tone]}}) for tone in ("good", "bad", "good")]
    assert labeled(live, task, *said[:2])["status"] == "pending"
    done = labeled(live, task, said[2])
    assert done["response"] == {"annotations": {"tone": ["good"]}}


def test_a_customer_accepts_or_rejects_a_response(live, test_mode):
    task = ordered(test_mode)
    test_mode.post(f"task/{task['task_id']}/audit", {"accepted": False, "comments": "too few"})
    test_mode.post(f"task/{task['task_id']}/audit", {"accepted": True, "comments": None})
    found = test_mode.get("tasks?customer_review_status=accepted")["docs"][0]
    assert found["customer_review_status"] == "accepted"
    assert [audit["audit_result"] for audit in found["audits"]] == ["accepted", "rejected"]
    test_mode.post(f"task/{task['task_id']}/audit", {"accepted": "yes"}, 400)
    live.post(f"task/{ordered(live)['task_id']}/audit", {"accepted": True}, 400)


def test_a_hypothesis_is_shown_as_a_suggestion(live):
    guess = {"annotations": [{"label": "person", "start": 0, "end": 3, "text": "Ann", "id": "x"}]}
    ordered(live, hypothesis=guess)
    task = Task.objects.get()
    assert task.suggestion["value"]["annotations"][0]["text"] == "Ann"


def test_what_a_reviewer_settles_is_the_response(live):
    task = ordered(live)
    order = Order.objects.get()
    Task.objects.filter(pk=order.task_id).update(state="in_review")
    value = {"annotations": [{"id": "a1", "label": "person", "start": 0, "end": 3, "text": "Ann"}], "relationships": []}
    Consensus.objects.create(task=order.task, project=order.task.project, value=value, confidence=1, method="review")
    settle_missed()
    settle_orders()
    assert live.get(f"task/{task['task_id']}")["status"] == "pending"
    Task.objects.filter(pk=order.task_id).update(state="resolved")
    settle_missed()
    settle_orders()
    assert live.get(f"task/{task['task_id']}")["response"]["annotations"][0]["text"] == "Ann"


def test_an_order_that_cannot_be_asked_any_more_ends_as_an_error_and_keeps_no_other_waiting(live, picture_url):
    old = live.post("task/imageannotation", {"attachment": picture_url, "geometries": BOXES})
    new = live.post("task/imageannotation", {"attachment": picture_url, "geometries": BOXES})
    Order.objects.filter(public_id=old["task_id"]).update(
        params={"attachment": picture_url, "geometries": {"blob": {}}}
    )
    prepare_orders()
    found = live.get(f"task/{old['task_id']}")
    assert (found["status"], "blob" in found["response"]["error"]) == ("error", True)
    assert Order.objects.get(public_id=new["task_id"]).task is not None
