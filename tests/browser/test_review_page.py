"""The review page on the real server: by keyboard alone, for every type, accessible at both sizes."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from playwright.sync_api import Page, expect

from labeling import storage
from labeling.types import registry
from tasks.models import Consensus, Rejection, Review, Task
from tasks.selectors.reviews import Reviewer
from tasks.services import appealing, measuring, reviewing
from tasks.services.consensus import update_project
from tasks.services.rejecting import Rejected
from tasks.services.reviewing import Decision
from tests.browser.audit import clean_everywhere
from tests.factories import NOW, make_answer, make_comment, make_item, make_org, make_project, make_task, make_user
from tests.factories import _dataset_of as dataset_of
from workers.web import gallery

PICTURES = os.environ.get("REVIEW_PICTURES")  # a folder: what is looked at is kept there
PARTING_WORDS_ARE_LOST = """const { fetch } = window;
  window.fetch = (url, options) => options?.keepalive ? Promise.reject(new TypeError("lost")) : fetch(url, options);"""
GOOD, BAD = {"option": "good"}, {"option": "bad"}


@pytest.fixture
def org(transactional_db, settings, tmp_path):  # the page's server has connections of its own
    settings.SECOND_REVIEWS = 0
    return make_org("Lab")


@pytest.fixture
def ria(org):
    return make_user(org, "reviewer", "Ria")


def signed_in(page: Page, live_server: Any, user: Any) -> None:
    client = Client()
    client.force_login(user, "workers.web.backend.MemberBackend")
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def picture(width: int, height: int) -> dict[str, Any]:
    reply = gallery.picture(RequestFactory().get("/"), width, height)
    key = storage.new_key("images", ".png")
    storage.save(key, reply.content)
    return {"key": key, "thumb": key, "width": width, "height": height, "format": "PNG", "bytes": len(reply.content)}


def in_review(project: Any, item: Any, given: list[tuple[Any, Any]], consensus: Any, **fields: Any) -> Task:
    task = make_task(project, item, overlap=len(given))
    for person, value in given:
        make_answer(task, person, value, active_ms=4200)
    Task.objects.filter(pk=task.pk).update(state="in_review")
    row = {"task": task, "project": project, "value": consensus, "confidence": 0.62, "method": "majority"}
    Consensus.objects.create(**row | {"agreement": 0.33, "label": str(consensus)[:40]} | fields)
    return task


def choices(org: Any, people: list[Any], number: int) -> Any:
    options = [{"value": "good", "label": "Good"}, {"value": "bad", "label": "Bad"}]
    project = make_project(
        org, config={"question": "How does it sound?", "options": options}, guideline="**3.2** Irony."
    )
    posterior = {"majority": {"value": GOOD, "confidence": 0.62, "posterior": {"item": {"good": 0.62, "bad": 0.38}}}}
    for n in range(number):
        said = list(zip(people, [GOOD, GOOD, BAD], strict=False))
        in_review(
            project,
            make_item(dataset_of(project), text=f"Lovely weather, number {n}."),
            said,
            GOOD,
            by_method=posterior,
        )
    return project


def test_tasks_are_settled_by_keyboard_alone_and_taken_back(page, faults, live_server, org, ria):
    ann, bob, cid = (make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid"))
    project = choices(org, [ann, bob, cid], 4)
    first, second, third, fourth = Task.objects.order_by("pk")
    signed_in(page, live_server, ria)
    page.goto(f"{live_server.url}/review/{project.pk}/")
    chip = page.locator('[data-bar="task"]')
    expect(chip).to_have_text(f"Task {first.pk}")
    expect(page.locator('[data-bar="left"]')).to_have_text("4 left")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Choose first")
    for _ in "ABC":
        page.keyboard.press("j")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Bad")
    expect(page.get_by_role("region", name="Answer C")).to_be_visible()
    expect(page.get_by_role("region", name="Answer A")).to_be_hidden()
    page.keyboard.press("3")
    page.get_by_role("dialog").get_by_label("Note").fill("No irony here.")
    page.get_by_role("button", name="Wrong label").click()
    expect(page.get_by_role("option", selected=True)).to_contain_text("Rejected: Wrong label")
    page.keyboard.press("1")
    page.keyboard.press("Enter")

    expect(chip).to_have_text(f"Task {second.pk}")
    page.keyboard.press("d")
    expect(page.get_by_role("region", name="Answer A")).to_be_hidden()
    expect(page.get_by_role("region", name="Answer C")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    page.keyboard.press("Enter")

    expect(chip).to_have_text(f"Task {third.pk}")
    page.keyboard.press("3")
    page.keyboard.press("7")
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")

    expect(chip).to_have_text(f"Task {fourth.pk}")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing left in this list").first).to_be_visible()
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")
    said = {row.task_id: (row.verdict, row.value, row.reason) for row in Review.objects.filter(state="done")}
    assert said == {
        first.pk: ("accept", GOOD, ""),
        second.pk: ("fix", BAD, ""),
        third.pk: ("reject", None, "not_understood"),
        fourth.pk: ("accept", GOOD, ""),
    }
    rejection = Rejection.objects.get()
    assert (rejection.annotator, rejection.reason, rejection.note) == (cid, "wrong_label", "No irony here.")
    assert dict(Task.objects.values_list("pk", "state")) == {
        first.pk: "resolved", second.pk: "resolved", third.pk: "open", fourth.pk: "resolved",
    }  # fmt: skip
    page.keyboard.press("z")
    expect(chip).to_be_visible()
    expect(chip).to_have_text(f"Task {fourth.pk}")
    fourth.refresh_from_db()
    assert fourth.state == "in_review"


def test_a_verdict_that_is_not_taken_is_told_and_a_lost_connection_loses_none(page, faults, live_server, org, ria):
    project = choices(org, [make_user(org), make_user(org)], 2)
    first, second = Task.objects.order_by("pk")
    signed_in(page, live_server, ria)
    page.goto(f"{live_server.url}/review/{project.pk}/")
    expect(page.locator('[data-bar="next"]')).to_have_text("Next task ready")
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "offline")
    page.context.set_offline(False)
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")
    assert Review.objects.get(state="done").task == first
    Task.objects.filter(pk=second.pk).update(state="canceled")
    faults_before = len(faults)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text(f"task {second.pk} was not taken")
    del faults[faults_before:]  # the browser logs the 409


def typed_projects(org: Any, people: list[Any]) -> dict[str, Any]:
    """A project of each type with a task to review: a sample's answer, which is the consensus too, and another one."""
    projects = {}
    for name, kind in registry.all().items():
        sample = kind.samples()[0]
        config = kind.clean_config(sample["config"])
        project = make_project(org, name, sample["config"])
        data = {field: value for field, value in sample["item"].items() if field != "image"}
        image = sample["item"].get("image")
        media = {"image": picture(image["width"], image["height"])} if image else {}
        item = make_item(dataset_of(project), data=data, media=media)
        first = kind.clean_answer(sample["answer"], config=config, item=sample["item"])
        second = other_answer(kind, config, first, sample["item"])
        in_review(project, item, list(zip(people, [first, second, first], strict=True)), first)
        projects[name] = project
    return projects


