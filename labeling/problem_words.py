"""What is wrong, in the reader's language.

The core and the services say it in English, as the API shows it, and know no languages. The catalogue `problems` holds
their messages with what varies in them numbered: "must be from {1} to {2}". A message is looked up as it is, then by
its shape.
"""

import gettext
import re
from functools import cache

from django.conf import settings
from django.utils.translation import get_language, to_locale

NUMBERED = re.compile(r"\{(\d+)\}")


def in_words(message: str) -> str:
    """The message in the language in force, or as it is where there is no translation."""
    exact, shapes = _catalogue(to_locale(get_language() or "en"))
    if message in exact:
        return exact[message]
    for shape, translated in shapes:
        if found := shape.fullmatch(message):
            return NUMBERED.sub(lambda place: found[int(place[1])], translated)
    return message


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
