"""The directory of a zip, kept in a file until the zip ends: a million entries need no memory.

As the format's description has it (APPNOTE 6.3): a record for each entry, and behind the last one where they begin and
how many they are, in 64 bits where 32 are too few.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from typing import BinaryIO, cast
from zipfile import ZipInfo

IN_MEMORY = 1 << 20  # bytes, before it becomes a file
LARGE, MANY = 0xFFFFFFFF, 0xFFFF  # in place of a number that is told in 64 bits
ZIP64, MADE_BY = 45, 3 << 8  # of version 4.5; by a Unix, whose permissions are beside the entry
RECORD = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")


class ZipDirectory:
    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.count = 0

    def add(self, entry: ZipInfo) -> None:
        """An entry that is written."""
        name = entry.filename.encode()
        large = [n for n in (entry.file_size, entry.compress_size, entry.header_offset) if n >= LARGE]
        extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
        year, month, day, hour, minute, second = entry.date_time
        record = RECORD.pack(
            b"PK\x01\x02",
            MADE_BY | ZIP64,
            max(entry.extract_version, ZIP64 if large else 0),
            entry.flag_bits | (0 if name.isascii() else 0x800),  # the name is UTF-8
            entry.compress_type,
            hour << 11 | minute << 5 | second // 2,
            year - 1980 << 9 | month << 5 | day,
            entry.CRC,
            min(entry.compress_size, LARGE),
            min(entry.file_size, LARGE),
            len(name),
            len(extra),
            0,
            0,
            0,
            entry.external_attr,
            min(entry.header_offset, LARGE),
        )
        self._file.write(record + name + extra)
        self.count += 1

    def write(self, file: BinaryIO, *, at: int) -> None:
        """Behind the last entry, which ends `at`."""
        size = self._file.tell()
        self._file.seek(0)
        shutil.copyfileobj(cast(BinaryIO, self._file), file)
        if self.count >= MANY or at >= LARGE or size >= LARGE:
            file.write(END64.pack(b"PK\x06\x06", END64.size - 12, ZIP64, ZIP64, 0, 0, self.count, self.count, size, at))
            file.write(LOCATOR.pack(b"PK\x06\x07", 0, at + size, 1))
        count = min(self.count, MANY)
        file.write(END.pack(b"PK\x05\x06", 0, 0, count, count, min(size, LARGE), min(at, LARGE), 0))

    def close(self) -> None:
        self._file.close()
