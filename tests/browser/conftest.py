"""Real Chromium. A console error or a breach of the content security policy fails any test."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

EXPECTED_OFFLINE = "net::ERR_"  # the browser itself logs every request that fails; being offline is no error of ours
WATCH_POLICY = """document.addEventListener("securitypolicyviolation",
    (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chosen = os.environ.get("CHROMIUM")
    return browser_type_launch_args | ({"executable_path": chosen} if chosen else {})


@pytest.fixture
def faults(page: Page) -> Iterator[list[str]]:
    """What went wrong in the page; must be empty at the end."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and EXPECTED_OFFLINE not in message.text:
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.add_init_script(WATCH_POLICY)
    yield found
    assert not found
