"""The review page veils what not everybody wants to see at once, paints whole answers, and reads from either side."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.types import registry
from tasks.models import ProjectVersion
from tests.browser.audit import clean_everywhere
from tests.browser.test_review_page import in_review, keep, org, picture, ria, signed_in  # noqa: F401
from tests.factories import _dataset_of as dataset_of
from tests.factories import make_item, make_project, make_user

PANE = """() => getComputedStyle(document.querySelector(".stage"), "::after").backdropFilter"""
HOW = """(place) => getComputedStyle(document.querySelector(place)).filter"""
LANE_UNDER_ITS_WORD = """(word) => {
    const text = document.querySelector(".span-text > *").firstChild;
    const range = document.createRange();
    const start = text.data.indexOf(word);
    range.setStart(text, start);
    range.setEnd(text, start + word.length);
    const [lane, box] = [document.querySelector(".lane"), range].map((each) => each.getBoundingClientRect());
    return Math.abs(lane.left - box.left) <= 1.5 && Math.abs(lane.right - box.right) <= 1.5;
}"""
ARABIC = "اتصلت بالدعم مرتين ولم يرد أحد، ثم أُغلق الطلب."


def reviewed(page: Page, live_server: Any, project: Any) -> None:
    page.goto(f"{live_server.url}/review/{project.pk}/")
    expect(page.locator(".answer-card").first).to_be_visible()


def veiled(page: Page, place: str, on: bool) -> None:
    expect(page.locator(place).first).to_have_css("filter", "blur(7.2px)" if on else "none")


def test_the_item_and_what_was_written_of_it_begin_veiled_and_are_shown_by_key(page, faults, live_server, org, ria):  # noqa: F811
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob", "Cid")]
    kind = registry.get("rewrite")
    sample = kind.samples()[0]
    project = make_project(org, "rewrite", sample["config"])
    for _ in "12":
        item = make_item(dataset_of(project), data=sample["item"])
        written = [sample["answer"], {"response": sample["answer"]["response"] + " And more."}]
        config = kind.clean_config(sample["config"])
        said = [kind.clean_answer(one, config=config, item=sample["item"]) for one in written]
        in_review(project, item, list(zip(people, said, strict=False)), said[0])
    ProjectVersion.objects.filter(project=project).update(content_risks=["violence"])
    signed_in(page, live_server, ria)
    reviewed(page, live_server, project)
    expect(page.locator('[data-bar="risks"]')).to_have_attribute("title", "Violence")
    places = [".review-item .pane-text", ".review-column .diff", ".review-column textarea", ".answer-text"]
    clean_everywhere(page)
    keep(page, "veiled")
    blurred = [page.evaluate(HOW, place) for place in places]
    assert all(each.startswith("blur") for each in blurred), dict(zip(places, blurred, strict=True))
    page.keyboard.down("u")
    assert [page.evaluate(HOW, place) for place in places] == ["none"] * 4
    page.keyboard.up("u")
    page.keyboard.press("Shift+U")
    assert [page.evaluate(HOW, place) for place in places] == ["none"] * 4
    expect(page.locator("#announcer")).to_have_text("Shown for this task.")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Veiled. U shows it while held.")
    assert page.evaluate(HOW, places[0]).startswith("blur"), "for that task only"
    page.keyboard.press("2")
    assert page.evaluate(HOW, "#stage .pane-text").startswith("blur"), "while it is fixed too"
    page.get_by_role("button", name="Your settings").click()
    with page.expect_response(lambda reply: "/session/preferences" in reply.url):
        page.get_by_label("Never").check()
    page.keyboard.press("Escape")
    assert page.evaluate(HOW, "#stage .pane-text") == "none"
    ria.refresh_from_db()
    assert ria.preferences == {"veil": {"when": "never"}}


def test_masks_are_filled_and_links_drawn_in_each_answers_colour(page, faults, live_server, org, ria):  # noqa: F811
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob")]
    config = {
        "question": "What is there?",
        "labels": [{"value": "blob", "geometries": ["mask"]}, {"value": "frame", "geometries": ["box"]}],
        "links": [{"value": "belongs_to"}],
    }
    counts = [2010, *[20, 80] * 19, 20]  # from (20, 10) to (40, 30)
    mask = {"type": "mask", "label": "blob", "size": [100, 100], "counts": [*counts, 10000 - sum(counts)]}
    box = {"type": "box", "label": "frame", "left": 60, "top": 60, "width": 30, "height": 30}
    shapes = [{"uuid": "1", **mask}, {"uuid": "2", **box}]
    linked = {"annotations": shapes, "links": [{"from": "1", "to": "2", "type": "belongs_to"}]}
    kind = registry.get("image_annotation")
    clean = kind.clean_config(config)
    item = {"image": {"width": 100, "height": 100}}
    first, second = (
        kind.clean_answer(one, config=clean, item=item) for one in (linked, {"annotations": shapes, "links": []})
    )
    project = make_project(org, "image_annotation", config)
    media = {"image": picture(100, 100)}
    row = make_item(dataset_of(project), data={}, media=media)
    in_review(project, row, [(people[0], first), (people[1], second)], second)
    ProjectVersion.objects.filter(project=project).update(content_risks=["violence"])
    signed_in(page, live_server, ria)
    reviewed(page, live_server, project)
    assert page.evaluate(PANE) == "grayscale(1) blur(24px)", "the picture, under shapes that stay clear"
    page.keyboard.press("j")
    keep(page, "mask-veiled")
    page.keyboard.press("Shift+U")
    assert page.evaluate(PANE) == "none"
    keep(page, "mask-alone")
    inside, between = at(page, 30, 20), at(page, 53, 48)
    assert inside[3] > 40, "the mask is filled"
    assert between[3] > 0, "the link lies between the two"
    page.keyboard.press("j")
    keep(page, "mask-other")
    assert at(page, 30, 20)[3] > 40
    assert at(page, 53, 48)[3] == 0, "this answer has no link"
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    keep(page, "mask-differs")
    assert at(page, 53, 48)[3] > 0, "a link is a difference"


def at(page: Page, x: int, y: int) -> list[int]:
    """What is drawn over a point of the picture."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
    return page.evaluate(
        """([x, y]) => {
        const context = document.querySelector(".stage-shapes").getContext("2d");
        const { viewport } = document.querySelector("gw-image-annotation");
        const on = (value, from) => (from + value * viewport.scale) * devicePixelRatio;
        return [...context.getImageData(on(x, viewport.x), on(y, viewport.y), 1, 1).data];
        }""",
        [x, y],
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_arabic_text_is_read_from_the_right(page, faults, live_server, org, ria, language):  # noqa: F811
    people = [make_user(org, "labeler", name) for name in ("Ann", "Bob")]
    config = {
        "question": "ما المشكلة؟",
        "labels": [{"value": "service", "label": "خدمة"}, {"value": "result", "label": "نتيجة"}],
    }
    word = {"start": ARABIC.index("بالدعم"), "end": ARABIC.index("بالدعم") + len("بالدعم"), "label": "service"}
    project = make_project(org, "spans", config, guideline="ضع علامة على كل مشكلة.")
    kind = registry.get("spans")
    clean = kind.clean_config(config)
    values = [
        kind.clean_answer({"annotations": spans}, config=clean, item={"text": ARABIC})
        for spans in ([word], [{**word, "label": "result"}])
    ]
    in_review(project, make_item(dataset_of(project), text=ARABIC), list(zip(people, values, strict=True)), values[0])
    if language == "ar":
        page.add_init_script(
            'document.addEventListener("readystatechange", () => { document.documentElement.dir = "rtl"; })'
        )
    signed_in(page, live_server, ria)
    reviewed(page, live_server, project)
    for size in ((1280, 800), (820, 1180)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        keep(page, f"arabic-{language}-{size[0]}")
    page.wait_for_function(LANE_UNDER_ITS_WORD, arg="بالدعم")  # lanes follow a new size a frame later
    assert page.locator(".span-text > *").first.evaluate("(text) => getComputedStyle(text).direction") == "rtl"
    clean_everywhere(page)


def test_pages_around_the_work_are_veiled_until_a_key_the_pointer_or_the_button_asks(page, faults, live_server, org):  # noqa: F811
    project = make_project(org)
    project.datasets.add(dataset_of(project))
    item = make_item(dataset_of(project), text="What nobody wants to see.", media={"image": picture(64, 48)})
    task = in_review(project, item, [(make_user(org), {"option": "good"})], {"option": "good"})
    ProjectVersion.objects.filter(project=project).update(content_risks=["violence"])
    signed_in(page, live_server, make_user(org, "manager", "Mo"))
    page.set_viewport_size({"width": 820, "height": 1180})
    for end, text, image in (("items/", ".item-text", ".thumb"), (f"tasks/{task.pk}/", ".item-whole", ".item-image")):
        page.goto(f"{live_server.url}/projects/{project.pk}/{end}")
        bar = page.locator("[data-veil-told]")
        expect(bar).to_have_text("The material on this page is veiled. U shows it while held.")
        clean_everywhere(page)
        keep(page, f"around-{end.replace('/', '-')}")
        assert page.evaluate(HOW, text).startswith("blur")
        assert page.evaluate(HOW, image) == "grayscale(1) blur(9.6px)"
        page.keyboard.down("u")
        assert (page.evaluate(HOW, text), page.evaluate(HOW, image)) == ("none", "none")
        page.keyboard.up("u")
        assert page.evaluate(HOW, text).startswith("blur")
        page.locator(text).hover()
        assert page.evaluate(HOW, text) == "none"
        page.mouse.move(0, 0)
        page.get_by_role("button", name="Show", exact=True).click()
        expect(bar).to_have_text("The material on this page is shown.")
        assert page.evaluate(HOW, image) == "none"
    page.goto(f"{live_server.url}/projects/{project.pk}/settings/")
    expect(page.locator(".veil-bar")).to_be_hidden()
