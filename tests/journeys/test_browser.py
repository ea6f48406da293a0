"""The whole loop as people do it: two of them, each in a browser, against real web server, workers and database."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.faults import watch
from tests.labeling.pictures import picture
from tests.services.servers import until
from tests.services.stack import Stack

PASSWORD = "a-long-unusual-phrase"
ADMIN, LABELER = "boss@browser.example", "lea@browser.example"
OPTIONS = ["billing", "delivery", "other"]
KEYS = {str(number): option for number, option in enumerate(OPTIONS, 1)}
TEXTS = [
    "I was charged twice",
    "Where is my parcel?",
    "Do you sell tea?",
    "My invoice is wrong",
    "It never came",
    "Hi!",
]
BAD_LINE = 3
PICTURES = [(40, 20), (60, 60), (20, 50)]
ITEMS = len(TEXTS) + len(PICTURES)

Opened = Callable[[], Page]


@pytest.fixture
def person(browser: Browser) -> Iterator[Opened]:
    """`person()` is a page of somebody's own browser. Whatever goes wrong in one fails the test."""
    found: list[str] = []
    contexts = []

    def opened() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        return watch(contexts[-1].new_page(), found)

    yield opened
    for context in contexts:
        context.close()
    assert not found


def join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Welcome to Browser")).to_be_visible()


def sign_in_anew(page: Page, address: str) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


BARS_SEEN = """() => {
  window.barsSeen = [];
  const look = () => {
    for (const bar of document.querySelectorAll("#sending progress"))
      if (bar.checkVisibility()) window.barsSeen.push(bar.getAttribute("aria-label"));
  };
  new MutationObserver(look).observe(document.getElementById("sending"), { childList: true, attributes: true });
}"""


def upload(page: Page, files: list[Path], shown: str) -> Locator:
    """Choose files in the page's control; its bar is seen while they are on their way. The row of the finished one."""
    expect(page.get_by_role("region", name="Uploads")).to_be_attached()
    page.evaluate(BARS_SEEN)
    page.get_by_label("Choose files").set_input_files(files)
    row = page.get_by_role("region", name="Uploads").get_by_role("listitem").filter(has_text=shown)
    expect(row.get_by_text("Done", exact=True)).to_be_visible()
    assert shown in page.evaluate("window.barsSeen")
    return row


def make_dataset(page: Page, folder: Path) -> None:
    lines = [json.dumps({"id": f"t{number}", "text": text}) for number, text in enumerate(TEXTS, 1)]
    lines.insert(BAD_LINE - 1, '{"id": "broken", "text": ')
    (folder / "tickets.jsonl").write_text("\n".join(lines))
    pictures = [folder / f"photo-{width}x{height}.png" for width, height in PICTURES]
    for path, size in zip(pictures, PICTURES, strict=True):
        path.write_bytes(picture(size=size))

    page.get_by_role("link", name="Datasets").click()
    page.get_by_role("link", name="New dataset").first.click()
    page.get_by_label("Name").fill("Tickets")
    page.get_by_role("button", name="Go on to the files").click()
    row = upload(page, [folder / "tickets.jsonl"], "tickets.jsonl")
    expect(row).to_contain_text(f"{len(TEXTS) + 1} lines: {len(TEXTS)} new, 0 known already, 1 refused")
    with page.expect_download() as report:
        row.get_by_role("link", name="Error report").click()
    (problem,) = Path(report.value.path()).read_text().splitlines()[-1:]
    assert str(BAD_LINE) in problem, problem
    upload(page, pictures, f"{len(PICTURES)} images")
    expect(page.get_by_role("region", name="Items").get_by_role("img")).to_have_count(len(PICTURES))


def make_project(page: Page) -> int:
    page.get_by_role("link", name="New project with it").click()
    page.get_by_role("link", name="Everything on one page").click()
    page.get_by_label("Name", exact=True).fill("Ticket intent")
    page.get_by_label("Type", exact=True).select_option("choice")
    page.get_by_label("Question", exact=True).fill("What is it about?")
    page.get_by_label("Options", exact=True).fill("\n".join(OPTIONS))
    page.get_by_label("Answers per item").fill("1")
    page.get_by_role("button", name="Create and start").click()
    expect(page.get_by_role("heading", level=1, name="Ticket intent")).to_be_visible()
    return int(re.findall(r"/projects/(\d+)/", page.url)[0])


def invite(page: Page) -> str:
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="People").click()
    form = page.get_by_role("region", name="Invite somebody")
    form.get_by_label("E-mail address").fill(LABELER)
    form.get_by_label("Role").select_option("labeler")
    form.get_by_role("button", name="Invite").click()
    return page.locator("#new-link").inner_text()


