"""Real work in every drawing type, with the mouse, then with the keyboard alone: draw, edit, undo, reload, submit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from labeling.types import registry, rle
from tests.browser.workbench.fingers import PLACE
from tests.browser.workbench.sending import submitted
from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import ITEM
from tests.labeling.types.painting import stroke

Body = dict[str, Any]
VALUE = "() => document.querySelector('#stage > *').value().annotations"
IS = (
    "(wanted) => JSON.stringify(document.querySelector('#stage > *')?.value?.().annotations) === JSON.stringify(wanted)"
)
RIGHT, DOWN, LEFT = "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowLeft"


def xy(*points: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in points]


def box(left: int, top: int, width: int, height: int) -> Body:
    return {"type": "box", "left": left, "top": top, "width": width, "height": height}


def path(kind: str, *points: tuple[int, int]) -> Body:
    return {"type": kind, "vertices": xy(*points)}


def point(x: int, y: int) -> Body:
    return {"type": "point", "x": x, "y": y}


def figure(*points: tuple[int, int]) -> Body:
    names = zip(["head", "hip"], xy(*points), strict=True)
    return {"type": "keypoints", "keypoints": [{"name": name, **at, "visible": True} for name, at in names]}


def ellipse(x: int, y: int, across: int, down: int) -> Body:
    return {"type": "ellipse", "center": {"x": x, "y": y}, "radius_x": across, "radius_y": down}


def mask(*points: tuple[int, int]) -> Body:
    return {"type": "mask", "size": [400, 600], "counts": rle.encode(stroke(points, 20, 600, 400))}


@dataclass
class Work:
    """Through ``mouse`` a point is clicked, a pair of points dragged, a key pressed; ``keys`` begin in the middle."""

    name: str
    mouse: list[Any]
    drawn: Body
    edit: tuple[tuple[int, int], tuple[int, int]]
    edited: Body
    keys: list[str]
    keyed: Body
    nudged: Body
    label: dict[str, Any] = field(default_factory=dict)


SKELETON = {"skeleton": {"points": ["head", "hip"], "edges": [["head", "hip"]]}}
A, B, C = (100, 100), (200, 120), (150, 180)
WORK = [
    Work("boxes", [((100, 100), (180, 160))], box(100, 100, 80, 60), ((180, 160), (200, 180)), box(100, 100, 100, 80),
         ["b", "Enter", RIGHT, DOWN, "Enter"], box(300, 200, 10, 10), box(300, 201, 10, 10)),
    Work("polygons", [A, B, C, A], path("polygon", A, B, C), (C, (160, 200)), path("polygon", A, B, (160, 200)),
         ["p", "Enter", RIGHT, RIGHT, "Enter", DOWN, DOWN, "Enter", "c"],
         path("polygon", (300, 200), (320, 200), (320, 220)), path("polygon", (300, 201), (320, 201), (320, 221))),
    Work("lines", [A, B, C, "c"], path("line", A, B, C), (B, (210, 90)), path("line", A, (210, 90), C),
         ["l", "Enter", RIGHT, RIGHT, "Enter", "c"], path("line", (300, 200), (320, 200)),
         path("line", (300, 201), (320, 201))),
    Work("points", [A], point(*A), (A, B), point(*B), ["t", RIGHT, "Enter"], point(310, 200), point(310, 201)),
    Work("points", [A, C], figure(A, C), (C, B), figure(A, B), ["n", "Enter", DOWN, "Enter"],
         figure((300, 200), (300, 210)), figure((300, 201), (300, 211)), SKELETON),
    Work("ellipses", [((200, 200), (260, 240))], ellipse(200, 200, 60, 40), ((260, 200), (280, 200)),
         ellipse(200, 200, 80, 40), ["o", "Enter", RIGHT, RIGHT, DOWN, "Enter"], ellipse(300, 200, 20, 10),
         ellipse(300, 201, 20, 10)),
    Work("masks", [(A, B)], mask(A, B), ((150, 110), (170, 140)), mask((120, 130), (220, 150)),
         ["m", "Space", RIGHT, RIGHT, "Space"], mask((300, 200), (320, 200)), mask((300, 201), (320, 201))),
    Work("image_annotation", ["p", A, B, C, A], path("polygon", A, B, C), (C, (160, 200)),
         path("polygon", A, B, (160, 200)), ["m", "Enter", LEFT, "Enter"], mask((300, 200), (290, 200)),
         mask((300, 201), (290, 201))),
]  # fmt: skip


@pytest.mark.parametrize("work", WORK, ids=[f"{each.name} {each.drawn['type']}" for each in WORK])
def test_it_is_drawn_edited_undone_found_again_and_submitted(
    bench: Callable[[], Page], server: tuple[Server, str], work: Work
) -> None:
    config = {"question": "Draw.", "labels": [{"value": "car", **work.label}]}
    server[0].ask(work.name, config, ITEM)
    page = bench()
    kind = registry.get(work.name)

    def is_now(*bodies: Body) -> list[Body]:
        wanted = [{"uuid": str(n), "label": "car", "attributes": {}, **body} for n, body in enumerate(bodies, 1)]
        assert page.evaluate(VALUE) == wanted
        return wanted

    def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
        page.mouse.move(*page.evaluate(PLACE, list(start)))
        page.mouse.down()
        page.mouse.move(*page.evaluate(PLACE, list(end)))
        page.mouse.up()

    for step in work.mouse:
        if isinstance(step, str):
            page.keyboard.press(step)
        elif isinstance(step[0], tuple):
            drag(*step)
        else:
            page.mouse.click(*page.evaluate(PLACE, list(step)))
    is_now(work.drawn)
    page.keyboard.press("v")
    drag(*work.edit)
    is_now(work.edited)
    undo, redo = page.get_by_role("button", name="Undo", exact=True), "Shift+Z"
    undo.click()
    is_now(work.drawn)
    undo.click()
    is_now()
    page.keyboard.press(redo)
    page.keyboard.press(redo)
    wanted = is_now(work.edited)
    kept = page.evaluate(VALUE)
    page.reload()
    page.wait_for_function(IS, arg=kept)
    stored = submitted(page, server[0])
    assert stored["annotations"] == wanted
    assert kind.clean_answer(stored, config=kind.clean_config(config), item=ITEM) == stored
    page.wait_for_function(IS, arg=[])
    for key in [*work.keys, "v", "ArrowDown"]:
        page.keyboard.press(key)
    wanted = is_now(work.nudged)
    page.keyboard.press("z")
    is_now(work.keyed)
    page.keyboard.press("Shift+Z")
    assert submitted(page, server[0])["annotations"] == wanted
