"""Read the body of an exchange without serializer objects, as strictly as those would.

What is wrong with the request as a whole refuses it; what is wrong with one entry refuses that entry only.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from labeling.errors import InvalidInput, Problem
from tasks.services.answering import Sent
from tasks.services.exchanging import Exchange, Malformed, Remark, Skip

MOST_WANTED = 10
MOST_ENTRIES = 100
LARGEST_ID = 2**63 - 1
LONGEST_MS = 24 * 60 * 60 * 1000
FIELDS = ("answers", "skips", "returns", "as_of", "want", "have", "project", "claim", "comments")
T = TypeVar("T")


def read_exchange(body: Any) -> Exchange:
    """Raises InvalidInput with every problem found."""
    problems: list[Problem] = []
    body = body_of(body)
    unknown(body, FIELDS, problems)
    answers = listed(body, "answers", problems)
    skips = listed(body, "skips", problems)
    asked = Exchange(
        answers=[entry(raw, read_answer, "answers", place) for place, raw in enumerate(answers)],
        skips=[entry(raw, read_skip, "skips", place) for place, raw in enumerate(skips)],
        returns=ids(body, "returns", problems),
        as_of=moment(body, "as_of", problems),
        want=number(body, "want", problems, most=MOST_WANTED, default=0) or 0,
        have=ids(body, "have", problems),
        project=number(body, "project", problems, least=1, default=None),
        claim=ids(body, "claim", problems),
        comments=[
            entry(raw, read_comment, "comments", place) for place, raw in enumerate(listed(body, "comments", problems))
        ],
    )
    if problems:
        raise InvalidInput(problems)
    return asked


def entry(raw: Any, read: Callable[[dict[str, Any], list[Problem]], T], name: str, place: int) -> T | Malformed:
    problems: list[Problem] = []
    if isinstance(raw, Malformed):  # by the parser
        return raw
    if not isinstance(raw, dict):
        return Malformed(None, None, [Problem(f"{name}[{place}]", "must be an object", "type")])
    found = read(raw, problems)
    if not problems:
        return found
    paths = [Problem(f"{name}[{place}].{p.path}", p.message, p.code) for p in problems]
    return Malformed(raw.get("id"), raw.get("assignment"), paths)


def read_answer(raw: dict[str, Any], problems: list[Problem]) -> Sent:
    unknown(raw, ("id", "assignment", "schema_version", "answer", "active_ms", "supersedes"), problems)
    required(raw, ("id", "assignment", "schema_version", "answer"), problems)
    return Sent(
        id=uuid(raw, "id", problems),
        assignment=number(raw, "assignment", problems, least=1, default=0) or 0,
        schema_version=number(raw, "schema_version", problems, least=1, most=2**31 - 1, default=0) or 0,
        answer=raw.get("answer"),
        active_ms=number(raw, "active_ms", problems, most=LONGEST_MS, default=0) or 0,
        supersedes=number(raw, "supersedes", problems, least=1, default=None),
    )


def read_skip(raw: dict[str, Any], problems: list[Problem]) -> Skip:
    unknown(raw, ("assignment", "reason", "note"), problems)
    required(raw, ("assignment", "reason"), problems)
    return Skip(
        assignment=number(raw, "assignment", problems, least=1, default=0) or 0,
        reason=text(raw, "reason", problems),
        note=text(raw, "note", problems),
    )


def read_comment(raw: dict[str, Any], problems: list[Problem]) -> Remark:
    unknown(raw, ("id", "assignment", "kind", "text"), problems)
    required(raw, ("id", "assignment", "kind", "text"), problems)
    return Remark(
        id=uuid(raw, "id", problems),
        assignment=number(raw, "assignment", problems, least=1, default=0) or 0,
        kind=text(raw, "kind", problems),
        text=text(raw, "text", problems),
    )


def unknown(body: dict[str, Any], known: tuple[str, ...], problems: list[Problem]) -> None:
    problems += [Problem(str(name), "unknown field", "unknown") for name in body if name not in known]


def required(body: dict[str, Any], names: tuple[str, ...], problems: list[Problem]) -> None:
    problems += [Problem(name, "is required", "required") for name in names if name not in body]


def number(
    body: dict[str, Any],
    name: str,
    problems: list[Problem],
    *,
    least: int = 0,
    most: int = LARGEST_ID,
    default: int | None,
) -> int | None:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        problems.append(Problem(name, "must be a whole number", "type"))
    elif not least <= value <= most:
        problems.append(Problem(name, f"must be between {least} and {most}, not {value}", "range"))
    else:
        return value
    return default


def text(body: dict[str, Any], name: str, problems: list[Problem]) -> str:
    value = body.get(name, "")
    if isinstance(value, str):
        if "\0" in value:
            problems.append(Problem(name, "must not hold a null character", "invalid"))
        return value
    problems.append(Problem(name, "must be a string", "type"))
    return ""


def uuid(body: dict[str, Any], name: str, problems: list[Problem]) -> UUID:
    value = body.get(name)
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    if name in body:
        problems.append(Problem(name, "must be a UUID", "type"))
    return UUID(int=0)


def moment(body: dict[str, Any], name: str, problems: list[Problem]) -> datetime | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    problems.append(Problem(name, "must be a time with its zone, as in 2026-05-04T09:30:00Z", "type"))
    return None


def listed(body: dict[str, Any], name: str, problems: list[Problem]) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        problems.append(Problem(name, "must be a list", "type"))
        return []
    if len(value) > MOST_ENTRIES:
        problems.append(Problem(name, f"must have at most {MOST_ENTRIES} entries, not {len(value)}", "max_length"))
        return []
    return value


def ids(body: dict[str, Any], name: str, problems: list[Problem]) -> list[int]:
    found = []
    for place, value in enumerate(listed(body, name, problems)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_ID:
            problems.append(Problem(f"{name}[{place}]", "must be an id", "type"))
        else:
            found.append(value)
    return found


def body_of(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise InvalidInput(Problem("", "must be an object", "type"))
    return body


def read_draft(body: Any) -> tuple[int, dict[str, Any]]:
    problems: list[Problem] = []
    given = body_of(body)
    unknown(given, ("seq", "value"), problems)
    required(given, ("seq", "value"), problems)
    seq = number(given, "seq", problems, default=0) or 0
    value = given.get("value", {})
    if not isinstance(value, dict):
        problems.append(Problem("value", "must be an object", "type"))
    if problems:
        raise InvalidInput(problems)
    return seq, value
