"""What a screen reader hears of work that shows only as drawing or as new fields: each step, its undoing, the next."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_forms import CONFIG as FORM
from tests.browser.workbench.test_masks import CONFIG as MASKS
from tests.browser.workbench.test_shape_links import CONFIG as LINKS
from tests.browser.workbench.test_shape_links import DRAWN
from tests.browser.workbench.test_shapes import ITEM

Steps = list[tuple[str, str]]
TWO = {"annotations": DRAWN[:2], "global_attributes": {}, "links": []}
MASK = [
    ("m Space", "Brush down: arrows paint, Enter lifts it."),
    ("ArrowRight Enter", "Mask, Road, 21 × 20"),
    ("z", "Undone. 0 regions"),
    ("Shift+Z", "Mask, Road, 21 × 20"),
    ("Control+Enter", "Submitted. Task 2"),
]
LINK = [
    ("v j r", "Drives: Box, Car, 60 × 50"),
    ("Enter", "1 Person → 2 Car: Drives"),
    ("z", "Undone. Box, Person, 60 × 50"),
    ("Shift+Z", "1 Person → 2 Car: Drives"),
    ("Control+Enter", "Submitted. Task 2"),
]
SETS = [("2", "Pet: With fur – dog"), ("n", "Visit 2 added"), ("z", "Undone"), ("Shift+Z", "Visit 2 added")]


@pytest.mark.parametrize(
    ("kind", "config", "item", "draft", "steps"),
    [
        ("masks", MASKS, ITEM, None, MASK),
        ("boxes", LINKS, ITEM, TWO, LINK),
        ("textcollection", FORM, {"text": "x"}, None, SETS),
    ],
    ids=["masks", "links", "forms"],
)
def test_every_step_is_said_and_so_is_its_undoing(
    bench: Callable[[], Page], server: tuple[Server, str], kind: str, config: Any, item: Any, draft: Any, steps: Steps
) -> None:
    server[0].ask(kind, config, item)
    if draft:
        server[0].drafts = {1: {"seq": 1, "value": draft}}
    page = bench()
    for keys, said in steps:
        for key in keys.split():
            page.keyboard.press(key)
        expect(page.locator("#announcer")).to_have_text(said)
