"""Chat tasks under /v2: ordered in a project of our pages, told as threads that the client's strict models read."""

import pytest
from scaleapi.api_client.v2.models.get_tasks_response import GetTasksResponse
from scaleapi.api_client.v2.models.task import Task as StrictTask

from tests.factories import make_project
from tests.tasks.scale.conftest import shape_of
from tests.tasks.scale.test_tasks import ordered

pytestmark = pytest.mark.django_db
V2 = {"version": "v2"}
PAIR = {"prompt": "Say hi.", "responses": [{"id": "m1", "text": "Hi!"}, "Hello."]}
TALK = {"messages": [{"role": role, "content": "x"} for role in ("system", "user", "assistant", "user", "assistant")]}
CASES = {
    "comparison": (
        {"question": "?", "scale": 7, "both_bad": True, "criteria": [{"name": "truth"}]},
        PAIR,
        {"preference": "b", "strength": 2, "criteria": {"truth": {"preference": "tie", "strength": 0}},
         "justification": "", "order": [1, 0]},
    ),
    "ranking": ({"question": "?", "ties": True}, PAIR, {"ranks": [1, 1], "order": [0, 1], "justification": ""}),
    "rating": (
        {"question": "?", "criteria": [{"name": "fit", "scale": {"min": 0, "max": 4}}]},
        {"prompt": "Say hi.", "response": "Hi!"},
        {"ratings": {"fit": 3}, "justifications": {}},
    ),
    "conversation": (
        {"question": "?", "message_criteria": [{"name": "good"}],
         "turn_criteria": [{"name": "flow", "required": False}],
         "overall_criteria": [{"name": "goal", "options": [{"value": "no"}, {"value": "yes"}]}]},
        TALK,
        {"messages": {"2": {"good": 2}, "4": {"good": 4}}, "turns": {"0": {"flow": 2}, "1": {"flow": 1}},
         "overall": {"goal": "yes"}, "justifications": {}},
    ),
    "harm": (
        {"question": "?", "categories": [{"value": "hate"}, {"value": "fraud"}], "severities": ["low", "high"]},
        {"response": "x"},
        {"categories": {"fraud": "high"}, "is_safe": False, "note": ""},
    ),
    "response": ({"question": "?"}, {"prompt": "Say hi."}, {"response": "Hi there."}),
    "rewrite": ({"question": "?"}, {"prompt": "Say hi.", "response": "Hi"}, {"response": "Hi!", "is_unchanged": False}),
}  # fmt: skip


def notes(thing):
    return {note["key"]: note["value"] for note in thing["annotations"]}


@pytest.mark.parametrize("core", CASES)
def test_a_chat_task_is_answered_here_and_told_as_threads_which_test_mode_makes_up(
    core, org, live, test_mode, ann, labeled
):
    config, variables, answer = CASES[core]
    make_project(org, core, config, name="chats")
    body = {"project_name": "chats", "template_variables": variables, "metadata": {"a": {"b": 1}}}
    task = live.post("task/chat", body, **V2)
    assert (task["status"], task["threads"]) == ("pending", [])
    assert live.post("task/metadata", {"task_id": task["task_id"], "metadata": {"a": {"c": 2}}, "merge": True}, **V2)[
        "metadata"
    ] == {"a": {"b": 1, "c": 2}}
    labeled(live, task, (ann, answer))
    done = live.get(f"task?task_id={task['task_id']}&expand=project", **V2)
    (thread,) = done["threads"]
    assert done["project"]["name"] == "chats"
    assert StrictTask.from_dict(done).status.value == "completed"
    assert GetTasksResponse.from_dict(live.get("tasks?project_name=chats&limit=1", **V2)).next_token is None
    turn = thread["turns"][-1]
    if core == "comparison":
        assert notes(turn) == {
            "likert_value": 6,
            "selected_model_id": "response_2",
            "truth_likert_value": 4,
            "truth_selected_model_id": "tie",
        }
        assert [message["source_id"] for message in turn["messages"]] == ["user", "m1", "response_2"]
    elif core == "ranking":
        assert notes(turn) == {"ranking": [["m1", "response_2"]]}
    elif core == "conversation":
        assert len(thread["turns"]) == 2
        assert (notes(turn), notes(turn["messages"][-1]), notes(thread)) == ({"flow": 1}, {"good": 4}, {"goal": "yes"})
    elif core == "harm":
        assert notes(turn["messages"][-1])["severity_fraud"] == "high"
    elif core == "rewrite":
        assert notes(turn["messages"][-1]) == {"rewrite": "Hi!"}
    elif core == "response":
        assert turn["messages"][-1]["content"]["text"] == "Hi there."
    make_project(org, core, config, name="chats", mode="test")
    made = test_mode.post("task/chat", {"project_name": "chats", "template_variables": variables}, **V2)
    assert made["status"] == "completed"
    assert shape_of(made["threads"]) == shape_of(done["threads"])


def test_what_the_project_cannot_show_is_refused_and_so_is_a_second_with_one_unique_id(org, live):
    make_project(org, "response", {"question": "?"}, name="chats")
    error = live.post("task/chat", {"project_name": "chats", "template_variables": {"text": "x"}}, 400, **V2)["error"]
    assert "prompt" in error
    live.post("task/chat", {"project_name": "none", "template_variables": {"prompt": "x"}}, 404, **V2)
    once = {"project_name": "chats", "template_variables": {"prompt": "x"}, "unique_id": "u"}
    live.post("task/chat", once, **V2)
    live.post("task/chat", once, 409, **V2)
    ordered(live)
    live.post("projects", {"name": "n", "type": "namedentityrecognition"})
    live.post("task/chat", {"project_name": "n", "template_variables": {"prompt": "x"}}, 402, **V2)
    assert [one["name"] for one in live.get("projects", **V2)["projects"]] == ["chats", "n"]


def test_a_batch_larger_than_a_step_is_called_off_whole_and_its_finished_tasks_stay(
    org, live, ann, labeled, monkeypatch
):
    monkeypatch.setattr("tasks.scale.orders.AT_ONCE", 2)
    make_project(org, "response", {"question": "?"}, name="chats")
    batch = live.post("batch", {"project_name": "chats", "name": "many", "staging_batch": False}, **V2)
    body = {"project_name": "chats", "batch_id": batch["id"], "template_variables": {"prompt": "Say hi."}}
    tasks = [live.post("task/chat", body, **V2) for _ in range(6)]
    labeled(live, tasks[0], (ann, {"response": "Hi."}))
    told = live.post("batch/cancel", {"batch_id": batch["id"]}, **V2)
    assert told["batch"]["status"] == "cancelled"
    states = [live.get(f"task?task_id={task['task_id']}", **V2)["status"] for task in tasks]
    assert states == ["completed", *["canceled"] * 5]
