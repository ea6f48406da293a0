"""Each kind of bad input: a clear error, the good lines kept. Through the API and the job."""

import io
import struct
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.models import Item
from tests.labeling.pictures import picture


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    """A small PNG that says it is 30,000 pixels wide and high."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = part(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


def test_a_broken_json_line_is_reported_and_the_others_kept(imported, report):
    upload = imported("a.jsonl", b'{"text": "one"}\n{"text": "tw\n{"text": "three"}\n')
    assert (upload["state"], upload["rows"], upload["created"], upload["rejected"]) == ("done", 3, 2, 1)
    [[line, field, reason]] = report(upload)
    assert (line, field) == ("2", "") and reason.startswith("not JSON")


def test_a_wrong_encoding_is_reported_by_line(imported, report):
    upload = imported("a.jsonl", b'{"text": "one"}\n' + '{"text": "café"}\n'.encode("latin-1"))
    assert upload["created"] == 1
    assert report(upload)[0][0] == "2" and "UTF-8" in report(upload)[0][2]


def test_a_file_in_another_encoding_fails_as_a_whole(imported):
    upload = imported("a.csv", "text\nhello\n".encode("utf-32"))
    assert upload["state"] == "failed" and "UTF-32" in upload["error"]


def test_a_missing_column_of_a_table_fails_the_file(imported):
    upload = imported("a.csv", b"body,stars\nhello,5\n", text_field="words")
    assert upload["state"] == "failed"
    assert "no column 'words'" in upload["error"] and "body, stars" in upload["error"]


def test_a_missing_column_of_a_parquet_file_fails_the_file(imported):
    out = io.BytesIO()
    pq.write_table(pa.table({"body": ["hello"]}), out)
    upload = imported("a.parquet", out.getvalue(), text_field="words")
    assert upload["state"] == "failed" and "no column 'words'" in upload["error"]


def test_a_missing_field_of_a_line_is_reported_by_name(imported, report):
    upload = imported("a.jsonl", b'{"text": "one"}\n{"id": 2}\n')
    assert report(upload) == [["2", "text", "is missing"]]


def test_an_empty_file_is_refused_at_once(send):
    for name in ("a.jsonl", "a.csv", "a.zip", "a.png"):
        reply = send(name, b"")
        assert reply.status_code == 400 and "empty" in reply.json()["detail"]


def test_a_kind_nobody_reads_is_refused_at_once(send):
    reply = send("a.exe", b"MZ\x00\x00\x01")
    assert reply.status_code == 400 and "none of the kinds" in reply.json()["detail"]


def test_a_line_over_the_limit_is_skipped(imported, report, settings):
    settings.MAX_LINE = 100
    upload = imported("a.jsonl", b'{"text": "one"}\n{"text": "%s"}\n{"text": "three"}\n' % (b"x" * 200))
    assert upload["created"] == 2
    assert report(upload) == [["2", "", "longer than 100 bytes"]]


def test_an_image_bomb_fails_alone_and_is_reported_in_a_zip(imported, report):
    alone = imported("bomb.png", bomb())
    assert alone["state"] == "failed" and "pixels" in alone["error"]
    packed = imported("all.zip", zipped(**{"bomb.png": bomb(), "good.png": picture()}))
    assert (packed["created"], packed["rejected"]) == (1, 1)
    assert report(packed)[0][1] == "bomb.png" and "pixels" in report(packed)[0][2]


def test_the_limit_of_pixels_is_a_setting(imported, settings):
    settings.MAX_IMAGE_PIXELS = 100
    assert "at most 100" in imported("big.png", picture(size=(40, 20)))["error"]


def test_text_called_png_is_no_image(imported, report):
    alone = imported("cat.png", b"I am a cat\n")
    assert alone["state"] == "failed" and "not an image" in alone["error"]
    packed = imported("cats.zip", zipped(**{"cat.png": b"I am a cat\n", "good.png": picture()}))
    assert packed["created"] == 1 and "not an image" in report(packed)[0][2]


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/evil.png", "C:\\evil.png", "a/../../evil.png"])
def test_a_zip_that_wants_out_stays_in(imported, report, storage_folder, name):
    upload = imported("slip.zip", zipped(**{name: picture(), "good.png": picture(size=(9, 9))}))
    assert (upload["created"], upload["rejected"]) == (1, 1)
    assert "refused" in report(upload)[0][2]
    outside = list(storage_folder.parent.rglob("*evil*"))
    assert outside == []
    assert Item.objects.get().data == {"image": "good.png"}


def test_a_zip_cut_short_fails_with_its_reason(imported):
    upload = imported("cut.zip", zipped(**{"a.png": picture()})[:-30])
    assert upload["state"] == "failed" and "zip" in upload["error"]


def test_the_report_is_safe_in_a_spreadsheet_and_there_as_json_lines(client, imported):
    upload = imported("slip.zip", zipped(**{"=cmd|calc!A1": b"x", "good.png": picture()}))
    path = f"/api/v1/uploads/{upload['id']}/errors"
    assert b"'=cmd|calc!A1" in client.get(path).getvalue()
    lines = client.get(f"{path}?format=jsonl").getvalue()
    assert b'"field":"=cmd|calc!A1"' in lines
    assert client.get(f"{path}?format=xml").status_code == 400
