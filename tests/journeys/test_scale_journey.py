"""A program written for Scale, and the people who answer it: the official client unchanged, three annotators."""

import io
import json
import re
import urllib.request
from typing import Any
from uuid import uuid4

import pytest
import scaleapi
from PIL import Image
from playwright.sync_api import Page, expect
from scaleapi.exceptions import ScaleDuplicateResource, ScaleNotEnabled
from scaleapi.tasks import Task, TaskType

from tasks.replay.client import Api
from tasks.scale.files import plain
from tests.chromium import PAINTED
from tests.journeys.test_browser import PASSWORD, Opened, person  # noqa: F401  (a fixture)
from tests.labeling.pictures import picture
from tests.receivers import says, server
from tests.services.servers import until
from tests.services.stack import Stack

BOX = {"type": "box", "label": "cow", "left": 4, "top": 9, "width": 30, "height": 20, "attributes": {}}
SIZE = (120, 80)
ALL_ROAD = {"type": "mask", "label": "road", "size": [80, 120], "counts": [0, 9600], "attributes": {}}
SPAN = {"label": "person", "start": 0, "end": 3}
ANSWERS: dict[str, dict[str, Any]] = {  # by the API's type, as our core takes them
    "imageannotation": {"annotations": [BOX], "global_attributes": {}},
    "segmentannotation": {"annotations": [ALL_ROAD], "global_attributes": {}},
    "namedentityrecognition": {"annotations": [SPAN], "relationships": []},
    "textcollection": {"annotations": {"tone": ["good"]}},
    "categorization": {"annotations": {"category": ["public"]}},
    "comparison": {"annotations": {"choice": ["left"]}},
}
BY_HAND = {  # what is pressed for each
    "categorization": ["1"],
    "comparison": ["1"],
    "textcollection": ["1"],
    "segmentannotation": ["m", "Enter", "Shift+ArrowRight", "Enter", "Shift+G"],  # a stroke, and all that is left
}


def payloads(image: str, callback: str) -> dict[str, dict[str, Any]]:
    tone = {"type": "category", "field_id": "tone", "title": "Tone", "choices": ["good", "bad"]}
    bodies: dict[str, dict[str, Any]] = {
        "imageannotation": {"attachment": image, "geometries": {"box": {"objects_to_annotate": ["cow"]}}},
        "segmentannotation": {"attachment": image, "labels": ["road", "sky"]},
        "namedentityrecognition": {"text": "Ann left.", "labels": [{"name": "person", "description": "a person"}]},
        "textcollection": {"attachments": [{"type": "text", "content": "Great!"}], "fields": [tone]},
        "categorization": {"attachment": "Acme", "attachment_type": "text", "categories": ["public", "private"]},
        "comparison": {"attachments": ["one", "two"], "attachment_type": "text", "choices": ["left", "right"]},
    }
    same = {"callback_url": callback, "responses_required": 3, "instruction": "Look closely."}
    return {kind: body | same | {"unique_id": kind} for kind, body in bodies.items()}


def labeler(boss: Api, name: str) -> Api:
    token = boss.post("/invitations", {"email": f"{name}@client.example", "role": "labeler"})["token"]
    made = Api(boss.url)
    made.accept(token, name, PASSWORD)
    return made


def answer_by_api(who: Api, kinds: dict[int, str]) -> None:
    """Everything there is for this person, in two round trips a page; each kind of task has a project of its own."""
    while tasks := who.post("/work/exchange", {"want": 10})["tasks"]:
        sent = [
            {
                "id": str(uuid4()),
                "assignment": task["assignment"],
                "schema_version": task["schema_version"],
                "answer": ANSWERS[kinds[task["project"]]],
                "active_ms": 900,
            }
            for task in tasks
        ]
        results = who.post("/work/exchange", {"answers": sent})["results"]
        assert {result["status"] for result in results} == {"stored"}, results


def answer_by_hand(page: Page, stack: Stack) -> None:
    """Forms and a picture to paint, each project by itself: the first choice, and on."""
    for kind, keys in BY_HAND.items():
        page.goto(f"{stack.base_url}/work/")
        page.get_by_role("link", name=re.compile(f"Start Without a project: {kind}")).click()
        expect(page.get_by_text("Look closely.").first).to_be_visible()
        page.evaluate(PAINTED)  # before there is a picture the browser drops keys
        for key in [*keys, "Enter"]:
            page.keyboard.press(key)
        expect(page.get_by_role("heading", name="No tasks for you right now")).to_be_visible()
        expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")