class Labeling:
    """The workbench, and what was pressed in it: option by task."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed: dict[int, str] = {}

    def start(self) -> None:
        self.page.goto(self.page.url.split("/work/")[0] + "/work/")
        self.page.context.clear_cookies(name="csrftoken")  # the workbench must bring its own
        self.page.get_by_role("link", name="Start Ticket intent").click()
        expect(self.question).to_be_visible()

    @property
    def question(self) -> Locator:
        return self.page.locator("#stage [data-part=question]")

    @property
    def task(self) -> int:
        return int((self.page.locator('[data-bar="task"]').text_content() or "").split()[-1])

    def press(self, *keys: str) -> int:
        """Keys that end with a change of task; the task they were pressed on."""
        task = self.task
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_function(
            "(task) => document.querySelector('[data-bar=task]').hidden"
            " || !document.querySelector('[data-bar=task]').textContent.endsWith(` ${task}`)",
            arg=task,
        )
        return task

    def answer(self, key: str) -> int:
        task = self.press(key, "Enter")
        self.pressed[task] = KEYS[key]
        return task

    def saved(self) -> None:
        expect(self.page.locator('[data-bar="state"]')).to_have_attribute("data-state", "saved")

    @property
    def uid(self) -> str:
        return json.loads(self.page.locator("#workbench-config").text_content() or "")["uid"]


def label_everything(page: Page) -> tuple[Labeling, int]:
    """Nine tasks: one skipped, one undone, one corrected from the page of one's answers. And the skipped one."""
    work = Labeling(page)
    work.start()
    first = work.answer("1")
    work.answer("2")
    skipped = work.press("s", "2")
    undone = work.answer("3")
    work.saved()
    assert work.press("z") != undone
    assert work.task == undone
    assert work.answer("1") == undone

    page.goto(page.url.split("/work/")[0] + "/work/history/")
    page.get_by_role("row").filter(has_text="Ticket intent").last.get_by_role("link", name="Correct").click()
    expect(page.locator('.chip[data-only="correction"]')).to_be_visible()
    assert work.task == first
    work.answer("3")
    for number in range(ITEMS - 4):
        expect(work.question).to_be_visible()
        work.answer(str(number % 3 + 1))
    expect(page.get_by_role("heading", name="No tasks for you right now")).to_be_visible()
    work.saved()
    return work, skipped


def take_export(page: Page) -> list[dict]:
    page.get_by_role("link", name="Results", exact=True).click()
    page.get_by_role("link", name="Exports").click()
    page.get_by_label("Format").select_option("jsonl")
    page.get_by_label("every answer").check()
    page.get_by_role("button", name="Export", exact=True).click()
    download = page.get_by_role("link", name="Download")
    expect(download).to_be_visible()
    with page.expect_download() as file:
        download.click()
    content = Path(file.value.path()).read_bytes()
    assert hashlib.sha256(content).hexdigest() == page.locator(".hash").text_content()
    return [json.loads(line) for line in content.splitlines()]


def stored(stack: Stack, project: int) -> dict[int, str]:
    rows = stack.query("SELECT task_id, value FROM tasks_answer WHERE is_live AND project_id = %s", project)
    return {task: (json.loads(value) if isinstance(value, str) else value)["option"] for task, value in rows}


def ids_of(stack: Stack, project: int) -> dict[int, int]:
    """The ids of the project's tasks by the numbers that annotators see of them."""
    pks = [pk for (pk,) in stack.query("SELECT id FROM tasks_task WHERE project_id = %s", project)]
    program = f"from labeling.pseudonym import number_of; print(*[number_of('task', pk) for pk in {pks}])"
    numbers = stack.manage("shell", "-v", "0", "-c", program).split()[-len(pks) :]
    return dict(zip(map(int, numbers), pks, strict=True))


@pytest.mark.only("sqlite")  # as on a bare machine; on PostgreSQL the journey of a client labels in a browser too
def test_two_people_turn_files_into_labels_in_the_browser(stack: Stack, person: Opened, tmp_path: Path) -> None:
    link = stack.manage("create_organization", "Browser", "--admin", ADMIN).strip().splitlines()[-1]
    boss = person()
    join(boss, link, "Boss")
    sign_in_anew(boss, ADMIN)
    make_dataset(boss, tmp_path)
    project = make_project(boss)
    lea = person()
    join(lea, invite(boss), "Lea")
    until(
        lambda: stack.query("SELECT count(*) FROM tasks_task WHERE project_id = %s", project) == [(ITEMS,)],
        "every item has a task",
    )
    work, skipped = label_everything(lea)
    ids = ids_of(stack, project)
    pressed = {ids[number]: option for number, option in work.pressed.items()}

    assert stored(stack, project) == pressed
    assert len(pressed) == ITEMS - 1
    where = "FROM tasks_assignment WHERE task_id = %s"
    assert stack.query(f"SELECT state, skip_reason {where}", ids[skipped]) == [("skipped", "broken")]
    superseded = "SELECT count(*) FROM tasks_answer WHERE NOT is_live AND project_id = %s"
    assert stack.query(superseded, project) == [(2,)]

    counted = "SELECT task_id, label FROM tasks_consensus WHERE project_id = %s"
    until(lambda: dict(stack.query(counted, project)) == pressed, "the workers counted every answer")
    boss.goto(f"{stack.base_url}/projects/{project}/")
    expect(boss.get_by_text(f"{ITEMS - 1} of {ITEMS} answers")).to_be_visible()
    boss.get_by_role("link", name="Results").click()
    for option in OPTIONS:
        count = list(pressed.values()).count(option)
        expect(boss.get_by_role("cell", name=option, exact=True)).to_have_count(count)
    rows = take_export(boss)
    said = {row["task_id"]: row["majority.option"] for row in rows}
    assert said == pressed
    assert {one["annotator"] for row in rows for one in row["answers"]} == {work.uid}
