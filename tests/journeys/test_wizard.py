"""A new requester goes from files to a dataset through the wizard, by keyboard alone; annotators answer meanwhile."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet
import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

from tests import chromium
from tests.faults import watch
from tests.labeling.pictures import picture
from tests.services.servers import until
from tests.services.stack import Stack

PASSWORD = "a-long-unusual-phrase"
SIZES = [(64, 48), (80, 60), (48, 64)]
TEXTS = ["It broke on the first day", "Lovely lamp, fast delivery", "It is a lamp", "Never again"]
FEELS = {TEXTS[0]: "negative", TEXTS[1]: "positive", TEXTS[2]: "neutral", TEXTS[3]: "negative"}
MOST_TABS = 120
COUNTED = """SELECT count(*) FROM tasks_consensus AS one JOIN tasks_project AS project ON one.project_id = project.id
    JOIN tasks_task AS task ON one.task_id = task.id WHERE project.name = %s AND task.state = 'resolved'"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield watch(context.new_page(), found)
    context.close()
    assert not found


class Keyboard:
    """Somebody without a mouse: they go on by Tab until what they look for has the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        for _ in range(MOST_TABS):
            if self.page.evaluate("(css) => document.activeElement?.matches(css) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {selector} on {self.page.url}")

    def type(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def choose(self, selector: str, file: Path) -> None:
        """The browser's dialog for files is the system's own, and opens by keyboard."""
        expect(self.page.get_by_text("Choose files", exact=True)).to_be_visible()  # the page's script is there
        self.page.evaluate(chromium.PAINTED)
        for tries_left in (2, 1, 0):  # once in some hundred runs it does not open, and whoever sits there presses again
            try:
                with self.page.expect_file_chooser(timeout=10_000) as opened:
                    self.press(selector, "Space")
                break
            except TimeoutError:
                if not tries_left:
                    raise
        opened.value.set_files(file)

    def next(self, step: str) -> None:
        self.press('button[value="next"].btn-primary')
        self.page.wait_for_url(f"**/setup/{step}/")


def arrive(stack: Stack, page: Page, organization: str) -> None:
    """A new requester: the installation's first command, its link, a name and a password."""
    link = stack.manage("create_organization", organization, "--admin", f"boss@{organization}.example").split()[-1]
    page.goto(link)
    keys = Keyboard(page)
    keys.type("[name=name]", "Boss")
    keys.type("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Welcome to {organization}")).to_be_visible()


def begin(stack: Stack, keys: Keyboard, *, name: str, search: str) -> None:
    keys.page.goto(f"{stack.base_url}/projects/")
    keys.press('a[href="/projects/start/"]')
    keys.page.wait_for_url("**/projects/start/")
    keys.type("[name=name]", name)
    keys.type("#purpose-search", search)
    keys.page.keyboard.press("Enter")  # the first card that is left
    keys.press('button[value="next"].btn-primary')
    keys.page.wait_for_url("**/setup/data/")


def bring(keys: Keyboard, file: Path, items: int) -> None:
    keys.choose("#id_file", file)
    expect(keys.page.get_by_text(f"{items} items", exact=True)).to_be_visible()
    keys.next("labels")


def plan(keys: Keyboard, answers: str) -> None:
    keys.type("[name=guideline]", "Look at **all** of it.")
    expect(keys.page.locator("[data-guideline-here] strong")).to_have_text("all")
    keys.next("quality")
    keys.type("[name=overlap]", answers)
    keys.next("people")


def invite(keys: Keyboard, *emails: str) -> list[str]:
    keys.to("[name=emails]")
    for email in emails:
        keys.page.keyboard.type(email)
        keys.page.keyboard.press("Enter")
    keys.press('button[value="stay"]')
    links = keys.page.locator(".links-sent code")
    expect(links).to_have_count(len(emails))
    found = links.all_inner_texts()
    keys.next("trial")
    return found


class Annotator:
    """Joins by the link, and answers what the labeling page would be given, as that page does."""

    def __init__(self, stack: Stack, browser: Browser, link: str, name: str) -> None:
        self.context = browser.new_context()
        page = self.context.new_page()
        page.goto(link)
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        self.address = f"{stack.base_url}/api/v1/work/exchange"

    def work(self, answer: Any, *, at_least: int) -> int:
        """Answer until nothing is left; `answer` makes one of a task's item."""
        done = 0
        sent: list[dict[str, Any]] = []

        def exchange() -> bool:
            nonlocal done, sent
            cookies = {one["name"]: one["value"] for one in self.context.cookies()}
            reply = self.context.request.post(
                self.address,
                data={"answers": sent, "skips": [], "want": 5, "have": []},
                headers={"X-CSRFToken": cookies.get("csrftoken", "")},
            )
            assert reply.ok, reply.text()
            told = reply.json()
            assert all(one["status"] == "stored" for one in told["results"]), told
            done += len(told["results"])
            sent = [
                {
                    "id": str(uuid4()),
                    "assignment": task["assignment"],
                    "schema_version": task["schema_version"],
                    "answer": answer(task["item"]),
                    "active_ms": 4000,
                }
                for task in told["tasks"]
            ]
            return not sent and done >= at_least

        until(exchange, f"{at_least} answers are given")
        return done


