"""What axe finds in a page (WCAG 2.2 AA), light and dark, at a desk and on a tablet; and that it is not too wide."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
DESK, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


AUDIT = """(options) => axe.run(document, { ...options, resultTypes: ["violations"] }).then((all) => all.violations.map(
  (each) => ({ rule: each.id, help: each.help, nodes: each.nodes.map((node) => [node.html, node.failureSummary]) })))"""


def violations(page: Page, rules: dict = RULES) -> list[dict]:
    """Only what is wrong comes out of the page: all that axe looked at would be megabytes. The script goes in once."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(AUDIT, rules)


def clean(page: Page, rules: dict = RULES) -> None:
    """axe finds nothing in the page as it stands."""
    found = violations(page, rules)
    assert found == [], f"{page.url}: {json.dumps(found, indent=1)}"


def clean_everywhere(page: Page) -> None:
    """Nor at a desk and on a tablet, in the light and in the dark: one page load, two audits.

    All rules at a desk in the light and on a tablet in the dark: what differs between the four is covered by these
    two. The page is left as it was found.
    """
    before = page.viewport_size
    for size, scheme in ((DESK, "light"), (TABLET, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        clean(page)
        assert not page.evaluate(TOO_WIDE), f"{page.url} is too wide for {size['width']}"
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if before:
        page.set_viewport_size(before)
