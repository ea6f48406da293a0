"""Items of model-output types: a prompt, responses to it, a conversation, each in a column of its own.

A prompt is a text or a list of chat turns; a response is a text or ``{"text": …, "id": …}``. An item with
``"format": "markdown"`` has them shown as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labeling.errors import Problem
from labeling.markdown import to_html

MOST_MESSAGES = 500
MOST_RESPONSES = 20
LONGEST_MARKDOWN = 50_000
"""Characters of a text that is rendered; a longer one is shown as it is."""


def prompt_problems(item: Mapping[str, Any], *, required: bool = True) -> list[Problem]:
    """What is wrong with ``item["prompt"]``."""
    prompt = item.get("prompt")
    if prompt is None and not required:
        return []
    if isinstance(prompt, str):
        return [] if prompt.strip() or not required else [Problem("prompt", "is empty", "missing")]
    if prompt is None:
        return [Problem("prompt", "has no prompt", "missing")]
    return message_problems(item, "prompt")


def message_problems(item: Mapping[str, Any], field: str = "messages") -> list[Problem]:
    """What is wrong with a list of ``{role, content}``."""
    messages = item.get(field)
    if messages is None:
        return [Problem(field, f"has no {field}", "missing")]
    if not isinstance(messages, list) or not 1 <= len(messages) <= MOST_MESSAGES:
        return [Problem(field, f"must be a list of 1 to {MOST_MESSAGES} messages", "type")]
    problems = []
    for n, message in enumerate(messages):
        for name in ("role", "content"):
            if not isinstance(message, dict) or not isinstance(message.get(name), str):
                problems.append(Problem(f"{field}[{n}].{name}", "must be a string", "type"))
    return problems


def response_problems(item: Mapping[str, Any], *, least: int, most: int) -> list[Problem]:
    """What is wrong with ``item["responses"]``."""
    responses = item.get("responses")
    if responses is None:
        return [Problem("responses", "has no responses", "missing")]
    if not isinstance(responses, list) or not least <= len(responses) <= most:
        wanted = f"exactly {least}" if least == most else f"{least} to {most}"
        return [Problem("responses", f"must be a list of {wanted} responses", "range")]
    return [
        Problem(f"responses[{n}]", "must be a string, or an object with a text", "type")
        for n, response in enumerate(responses)
        if _text_of(response) is None
    ]


def one_response(item: Mapping[str, Any]) -> str | None:
    """The text of ``item["response"]``, with one sign at the end of a line."""
    text = _text_of(item.get("response"))
    return None if text is None else text.replace("\r\n", "\n").replace("\r", "\n")


def material_problems(item: Mapping[str, Any]) -> list[Problem]:
    """For types that judge anything: a text, an image, a response or a conversation."""
    if item.get("text") or item.get("image") or one_response(item):
        return prompt_problems(item, required=False)
    if item.get("messages") is not None:
        return message_problems(item)
    return [Problem("", "has no text, no image, no response and no messages", "missing")]


def html_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Safe HTML for each text of an item that says it is Markdown, by its path."""
    if item.get("format") != "markdown":
        return {}
    return {path: to_html(text) for path, text in _texts(item) if len(text) <= LONGEST_MARKDOWN}


def _texts(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("prompt", "messages"):
        found = item.get(field)
        if isinstance(found, str):
            yield field, found
        for n, message in enumerate(found if isinstance(found, list) else []):
            if isinstance(message, dict) and isinstance(message.get("content"), str):
                yield f"{field}[{n}]", message["content"]
    responses = item.get("responses")
    listed = {f"responses[{n}]": one for n, one in enumerate(responses if isinstance(responses, list) else [])}
    for path, response in {"response": item.get("response"), **listed}.items():
        if (text := _text_of(response)) is not None:
            yield path, text


def _text_of(response: Any) -> str | None:
    text = response.get("text") if isinstance(response, dict) else response
    return text if isinstance(text, str) else None
