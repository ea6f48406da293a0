"""Why lines became no item: a code and English for programs, the reader's language for people."""

import ast
import csv
import io
import json
from pathlib import Path

import pytest

from labeling import importers
from labeling.importers.base import CODES
from tasks.models import UploadProblem

pytestmark = pytest.mark.django_db
LINES = b'{"text": "Fine."}\n{"text": 3}\n{"text": " "}\n[1]\n{"text": "\xff"}\n'


def test_a_report_tells_each_line_in_english_with_a_code_and_in_the_language_asked_for(client, imported):
    upload = imported("a.jsonl", LINES)
    url = f"/api/v1/uploads/{upload['id']}/errors"
    rows = [json.loads(line) for line in client.get(f"{url}?format=jsonl").getvalue().splitlines()]
    assert [(row["line"], row["field"], row["code"]) for row in rows] == [
        (2, "text", "type"),
        (3, "text", "empty"),
        (4, "", "not_json"),
        (5, "", "encoding"),
    ]
    assert rows[0]["reason"] == "must be a string, is a number"
    head, first, *_ = csv.reader(io.StringIO(client.get(f"{url}?language=ja").getvalue().decode()))
    assert head == ["line", "field", "reason", "code", "message"]
    assert first == ["2", "text", "must be a string, is a number", "type", "文字列にしてください（現在: 数値）"]
    refused = client.get(f"{url}?language=xx")
    assert refused.status_code == 400 and "en, ja" in refused.text


def test_what_was_stored_before_there_were_codes_is_told_too(client, imported):
    upload = imported("a.jsonl", b'{"text": "Fine."}\n')
    UploadProblem.objects.create(upload_id=upload["id"], line=7, reason="no text goes with it")
    url = f"/api/v1/uploads/{upload['id']}/errors?format=jsonl&language=ja"
    (row,) = [json.loads(line) for line in client.get(url).getvalue().splitlines()]
    assert (row["code"], row["message"]) == ("invalid", "対応するテキストがありません")


def test_every_importer_gives_codes_that_are_known():
    given = set()
    for path in Path(importers.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            at = {"Trouble": 2, "FieldRefused": 2, "LineProblem": 4}.get(name)
            if at and len(node.args) > at:
                code = node.args[at]
                given |= {each.value for each in ast.walk(code) if isinstance(each, ast.Constant)}
    assert given - {None} <= CODES.keys() and len(given) > 10
