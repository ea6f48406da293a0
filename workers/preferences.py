"""What a person chose for the pages they work in: when material is veiled, and which keys do what.

Stored is only what differs from the defaults, so that a default can change; nothing here needs a database.
"""

from typing import Any

from labeling.errors import InvalidInput, Problem

WHEN = ("sensitive", "always", "never")
LETTERS = ("on", "alt", "off")
MOST_KEYS = 300
LONGEST_ID = 200
LONGEST_KEY = 40
DEFAULTS: dict[str, dict[str, Any]] = {
    "veil": {"when": "sensitive", "blur": True, "grey": True, "hover": True},
    "keys": {"letters": "on", "own": {}},
}
CHOICES = {("veil", "when"): WHEN, ("keys", "letters"): LETTERS}


def complete(stored: Any) -> dict[str, dict[str, Any]]:
    """Every preference, with defaults where nothing was chosen; what is not understood any more is left out."""
    given = stored if isinstance(stored, dict) else {}
    shown: dict[str, dict[str, Any]] = {}
    for part, defaults in DEFAULTS.items():
        chosen = given.get(part)
        chosen = chosen if isinstance(chosen, dict) else {}
        sound = {name: value for name, value in chosen.items() if name in defaults and not _why(part, name, value)}
        shown[part] = defaults | sound
    return shown


def changed(stored: Any, changes: Any) -> dict[str, dict[str, Any]]:
    """What to store after these changes. Raises InvalidInput with every wrong field."""
    if not isinstance(changes, dict):
        raise InvalidInput(Problem("", "must be an object", "type"))
    problems: list[Problem] = []
    after = complete(stored)
    for part, fields in changes.items():
        if part not in DEFAULTS:
            problems.append(Problem(str(part), f"there is no such preference; known: {', '.join(DEFAULTS)}", "unknown"))
        elif not isinstance(fields, dict):
            problems.append(Problem(part, "must be an object", "type"))
        else:
            problems += _problems(part, fields)
            after[part] = after[part] | fields
    if problems:
        raise InvalidInput(problems)
    differing = {
        part: {name: value for name, value in fields.items() if value != DEFAULTS[part][name]}
        for part, fields in after.items()
        if part in DEFAULTS and isinstance(fields, dict)
    }
    return {part: fields for part, fields in differing.items() if fields}


def _problems(part: str, fields: dict[str, Any]) -> list[Problem]:
    found = []
    for name, value in fields.items():
        if name not in DEFAULTS[part]:
            known = ", ".join(DEFAULTS[part])
            found.append(Problem(f"{part}.{name}", f"there is no such preference; known: {known}", "unknown"))
        elif why := _why(part, name, value):
            found.append(Problem(f"{part}.{name}", why, "invalid"))
    return found


def _why(part: str, name: str, value: Any) -> str:
    """Why this is no value of the preference, or ""."""
    if (part, name) in CHOICES:
        allowed = CHOICES[part, name]
        return "" if isinstance(value, str) and value in allowed else f"must be one of {', '.join(allowed)}"
    if name == "own":
        return _why_not_keys(value)
    return "" if isinstance(value, bool) else "must be true or false"


def _why_not_keys(value: Any) -> str:
    """Commands by id, each with a key, or with "" for none."""
    if not isinstance(value, dict):
        return "must be an object of commands and their keys"
    if len(value) > MOST_KEYS:
        return f"may hold at most {MOST_KEYS} keys"
    for command, key in value.items():
        if not (isinstance(key, str) and len(key) <= LONGEST_KEY and 0 < len(command) <= LONGEST_ID):
            return f"{command[:LONGEST_ID]!r} needs a key of at most {LONGEST_KEY} characters"
        if "\0" in key or "\0" in command:
            return "a key may not hold a null character"
    return ""
