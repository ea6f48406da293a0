"""What is copied on one picture is set down on the next: clipped or refused where it does not fit, links and all."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from labeling.types import registry, rle
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM
from tests.labeling.types.painting import stroke

CONFIG = {
    "question": "Draw.",
    "labels": [{"value": "car", "attributes": [{"name": "state", "choices": ["old", "new"]}]}, {"value": "way"}],
    "links": [{"value": "on"}],
}
SMALL = {"image": {"url": "/picture.png", "thumb_url": "/picture.png", "width": 300, "height": 200}}
VALUE = "() => document.querySelector('gw-image-annotation').value()"


def xy(*points: tuple[int, int]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in points]


PAINTED = stroke([(280, 100), (400, 100)], 30, 600, 400)
DRAWN: list[dict[str, Any]] = [
    {"type": "box", "left": 250, "top": 50, "width": 90, "height": 80, "attributes": {"state": "old"}},
    {"type": "polygon", "vertices": xy((200, 150), (400, 150), (400, 300), (200, 300))},
    {"type": "mask", "size": [400, 600], "counts": rle.encode(PAINTED)},
    {"type": "line", "label": "way", "vertices": xy((10, 10), (290, 190))},
    {"type": "line", "label": "way", "vertices": xy((10, 10), (590, 190))},
    {"type": "point", "x": 301, "y": 20},
    {"type": "ellipse", "center": {"x": 150, "y": 100}, "radius_x": 20, "radius_y": 30},
]
ANNOTATIONS = [{"uuid": str(n), "label": "car", "attributes": {}} | each for n, each in enumerate(DRAWN, 1)]
LINKS = [{"from": "1", "to": "4", "type": "on"}, {"from": "1", "to": "5", "type": "on"}]


def test_all_of_it_is_pasted_into_a_smaller_picture_as_far_as_it_fits(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("image_annotation", CONFIG, ITEM)
    server[0].drafts = {1: {"seq": 1, "value": {"annotations": ANNOTATIONS, "global_attributes": {}, "links": LINKS}}}
    page = bench()
    page.keyboard.press("Control+v")  # nothing was copied yet: the browser's own
    page.get_by_role("button", name="Copy to the next picture").click()
    # the next picture is another size: made so in the page, as the stand-in has one item for all
    page.evaluate("() => { document.querySelector('gw-image-annotation').grid.width = 300; }")
    page.evaluate("() => { document.querySelector('gw-image-annotation').grid.height = 200; }")
    page.evaluate("() => { document.querySelector('gw-image-annotation').task.task = 99; }")
    page.evaluate("() => document.querySelector('gw-image-annotation').restore(null)")
    page.get_by_role("button", name="Paste 7 regions").click()
    got = page.evaluate(VALUE)
    wanted: list[dict[str, Any]] = [
        DRAWN[0] | {"width": 50},
        DRAWN[1] | {"vertices": xy((300, 150), (300, 200), (200, 200), (200, 150))},
        DRAWN[2] | {"size": [200, 300], "counts": rle.encode(PAINTED[:200, :300])},
        DRAWN[3],
        DRAWN[6],
    ]
    polygon = got["annotations"][1]["vertices"]
    at = polygon.index({"x": 300, "y": 150})
    got["annotations"][1]["vertices"] = polygon[at:] + polygon[:at]
    assert got["annotations"] == [
        {"uuid": str(n), "label": "car", "attributes": {}} | each for n, each in enumerate(wanted, 1)
    ]
    assert got["links"] == LINKS[:1]
    kind = registry.get("image_annotation")
    kind.clean_answer(got, config=kind.clean_config(CONFIG), item=SMALL)
    said = page.locator("[data-part=problems] > li")
    expect(said).to_have_count(2)
    expect(said.first).to_have_text("Does not fit into this picture: Line, way, 580 × 180")
    page.keyboard.press("z")
    assert page.evaluate(VALUE)["annotations"] == []
    page.evaluate("() => { document.querySelector('gw-image-annotation').task.project = 2; }")
    page.keyboard.press("Control+v")
    expect(said).to_have_text(["What was copied belongs to another project."])


def test_the_chosen_one_goes_to_the_next_task_and_selected_text_is_left_to_the_browser(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    server[0].ask("boxes", {"question": "Draw a car.", "labels": [{"value": "car"}]}, ITEM)
    page = bench()
    value = "() => document.querySelector('gw-boxes').value().annotations"

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    press("b", "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    press("b", "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    [first, second] = page.evaluate(value)
    press("Control+c")
    submitted(page, server[0])
    expect(page.locator("[data-part=regions] > li")).to_have_count(0)
    press("Control+v", "Control+v")
    assert [each["left"] for each in page.evaluate(value)] == [second["left"]] * 2
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('[data-part=question]'))")
    prevented = page.evaluate(
        """() => !document.querySelector("[data-part=document]").dispatchEvent(
          new KeyboardEvent("keydown", { key: "c", ctrlKey: true, bubbles: true, cancelable: true }))"""
    )
    assert not prevented
    page.evaluate("() => getSelection().removeAllRanges()")
    press("Control+k")
    page.keyboard.type("Copy to the next picture: all regions")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_have_count(0)  # it goes, then what was chosen runs
    press("Control+v")
    assert len(page.evaluate(value)) == 4
    assert np.ptp([each["left"] for each in page.evaluate(value)]) == 10
    assert first["top"] == 200
