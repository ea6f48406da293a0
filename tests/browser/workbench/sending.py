"""Submitting, and waiting until the stand-in has it."""

from typing import Any

from playwright.sync_api import Page, Response

from tests.browser.workbench.stand_in import Server


def carries_an_answer(reply: Response) -> bool:
    return reply.url.endswith("/exchange") and '"answers":[{' in (reply.request.post_data or "")


def submitted(page: Page, server: Server, key: str = "Enter") -> dict[str, Any]:
    """Press the key that submits; returns the answer that arrived."""
    with page.expect_response(carries_an_answer):
        page.keyboard.press(key)
    answer: dict[str, Any] = server.answers[-1]["answer"]
    return answer
