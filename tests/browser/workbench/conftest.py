"""The workbench against a stand-in server, which can be told to fail in every way a network fails."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect

from tests import chromium
from tests.browser.workbench.stand_in import SERVER, Server


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[tuple[Server, str]]:
    """The stand-in under the real templates, static files and content security policy; and its address.

    Autouse, so that it starts before the page and ends after it: a page that closes still sends what it gives back.
    """
    settings.ROOT_URLCONF = "tests.browser.workbench.stand_in"
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
    SERVER.port = str(thread.port)
    yield SERVER, f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def bench(page: Page, faults: list[str], server: tuple[Server, str]) -> Callable[[], Page]:
    """Opens the workbench and waits for its first task."""

    def opened() -> Page:
        page.goto(f"{server[1]}/work/label/")
        expect(page.locator("#stage [data-part=question]")).to_be_visible()
        expect(page.locator('[data-bar="next"]')).not_to_be_empty()
        page.evaluate(
            chromium.PAINTED
        )  # nobody presses a key before there is a picture, and the browser drops such keys
        return page

    return opened
