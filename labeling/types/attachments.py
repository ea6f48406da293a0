"""What a form is about: a list of texts, Markdown, pictures and links in the item's column ``attachments``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.errors import Problem
from labeling.markdown import to_html
from labeling.types.prompts import LONGEST_MARKDOWN

TYPES = ("text", "markdown", "image", "website", "pdf", "video", "audio")
MOST_ATTACHMENTS = 50


def attachment_problems(item: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with them; an item with a text or an image of its own needs none."""
    found = item.get("attachments")
    if found is None:
        if item.get("text") or item.get("image"):
            return []
        return [Problem("attachments", "has no attachments, no text and no image", "missing")]
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_ATTACHMENTS:
        return [Problem("attachments", f"must be a list of 1 to {MOST_ATTACHMENTS} attachments", "type")]
    problems = []
    for n, each in enumerate(found):
        if not isinstance(each, dict) or each.get("type") not in TYPES:
            problems.append(Problem(f"attachments[{n}].type", f"must be one of: {', '.join(TYPES)}", "unknown_option"))
        elif not isinstance(each.get("content"), str) or not each["content"].strip():
            problems.append(Problem(f"attachments[{n}].content", "must be a string with something in it", "type"))
    return problems


def html_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Safe HTML of the Markdown among them, by path; in one that is ``mixed`` lines and HTML count."""
    found = item.get("attachments")
    return {
        f"attachments[{n}]": to_html(each["content"], mixed=each.get("mixed") is True)
        for n, each in enumerate(found if isinstance(found, list) else [])
        if isinstance(each, dict)
        and each.get("type") == "markdown"
        and isinstance(each.get("content"), str)
        and len(each["content"]) <= LONGEST_MARKDOWN
    }
