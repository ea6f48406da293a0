from __future__ import annotations

import io
import stat
import struct
import zipfile
from typing import Any

import pytest

from labeling.errors import BadFile
from labeling.importers import Row
from tests.labeling.importers.reading import everything, problems, resumed_everywhere
from tests.labeling.pictures import picture


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def names(content: bytes, **options: Any) -> list[str]:
    return [each.data["file"] for each in everything(content, "x.zip", **options) if isinstance(each, Row)]


def test_images_are_read_and_litter_is_passed_over() -> None:
    litter = {"__MACOSX/a/._1.png": b"x", "a/.DS_Store": b"x", "a/": b""}
    content = zipped({**litter, "a/1.png": picture(), "2.jpg": picture("JPEG")})
    assert names(content) == ["a/1.png", "2.jpg"]
    row = everything(content, "x.zip")[0]
    assert isinstance(row, Row)
    assert row.image is not None
    assert row.key == row.image.sha256[:32]


def test_reading_on_from_any_entry_gives_what_one_pass_gives() -> None:
    entries = {"1.png": picture(), "2.txt": b"text", "d/": b"", "3.jpg": picture("JPEG"), "4.png": b"\x89PNG broken"}
    for expected, resumed in resumed_everywhere(zipped(entries), "x.zip"):
        assert resumed == expected


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.png", "a path that leaves the zip is refused"),
        ("a/../../evil.png", "a path that leaves the zip is refused"),
        ("..\\evil.png", "a path that leaves the zip is refused"),
        ("/etc/evil.png", "an absolute path is refused"),
        ("C:\\evil.png", "an absolute path is refused"),
        ("note.txt", "not an image of a kind we take (PNG, JPEG, WEBP, GIF, TIFF, BMP)"),
    ],
)
def test_a_bad_entry_is_told_and_the_good_one_is_read(name: str, reason: str) -> None:
    content = zipped({name: b"hello", "good.png": picture()})
    assert names(content) == ["good.png"]
    assert problems(content, "x.zip") == [(1, name.replace("\\", "/"), reason)]


def test_the_content_of_an_image_decides_not_its_name() -> None:
    row = everything(zipped({"really_a_jpeg.png": picture("JPEG")}), "x.zip")[0]
    assert isinstance(row, Row)
    assert row.image is not None
    assert row.image.format == "JPEG"


def test_a_symbolic_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert problems(out.getvalue(), "x.zip") == [(1, "link.png", "a link or a special file is refused")]


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(zipped({"a.png": picture()}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + at] |= 1
    assert problems(bytes(content), "x.zip") == [(1, "a.png", "is encrypted")]


def test_decompression_bombs_are_refused_by_ratio_and_by_size() -> None:
    content = zipped({"a.png": b"\0" * 3_000_000, "b.png": picture()})
    assert names(content) == ["b.png"]
    assert "packed more than 200 times" in problems(content, "x.zip")[0][2]
    assert "at most 1000" in problems(content, "x.zip", max_entry_size=1000)[0][2]
    with pytest.raises(BadFile, match="unpacks to"):
        everything(content, "x.zip", max_total_size=1_000_000)


def test_a_lie_about_the_unpacked_size_does_not_help() -> None:
    content = bytearray(zipped({"a.png": b"\0" * 3_000_000}))
    directory = content.find(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<L", 100)
    assert len(problems(bytes(content), "x.zip")) == 1


def test_too_many_entries_are_refused() -> None:
    content = zipped({f"{n}.png": b"" for n in range(30)})
    with pytest.raises(BadFile, match="30 entries; at most 20"):
        everything(content, "x.zip", max_entries=20)
    with pytest.raises(BadFile, match="directory is larger"):
        everything(content, "x.zip", max_entries=1)


def test_a_broken_entry_costs_only_itself() -> None:
    content = bytearray(zipped({"a.png": picture(), "b.png": picture("JPEG")}, zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    assert names(bytes(content)) == ["b.png"]
    assert len(problems(bytes(content), "x.zip")) == 1


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_truncated_zip_is_bad(keep: float) -> None:
    content = zipped({"a.png": picture(), "b.png": picture("JPEG")})
    with pytest.raises(BadFile, match="not a whole zip file"):
        everything(content[: int(len(content) * keep)], "x.zip")


def test_an_office_document_and_an_empty_zip_are_told() -> None:
    with pytest.raises(BadFile, match="save a table as CSV"):
        everything(zipped({"[Content_Types].xml": b"<x/>"}), "x.xlsx")
    with pytest.raises(BadFile, match="the zip has no files"):
        everything(zipped({"a/": b""}), "x.zip")


def test_a_single_image_is_one_row_and_read_once() -> None:
    row = everything(picture(), "C:\\photos\\cat.png")[0]
    assert isinstance(row, Row)
    assert row.data == {"file": "cat.png"}
    assert everything(picture(), "cat.png", row.position_after) == []


def test_a_broken_single_image_is_a_bad_file() -> None:
    with pytest.raises(BadFile, match="a broken PNG image"):
        everything(picture(size=(200, 200))[:200], "cat.png")
    with pytest.raises(BadFile, match="not an image of a kind we take"):
        everything(b"hello", "cat.png")
    with pytest.raises(BadFile, match="larger than 10 bytes"):
        everything(picture(), "cat.png", max_entry_size=10)
