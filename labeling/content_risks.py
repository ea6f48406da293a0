"""What a project's material may be like: said by the requester, told to annotators before they begin."""

from typing import Any

from labeling.errors import Problem

CONTENT_RISKS = ("violence", "sexual", "hate", "self_harm", "medical", "other")
LONGEST_NOTE = 1000


def read_risks(raw: Any, problems: list[Problem]) -> list[str]:
    """The classes named, each once, in our order."""
    if not isinstance(raw, (list, tuple)):
        problems.append(Problem("content_risks", "must be a list", "type"))
        return []
    for n, one in enumerate(raw):
        if one not in CONTENT_RISKS:
            known = ", ".join(CONTENT_RISKS)
            problems.append(Problem(f"content_risks[{n}]", f"there is no such class; known: {known}", "choice"))
    return [one for one in CONTENT_RISKS if one in raw]
