"""Points of a shape are chosen, moved, added and removed one by one, and the focus stays where it was."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.audit import clean_everywhere
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_every_drawing import VALUE, box, path
from tests.browser.workbench.test_shapes import ITEM

VIEWPORT = "document.querySelector('#stage > *').viewport"
FOCUS = "() => document.activeElement.dataset.field"
TRIANGLE = ["p", "Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Shift+ArrowDown"]
TRIANGLE += ["Enter", "c"]
A, B, C = (300, 200), (320, 200), (320, 220)


def drawn(page: Page, body: dict[str, Any]) -> None:
    assert page.evaluate(VALUE) == [{"uuid": "1", "label": "car", "attributes": {}, **body}]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def ask(server: tuple[Server, str], kind: str, **more: Any) -> None:
    server[0].ask(kind, {"question": "Draw.", "labels": [{"value": "car"}], **more}, ITEM)


def test_points_of_a_polygon_are_moved_added_and_removed_by_keyboard_alone(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    ask(server, "polygons")
    page = bench()
    press(page, *TRIANGLE, "Shift+J", "Shift+J", "Shift+ArrowDown", "Shift+ArrowDown")  # onto the third: no polygon
    drawn(page, path("polygon", A, (320, 210), C))
    expect(page.get_by_role("alert")).to_contain_text("car has 2 vertices; at least 3.")
    press(page, "z", "Shift+ArrowUp")
    moved = (320, 190)
    drawn(page, path("polygon", A, moved, C))
    press(page, "Shift+P")
    drawn(page, path("polygon", A, moved, (320, 205), C))
    press(page, "ArrowLeft", "Shift+K", "Delete")
    drawn(page, path("polygon", A, (319, 205), C))
    press(page, "Delete")  # a polygon has three
    drawn(page, path("polygon", A, (319, 205), C))
    press(page, "Escape", "ArrowDown")  # the point is let go of first: the shape moves
    drawn(page, path("polygon", (300, 201), (319, 206), (320, 221)))
    press(page, "z", "z", "z", "z", "z")
    drawn(page, path("polygon", A, B, C))


def test_points_are_changed_with_buttons_and_numbers_and_the_focus_stays(
    bench: Callable[[], Page], server: tuple[Server, str], page: Page
) -> None:
    ask(server, "polygons")
    bench()
    press(page, *TRIANGLE)
    page.get_by_role("button", name="Next point").focus()
    press(page, "Enter")
    assert page.evaluate(FOCUS) == "point-next"
    page.get_by_label("Point 1: X").focus()
    press(page, "ArrowUp", "ArrowUp")
    drawn(page, path("polygon", (302, 200), B, C))
    press(page, "Tab")
    assert page.evaluate(FOCUS) == "point-y"
    page.get_by_role("button", name="Add point").click()
    drawn(page, path("polygon", (302, 200), (311, 200), B, C))
    clean_everywhere(page)
    page.get_by_role("button", name="Remove point").click()
    drawn(page, path("polygon", (302, 200), B, C))
    lock = page.get_by_role("button", name="Lock")
    lock.focus()
    press(page, "Enter")
    expect(page.get_by_role("button", name="Unlock")).to_be_focused()
    press(page, "Shift+H")
    expect(lock).to_be_focused()
    page.get_by_role("button", name="Delete", exact=True).focus()
    press(page, "Enter")
    assert page.evaluate(VALUE) == []
    expect(page.get_by_role("listbox")).to_be_focused()


def test_a_turned_box_and_an_ellipse_stay_as_the_server_wants_them(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    ask(server, "image_annotation", rotation=True)
    page = bench()
    press(page, "b", "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter", "v", ".")
    turned = box(300, 200, 10, 10) | {"rotation": 0.087266}
    drawn(page, turned)
    left = page.get_by_label("Left")
    left.fill("9000")
    left.blur()
    expect(left).to_have_value("300")
    drawn(page, turned)
    press(page, "z", "z", "o", "Escape")
    page.get_by_role("button", name="Ellipse").click()
    press(page, "Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    across = page.get_by_label("Radius across")
    across.fill("601")
    across.blur()
    expect(across).to_have_value("10")
    assert [each["radius_x"] for each in page.evaluate(VALUE)] == [10]


def test_a_zoomed_picture_is_moved_by_wheel_and_keys_and_follows_the_keyboards_cursor(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    ask(server, "boxes")
    page = bench()
    at = f"() => [{VIEWPORT}.x, {VIEWPORT}.y].map(Math.round)"
    press(page, "+", "+", "+", "+", "+")
    x, y = page.evaluate(at)
    press(page, "Control+ArrowRight", "Control+ArrowDown")
    assert page.evaluate(at) == [x - 80, y - 80]
    press(page, "Control+ArrowLeft", "Control+ArrowUp")
    page.mouse.move(400, 400)
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 100)
    page.keyboard.up("Shift")
    page.wait_for_function(f"(wanted) => JSON.stringify(({at})()) === JSON.stringify(wanted)", arg=[x - 100, y])
    press(page, "b", *["Shift+ArrowRight"] * 60)
    x, scale, wide = page.evaluate(f"() => [{VIEWPORT}.x, {VIEWPORT}.scale, {VIEWPORT}.stage.clientWidth]")
    assert x + 600 * scale <= wide


def test_a_point_that_is_not_to_be_seen_is_left_out_of_a_skeleton_and_added_later(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    skeleton = {"points": ["nose", "left hand", "right hand"], "edges": []}
    server[0].ask("points", {"question": "Joints.", "labels": [{"value": "person", "skeleton": skeleton}]}, ITEM)
    page = bench()
    bar = page.locator(".draw-bar > span")

    def points() -> list[tuple[str, int]]:
        return [(each["name"], each["x"]) for shape in page.evaluate(VALUE) for each in shape["keypoints"]]

    press(page, "n", "Enter")
    expect(bar).to_have_text("Next: left hand")
    press(page, "Shift+N")
    expect(bar).to_have_text("Next: right hand")
    press(page, "Shift+ArrowRight", "Enter")
    assert points() == [("nose", 300), ("right hand", 310)]
    page.get_by_role("button", name="Add: left hand").click()
    expect(bar).to_have_text("Next: left hand")
    press(page, "Shift+ArrowLeft", "Enter")
    assert points() == [("nose", 300), ("left hand", 300), ("right hand", 310)]
    expect(page.get_by_role("button", name="Add:")).to_have_count(0)
    press(page, "z")
    assert points() == [("nose", 300), ("right hand", 310)]
    press(page, "n", "Enter", "Shift+ArrowDown", "Enter")
    page.get_by_role("button", name="Back").click()
    expect(bar).to_have_text("Next: left hand")
    page.get_by_role("button", name="Finish").click()
    assert [name for name, _ in points()] == ["nose", "right hand", "nose"]


def test_undo_takes_back_point_by_point_and_leaves_what_was_drawn_before(
    bench: Callable[[], Page], server: tuple[Server, str]
) -> None:
    ask(server, "polygons")
    page = bench()
    press(page, *TRIANGLE, "p", "Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter")
    said = page.locator(".draw-bar > span")
    expect(said).to_have_text("Point 3 set")
    press(page, "z", "z")
    expect(said).to_have_text("Point 1 set")
    press(page, "Shift+Z", "Shift+Z", "c")
    assert len(page.evaluate(VALUE)) == 2, "nothing of it was lost"
    press(page, "p", "Enter", "z")
    assert len(page.evaluate(VALUE)) == 2
    press(page, "z")  # no point is left: the step before
    drawn(page, path("polygon", A, B, C))
    press(page, "Escape", "Enter")
    assert page.wait_for_function("() => document.querySelector('[data-bar=state]').dataset.state === 'saved'")
    assert len(server[0].answers) == 1
