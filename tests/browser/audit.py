"""What axe finds in a page (WCAG 2.2 AA), light and dark, at a desk and on a tablet; and that it is not too wide."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
DESK, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


RUN = """const run = (root, options) => axe.run(root, { ...options, resultTypes: ["violations"] })
  .then((all) => all.violations.map(({ id, help, nodes }) =>
    ({ rule: id, help, nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]) })));"""
AUDIT = f"(options) => {{ {RUN} return run(document, options); }}"
BUT_CONTRAST = {**RULES, "rules": {"color-contrast": {"enabled": False}}}
NEW_TEXTS = f"""async ([options, known]) => {{
  {RUN}
  const seen = new Set(known), fresh = [];
  const told = ({{ attributes, tagName }}) => [tagName, ...[...attributes]
    .filter(({{ name }}) => /^(class|type|disabled|open|data-.*|aria-(current|invalid|pressed|selected))$/.test(name))
    .map(({{ name, value }}) => `${{name}}=${{value}}`)].join(" ");
  const way = (element) => (element ? `${{told(element)}} < ${{way(element.parentElement)}}` : "");
  for (const element of document.body.querySelectorAll("*")) {{
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!hasText && !element.matches("input, textarea, select")) continue;
    if (!seen.has(way(element))) fresh.push(element);
    seen.add(way(element));
  }}
  return [[...seen], fresh.length ? await run(fresh, options) : []];
}}"""


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


class Contrast:
    """Contrast is measured once for each way of tags, classes and states that leads to a text, in each scheme.

    Texts that the style sheets cannot tell apart look the same on every page.
    """

    def __init__(self) -> None:
        self.seen: dict[str, list[str]] = {}

    def violations(self, page: Page, scheme: str) -> list[Any]:
        self.seen[scheme], found = page.evaluate(NEW_TEXTS, [CONTRAST, self.seen.get(scheme, [])])
        return found
