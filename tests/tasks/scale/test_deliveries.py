"""/v2: completed batches as deliveries, single annotations, schemas; read by the client's strict models."""

import pytest
from scaleapi.api_client.v2.models.get_delivered_tasks_response import GetDeliveredTasksResponse
from scaleapi.api_client.v2.models.get_deliveries_response import GetDeliveriesResponse
from scaleapi.api_client.v2.models.get_delivery_tasks_response import GetDeliveryTasksResponse
from scaleapi.api_client.v2.models.get_schema_response import GetSchemaResponse
from scaleapi.api_client.v2.models.task import Task as StrictTask

from tests.factories import make_org, make_project
from tests.tasks.scale.conftest import Scale

pytestmark = pytest.mark.django_db
V2 = {"version": "v2"}


@pytest.fixture
def delivered(org, live, ann, labeled):
    make_project(org, "response", {"question": "?"}, name="chats")
    batch = live.post("batch", {"project_name": "chats", "name": "monday"}, **V2)
    body = {"batch_id": batch["id"], "template_variables": {"prompt": "Say hi."}}
    task = live.post("task/chat", body, **V2)
    labeled(live, task, (ann, {"response": "Hi there."}))
    return task["task_id"]


def test_a_batch_is_a_delivery_once_all_of_it_is_done(live, delivered):
    live.post("batch", {"project_name": "chats", "name": "open"}, **V2)
    (one,) = live.get("deliveries?project_name=chats&expand=project", **V2)["deliveries"]
    assert (one["name"], one["task_count"], one["project"]["name"]) == ("monday", 1, "chats")
    assert GetDeliveriesResponse.from_dict({"deliveries": [one]}).deliveries[0].delivered_at
    assert live.get("deliveries?delivered_before=2020-01-01", **V2) == {"deliveries": []}
    whole = live.get(f"delivery?delivery_id={one['id']}&expand=delivery", **V2)
    assert whole["delivery"]["name"] == "monday"
    assert GetDeliveredTasksResponse.from_dict(whole).tasks[0].task_id == delivered
    assert live.get("delivery?delivery_name=monday", **V2)["delivery"] == one["id"]
    rows = live.get("delivery/tasks?project_name=chats", **V2)
    assert GetDeliveryTasksResponse.from_dict(rows).docs[0].delivery_id == one["id"]
    assert rows["docs"][0]["response"]["threads"]
    live.get("delivery?delivery_name=open", 404, **V2)
    live.get("delivery", 400, **V2)


def test_an_annotation_and_the_schema_are_asked_for_by_their_ids(live, org, ann, labeled):
    make_project(org, "rating", {"question": "?", "criteria": [{"name": "fit"}]}, name="chats")
    body = {"project_name": "chats", "template_variables": {"prompt": "Say hi.", "response": "Hi!"}}
    task = live.post("task/chat", body, **V2)
    labeled(live, task, (ann, {"ratings": {"fit": 3}, "justifications": {}}))
    (thread,) = live.get(f"task?task_id={task['task_id']}", **V2)["threads"]
    note = thread["turns"][0]["messages"][-1]["annotations"][0]
    assert live.get(f"annotation?annotation_id={note['id']}", **V2) == note
    live.get(f"annotation?annotation_id={task['task_id']}-99", 404, **V2)
    eve = Scale(make_org(), "live")
    eve.get(f"annotation?annotation_id={note['id']}", 404, **V2)
    assert "threads" in GetSchemaResponse.from_dict(live.get("schema?schema_id=threads", **V2)).var_schema.var_json
    live.get("schema?schema_id=x", 404, **V2)


def test_options_tell_more_of_a_task_and_unknown_ones_are_refused(live, delivered):
    plain = live.get(f"task?task_id={delivered}&opts=annotation_details", **V2)
    assert "submissions" not in plain["threads"][0]
    told = live.get(f"task?task_id={delivered}&opts=submissions&opts=model_parameters", **V2)
    (given,) = told["threads"][0]["submissions"]
    assert given["contributor_id"].startswith("a_")
    assert StrictTask.from_dict(told).threads[0].submissions[0].submitted_at
    live.get(f"task?task_id={delivered}&opts=everything", 400, **V2)


def test_there_are_no_datasets_to_buy(live):
    assert live.get("datasets", **V2) == {"datasets": []}
    for path in ("datasets/deliveries?dataset_id=x", "datasets/tasks?dataset_id=x", "datasets/task/a/response_url/b"):
        assert "no such dataset" in live.get(path, 404, **V2)["error"]
