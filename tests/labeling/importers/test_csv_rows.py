from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import BadFile
from labeling.importers import ImportOptions, LineProblem, Row, csv_rows
from tests.labeling.importers.reading import Endless, everything, problems, resumed_everywhere, texts

cells = st.text(st.sampled_from('ab,;"\n\r\té日'), min_size=1, max_size=6)
raw_lines = st.binary(max_size=20) | st.text(st.sampled_from('a",\n'), max_size=12).map(str.encode)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_wrote_is_read_back_from_anywhere(rows: list[tuple[str, str]], end: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "note"), *rows])
    content = file.getvalue().encode()
    found = everything(content, "x.csv")
    good = [each.data for each in found if isinstance(each, Row)]
    assert good == [{"text": text, "note": note} for text, note in rows if text.strip()]
    for expected, resumed in resumed_everywhere(content, "x.csv"):
        assert resumed == expected


@given(st.lists(raw_lines, max_size=8))
def test_reading_on_from_anywhere_in_rubbish_gives_what_one_pass_gives(parts: list[bytes]) -> None:
    content = b"text,note\nfirst,row\n" + b"\n".join(parts)
    for expected, resumed in resumed_everywhere(content, "x.csv", max_line=30):
        assert resumed == expected


def test_a_quoted_newline_counts_as_a_line() -> None:
    found = everything(b'text,n\n"a\nb",1\nc,2,3\n', "x.csv")
    assert [each.line for each in found] == [2, 4]
    assert isinstance(found[1], LineProblem)
    assert found[1].reason == "the number of fields is 3; the header has 2"


def test_a_wrong_byte_is_told_by_line_and_byte_and_the_next_line_is_read() -> None:
    content = b'text\ngood\n"two\nlin\xe9s"\nmore\n'
    ((line, field, reason),) = problems(content, "x.csv")
    assert (line, field, reason.partition(";")[0]) == (3, "", "not UTF-8: byte 4 of line 4 is 0xE9")
    assert texts(content, "x.csv") == ["good", "more"]


def test_a_quote_that_is_never_closed_costs_one_line() -> None:
    content = b'text,n\na,1\n"oops,2\nb,3\nc,4\n'
    assert texts(content, "x.csv") == ["a", "b", "c"]
    assert problems(content, "x.csv") == [(3, "", "not CSV: a quoted field is never closed")]


def test_a_quote_closed_in_a_later_line_costs_one_line() -> None:
    content = b'text,n\n"oops,1\nb,"2"\nc,3\n'
    assert texts(content, "x.csv") == ["b", "c"]


def test_a_hostile_file_of_open_quotes_is_read_in_bounded_time() -> None:
    content = b"text,n\n" + b'a","b\n' * 20_000
    found = everything(content, "x.csv", max_line=1000)
    assert found
    assert len(found) <= 20_000


def test_a_line_over_the_limit_is_skipped_in_constant_memory() -> None:
    head = b"text\n"

    class WithHeader(Endless):
        def readline(self, size: int | None = -1) -> bytes:
            if self.at < len(head):
                self.at += len(head)
                return head
            return super().readline(size)

    stream = WithHeader(20_000_000, b"\nafter\n")
    found = list(csv_rows.read(stream, position={}, options=ImportOptions(max_line=10_000)))  # type: ignore[arg-type]
    assert [(type(each).__name__, each.line) for each in found] == [("LineProblem", 2), ("Row", 3)]
    assert stream.largest <= 1 << 16


def test_a_column_chosen_as_the_text_must_be_there() -> None:
    with pytest.raises(BadFile, match="no column 'words' in the header; its columns: id, body"):
        everything(b"id,body\n1,a\n", "x.csv", text_field="words")


def test_a_table_without_a_text_gives_items_of_its_other_columns() -> None:
    rows = everything(b"id,prompt\n1,Write a haiku\n2, \n", "x.csv")
    assert [getattr(row, "data", "refused") for row in rows] == [{"id": "1", "prompt": "Write a haiku"}, "refused"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"text,text\na,b\n", "two columns are called 'text'"),
        (b"te\xffxt\na\n", "header: not UTF-8"),
        (b'"text\na\n', "header: not CSV"),
        ("text\na\n".encode("utf-32"), "UTF-32"),
    ],
)
def test_a_file_without_a_usable_header_is_bad(content: bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        everything(content, "x.csv")


def test_a_byte_order_mark_semicolons_and_tabs_are_understood() -> None:
    assert texts(b"\xef\xbb\xbftext;n\r\na, b;1\r\n\r\n", "x.csv") == ["a, b"]
    assert texts(b"n\ttext\n1\ta\n", "x.tsv") == ["a"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_line_by_line_and_on_from_any_of_them(encoding: str) -> None:
    """Letters of Gurmukhi and Malayalam hold the byte of a line's end."""
    lines = ["\ufefftext,n\r\nਊ ਅ\u0d0a,1\n", "ਊ" * 600 + ",2\n", '"two\nlines 😀",3\n']
    content = "".join(lines).encode(encoding)
    found = everything(content, "x.csv", max_line=1000)
    assert [each.data["text"] if isinstance(each, Row) else each.reason for each in found] == [
        "ਊ ਅ\u0d0a",
        "the line is longer than 1000 bytes",
        "two\nlines 😀",
    ]
    for expected, resumed in resumed_everywhere(content, "x.csv", max_line=1000):
        assert resumed == expected
    cut = everything("\ufefftext\na\nb".encode(encoding)[:-1], "x.csv")
    assert [isinstance(each, Row) for each in cut] == [True, False]


def test_empty_text_and_nul_are_told_by_field() -> None:
    content = b"text,n\n ,1\na\x00b,2\nc,\x00\n"
    assert problems(content, "x.csv") == [
        (2, "text", "is empty"),
        (3, "text", "contains a NUL character"),
        (4, "n", "contains a NUL character"),
    ]
