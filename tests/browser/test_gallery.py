"""The help page of all types: every sample is there, live, and gives its answer under the strict policy."""

import json

import pytest
from playwright.sync_api import Page, expect

from labeling.types import registry
from tests.browser.audit import clean_everywhere

SAMPLES = [(name, number) for name, kind in registry.all().items() for number in range(len(kind.samples()))]


def mount(page: Page, name: str, number: int):
    sample = page.locator(f"[data-sample={name}][data-number='{number}']")
    sample.scroll_into_view_if_needed()
    expect(sample).to_have_attribute("data-mounted", "")
    return sample


def test_every_sample_of_every_type_is_mounted_and_axe_finds_nothing(page, faults, live_server):
    page.goto(f"{live_server.url}/help/types/")
    for name, number in SAMPLES:
        mount(page, name, number)
    page.evaluate("() => document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    clean_everywhere(page)


def test_the_answer_is_shown_as_one_works_and_keys_belong_to_the_sample_in_use(page, faults, live_server):
    page.goto(f"{live_server.url}/help/types/")
    samples = [mount(page, "choice", number) for number in (0, 1)]
    samples[0].get_by_role("radio", name="Neutral").check()
    page.keyboard.press("1")
    assert json.loads(samples[0].locator("[data-sample-answer]").inner_text()) == {"option": "positive"}
    assert json.loads(samples[1].locator("[data-sample-answer]").inner_text()) == {"option": None}
    page.keyboard.press("z")
    assert json.loads(samples[0].locator("[data-sample-answer]").inner_text()) == {"option": "neutral"}
    page.keyboard.press("Enter")
    expect(samples[0].get_by_role("status")).to_have_text("Complete: this answer could be submitted.")
    samples[1].get_by_role("button", name="Check").click()
    expect(samples[1].get_by_role("alert")).to_have_text("Choose one option first.")


@pytest.mark.parametrize("size", [(820, 1180), (390, 800)], ids=["tablet", "phone"])
def test_it_fits_a_small_screen(page, faults, live_server, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live_server.url}/help/types/")
    mount(page, "spans", 0)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
