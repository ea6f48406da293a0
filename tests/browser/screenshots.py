"""Pictures of every type's first sample, light and dark: `python -m tests.browser.screenshots URL FOLDER`.

URL is that of a running Groundwork; nobody need be signed in, as the pictures are taken from its help page of types.
"""

import argparse
import os
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SIZE = {"width": 1280, "height": 800}
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def take(page: Page, url: str, folder: Path) -> list[Path]:
    """Play nothing, change nothing: each type as it first comes up."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    page.set_viewport_size(SIZE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(f"{url.rstrip('/')}/help/types/")
        for first in page.locator("[data-sample][data-number='0']").all():
            first.scroll_into_view_if_needed()
            name = first.get_attribute("data-sample")
            page.locator(f"[data-sample={name}][data-number='0'][data-mounted]").wait_for()
            taken.append(folder / f"{name}-{scheme}.png")
            first.screenshot(path=taken[-1])
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=ARGS)
        for path in take(browser.new_page(), given.url, given.folder):
            print(path)
        browser.close()


if __name__ == "__main__":
    main()
