from __future__ import annotations

import io

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling import importers
from labeling.errors import BadFile
from labeling.importers import ImportOptions, Row, jsonl
from tests.labeling.importers.reading import Endless, everything, problems, resumed_everywhere, texts

objects = st.dictionaries(
    st.sampled_from(["text", "id", "x"]), st.text(max_size=5) | st.integers(-(2**63), 2**64 - 1) | st.none()
)
lines = st.one_of(objects.map(orjson.dumps), st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b"")))


@given(st.lists(lines, min_size=1, max_size=8), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_reading_on_from_anywhere_gives_what_one_pass_gives(parts: list[bytes], end: bytes, last_end: bool) -> None:
    content = b'{"text":"first"}' + end + end.join(parts) + (end if last_end else b"")
    for expected, resumed in resumed_everywhere(content, "x.jsonl", max_line=40):
        assert resumed == expected


def test_a_bad_line_never_stops_the_good_ones() -> None:
    content = b'{"text":"a"}\noops\n{"text":"b"}\n'
    assert texts(content, "x.jsonl") == ["a", "b"]
    assert [(line, field) for line, field, _ in problems(content, "x.jsonl")] == [(2, "")]


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (
            b'{"text":"caf\xe9"}',
            "",
            "not UTF-8: byte 13 of the line is 0xE9; its encoding can be chosen at upload: "
            """windows-1252 '{"text":"café"}', windows-1251 '{"text":"cafй"}'""",
        ),
        (b'["a"]', "", "a JSON list, not an object: write one object a line"),
        (b'"a"', "", "not a JSON object"),
        (b"{}", "text", "is missing"),
        (b'{"id":7,"prompt":" ","responses":[]}', "text", "is missing"),
        (b'{"text":null}', "text", "must be a string, is null"),
        (b'{"text":7}', "text", "must be a string, is a number"),
        (b'{"text":"  "}', "text", "is empty"),
        (b'{"text":"a\\u0000b"}', "text", "contains a NUL character"),
        (b'{"text":"a","m":{"k":["\\u0000"]}}', "m.k[0]", "contains a NUL character"),
        (b'{"text":"a","\\u0000":1}', "", "a field name contains a NUL character"),
        (b'{"text":"a","id":[1]}', "id", "must be a string or a whole number, is a list"),
        (
            b'{"text":"a","id":1.5}',
            "id",
            "must be a string or a whole number, is a number with a fraction or over 64 bits",
        ),
        (b'{"text":"a","id":"' + b"k" * 201 + b'"}', "id", "has 201 characters; at most 200"),
    ],
)
def test_a_bad_line_is_told_by_line_field_and_reason(line: bytes, field: str, reason: str) -> None:
    assert problems(b'{"text":"good"}\n' + line, "x.jsonl") == [(2, field, reason)]


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"1e999", b"\xed\xa0\x80", b'"\\ud800"'])
def test_what_json_cannot_hold_is_refused(value: bytes) -> None:
    assert len(problems(b'{"text":"a","x":' + value + b"}", "x.jsonl")) == 1


def test_a_line_without_a_text_is_an_item_if_it_has_anything_else() -> None:
    line = b'{"id":"q1","prompt":[{"role":"user","content":"Hi"}],"responses":["a","b"]}'
    (row,) = everything(line, "x.jsonl")
    assert isinstance(row, Row)
    assert row.key == "q1"
    assert row.data == {"id": "q1", "prompt": [{"role": "user", "content": "Hi"}], "responses": ["a", "b"]}
    assert problems(line, "x.jsonl", text_field="body") == [(1, "body", "is missing")]


def test_nesting_has_a_limit() -> None:
    def nested(depth: int) -> bytes:
        return b'{"text":"a","x":' + b"[" * depth + b"]" * depth + b"}"

    assert problems(nested(31), "x.jsonl") == []
    assert problems(nested(32), "x.jsonl")[0][2] == "is nested too deep"
    assert len(problems(nested(100_000), "x.jsonl")) == 1


def test_a_line_over_the_limit_is_skipped_in_constant_memory() -> None:
    stream = Endless(50_000_000, b'\n{"text":"after"}\n')
    found = list(jsonl.read(stream, position={}, options=ImportOptions(max_line=10_000)))  # type: ignore[arg-type]
    assert [type(each).__name__ for each in found] == ["LineProblem", "Row"]
    assert found[0].reason == "longer than 10000 bytes"  # type: ignore[union-attr]
    assert found[1].line == 2
    assert stream.largest <= 1 << 16


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    assert texts(b'\xef\xbb\xbf{"text":"a"}\r\n\r\n{"text":"b"}', "x.jsonl") == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_an_empty_file_is_told(content: bytes) -> None:
    with pytest.raises(BadFile, match="the file is empty"):
        everything(content, "x.jsonl")


def test_a_utf_16_file_is_read_and_a_utf_32_file_told_what_to_do() -> None:
    assert texts('{"text":"one"}\r\n{"text":"two"}'.encode("utf-16"), "x.jsonl") == ["one", "two"]
    with pytest.raises(BadFile, match="UTF-32; save it as UTF-8"):
        everything('{"text":"one"}'.encode("utf-32"), "x.jsonl")


def test_keys_come_from_the_id_or_from_the_content() -> None:
    rows = everything(b'{"id":7,"text":"a"}\n{"text":"b","x":1}\n{"x":1,"text":"b"}\n', "x.jsonl")
    keys = [row.key for row in rows if isinstance(row, Row)]
    assert keys[0] == "7"
    assert keys[1] == keys[2]
    assert len(keys[1]) == 32


def test_another_field_can_be_the_text_and_nothing_is_lost() -> None:
    rows = everything(b'{"body":"a","text":"b","n":1}', "x.jsonl", text_field="body")
    assert isinstance(rows[0], Row)
    assert rows[0].data == {"text": "a", "n": 1, "other_text": "b"}


def test_content_decides_the_format_where_the_name_does_not() -> None:
    assert importers.sniff(io.BytesIO(b'{"text":"a"}'), "upload") == "jsonl"
    assert importers.sniff(io.BytesIO(b"id,text\n1,a\n"), "upload.txt") == "csv"
    assert importers.sniff(io.BytesIO(b"\x89PNG\r\n\x1a\n"), "upload.csv") == "image_file"
    assert importers.sniff(io.BytesIO(b"PK\x03\x04"), "upload.png") == "image_zip"
    with pytest.raises(BadFile, match="'x.exe' is none of the kinds read here"):
        importers.sniff(io.BytesIO(b"MZ\x00\x00"), "x.exe")
