"""Marking spans with mouse, keyboard and touch: what is stored is what was marked, to the code point."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.audit import clean, clean_everywhere
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server

Opened = Callable[[], Page]
LABELS = [
    {"value": "person", "attributes": [{"name": "alive", "type": "boolean"}]},
    {
        "value": "place",
        "attributes": [
            {"name": "kind", "options": ["town", "land"], "required": True},
            {"name": "parts", "type": "multiselect", "choices": ["north", "south"]},
            {"name": "people", "type": "number", "min": 1, "condition": {"attribute": "kind", "is": "town"}},
        ],
    },
    {"value": "other", "attributes": [{"name": "note", "type": "text"}]},
]
RELATIONS = [{"value": "lives in", "from": ["person"], "to": ["place"]}, {"value": "knows", "directed": False}]
CONFIG = {"question": "Mark.", "labels": LABELS, "relations": RELATIONS}
TEXT = "Ann 𠮷 left Oslo 👩‍👩‍👧 for Reykjavík.\nThen Bob came."
BOXES = """(word) => {
  const { text } = document.querySelector("#stage gw-spans");
  const start = text.text.indexOf(word);
  const { left, right, top, bottom } = text.range({ start, end: start + word.length }).getBoundingClientRect();
  return { left, right, y: (top + bottom) / 2 };
}"""

CURSOR = """() => { const { cursor, text } = document.querySelector("#stage gw-spans");
  return cursor && [text.points.toPoints(cursor.start), text.points.toPoints(cursor.end)]; }"""
# Whether all spans in view are marked, and not all there are: what is marked is painted anew with every change.
MARKED_IN_VIEW = """() => {
  const widget = document.querySelector("#stage gw-spans");
  const box = widget.part("document").getBoundingClientRect();
  const marked = [...CSS.highlights].flatMap(([name, ranges]) => (/^gw-c\\d/.test(name) ? [...ranges] : []));
  const seen = widget.state.spans.map((span) => widget.rangeOf(span)).filter((range) => {
    const { top, bottom } = range.getBoundingClientRect();
    return bottom > box.top && top < box.bottom;
  });
  return seen.length && marked.length < widget.state.spans.length && seen.every((range) => marked.includes(range));
}"""
LEFT_TO_RIGHT = """() => { const { cursor, selected, text } = document.querySelector("#stage gw-spans");
  const held = cursor ?? document.querySelector("#stage gw-spans").span(selected);
  return !text.rightToLeft(held?.start ?? 0); }"""


@pytest.fixture
def spans(bench: Opened, server: tuple[Server, str]) -> Callable[..., Page]:
    def opened(config: dict[str, Any] = CONFIG, text: str = TEXT, lang: str = "en") -> Page:
        server[0].ask("spans", config, {"text": text, "lang": lang})
        return bench()

    return opened


def drag(page: Page, first: str, last: str, *, dx: float = 3) -> None:
    start, end = page.evaluate(BOXES, first), page.evaluate(BOXES, last)
    page.mouse.move(start["left"] + dx, start["y"])
    page.mouse.down()
    page.mouse.move(end["right"] - dx, end["y"], steps=4)
    page.mouse.up()


def click(page: Page, word: str, **how: Any) -> None:
    box = page.evaluate(BOXES, word)
    page.mouse.click((box["left"] + box["right"]) / 2, box["y"])


def marked(page: Page) -> list[tuple[str, str, int, int]]:
    value = page.evaluate("() => document.querySelector('#stage gw-spans').value()")
    return [(span["label"], span["text"], span["start"], span["end"]) for span in value["annotations"]]


def test_a_drag_snaps_to_words_and_what_is_stored_counts_code_points(spans, server) -> None:
    page = spans()
    drag(page, "nn", "𠮷")
    page.keyboard.press("1")
    drag(page, "Reykjav", "ík")
    page.keyboard.press("2")
    page.get_by_label("kind").select_option("town")
    assert submitted(page, server[0]) == {
        "annotations": [
            {"id": "a1", "label": "person", "start": 0, "end": 5, "text": "Ann 𠮷"},
            {"id": "a2", "label": "place", "start": 26, "end": 35, "text": "Reykjavík", "attributes": {"kind": "town"}},
        ],
        "relationships": [],
    }
    assert TEXT[26:35] == "Reykjavík"


def test_alt_marks_characters_and_never_half_of_one(spans) -> None:
    page = spans()
    page.keyboard.down("Alt")
    drag(page, "ykja", "ykja", dx=1)
    page.keyboard.up("Alt")
    page.keyboard.press("3")
    assert marked(page) == [("other", "ykja", 28, 32)]
    click(page, "👩‍👩‍👧")
    page.keyboard.press("3")
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    assert ("other", "👩‍👩‍👧 f", 16, 23) in marked(page)
    for _ in range(3):
        page.keyboard.press("Alt+ArrowLeft")
    assert ("other", "👩‍👩‍👧", 16, 21) in marked(page)


def test_a_click_takes_a_word_shift_stretches_it_and_clicks_on_a_span_go_outwards(spans) -> None:
    page = spans()
    click(page, "left")
    page.keyboard.down("Shift")
    click(page, "Oslo")
    page.keyboard.up("Shift")
    page.keyboard.press("3")
    click(page, "Oslo")  # its span is in hand already: now the word
    page.keyboard.press("2")
    assert marked(page) == [("other", "left Oslo", 6, 15), ("place", "Oslo", 11, 15)]
    page.keyboard.press("Escape")
    click(page, "Oslo")
    expect(page.locator(".span-row[aria-selected=true]")).to_contain_text("place")
    click(page, "Oslo")
    expect(page.locator(".span-row[aria-selected=true]")).to_contain_text("other")


def test_by_keyboard_alone_spans_are_marked_relabelled_related_deleted_and_all_of_it_undone(spans, server) -> None:
    page = spans()
    for key in ["ArrowRight", "1", "ArrowRight", "ArrowRight", "ArrowRight", "3", "2"]:
        page.keyboard.press(key)
    assert [each[:2] for each in marked(page)] == [("person", "Ann"), ("place", "Oslo")]
    for key in ["K", "R", "Enter", "R", "R", "Enter"]:
        page.keyboard.press(key)
    links = "() => document.querySelector('#stage gw-spans').value().relationships.map((each) => each.name)"
    assert page.evaluate(links) == ["lives in", "knows"]
    page.keyboard.press("J")
    page.keyboard.press("Delete")
    assert page.evaluate(links) == []
    assert [each[1] for each in marked(page)] == ["Ann"]
    page.keyboard.press("z")
    assert page.evaluate(links) == ["lives in", "knows"]
    for _ in range(5):
        page.keyboard.press("z")
    assert marked(page) == []
    for _ in range(6):
        page.keyboard.press("Shift+Z")
    assert [each[1] for each in marked(page)] == ["Ann"]
    assert server[0].answers == []


def test_the_cursor_goes_up_and_down_by_lines(spans) -> None:
    page = spans()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    assert marked(page)[0][1] == "Then"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    assert marked(page)[0][1] == "Ann"


def test_a_required_attribute_holds_up_the_answer_and_typing_is_one_step(spans, server) -> None:
    page = spans()
    click(page, "Oslo")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Oslo: kind must be given.")
    assert server[0].answers == []
    page.get_by_label("kind").select_option("town")
    click(page, "Bob")
    page.keyboard.press("3")
    page.get_by_label("note").press_sequentially("12 sz")
    value = "() => document.querySelector('#stage gw-spans').value().annotations.map((each) => each.attributes)"
    assert page.evaluate(value) == [{"kind": "town"}, {"note": "12 sz"}]
    page.get_by_label("note").press("Control+z")
    assert page.evaluate(value)[0] == {"kind": "town"}


def test_the_attributes_of_a_span_are_those_of_a_shape_with_their_conditions(spans, server) -> None:
    page = spans()
    click(page, "Oslo")
    page.keyboard.press("2")
    expect(page.get_by_label("people")).to_be_hidden()
    page.get_by_label("kind").select_option("town")
    page.get_by_label("people").press_sequentially("709")
    page.get_by_label("south").check()
    value = "() => document.querySelector('#stage gw-spans').value().annotations[0].attributes"
    assert page.evaluate(value) == {"kind": "town", "parts": ["south"], "people": 709}
    page.get_by_label("people").fill("0")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Oslo: people must be at least 1.")
    assert server[0].answers == []
    page.get_by_label("people").fill("709")
    page.get_by_label("kind").select_option("land")
    expect(page.get_by_label("people")).to_be_hidden()
    assert page.evaluate(value) == {"kind": "land", "parts": ["south"]}
    page.keyboard.press("Control+z")
    assert page.evaluate(value) == {"kind": "town", "parts": ["south"], "people": 709}
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    assert server[0].answers[0]["answer"]["annotations"][0]["attributes"] == {
        "kind": "town", "parts": ["south"], "people": 709,
    }  # fmt: skip


def test_the_keyboards_focus_goes_to_the_list_when_a_button_deletes_what_it_belongs_to(spans, server) -> None:
    page = spans()
    for word in ("Oslo", "Bob"):
        click(page, word)
        page.keyboard.press("3")
    page.get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("listbox")).to_be_focused()


def test_where_spans_may_not_overlap_the_second_is_refused_with_a_reason(spans) -> None:
    page = spans(CONFIG | {"overlap": False})
    drag(page, "left", "Oslo")
    page.keyboard.press("3")
    click(page, "Oslo")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_have_text("Spans may not overlap here.")
    assert [each[1] for each in marked(page)] == ["left Oslo"]


SCRIPTS = {
    "emoji of several parts": ("I 👩‍👩‍👧 like 👍🏽 and 🇯🇵 too", "👍🏽"),
    "letters beyond the first plane": ("a 𠮷 and 𝕏𝕐 there", "𝕏𝕐"),
    "Japanese without spaces": ("👍🏽明日は東京へ行きます。", "東京"),
    "combining marks": ("a re\u0301sume\u0301 was e\u0301tude here", "re\u0301sume\u0301"),
    "Arabic with vowels": ("سافرت لَيْلَى إلى القاهرة.", "القاهرة"),
    "Hebrew among Latin": ("The word שָׁלוֹם means peace", "שָׁלוֹם"),
    "Hindi": ("मैं दिल्ली में रहता हूँ", "दिल्ली"),
}
ANY = {"question": "?", "labels": [{"value": "x"}]}


def test_a_word_of_any_script_is_marked_to_the_code_point_by_click_drag_and_key(spans, server) -> None:
    text = "\n".join(line for line, _ in SCRIPTS.values())
    page = spans(ANY, text)
    wanted = []
    for line, word in SCRIPTS.values():
        start = text.index(line) + line.index(word)
        wanted.append(("x", word, start, start + len(word)))
    drag_across = """([word]) => { const { text } = document.querySelector("#stage gw-spans");
      const start = text.text.indexOf(word);
      const rect = text.range({ start, end: start + word.length }).getBoundingClientRect();
      return [rect.left + 1, rect.right - 1, (rect.top + rect.bottom) / 2]; }"""

    def click_each(word: str) -> None:
        click(page, word)

    def drag_each(word: str) -> None:
        left, right, y = page.evaluate(drag_across, [word])
        page.mouse.move(left, y)
        page.mouse.down()
        page.mouse.move(right, y, steps=3)
        page.mouse.up()

    for way in (click_each, drag_each):
        for _, word in SCRIPTS.values():
            way(word)
            page.keyboard.press("1")
        assert marked(page) == wanted, way.__name__
        for _ in SCRIPTS:
            page.keyboard.press("z")
        assert marked(page) == []
    page.keyboard.press("Escape")
    seen: set[int] = set()
    for _ in range(80):
        page.keyboard.press("ArrowRight" if page.evaluate(LEFT_TO_RIGHT) else "ArrowLeft")
        cursor = page.evaluate(CURSOR)
        if not cursor or cursor[0] in seen:
            break
        seen.add(cursor[0])
        if ("x", text[slice(*cursor)], *cursor) in wanted:
            page.keyboard.press("1")
    assert submitted(page, server[0])["annotations"] == [
        {"id": f"a{n}", "label": label, "start": start, "end": end, "text": word}
        for n, (label, word, start, end) in enumerate(wanted, 1)
    ]


def test_a_reload_brings_the_spans_back(spans, server) -> None:
    page = spans()
    click(page, "Ann")
    page.keyboard.press("1")
    page.get_by_label("alive").select_option("No")
    before = marked(page)
    page.reload()
    expect(page.locator(".span-row")).to_have_count(1)
    assert marked(page) == before
    page.locator(".span-row").click()
    assert page.get_by_label("alive").evaluate("(each) => each.selectedOptions[0].text") == "No"


def test_a_finger_taps_words_and_drags_the_handles_of_a_selection(spans, browser: Browser, server, faults) -> None:
    server[0].ask("spans", CONFIG, {"text": TEXT})
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = context.new_page()
    page.goto(f"{server[1]}/work/label/")
    expect(page.locator("#stage gw-spans")).to_be_visible()
    box = page.evaluate(BOXES, "Ann")
    page.touchscreen.tap((box["left"] + box["right"]) / 2, box["y"])
    page.get_by_role("button", name="person").tap()
    page.evaluate(
        """() => {
          const { text } = document.querySelector("#stage gw-spans");
          const start = text.text.indexOf("eft");
          const range = text.range({ start, end: start + 6 });
          getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
        }"""
    )
    expect(page.locator(".span-row[aria-selected=true]")).to_have_count(0)  # the cursor took over
    page.get_by_role("button", name="other").tap()
    assert [each[:2] for each in marked(page)] == [("person", "Ann"), ("other", "left Oslo")]
    context.close()


def test_axe_finds_nothing_while_spans_are_marked_and_related(spans, page: Page) -> None:
    spans()
    for key in ["ArrowRight", "1", "ArrowRight", "ArrowRight", "ArrowRight", "2", "K", "R"]:
        page.keyboard.press(key)
    clean_everywhere(page)
    page.keyboard.press("Enter")
    clean(page)


def test_five_hundred_spans_in_fifty_thousand_characters_stay_quick(spans) -> None:
    words = 8000
    page = spans(CONFIG, "\n".join(" ".join(["marker"] * 80) for _ in range(words // 80)))
    took = page.evaluate(
        """async () => {
          const widget = document.querySelector("#stage gw-spans");
          const span = (n) => ({ id: `a${n}`, label: "other", start: n * 98, end: n * 98 + 6 });
          const annotations = Array.from({ length: 500 }, (_, n) => span(n));
          const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          const timed = async (run) => {
            const start = performance.now();
            run();
            await painted();
            return performance.now() - start;
          };
          const restored = await timed(() => widget.restore({ annotations, relationships: [] }));
          const steps = [];
          for (let n = 0; n < 9; n++) steps.push(await timed(() => widget.step(1)));
          const marks = [];
          for (let n = 0; n < 9; n++) { widget.move("right"); marks.push(await timed(() => widget.apply(0))); }
          const middle = (list) => list.sort((a, b) => a - b)[4];
          return { restored, step: middle(steps), mark: middle(marks) };
        }"""
    )
    print(took)
    assert took["restored"] < 1000  # far above what is measured: two cores are shared with everything else
    assert took["step"] < 300
    assert took["mark"] < 300
    page.wait_for_function(MARKED_IN_VIEW)
    page.locator("#stage .document").evaluate("(part) => { part.scrollTop = part.scrollHeight * 0.8; }")
    page.wait_for_function(MARKED_IN_VIEW)
