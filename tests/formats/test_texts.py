"""CoNLL-2003, spaCy, brat and doccano, as seqeval, spaCy, bioc and doccano itself read them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labeling.exporters import brat, conll, docbin, doccano
from labeling.exporters.murmur import hash_of
from labeling.exporters.snapshot import COLUMNS, NO_KEY, OTHER_ANSWERS, UNFINISHED, Record
from labeling.exporters.texts import ATTRIBUTES, OVERLAP, RELATIONS
from tests.formats.coming_back import again, items, resumes_anywhere, rows_of, troubles
from tests.formats.judging import judge
from tests.formats.making import Made, export, written
from tests.labeling.importers.test_images import zipped

SPANS: dict[str, Any] = {
    "question": "Mark names.",
    "labels": [
        {"value": "PERSON", "attributes": [{"name": "known as", "type": "text", "required": False}]},
        {"value": "work place"}, {"value": "X"},
    ],
    "relations": [{"value": "works_for"}],
}  # fmt: skip
PLAIN = SPANS | {"relations": []}
CHOICE = {"question": "?", "options": [{"value": "good"}, {"value": "very bad"}]}


def span(n: int, label: str, text: str, part: str, **more: Any) -> dict[str, Any]:
    start = text.index(part)
    return {"id": f"a{n}", "label": label, "start": start, "end": start + len(part), "text": part, **more}


ADA = "Ada Lind,\njoined  «Northwind» in 東京都 🙂 X."
LINK = {"id": "r1", "name": "works_for", "source_ref": "a1", "target_ref": "a2"}
RECORDS = [
    written(1, ADA, {
        "annotations": [
            span(1, "PERSON", ADA, "Ada Lind", attributes={"known as": "the first"}),
            span(2, "work place", ADA, "Northwind"), span(3, "X", ADA, "東京"), span(4, "X", ADA, "京都"),
        ],
        "relationships": [LINK],
    }, answers=[{"annotator": "a", "value": {}}]),
    written(2, "Nobody here.", {"annotations": [], "relationships": []}),
    written(3, "   ", {"annotations": [], "relationships": []}),
    written(4, "not yet", None),
]  # fmt: skip
CHOICES = [written(1, "fine", {"option": "good"}), written(2, "", {"option": "very bad"}), written(3, "?", None)]
WITHOUT = [
    Record(**{name: getattr(each, name) for name in Record.__slots__} | {
        "answer": each.answer and {**each.answer, "relationships": []}, "answers": []
    })
    for each in RECORDS
]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    return {
        "conll": export("conll", "spans", SPANS, RECORDS),
        "spacy": export("spacy", "spans", SPANS, RECORDS),
        "cats": export("spacy", "choice", CHOICE, CHOICES),
        "brat": export("brat", "spans", SPANS, RECORDS),
        "doccano-links": export("doccano", "spans", SPANS, RECORDS),
        "doccano-spans": export("doccano", "spans", PLAIN, WITHOUT),
        "doccano-choice": export("doccano", "choice", CHOICE, CHOICES),
    }


@pytest.fixture(scope="module")
def seen(made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "data.conll").write_bytes(made["conll"].content)
    for name in ("spacy", "cats"):
        made[name].unpack(folder / name)
    made["brat"].unpack(folder / "brat" / "names")
    (folder / "doccano").mkdir()
    for name, kind in (("doccano-links", "links"), ("doccano-spans", "spans"), ("doccano-choice", "categories")):
        (folder / "doccano" / f"{kind}.jsonl").write_bytes(made[name].content)
    brat = judge("brat", folder / "brat")["names"]
    return judge("texts", folder) | {"brat": brat, "doccano": judge("doccano", folder / "doccano")}


def test_seqeval_finds_the_entities_of_each_line(seen: Any) -> None:
    assert seen["conll"] == [
        [[["PERSON", "Ada Lind"]], [["work_place", "Northwind"], ["X", "東京"]]], [[]], [], [[]],
    ]  # fmt: skip


def test_spacy_reads_texts_entities_and_overlapping_spans(seen: Any) -> None:
    first = seen["spans"][0]
    assert [doc["text"] for doc in seen["spans"]] == [ADA, "Nobody here.", "   ", "not yet"]
    assert [each[:2] for each in first["ents"]] == [["PERSON", "Ada Lind"], ["work place", "Northwind"], ["X", "東京"]]
    assert first["spans"] == [
        ["PERSON", "Ada Lind"], ["work place", "Northwind"], ["X", "東京"], ["X", "京都"],
    ]  # fmt: skip


def test_spacy_reads_categories_and_none_where_nobody_answered(seen: Any) -> None:
    assert [doc["cats"] for doc in seen["cats"]] == [
        {"good": 1.0, "very bad": 0.0}, {"good": 0.0, "very bad": 1.0}, {},
    ]  # fmt: skip


def test_bioc_finds_spans_links_and_attributes_in_brats_files(seen: Any) -> None:
    first = seen["brat"]["item-1"]
    assert first["entities"] == [["PERSON", "Ada Lind"], ["work_place", "Northwind"], ["X", "東京"], ["X", "京都"]]
    assert first["relations"] == [["works_for", "T1", "T2"]]
    assert first["attributes"] == [["known_as", "T1", "the_first"]]
    assert seen["brat"]["item-3"] == {"entities": [], "relations": [], "attributes": []}


def test_doccano_takes_spans_links_and_categories(seen: Any) -> None:
    spans = seen["doccano"]["spans"][0]
    assert [ADA[each["start_offset"] : each["end_offset"]] for each in spans["label"]] == [
        "Ada Lind", "Northwind", "東京", "京都",
    ]  # fmt: skip
    links = seen["doccano"]["links"][0]
    assert links["relations"] == [{"id": 1, "from_id": 1, "to_id": 2, "type": "works_for"}]
    assert [each["id"] for each in links["entities"]] == [1, 2, 3, 4]
    assert [[label["label"] for label in each["label"]] for each in seen["doccano"]["categories"]] == [["good"], []]


def test_what_the_formats_of_texts_cannot_say_is_reported(made: dict[str, Made]) -> None:
    lost = {name: [reason for item, reason in each.lost if item == "item-1"] for name, each in made.items()}
    assert lost["conll"] == [OTHER_ANSWERS, NO_KEY, ATTRIBUTES, RELATIONS, OVERLAP, conll.SPACES, conll.BETWEEN]
    assert lost["spacy"] == [OTHER_ANSWERS, NO_KEY, ATTRIBUTES, RELATIONS, docbin.IN_GROUP]
    assert lost["brat"] == [OTHER_ANSWERS, brat.VALUE, brat.NAMES, brat.NAMES]
    assert lost["doccano-links"] == [OTHER_ANSWERS, ATTRIBUTES]
    assert lost["doccano-spans"] == [ATTRIBUTES]
    assert all(("item-4", UNFINISHED) in made[name].lost for name in ("conll", "spacy", "brat", "doccano-links"))
    assert made["doccano-choice"].lost == [("item-2", doccano.NO_TEXT), ("item-3", UNFINISHED)]


def test_the_hash_is_the_one_spacy_numbers_strings_by() -> None:
    assert (hash_of("PERSON"), hash_of("犬"), hash_of("Ada Lind joined")) != (0, 0, 0)
    assert hash_of("PER") == 4317129024397789502 and hash_of("犬") == 1752172868300682169


def test_conll_comes_back_the_same(made: dict[str, Made]) -> None:
    records = [each for each in RECORDS if each.data["text"].strip()]
    first = export("conll", "spans", SPANS, records)
    back = again(first, "data.conll", "conll", "conll")
    assert back.content == first.content and {reason for _, reason in back.lost} <= {NO_KEY, conll.BETWEEN}


@pytest.mark.parametrize(("name", "file"), [("brat", "brat.zip"), ("doccano", "doccano.jsonl")])
def test_brat_and_doccano_come_back_the_same(name: str, file: str) -> None:
    records = [each for each in RECORDS if each.answer and each.data["text"].strip()]
    once = again(export(name, "spans", SPANS, records), file, name, name)
    twice = again(once, file, name, name)
    assert twice.content == once.content
    assert {reason for _, reason in twice.lost} <= {ATTRIBUTES}
    assert len(items(rows_of(once.content, file, name))) == 2


def test_categories_come_back_the_same() -> None:
    made = export("doccano", "choice", CHOICE, [each for each in CHOICES if each.answer and each.data["text"]])
    assert rows_of(made.content, "x.jsonl", "doccano")[0].data["hypothesis"] == {"option": "good"}
    many = export("doccano", "multichoice", CHOICE, [
        written(1, "a", {"options": ["good"]}), written(2, "b", {"options": ["good", "very bad"]}),
    ])  # fmt: skip
    assert again(many, "x.jsonl", "doccano", "doccano").content == many.content


def test_bad_lines_of_conll_are_told_and_the_rest_is_imported() -> None:
    content = (
        "-DOCSTART- -X- -X- O\r\n\r\nAda NNP B-NP B-PER\r\nLind I-PER\nalone\nx Q-PER\n\nparis S-LOC\n-DOCSTART- O\n"
    )
    rows = rows_of(content.encode(), "x.conll", "conll")
    assert troubles(rows) == [
        ("line 5", "'alone' has no tag beside it"), ("line 6", "'Q-PER' is no tag: O, or B-, I- and a label"),
        ("", "the document has no words"),
    ]  # fmt: skip
    (row,) = items(rows)
    assert row.data["text"] == "Ada Lind alone x\nparis"
    assert [(each["label"], each["text"]) for each in row.data["hypothesis"]["annotations"]] == [
        ("PER", "Ada Lind"), ("LOC", "paris"),
    ]  # fmt: skip
    assert resumes_anywhere(content.encode(), "x.conll")


def test_sentences_without_documents_are_items_in_utf_16_too() -> None:
    rows = rows_of("a B-X\nb I-X\n\nc O\n".encode("utf-16"), "x.conll", "conll")
    assert [row.data["text"] for row in items(rows)] == ["a b", "c"]


def test_bad_lines_of_brat_are_told_and_the_rest_is_imported() -> None:
    ann = "T1\tPER 0 3\tAda\nT2\tPER 5 99\tx\nT1\tPER 4 8\tLind\nR1\tknows Arg1:T1 Arg2:T9\n"
    ann += "E1\tBuy:T1\n#1\tNote T1\thm\nnonsense\n"
    content = zipped({
        "annotation.conf": b"", "d/a.txt": b"Ada Lind", "d/a.ann": ann.encode(), "b.ann": b"T1\tX 0 1\ty",
        "wrong.txt": b"\xff\x01\xff", "empty.txt": b" ",
    })  # fmt: skip
    rows = rows_of(content, "x.zip", "brat")
    assert troubles(rows) == [
        ("d/a.ann: line 2", "from 5 to 99 is no part of a text of 8 characters"),
        ("d/a.ann: line 3", "T1 is the number of a line before it"), ("d/a.ann: line 4", "there is no span T9"),
        ("d/a.ann: line 5", "events are not taken"), ("d/a.ann: line 6", "notes are not taken"),
        ("d/a.ann: line 7", "'nonsense' is no line of brat's"),
        ("wrong.txt", "wrong.txt: not UTF-8: byte 1 is 0xFF"), ("empty.txt", "the text is empty"),
        ("b.ann", "no text goes with it"),
    ]  # fmt: skip
    assert [row.key for row in items(rows)] == ["d/a"]
    assert resumes_anywhere(content, "x.zip")


def test_bad_lines_of_doccano_are_told_and_the_rest_is_imported() -> None:
    lines = [
        '{"id": 1, "text": "Ada Lind", "label": [[0, 3, "PER"], [4, 99, "PER"], [0, "x", "PER"]]}',
        "not json", '{"id": 2, "text": ""}', "",
        '{"id": 3, "text": "Ada", "entities": [{"id": 9, "label": "PER", "start_offset": 0, "end_offset": 3}],'
        ' "relations": [{"from_id": 9, "to_id": 8, "type": "knows"}]}',
        '{"id": 4, "text": "nobody", "label": []}',
    ]  # fmt: skip
    content = "\r\n".join(lines).encode()
    rows = rows_of(content, "x.jsonl", "doccano")
    assert troubles(rows) == [
        ("entities[1]", "from 4 to 99 is no part of a text of 8 characters"),
        ("entities[2]", "needs start_offset, end_offset and label"), ("", troubles(rows)[2][1]),
        ("text", "is missing or empty"), ("relations[0]", "there is no span 8"),
    ]  # fmt: skip
    assert [row.key for row in items(rows)] == ["1", "3", "4"]
    assert items(rows)[2].data["hypothesis"] == {"annotations": [], "relationships": []}
    assert resumes_anywhere(content, "x.jsonl")


def test_columns_and_keys_that_have_no_place_are_reported() -> None:
    odd = replace(RECORDS[0], key="what: this?", data=RECORDS[0].data | {"source": "mail"}, answer=None, answers=[])
    lost = {name: export(name, "spans", SPANS, [odd]).lost for name in ("brat", "conll", "spacy")}
    assert [reason for _, reason in lost["brat"]] == [COLUMNS, UNFINISHED, brat.OTHER_KEY]
    assert [reason for _, reason in lost["conll"]][:3] == [COLUMNS, UNFINISHED, NO_KEY]
    assert [reason for _, reason in lost["spacy"]] == [COLUMNS, UNFINISHED, NO_KEY]
