"""Pictures of every type in the labeling page, light and dark, desk and tablet: `make screenshots` (./screenshots/).

`python -m tests.browser.screenshots [--language ja] [--rtl] [--only boxes,spans] FOLDER` chooses. Each type shows its
first sample with its answer as a draft; the page is the real one, the server a stand-in.
"""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import chromium

DESK, TABLET = (1280, 800), (820, 1180)
SIZES = {"desk": DESK, "tablet": TABLET}
RIGHT_TO_LEFT = """document.addEventListener("readystatechange", () => { document.documentElement.dir = "rtl"; })"""


def ask_sample(server: Any, name: str) -> None:
    """Let the stand-in ask a type's first sample, answered as the sample is."""
    from labeling.types import registry
    from workers.web.gallery import item_in_page

    kind = registry.get(name)
    sample = kind.samples()[0]
    server.reset()
    server.ask(name, sample["config"], {k: v for k, v in item_in_page(kind, sample["item"]).items() if k != "id"})
    server.drafts = {n: {"seq": 1, "value": sample["answer"]} for n in range(1, 31)}


def shown(page: Page, address: str) -> None:
    page.goto(f"{address}/work/label/")
    expect(page.locator('[data-bar="next"]')).not_to_be_empty()
    page.evaluate("() => document.fonts.ready")


def take(
    browser: Browser, server: Any, address: str, folder: Path, *, types: Iterable[str], sizes: Iterable[str] = SIZES,
    language: str = "en", rtl: bool = False,
) -> list[Path]:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for size in sizes:
        wide, high = SIZES[size]
        context = browser.new_context(
            viewport={"width": wide, "height": high},
            has_touch=size == "tablet",
            locale=language,
            reduced_motion="reduce",
        )
        page = context.new_page()
        if rtl:
            page.add_init_script(RIGHT_TO_LEFT)
        for name in types:
            ask_sample(server, name)
            shown(page, address)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
                taken.append(folder / f"{name}-{size}-{scheme}.png")
                page.screenshot(path=taken[-1])
        context.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--rtl", action="store_true", help="The page from right to left.")
    parser.add_argument("--only", default="", help="Names of types, with commas.")
    given = parser.parse_args()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from tests.benchmarks.labeling_page import stand_in

    with stand_in() as (server, address), sync_playwright() as playwright:
        from labeling.types import registry

        browser = playwright.chromium.launch(executable_path=chromium.program(), args=chromium.FLAGS)
        types = given.only.split(",") if given.only else list(registry.all())
        ways = {"language": given.language, "rtl": given.rtl}
        for picture in take(browser, server, address, given.folder, types=types, **ways):
            print(picture)
        browser.close()


if __name__ == "__main__":
    main()
