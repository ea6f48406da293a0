"""The catalogues on disk: brought up to date with the code, checked, compiled. Babel reads and writes them."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog

from tests.catalogue import extract

LOCALES = extract.ROOT / "labeling/locale"
DOMAINS = {"django": extract.pages, "djangojs": extract.scripts, "problems": extract.problems}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|\{\d+\}|</?[a-z]+")


def languages() -> list[str]:
    return sorted(path.name for path in LOCALES.iterdir())


def place(language: str, domain: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    path = place(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language, domain=domain)


def wanted(domain: str) -> dict[extract.Message, set[str]]:
    """Every message of the code, and the files it is in. A message used with and without a plural is one with it."""
    found: dict[str, tuple[extract.Message, set[str]]] = {}
    for path, message in DOMAINS[domain]():
        where = path.relative_to(extract.ROOT).as_posix()
        one = message if isinstance(message, str) else message[0]
        known, files = found.setdefault(one, (message, set()))
        found[one] = (message if isinstance(known, str) else known, files | {where})
    return dict(found.values())


def updated(language: str, domain: str) -> Catalog:
    """Translations that are still wanted, and an empty place for each new message."""
    before = read(language, domain)
    after = Catalog(
        locale=language, domain=domain, project="Groundwork", version="1", fuzzy=False,
        header_comment=before.header_comment, msgid_bugs_address="-", last_translator="-", language_team="-",
    )  # fmt: skip
    after.revision_date = after.creation_date = before.creation_date
    for message, files in sorted(wanted(domain).items(), key=lambda each: _single(each[0])):
        old = before.get(_single(message))
        text = old.string if old else ""
        single = text if isinstance(text, str) else text[0]
        after.add(
            message, single if isinstance(message, str) else (single,), locations=[(each, 0) for each in sorted(files)]
        )
    return after


def _single(message: extract.Message) -> str:
    return message if isinstance(message, str) else message[0]


def po(catalog: Catalog) -> bytes:
    """No line numbers: they would change with every edit of the code."""
    file = BytesIO()
    pofile.write_po(file, catalog, width=120, include_lineno=False, sort_output=False)
    return file.getvalue()


def mo(catalog: Catalog) -> bytes:
    file = BytesIO()
    mofile.write_mo(file, catalog)
    return file.getvalue()


def problems(language: str, domain: str) -> Iterator[str]:
    """What is missing or wrong in a catalogue, in a line each."""
    catalog = read(language, domain)
    for message in wanted(domain):
        entry = catalog.get(_single(message))
        text = (entry.string if isinstance(entry.string, str) else entry.string[0]) if entry else ""
        if not text:
            yield f"{language}/{domain}: no translation of {_single(message)!r}"
        elif _places(text) not in ([_places(message)] if isinstance(message, str) else [*map(_places, message)]):
            yield f"{language}/{domain}: other placeholders or tags in {text!r} than in {_single(message)!r}"
    if place(language, domain).with_suffix(".mo").read_bytes() != mo(catalog):
        yield f"{language}/{domain}: the .mo is stale"


def _places(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def write(language: str, domain: str) -> int:
    """Bring both files up to date. Returns how many messages wait for a translation."""
    catalog = updated(language, domain)
    path = place(language, domain)
    path.write_bytes(po(catalog))
    path.with_suffix(".mo").write_bytes(mo(read(language, domain)))
    return sum(not (each.string if isinstance(each.string, str) else each.string[0]) for each in catalog if each.id)
