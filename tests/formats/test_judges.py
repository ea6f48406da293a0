"""A judge that takes anything judges nothing: each of those we set up ourselves refuses what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.formats.judging import judge

PAGE: dict[str, Any] = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "urn:a:p", "type": "AnnotationPage"}
NOTE: dict[str, Any] = {
    "id": "urn:a:1", "type": "Annotation", "motivation": "tagging", "target": {"source": "urn:a:item"},
    "body": [{"type": "TextualBody", "value": "cat", "purpose": "tagging"}],
}  # fmt: skip
SAID = {"role": "assistant", "content": "x"}
YAML = b'path: .\ntrain: images/train\nval: images/train\nnc: 1\nkpt_shape: [2, 3]\nnames:\n  0: "a"\n'


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def page(**changes: Any) -> bytes:
    return json.dumps(PAGE | {"items": [NOTE | changes]}).encode()


def corpus(ann: str) -> dict[str, bytes]:
    return {"c/annotation.conf": b"", "c/a.txt": "Ada 🙂 Lind".encode(), "c/a.ann": ann.encode()}


WRONG: dict[str, tuple[str, dict[str, bytes], str]] = {
    "a role nobody has": ("chats", {"a.jsonl": line(messages=[{"role": "robot", "content": "x"}])}, "role"),
    "a field too many": ("chats", {"a.jsonl": line(messages=[SAID | {"mood": "x"}])}, "extra_forbidden"),
    "no answer at the end": ("chats", {"a.jsonl": line(messages=[{"role": "user", "content": "x"}])}, "to learn from"),
    "a wrong offset": ("brat", corpus("T1\tPER 0 4\tAda\n"), "incorrect"),
    "an end that is nowhere": ("brat", corpus("T1\tPER 0 3\tAda\nR1\tknows Arg1:T1 Arg2:T2\n"), "Cannot find id T2"),
    "a span of nothing": ("brat", corpus("T1\tPER 0 0\t\n"), "Illegal format|Null Interval"),
    "a line of no kind": ("brat", corpus("X1\tPER 0 3\tAda\n"), "no known kind"),
    "a label without a name": ("doccano", {"spans.jsonl": line(text="Ada", label=[[0, 3, ""]])}, "doccano drops"),
    "an empty text": ("doccano", {"categories.jsonl": line(text="", label=[])}, "Invalid data"),
    "a link to nothing": ("doccano", {"links.jsonl": line(
        text="Ada", entities=[{"id": 1, "label": "P", "start_offset": 0, "end_offset": 3}],
        relations=[{"id": 1, "from_id": 1, "to_id": 2, "type": "knows"}],
    )}, "AssertionError"),
    "a word of no vocabulary": ("web_annotation", {"a.jsonld": page(colour="red")}, "no words of Web Annotation"),
    "an address with a space": ("web_annotation", {"a.jsonld": page(target={"source": "urn:a b"})}, "valid URI"),
    "a date that is none": ("web_annotation", {"a.jsonld": page(created="yesterday")}, "dateTime"),
    "a body without words": ("web_annotation", {"a.jsonld": page(body=[{"type": "TextualBody"}])}, "ValueError"),
    "a point too many": ("pose", {
        "c/data.yaml": YAML, "c/labels/train/a.txt": b"0 .5 .5 .1 .1 .5 .5 2 .5 .5 2 .5 .5 2\n",
    }, "mismatch"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(WRONG))
def test_a_judge_refuses(what: str, tmp_path: Path) -> None:
    from tests.labeling.pictures import picture

    name, files, why = WRONG[what]
    more = {"c/images/train/a.png": picture()} if name == "pose" else {}
    for path, content in (files | more).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    with pytest.raises(AssertionError, match=why):
        judge(name, tmp_path)
