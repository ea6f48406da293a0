"""What goes wrong in a page: console errors and breaches of the content security policy fail any test that watches."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page

EXPECTED_OFFLINE = "net::ERR_"  # the browser itself logs every request that fails; being offline is no error of ours
WATCH_POLICY = """document.addEventListener("securitypolicyviolation",
    (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""


def watch(page: Page, found: list[str]) -> Page:
    """Note the page's faults from now on."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and EXPECTED_OFFLINE not in message.text:
            found.append(f"{message.text} {message.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.add_init_script(WATCH_POLICY)
    return page


@pytest.fixture
def faults(page: Page) -> Iterator[list[str]]:
    """What went wrong in the page; must be empty at the end."""
    found: list[str] = []
    watch(page, found)
    yield found
    assert not found
