"""What Chromium really loads when somebody begins to label: page, scripts, styles, compressed where we serve it so."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from tests.browser.workbench.stand_in import Server
from tests.browser.workbench.test_shapes import CONFIG, ITEM

SPANS = {"question": "Mark names.", "labels": [{"value": "who"}], "relations": [{"value": "knows"}]}
MEDIA = ("/picture.png",)
"""The task's own; everything else counts."""


def served(reply: Response) -> int:
    """Static files are kept compressed; what is made for the request is not."""
    body = reply.body()
    return len(gzip.compress(body, 9)) if "/static/" in reply.url else len(body)


@pytest.mark.parametrize(
    ("kind", "config", "item", "most"),
    [("image_annotation", CONFIG, ITEM, 350_000), ("spans", SPANS, {"text": "Ann knows Bob."}, 250_000)],
    ids=["image", "text"],
)
def test_the_first_load_of_the_labeling_page_keeps_to_its_budget(
    bench: Callable[[], Page], page: Page, server: tuple[Server, str], kind: str, config: Any, item: Any, most: int
) -> None:
    server[0].ask(kind, config, item)
    loaded: list[Response] = []
    page.on("response", lambda each: loaded.append(each))
    bench()
    sizes = {each.url: served(each) for each in loaded if not each.url.endswith(MEDIA)}
    assert any(f"types/{kind}/widget.js" in url for url in sizes)
    assert len(sizes) > 20, "the page, styles, scripts and the first tasks"
    assert sum(sizes.values()) <= most, sorted(sizes.items(), key=lambda each: -each[1])[:10]
