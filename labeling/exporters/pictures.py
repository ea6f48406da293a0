"""The names of pictures in an export, and the pictures themselves where they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from labeling.exporters.folders import Folder, Names, ZipFolder, harmless
from labeling.exporters.shapes import Note
from labeling.exporters.snapshot import Image, Record, Snapshot

SUFFIXES = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "WEBP": (".webp",)}
LOSSLESS = (".gif", ".tif", ".tiff", ".bmp")
"""Of what is kept as PNG."""
OTHER_NAME = "the format knows an item by its picture's name, which is written otherwise than the item's key"
NO_PICTURE = "has no picture: it has no place in this format"


def with_pictures(snapshot: Snapshot, *, by_stem: bool = False) -> Iterator[tuple[int, str, Image, Record]]:
    """Each record that has a picture, counted from 1, with the name of its file.

    ``by_stem`` keeps names apart in more than their suffix, for a format with a file of labels beside each picture.
    """
    names, number = Names(), 0
    for record in snapshot.records():
        if record.image is not None:
            number += 1
            name = file_name(record, with_files=snapshot.open_image is not None)
            suffix = PurePosixPath(name).suffix if by_stem else ""
            yield number, names.unique(name.removesuffix(suffix), record.task) + suffix, record.image, record


def note_renamed(note: Note, name: str) -> None:
    """For a format that has no place for the item's key."""
    if name != note.record.key:
        note("item.key", OTHER_NAME)


def note_without_picture(snapshot: Snapshot, record: Record) -> bool:
    """Whether the record has no picture; it is told then."""
    if record.image is None:
        snapshot.losses.note(record, "item", NO_PICTURE)
        return True
    return False


def file_name(record: Record, *, with_files: bool) -> str:
    """The name the picture came with; of a file in the export with a suffix that is true.

    Some pictures are encoded anew when they come in. Labels alone are for the files that their owner has.
    """
    assert record.image is not None
    name = harmless(record.image.file or record.key)
    known = SUFFIXES.get(record.image.format, ())
    suffix = PurePosixPath(name).suffix.lower()
    return name if not known or suffix in known or (suffix in LOSSLESS and not with_files) else name + known[0]


def write_pictures(snapshot: Snapshot, folder: Folder, below: str = "images", *, by_stem: bool = False) -> None:
    """Every picture under its name, where the files were asked for."""
    if snapshot.open_image is None or not isinstance(folder, ZipFolder):
        return
    for _, name, _, record in with_pictures(snapshot, by_stem=by_stem):
        folder.copy(f"{below}/{name}", snapshot.open_image(record))
