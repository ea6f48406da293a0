"""Files of an archive on their way into the storage."""

from __future__ import annotations

import tempfile
from types import TracebackType
from typing import Any, BinaryIO, cast

from labeling import storage
from tasks.selectors.in_place import is_in_place
from tasks.services.archive.media import files_of
from tasks.services.archive.reading import Archive
from tasks.services.archive.values import BadValue

STARTS = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".webp": b"RIFF", ".tiles": b""}
PICTURE = {"key", "thumb", "width", "height", "format", "bytes", "tiles"}
TILES = {"key", "side", "sizes", "ends"}


class FilesIn:
    """In folders of its own; an exception takes everything away again."""

    def __init__(self, archive: Archive, token: str) -> None:
        self.archive, self.token = archive, token
        self.types: dict[int, str] = {}  # of projects, by the archive's ids
        self._written = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed in `__exit__`)

    def __enter__(self) -> FilesIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._written.seek(0)
            for key in self._written:
                storage.delete(key.rstrip("\n"))
        self._written.close()

    def media(self, media: Any, folder: str) -> dict[str, Any]:
        """The media of an item with the storage's names. Nothing in it may name a file by itself."""
        if not isinstance(media, dict) or media.keys() - {"image", "attachments"}:
            raise BadValue("media: must hold an image, attachments or nothing")
        pictures = [media["image"]] if media.get("image") else []
        for picture in [*pictures, *media.get("attachments", {}).values()]:
            if picture.keys() - PICTURE or picture.get("tiles", {}).keys() - TILES or "key" not in picture:
                raise BadValue("media: a picture has other fields than it may")
        if any(is_in_place(each["key"]) for each in media.get("attachments", {}).values()):
            raise BadValue("media: only an item's image can be read in place")
        for where, slot in files_of(media):
            where[slot] = self.keep(where[slot], folder, is_picture=True)
        return media

    def keep(self, name: Any, folder: str, *, is_picture: bool = False) -> str:
        """Copy one file, unless this import has done so for the same folder; its key."""
        if not self.archive.has_file(name):
            raise BadValue(f"the archive has no file {str(name)[:100]!r} in media/")
        suffix = name[64:]
        if is_picture and suffix not in STARTS:
            raise BadValue(f"{name}: pictures end in {', '.join(STARTS)}")
        key = f"{folder}/{name[:2]}/{name}"
        if not storage.exists(key):
            with storage.writing(key) as file:
                self.archive.copy_file(name, cast(BinaryIO, file))
                if is_picture and not file.head.startswith(STARTS[suffix]):
                    raise BadValue(f"{name}: is not what its suffix says")
        self._written.write(key + "\n")
        return key
