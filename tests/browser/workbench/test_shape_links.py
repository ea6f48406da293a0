"""Links between shapes: made by keys and by mouse, listed, undone, gone with an end and back with it."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from labeling.types import registry
from tests.browser.audit import clean
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM, PLACE

CONFIG = {
    "question": "Draw people and cars, and who drives.",
    "labels": [{"value": "person", "label": "Person"}, {"value": "car", "label": "Car"}],
    "links": [
        {"value": "drives", "label": "Drives", "from": ["person"], "to": ["car"]},
        {"value": "beside", "label": "Is beside", "directed": False},
    ],
}
LINKS = "() => document.querySelector('gw-boxes').value().links"


def box(label: str, left: int, top: int) -> dict[str, Any]:
    return {"type": "box", "label": label, "left": left, "top": top, "width": 60, "height": 50, "attributes": {}}


BOXES = [box("person", 50, 50), box("car", 250, 60), box("person", 60, 250), box("car", 400, 300)]
DRAWN = [{"uuid": str(n), **each} for n, each in enumerate(BOXES, 1)]


def link(source: int, target: int, kind: str = "drives") -> dict[str, str]:
    return {"from": str(source), "to": str(target), "type": kind}


def test_links_are_set_by_keys_and_clicks_listed_deleted_and_undone(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("boxes", CONFIG, ITEM)
    value = {"annotations": DRAWN, "global_attributes": {}, "links": []}
    server[0].drafts = {1: {"seq": 1, "value": value}}
    page = bench()

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    def click(x: int, y: int) -> None:
        page.mouse.click(*page.evaluate(PLACE, [x, y]))

    press("v", "j", "r", "j", "Enter")  # 1 → 2, J goes on to 4, the only other car
    assert page.evaluate(LINKS) == [link(1, 4)]
    press("r", "r")  # the second kind may join any two
    expect(page.locator("[data-part=linking]")).to_contain_text("1 Person – 2 Car: Is beside")
    press("k", "Escape")
    assert page.evaluate(LINKS) == [link(1, 4)]
    click(80, 270)
    page.get_by_role("button", name="Link", exact=True).click()
    click(70, 70)  # a person drives no person
    expect(page.locator("[data-part=linking]")).to_contain_text("3 Person → 4 Car: Drives")
    click(270, 80)
    clean(page)
    click(270, 80)
    assert page.evaluate(LINKS) == [link(1, 4), link(3, 2)]
    press("k", "k", "r", "r", "Enter")  # from 1, beside the next one
    assert page.evaluate(LINKS) == [link(1, 2, "beside"), link(1, 4), link(3, 2)]
    rows = page.locator("[data-part=links] > li")
    expect(rows).to_have_text(
        ["1 Person → 4 Car: Drives×", "3 Person → 2 Car: Drives×", "1 Person – 2 Car: Is beside×"]
    )
    press("Delete")
    assert page.evaluate(LINKS) == [link(2, 1)]
    press("z")
    assert page.evaluate(LINKS) == [link(1, 2, "beside"), link(1, 4), link(3, 2)]
    page.get_by_role("button", name="Delete the link 1 Person → 4 Car: Drives").click()
    assert page.evaluate(LINKS) == [link(1, 2, "beside"), link(3, 2)]
    press("z", "z", "Shift+Z", "j")
    press("1")  # a car that becomes a person is not driven any more
    assert page.evaluate(LINKS) == [link(1, 2, "beside"), link(1, 4)]
    press("z")
    page.reload()
    page.wait_for_function("() => document.querySelector('gw-boxes')?.value?.().links.length === 3")
    page.locator("[data-part=document]").focus()
    stored = submitted(page, server[0])
    kind = registry.get("boxes")
    assert kind.clean_answer(stored, config=kind.clean_config(CONFIG), item=ITEM) == stored
    assert stored["links"] == [link(1, 2, "beside"), link(1, 4), link(3, 2)]
