"""Real Chromium. A console error or a breach of the content security policy fails any test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.stand_in import SERVER, Server

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


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[tuple[Server, str]]:
    """The stand-in under the real templates, static files and content security policy; and its address.

    Autouse, so that it starts before the page and ends after it: a page that closes still sends what it gives back.
    """
    settings.ROOT_URLCONF = "tests.browser.stand_in"
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MIDDLEWARE = ["csp.middleware.CSPMiddleware", "django.middleware.locale.LocaleMiddleware"]
    processors = ["django.template.context_processors.request", "django.template.context_processors.i18n"]
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"OPTIONS": {"context_processors": processors}}]
    SERVER.reset()
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield SERVER, f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def bench(page: Page, faults: list[str], server: tuple[Server, str]) -> Callable[[], Page]:
    """Opens the workbench and waits for its first task."""

    def opened() -> Page:
        page.goto(f"{server[1]}/work/label/")
        expect(page.locator("#stage [data-part=question]")).to_be_visible()
        expect(page.locator('[data-bar="next"]')).not_to_be_empty()
        return page

    return opened