def other_answer(kind: Any, config: Any, answer: Any, item: Any) -> Any:
    """Something else that the type takes too: moved, shortened, or the first other option."""
    changed = dict(answer)
    if isinstance(answer.get("annotations"), list):
        changed["annotations"] = answer["annotations"][:-1]
        changed |= {"relationships": []} if "relationships" in answer else {}
    elif "option" in answer:
        changed["option"] = next(one["value"] for one in config["options"] if one["value"] != answer["option"])
    elif isinstance(answer.get("response"), str):
        changed = {**answer, "response": answer["response"] + " And more."}
    return kind.clean_answer(changed, config=config, item=item)


def test_a_reload_brings_the_task_again_even_if_the_page_before_could_not_give_it_back(
    page, faults, live_server, org, ria
):
    project = choices(org, [make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid")], 1)
    signed_in(page, live_server, ria)
    page.add_init_script(PARTING_WORDS_ARE_LOST)
    page.goto(f"{live_server.url}/review/{project.pk}/")
    expect(page.locator(".answer-card").first).to_be_visible()
    page.reload()
    expect(page.locator(".answer-card").first).to_be_visible()


def test_answers_of_every_type_are_shown_over_their_item_and_alone(page, faults, live_server, org, ria):
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid")]
    signed_in(page, live_server, ria)
    for name, project in typed_projects(org, people).items():
        page.goto(f"{live_server.url}/review/{project.pk}/")
        cards = page.locator(".answer-card")
        expect(cards).to_have_count(5)
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(cards.nth(2)).to_have_attribute("aria-selected", "true")
        together = page.locator("#review-stage").get_attribute("data-view") == "together"
        expect(page.get_by_role("region", name="Answer B")).to_have_count(0 if together else 1)
        keep(page, f"{name}-alone")
        page.keyboard.press("Escape")
        keep(page, name)
        page.keyboard.press("2")
        expect(page.locator(f"#review-stage gw-{name.replace('_', '-')} .panel")).to_be_visible()
        keep(page, f"{name}-fix")


def test_an_annotator_fixes_what_was_returned_in_the_workbench(page, faults, live_server, org, ria):
    ann, bob = (make_user(org, "labeler", name) for name in ("Ann", "Bob"))
    choices(org, [ann, bob], 1)
    task = Task.objects.get()
    answer = task.answers.get(annotator=ann)
    review = reviewing.take_review(who=Reviewer(ria.pk, org.pk, "reviewer"), task=task, source="queue", now=NOW)
    said = Rejected(answer.pk, "against_guideline", "3.2", "Irony is not good.")
    reviewing.decide(review=review, decision=Decision("reject", rejections=(said,)), now=timezone.now())
    signed_in(page, live_server, ann)
    page.goto(f"{live_server.url}/work/")
    page.get_by_role("link", name="1 answer came back to you").click()
    page.get_by_role("link", name="Fix the answer").click()
    expect(page.locator(".bench-note")).to_contain_text("Against the guideline · Guideline 3.2 · Irony is not good.")
    expect(page.get_by_role("radio", name="Good")).to_be_checked()
    clean_everywhere(page)
    keep(page, "fixing")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")
    fixed = task.answers.get(is_live=True, annotator=ann)
    assert (fixed.value, fixed.supersedes_id, Rejection.objects.get().state) == (BAD, answer.pk, "fixed")


def test_figures_and_explanations_are_accessible_at_a_desk_and_on_a_tablet(page, faults, live_server, org, ria):
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid")]
    project = choices(org, people, 6)
    Task.objects.update(state="open")
    update_project(project_id=project.pk)
    Task.objects.update(state="in_review")
    first = Task.objects.order_by("pk")[0]
    review = reviewing.take_review(who=Reviewer(ria.pk, org.pk, "reviewer"), task=first, source="queue", now=NOW)
    said = Rejected(first.answers.get(annotator=people[2]).pk, "wrong_label", "3.2", "No irony here.")
    reviewing.decide(review=review, decision=Decision("fix", GOOD, rejections=(said,)), now=timezone.now())
    appealing.appeal(rejection=Rejection.objects.get(), text="I read it otherwise.", now=timezone.now())
    measuring.measure(project=project, now=timezone.now())
    signed_in(page, live_server, make_user(org, "manager", "Mo"))
    for end in ("quality/", f"tasks/{first.pk}/why/", "review/"):
        page.goto(f"{live_server.url}/projects/{project.pk}/{end}")
        clean_everywhere(page)
        keep(page, f"{end.replace('/', '-')}")
    signed_in(page, live_server, people[2])
    page.goto(f"{live_server.url}/work/returned/")
    clean_everywhere(page)
    keep(page, "returned")


def keep(page: Page, name: str) -> None:
    if PICTURES:
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def test_the_review_pages_are_accessible_at_a_desk_and_on_a_tablet(page, faults, live_server, org, ria):
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid")]
    plain = choices(org, people, 2)
    make_comment(Task.objects.order_by("pk")[0], people[0], "Is this irony?")
    typed = typed_projects(org, people)
    signed_in(page, live_server, ria)
    for address in (
        "review/", f"projects/{plain.pk}/review/", "work/returned/",
        *(f"review/{project.pk}/" for project in (plain, typed["boxes"], typed["spans"], typed["rewrite"])),
    ):  # fmt: skip
        page.goto(f"{live_server.url}/{address}")
        if address.startswith("review/") and address != "review/":
            expect(page.locator(".answer-card").first).to_be_visible()
        clean_everywhere(page)
        keep(page, f"{address.replace('/', '-')}")
    page.keyboard.press("j")
    page.keyboard.press("3")
    clean_everywhere(page)
    keep(page, "reasons")