def launch(keys: Keyboard, name: str) -> None:
    keys.press('button[value="launch"]')
    expect(keys.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def take(keys: Keyboard, format: str) -> bytes:
    """From the overview: export, wait, download."""
    keys.press('a[href$="/exports/"].btn-primary')
    keys.page.wait_for_url("**/exports/")
    keys.to("[name=format]")
    keys.page.keyboard.type(format)
    keys.press('form[aria-labelledby="new-export"] button.btn-primary')
    expect(keys.page.get_by_role("link", name="Download")).to_be_visible()
    with keys.page.expect_download() as file:
        keys.press("a[download]")
    return Path(file.value.path()).read_bytes()


@pytest.mark.only("sqlite")  # what differs between databases is tested elsewhere; a bare machine has this one
def test_a_zip_of_pictures_becomes_a_coco_file_by_keyboard(
    stack: Stack, browser: Browser, page: Page, tmp_path: Path
) -> None:
    keys = Keyboard(page)
    arrive(stack, page, "pictures")
    begin(stack, keys, name="Street scenes", search="boxes")
    with zipfile.ZipFile(tmp_path / "street.zip", "w") as archive:
        for width, height in SIZES:
            archive.writestr(f"street/{width}.png", picture(size=(width, height)))
        archive.writestr("street/notes.png", b"no picture at all")
    bring(keys, tmp_path / "street.zip", len(SIZES))

    frame = page.frame_locator("[data-preview]")
    expect(frame.locator("#stage [data-part=question]")).to_have_text("Draw a box round every person and car.")
    keys.type("#id_question", "Draw a box round every bicycle.")
    keys.type('[name="labels.value"]', "bicycle")
    keys.type('[name="labels.label"]', "Bicycle")
    expect(frame.get_by_role("radio", name="Bicycle")).to_be_visible()
    keys.next("guideline")
    plan(keys, "1")
    (link,) = invite(keys, "lea@pictures.example")
    keys.press('button[value="next"]')  # without a trial
    page.wait_for_url("**/setup/launch/")
    launch(keys, "Street scenes")

    box = {"uuid": "1", "type": "box", "label": "bicycle", "left": 5, "top": 6, "width": 20, "height": 10}
    lea = Annotator(stack, browser, link, "Lea")
    assert lea.work(lambda item: {"annotations": [box]}, at_least=len(SIZES)) == len(SIZES)
    until(lambda: stack.query(COUNTED, "Street scenes") == [(len(SIZES),)], "the answers are counted")

    coco = json.loads(take(keys, "COCO"))
    assert sorted((one["width"], one["height"]) for one in coco["images"]) == sorted(SIZES)
    names = {one["id"]: one["name"] for one in coco["categories"]}
    assert [(names[one["category_id"]], one["bbox"]) for one in coco["annotations"]] == [
        ("bicycle", [5, 6, 20, 10])
    ] * len(SIZES)


@pytest.mark.only("sqlite")
def test_a_csv_of_texts_becomes_a_parquet_file_by_keyboard_with_a_trial_first(
    stack: Stack, browser: Browser, page: Page, tmp_path: Path
) -> None:
    keys = Keyboard(page)
    arrive(stack, page, "texts")
    begin(stack, keys, name="Lamp reviews", search="sentiment")
    lines = [f'r{number},"{text}"' for number, text in enumerate(TEXTS)]
    (tmp_path / "reviews.csv").write_text("\n".join(["id,text", *lines, "r9"]))
    bring(keys, tmp_path / "reviews.csv", len(TEXTS))
    frame = page.frame_locator("[data-preview]")
    expect(frame.get_by_text(TEXTS[0])).to_be_visible()
    keys.next("guideline")

    page.goto(f"{stack.base_url}/projects/")  # left, and taken up again
    keys.press("a:has(.icon-arrow-right)")
    page.wait_for_url("**/setup/guideline/")
    plan(keys, "2")
    links = invite(keys, "lea@texts.example", "kim@texts.example")
    keys.type("[name=size]", "2")
    keys.type("[name=answers]", "2")
    keys.press('button[value="start"]')
    expect(page.get_by_text("Waiting for answers")).to_be_visible()

    lea, kim = (Annotator(stack, browser, link, name) for link, name in zip(links, ("Lea", "Kim"), strict=True))
    assert lea.work(lambda item: {"option": FEELS[item["text"]]}, at_least=2) == 2
    assert kim.work(lambda item: {"option": "positive"}, at_least=2) == 2
    differ = page.get_by_role("region", name="Where people differ").get_by_role("row")
    expect(differ.filter(has_text=TEXTS[0])).to_be_visible()
    expect(page.get_by_text("4 s", exact=True)).to_be_visible()
    keys.next("launch")
    launch(keys, "Lamp reviews")
    for one in (lea, kim):
        assert one.work(lambda item: {"option": FEELS[item["text"]]}, at_least=2) == 2
    until(lambda: stack.query(COUNTED, "Lamp reviews") == [(len(TEXTS),)], "the answers are counted")

    rows = pyarrow.parquet.read_table(io.BytesIO(take(keys, "Parquet"))).to_pylist()
    found = {row["item.text"]: row["majority.option"] for row in rows}
    assert set(found) == set(TEXTS)
    assert {text: said for text, said in found.items() if text in (TEXTS[1], TEXTS[3])} == {
        TEXTS[1]: "positive",
        TEXTS[3]: "negative",
    }
