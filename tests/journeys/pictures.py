"""Pictures of the requester's pages of a journey: desk and tablet, light and dark, once their figures are there."""

from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tasks.replay.client import Api
from tests import chromium
from tests.browser.screenshots import SIZES

PAGES = ("", "items/", "people/", "quality/", "review/", "gold/", "exports/")
LOOKS = (("desk", "light"), ("tablet", "dark"))
PATIENCE_MS = 60_000  # in which a report that the page asked for is worked out


def take(boss: Api, project: int, folder: Path) -> list[Path]:
    """The pages of a project, and why one of its tasks came out as it did, as the signed-in caller sees them."""
    folder.mkdir(parents=True, exist_ok=True)
    cookies = [{"name": one.name, "value": one.value or "", "url": boss.url} for one in boss.http.cookies.jar]
    task = boss.get(f"/projects/{project}/tasks", state="resolved")["results"][0]["id"]
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.program(), args=chromium.FLAGS)
        for size, scheme in LOOKS:
            wide, high = SIZES[size]
            context = browser.new_context(
                viewport={"width": wide, "height": high},
                color_scheme=scheme,  # type: ignore[arg-type]  # one of two
                reduced_motion="reduce",
            )
            context.add_cookies(cookies)  # type: ignore[arg-type]  # a name, a value and an address are enough
            page = context.new_page()
            for end in (*PAGES, f"tasks/{task}/why/"):
                page.goto(f"{boss.url}/projects/{project}/{end}")
                expect(page.get_by_text("Being measured")).to_have_count(0, timeout=PATIENCE_MS)
                taken.append(folder / f"{end.split('/')[-2] if end else 'overview'}-{size}-{scheme}.png")
                page.screenshot(path=taken[-1], full_page=True)
            context.close()
        browser.close()
    return taken
