"""Open an archive that may come from a stranger: what it says of itself is checked before a record is looked at."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import orjson

from labeling.errors import BadFile
from labeling.importers.archives import UNREADABLE, entry_problem, open_zip
from labeling.importers.base import ImportOptions
from tasks.services.archive.kinds import KINDS
from tasks.services.archive.writing import FORMAT, MANIFEST, PEOPLE, VERSION

MEDIA = re.compile(r"media/[0-9a-f]{64}")
FILE = re.compile(r"([0-9a-f]{64})(\.[A-Za-z0-9]{1,10})?")
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
LARGEST_MANIFEST = 4 << 20
LONGEST_LINE = 64 << 20
LIMITS = ImportOptions(max_entries=2_000_000, max_entry_size=1 << 38, max_total_size=1 << 42, max_ratio=200)
# Records that are much alike are packed far better than pictures, and are read line by line: up to this size any
# file of them is taken, and one that holds more than the manifest names is stopped there.
RECORD_LIMITS = replace(LIMITS, ratio_from=1 << 30)


class Archive:
    """A zip whose manifest was read. `open_archive` makes one."""

    def __init__(self, zip: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self.zip, self.manifest = zip, manifest
        self.files: dict[str, dict[str, Any]] = manifest["records"]

    def lines(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Records of one file with their line. At its end the file was whole, or BadFile says what is wrong."""
        told = self.files.get(name)
        if told is None:
            return
        file, content, size, count = told["file"], hashlib.sha256(), 0, 0
        try:
            with self.zip.open(file) as member:
                while line := member.readline(LONGEST_LINE + 1):
                    count += 1
                    size += len(line)
                    if len(line) > LONGEST_LINE:
                        raise BadFile(f"{file} line {count}: longer than {LONGEST_LINE} bytes")
                    if size > told["bytes"] or count > told["count"]:
                        raise BadFile(f"{file}: there is more in it than the manifest says")
                    content.update(line)
                    yield count, _record(file, count, line)
        except UNREADABLE as error:
            raise BadFile(f"{file}: cannot be unpacked: {error}") from error
        if (size, count, content.hexdigest()) != (told["bytes"], told["count"], told["sha256"]):
            raise BadFile(f"{file}: not what the manifest says: it was changed, or cut short")

    def has_file(self, name: Any) -> bool:
        found = FILE.fullmatch(name) if isinstance(name, str) else None
        return bool(found) and f"media/{found[1]}" in self.zip.NameToInfo  # type: ignore[index]  # found

    def copy_file(self, name: str, target: BinaryIO) -> None:
        """The content under its name, or BadFile when it is another one."""
        member, content = f"media/{name[:64]}", hashlib.sha256()
        try:
            with self.zip.open(member) as source:
                while block := source.read(1 << 18):
                    content.update(block)
                    target.write(block)
        except UNREADABLE as error:
            raise BadFile(f"{member}: cannot be unpacked: {error}") from error
        if content.hexdigest() != name[:64]:
            raise BadFile(f"{member}: its content is another one than its name says")


def open_archive(stream: BinaryIO) -> Archive:
    """BadFile when it is none, is from a newer release, or holds what no archive holds."""
    zip = open_zip(stream, LIMITS)
    seen: set[str] = set()
    allowed = {kind.file for kind in KINDS} | {MANIFEST, PEOPLE}
    if MANIFEST not in zip.NameToInfo:
        raise BadFile(f"not an archive of Groundwork: there is no {MANIFEST} in it")
    manifest = _manifest(zip)
    for entry in zip.infolist():
        name = entry.filename
        if problem := entry_problem(entry, name, RECORD_LIMITS if name in allowed else LIMITS):
            raise BadFile(f"{name[:200]}: {problem}")
        if name not in allowed and not MEDIA.fullmatch(name):
            raise BadFile(f"{name[:200]}: no archive holds such a file")
        if name in seen:
            raise BadFile(f"{name}: is there twice")
        seen.add(name)
    for name, told in manifest["records"].items():
        if told["file"] not in seen:
            raise BadFile(f"{told['file']}: is missing, though the manifest names it ({name})")
    return Archive(zip, manifest)


def _manifest(zip: zipfile.ZipFile) -> dict[str, Any]:
    entry = zip.getinfo(MANIFEST)
    if entry.file_size > LARGEST_MANIFEST:
        raise BadFile(f"{MANIFEST}: larger than {LARGEST_MANIFEST} bytes")
    try:
        found = orjson.loads(zip.read(entry))
    except (*UNREADABLE, orjson.JSONDecodeError) as error:
        raise BadFile(f"{MANIFEST}: cannot be read: {error}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadFile(f'{MANIFEST}: "format" is not "{FORMAT}": this is another kind of zip')
    if not isinstance(found.get("version"), int) or found["version"] > VERSION:
        raise BadFile(
            f"{MANIFEST}: version {found.get('version')} of the format is newer than this release knows ({VERSION}); "
            f"it was made by {found.get('made_by')}"
        )
    _check_manifest(found)
    return found


def _check_manifest(found: dict[str, Any]) -> None:
    known = {kind.name: kind.file for kind in KINDS} | {"people": PEOPLE}
    about, records = found.get("organization"), found.get("records")
    if not isinstance(about, dict) or not isinstance(about.get("name"), str) or not 0 < len(about["name"]) <= 120:
        raise BadFile(f'{MANIFEST}: "organization" has no name')
    if not isinstance(records, dict):
        raise BadFile(f'{MANIFEST}: "records" is missing')
    for name, told in records.items():
        if name not in known:
            raise BadFile(f"{MANIFEST}: this release knows no records of the kind {name[:100]!r}")
        counts = isinstance(told, dict) and all(
            isinstance(told.get(n), int) and told[n] >= 0 for n in ("count", "bytes")
        )
        if not counts or told.get("file") != known[name] or not isinstance(told.get("sha256"), str):
            raise BadFile(f"{MANIFEST}: records.{name}: must have file, count, bytes and sha256")


def _record(file: str, line: int, content: bytes) -> dict[str, Any]:
    if NUL.search(content):
        raise BadFile(f"{file} line {line}: holds a NUL character, which cannot be stored")
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadFile(f"{file} line {line}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadFile(f"{file} line {line}: not an object")
    return found
