"""Write an organization as one zip, in one pass and with flat memory: media first, then records, the manifest last."""

from __future__ import annotations

import hashlib
import tomllib
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

import orjson
from django.conf import settings

from labeling import env
from tasks.services.archive.kinds import KINDS, LEFT_OUT
from tasks.services.archive.looking import one_look
from tasks.services.archive.media import Files, write_files
from tasks.services.archive.people import Pseudonyms
from tasks.services.archive.records import records_of
from workers.models import Organization

FORMAT, VERSION = "groundwork-archive", 1
MANIFEST, PEOPLE = "manifest.json", "people.jsonl"
TICK = 1000  # records between two calls of `tick`
BUFFER = 1 << 18


def write_archive(
    organization: Organization,
    target: BinaryIO,
    *,
    now: datetime,
    tick: Callable[[str, int], None] = lambda _n, _c: None,
) -> dict[str, Any]:
    """The manifest, after everything it tells of was written. `tick` hears what is being written, and how far."""
    records: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=5) as archive:
        files = Files(archive)
        try:
            write_files(organization, files, lambda: tick("media", files.count))
            with one_look():
                people = Pseudonyms(organization)
                for kind in KINDS:
                    found = records_of(kind, organization, people, files)
                    with files.waiting():
                        records[kind.name] = _write(archive, kind.file, found, partial(tick, kind.name))
                records["people"] = _write(archive, PEOPLE, people.records(), lambda _n: None)
        finally:
            files.close()
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_by": f"Groundwork {_release()}",
            "made_at": now.isoformat(),
            "organization": {
                "name": organization.name,
                "slug": organization.slug,
                "created_at": organization.created_at.isoformat(),
            },
            "records": records,
            "media": {"count": files.count, "bytes": files.size, "lost": files.lost},
            "left_out": LEFT_OUT,
        }
        archive.writestr(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return manifest


def _write(
    archive: zipfile.ZipFile, name: str, records: Iterable[dict[str, Any]], tick: Callable[[int], None]
) -> dict[str, Any]:
    content, count, size, buffer = hashlib.sha256(), 0, 0, bytearray()
    with archive.open(_entry(name), "w", force_zip64=True) as member:

        def flush() -> None:
            nonlocal size
            content.update(buffer)
            member.write(buffer)
            size += len(buffer)
            buffer.clear()

        for record in records:
            buffer += orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
            count += 1
            if len(buffer) >= BUFFER:
                flush()
            if count % TICK == 0:
                tick(count)
        flush()
    return {"file": name, "count": count, "bytes": size, "sha256": content.hexdigest()}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _release() -> str:
    told = tomllib.loads((env.ROOT / "pyproject.toml").read_text())["project"]["version"]
    return f"{told} ({settings.RELEASE})"
