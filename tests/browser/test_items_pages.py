"""The items and the labels of a project, by keyboard alone."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tasks.models import Bulk, Project, SchemaChange, Task
from tasks.services.bulk import run_bulk
from tasks.services.consensus import update_project
from tasks.services.schema_following import run_change
from tests.browser.audit import clean_everywhere
from tests.browser.test_review_page import choices, picture, signed_in
from tests.factories import _dataset_of as dataset_of
from tests.factories import make_answer, make_item, make_org, make_project, make_task, make_user

PICTURES = os.environ.get("ITEM_PICTURES")  # a folder: what is looked at is kept there


@pytest.fixture
def org(transactional_db):  # the page's server has connections of its own
    return make_org("Lab")


@pytest.fixture
def boss(org):
    return make_user(org, "manager", "Max")


def shot(page, name):
    if not PICTURES:
        return
    for scheme in ("light", "dark"):
        for width, height in ((1280, 900), (820, 1180)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_items_are_chosen_changed_and_opened_by_keyboard(page, faults, live_server, org, boss):
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid")]
    project = choices(org, people, 5)
    tasks = list(Task.objects.order_by("pk"))
    signed_in(page, live_server, boss)
    page.goto(f"{live_server.url}/projects/{project.pk}/items/?state=in_review")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("2 items chosen.")
    shot(page, "items")
    page.keyboard.press("b")
    expect(page.get_by_label("What", exact=True)).to_be_focused()
    page.keyboard.type("Set")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 2 items would be changed.")).to_be_visible()
    clean_everywhere(page)
    shot(page, "preview")
    page.get_by_role("button", name="Set the priority").press("Enter")
    expect(page.get_by_role("heading", name="Changes of many items")).to_be_visible()
    run_bulk(bulk_id=Bulk.objects.get().pk)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    shot(page, "changes")
    assert list(Task.objects.filter(priority=10).values_list("pk", flat=True)) == [tasks[0].pk, tasks[1].pk]

    page.goto(f"{live_server.url}/projects/{project.pk}/items/?state=in_review")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Answer C")).to_be_visible()
    clean_everywhere(page)
    shot(page, "look")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Cid")
    expect(page.get_by_role("region", name="Answer A")).to_be_hidden()
    page.keyboard.press("]")
    expect(page).to_have_url(f"{live_server.url}/projects/{project.pk}/items/{tasks[2].pk}/?state=in_review")


def test_a_grid_shows_pictures_and_what_was_drawn_on_one(page, faults, live_server, org, boss):
    ann, bob = (make_user(org, "labeler", name) for name in ("Ann", "Bob"))
    schema = {"question": "Draw.", "labels": [{"value": "person", "label": "Person"}, {"value": "car", "label": "Car"}]}
    project = make_project(org, "boxes", schema, overlap=2)
    for n in range(6):
        image = picture(640 + n, 480)
        item = make_item(
            dataset_of(project), key=f"street-{n}.png", data={"image": f"street-{n}.png"}, media={"image": image}
        )
        task = make_task(project, item)
        for person, left in ((ann, 100), (bob, 104)):
            box = {
                "uuid": "1",
                "type": "box",
                "label": "car",
                "left": left,
                "top": 80,
                "width": 200,
                "height": 120,
                "attributes": {},
            }
            make_answer(task, person, {"annotations": [box], "global_attributes": {}})
    update_project(project_id=project.pk)
    signed_in(page, live_server, boss)
    page.goto(f"{live_server.url}/projects/{project.pk}/items/?show=grid")
    expect(page.locator("[data-row] img")).to_have_count(6)
    page.keyboard.press("j")
    page.keyboard.press("x")
    clean_everywhere(page)
    shot(page, "grid")
    page.keyboard.press("Enter")
    expect(page.locator("#review-side [data-key]")).to_have_count(4)
    shot(page, "look-boxes")


def test_labels_are_renamed_and_merged_by_keyboard(page, faults, live_server, org, boss):
    ann = make_user(org, "labeler", "Ann")
    options = [{"value": name} for name in ("cat", "dog", "bird")]
    project = make_project(org, config={"question": "Which animal?", "options": options})
    for name in ("cat", "dog"):
        make_answer(make_task(project), ann, {"option": name})
    update_project(project_id=project.pk)
    signed_in(page, live_server, boss)
    page.goto(f"{live_server.url}/projects/{project.pk}/schema/")
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("tom")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Rename “cat” to “tom”")).to_be_visible()
    for _ in "ab":
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("m")
    page.keyboard.type("pet")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Merge tom, dog into “pet”")).to_be_visible()
    clean_everywhere(page)
    shot(page, "labels")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()
    run_change(change_id=SchemaChange.objects.get().pk)
    update_project(project_id=project.pk)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    shot(page, "labels-done")
    options = Project.objects.get(pk=project.pk).versions.get(number=2).config["options"]
    assert [each["value"] for each in options] == ["pet", "bird"]
    page.goto(f"{live_server.url}/projects/{project.pk}/")
    expect(page.get_by_text("Open disputes")).to_be_visible()
    shot(page, "overview")
