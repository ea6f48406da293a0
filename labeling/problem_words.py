"""What is wrong, in the reader's language.

The core and the services say it in English, as the API shows it, and know no languages. The catalogue `problems` holds
their messages with what varies in them numbered: "must be from {1} to {2}". A message is looked up as it is, then by
its shape; of "a.xml: is empty", where nothing says it so, what comes after the place.
"""

import gettext
import re
from functools import cache

from django.conf import settings
from django.utils.translation import get_language, gettext_noop, to_locale
from django.utils.translation import gettext as gettext_of_django

WISHES = ("must be", "unknown ", "there is no ")  # what comes after is to be typed as it is
STATES = {
    "archived": gettext_noop("Archived"),
    "canceled": gettext_noop("Canceled"),
    "completed": gettext_noop("Completed"),
    "done": gettext_noop("Done"),
    "draft": gettext_noop("Draft"),
    "expired": gettext_noop("Expired"),
    "failed": gettext_noop("Failed"),
    "final": gettext_noop("Rejected"),
    "fixed": gettext_noop("Fixed"),
    "in_progress": gettext_noop("In progress"),
    "in_review": gettext_noop("In review"),
    "leased": gettext_noop("Being worked on"),
    "offered": gettext_noop("Offered"),
    "open": gettext_noop("Open"),
    "paused": gettext_noop("Paused"),
    "resolved": gettext_noop("Resolved"),
    "retired": gettext_noop("Retired"),
    "rejected": gettext_noop("Rejected"),
    "returned": gettext_noop("Given back"),
    "returned_for_fix": gettext_noop("To be fixed"),
    "running": gettext_noop("Running"),
    "skipped": gettext_noop("Skipped"),
    "staging": gettext_noop("Staging"),
    "submitted": gettext_noop("Submitted"),
    "waiting": gettext_noop("Waiting"),
    "withdrawn": gettext_noop("Withdrawn"),
}
NUMBERED = re.compile(r"\{(\d+)\}")


def in_words(message: str) -> str:
    """The message in the language in force, or as it is where there is no translation."""
    exact, shapes = _catalogue(to_locale(get_language() or "en"))
    if message in exact:
        return exact[message]
    for shape, translated in shapes:
        found = shape.fullmatch(message)
        if found and not any(each.endswith(":") for each in found.groups()):  # "line 7: must be …" is told in two parts
            parts = [_part(each, message) for each in found.groups()]
            return NUMBERED.sub(lambda place: parts[int(place[1]) - 1], translated)  # noqa: B023 - used at once
    where, colon, what = message.partition(": ")
    return f"{where}: {in_words(what)}" if colon and what else message


def _part(value: str, message: str) -> str:
    """What varies in a message: a message of its own (`line 7: must be a number`), a state, or somebody's own words."""
    if value in STATES and not message.startswith(WISHES):
        return gettext_of_django(STATES[value])
    return in_words(value) if " " in value and value != message else value


def error_in_words(error: Exception) -> str:
    problems = getattr(error, "problems", None)
    if not problems:
        return in_words(str(error))
    return "; ".join(
        f"{each.path}: {in_words(each.message)}" if each.path else in_words(each.message) for each in problems
    )


@cache
def _catalogue(locale: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Messages that never vary, and the shapes of those that do, the most telling one first."""
    path = gettext.find("problems", settings.LOCALE_PATHS[0], [locale])
    if path is None:
        return {}, []
    with open(path, "rb") as file:  # noqa: PTH123 - gettext wants a file
        known: dict[str, str] = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]  # no public way
    exact = {message: text for message, text in known.items() if message and not NUMBERED.search(message)}
    varying = [message for message in known if NUMBERED.search(message)]
    varying.sort(key=lambda message: -len(NUMBERED.sub("", message)))
    return exact, [(_shape(message), known[message]) for message in varying]


def _shape(message: str) -> re.Pattern[str]:
    parts = NUMBERED.split(message)
    return re.compile("".join(re.escape(part) if n % 2 == 0 else "(.+?)" for n, part in enumerate(parts)), re.DOTALL)