@pytest.mark.only("postgresql")
def test_a_program_written_for_scale_works_unchanged(stack: Stack, person: Opened) -> None:  # noqa: F811
    key = stack.new_key("Moved", "live")
    client = scaleapi.ScaleClient(key, api_instance_url=f"{stack.base_url}/v1")
    boss = Api(stack.base_url, key=key)
    with server(says(200)) as (receiver, got):
        project = client.create_project("herd", TaskType.ImageAnnotation, {"instruction": "Look closely."})
        client.create_batch(project="herd", batch_name="monday/1", callback=f"{receiver}/batch")
        file = io.BytesIO(picture(size=SIZE))
        file.name = "cow.png"
        image = client.upload_file(file=file, project_name="herd").attachment_url
        made: dict[str, Task] = {}
        for kind, body in payloads(image, f"{receiver}/task").items():
            more = {"project": project.name, "batch": "monday/1"} if kind == "imageannotation" else {}
            made[kind] = client.create_task(TaskType(kind), **body, **more)
        with pytest.raises(ScaleDuplicateResource):
            client.create_task(TaskType.SegmentAnnotation, **payloads(image, receiver)["segmentannotation"])
        with pytest.raises(ScaleNotEnabled):
            client.create_task(TaskType.VideoAnnotation, attachment="x", geometries={})

        opened = (
            "SELECT t.project_id, o.type FROM tasks_order o JOIN tasks_task t ON t.id = o.task_id WHERE o.mode = 'live'"
        )
        until(lambda: len(stack.query(opened)) == len(made), "every task is open")
        kinds = dict(stack.query(opened))
        ann, bob = labeler(boss, "ann"), labeler(boss, "bob")
        page = person()
        lea = boss.post("/invitations", {"email": "lea@moved.example", "role": "labeler"})["token"]
        join_page(page, f"{stack.base_url}/invitations/{lea}/")
        answer_by_hand(page, stack)
        for who in (ann, bob, labeler(boss, "eli")):
            answer_by_api(who, kinds)

        def responses() -> dict[str, Any]:
            return {task.type: task.response for task in client.tasks().docs if task.status == "completed"}

        until(lambda: responses().keys() == made.keys(), "every task is completed")
        found = responses()
        (shape,) = found["imageannotation"]["annotations"]
        assert shape | {"uuid": ""} == BOX | {"uuid": ""}
        pictures = found["segmentannotation"]["annotations"]
        assert (pictures.keys(), pictures["labeled"].keys()) == ({"unlabeled", "labeled", "combined"}, {"road"})
        with urllib.request.urlopen(pictures["combined"]["indexedImage"]) as reply:  # without a key, as for Scale's
            index = Image.open(io.BytesIO(reply.read()))
        assert (index.size, index.getextrema()) == (SIZE, (1, 1))
        assert found["namedentityrecognition"]["annotations"][0]["text"] == "Ann"
        assert found["textcollection"] == {"annotations": {"tone": ["good"]}}
        assert (found["categorization"], found["comparison"]) == ({"category": "public"}, {"choice": "left"})
        until(lambda: len(got) == len(made) + 1, "six callbacks, and the batch's")
    told = {one["task_id"]: plain(one["response"]) for one in (json.loads(one.body) for one in got) if "task_id" in one}
    assert told == {task.id: plain(found[kind]) for kind, task in made.items()}
    assert len({one.headers["scale-callback-auth"] for one in got}) == 1
    assert client.get_batch("monday/1").status == "completed"

    task = made["namedentityrecognition"]
    task.audit(True, "fine")
    task.refresh()
    assert task.customer_review_status == "accepted"
    quality = client.create_evaluation_task(
        TaskType.NamedEntityRecognition, **task.params, expected_response=task.response
    )
    assert quality.expected_response == task.response
    answer_a_check(boss, client, stack)


def answer_a_check(boss: Api, client: scaleapi.ScaleClient, stack: Stack) -> None:
    """Somebody new is asked the evaluation task among others, and what they say of it is measured."""
    checks = "SELECT t.project_id, g.id FROM tasks_gold g JOIN tasks_task t ON t.id = g.task_id WHERE t.state = 'check'"
    ((project, gold),) = stack.query(checks)
    body = payloads("", "")["namedentityrecognition"] | {"callback_url": None, "unique_id": None}
    for n in range(10):  # so many places that the check has no luck to miss all of them
        client.create_task(TaskType.NamedEntityRecognition, **body | {"text": f"Bob {n} sings."})
    answer_by_api(labeler(boss, "zoe"), {project: "namedentityrecognition"})
    measured = "SELECT is_right FROM tasks_verdict WHERE gold_id = %s ORDER BY id DESC LIMIT 1"
    people = "SELECT count(*) FROM tasks_verdict WHERE gold_id = %s"
    until(lambda: stack.query(people, gold) == [(4,)], "her answer is measured like those that three gave before")
    assert stack.query(measured, gold) == [(True,)]


def join_page(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Lea")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Welcome to Moved")).to_be_visible()
