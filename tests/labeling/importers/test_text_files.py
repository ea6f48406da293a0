"""Plain text: lines, files, and encodings that somebody named."""

from __future__ import annotations

import io

import pytest

from labeling import importers
from labeling.errors import BadFile
from tests.labeling.importers.reading import everything, problems, resumed_everywhere, texts
from tests.labeling.importers.test_images import zipped

FILES = {"a/1.txt": b"one\ntwo\n", "a/2.txt": b" \n", "a/3.txt": b"caf\xe9", "b.md": "zwölf".encode("utf-16")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_each_line_is_an_item_whatever_ends_it(encoding: str) -> None:
    content = "Hello, world\r\nsecond, é\rthird\n\n \n  fourth\n\n".encode(encoding)
    assert texts(content, "x.txt") == ["Hello, world", "second, é", "third", "  fourth"]
    assert problems(content, "x.txt") == [(3, "", "is empty, as are all up to line 4")]
    assert all(expected == found for expected, found in resumed_everywhere(content, "x.txt"))


def test_a_file_is_an_item_where_that_is_said_and_in_a_zip() -> None:
    assert texts(b"one\n\ntwo\n", "x.txt", texts_as="files") == ["one\n\ntwo\n"]
    assert texts(b"# one\n\ntwo\n", "x.md") == ["# one\n\ntwo\n"]
    rows = everything(zipped(FILES), "x.zip")
    assert [each.key for each in rows if isinstance(each, importers.Row)] == ["a/1.txt", "b.md"]
    assert [field for _, field, _ in problems(zipped(FILES), "x.zip")] == ["a/2.txt", "a/3.txt"]
    assert texts(zipped(FILES), "x.zip", encoding="windows-1252") == ["one\ntwo\n", "café", "zwölf"]


def test_the_lines_of_all_files_of_a_zip_can_be_items() -> None:
    given = {"texts_as": "lines", "encoding": "windows-1252"}
    assert texts(zipped(FILES), "x.zip", **given) == ["one", "two", "café", "zwölf"]
    assert all(expected == found for expected, found in resumed_everywhere(zipped(FILES), "x.zip", **given))


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"id,text\n1,a\n", "csv"),
        (b"Yes, I think\nNo, I don't\n", "text"),
        (b"one, two\nthree\n", "text"),
        (b"[Chorus]\nla\n", "text"),
        (b'{"text": "a"}\n', "jsonl"),
        (b'[\n{"text": "a"}]', "json"),
        (b"Ada B-PER\nLind I-PER\n", "conll"),
    ],
)
def test_a_text_is_told_from_a_table_in_a_file_of_that_name(content: bytes, format: str) -> None:
    assert importers.sniff(io.BytesIO(content), "x.txt") == format
    assert importers.sniff(io.BytesIO(content), "x.txt", "lines") == "text"


def test_what_is_not_utf8_is_told_with_how_it_would_read_and_read_as_it_is_named() -> None:
    content = "id,text\na,表示と今日は\nb,x\n".encode("shift_jis")
    assert texts(content, "x.csv") == ["x"]
    assert "chosen at upload: shift_jis 'a,表示と今日は'" in problems(content, "x.csv")[0][2]
    assert texts(content, "x.csv", encoding="shift_jis") == ["表示と今日は", "x"]
    assert texts("é\n".encode(), "x.txt", encoding="windows-1252") == ["é"], "UTF-8 stays UTF-8"
    with pytest.raises(BadFile, match="windows-1252 .*café.*"):
        everything(b'[{"text": "caf\xe9"}]', "x.json")
    assert texts(b'[{"text": "caf\xe9"}]', "x.json", encoding="windows-1252") == ["café"]
    assert texts(b'{"text": "caf\xe9"}', "x.jsonl", encoding="windows-1252") == ["café"]
    assert problems(b"a\x81\nb", "x.txt", encoding="windows-1252") == [
        (1, "", "not windows-1252: byte 2 of line 1 is 0x81")
    ]
