"""Formats for training and for publishing: TRL, OpenAI, Web Annotation, the Hugging Face Hub, Croissant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labeling.exporters import openai_chat, trl, turns, web_annotation
from labeling.exporters.snapshot import OTHER_ANSWERS, UNFINISHED
from tests.formats.judging import judge
from tests.formats.making import DRAWING, Made, export, mask, written
from tests.formats.making import box as box_of
from tests.formats.making import drawn as drawn_of
from tests.formats.test_texts import CHOICE, CHOICES, RECORDS, SPANS

COMPARE = {"question": "Which?", "scale": 5, "justification": {"required": False}}
RANK = {"question": "Order?", "ties": True}
CHAT = [{"role": "tool", "content": "x"}, {"role": "user", "content": "Hé «ß» 🙂?"}]
BOTH = ["short", {"id": "m2", "text": "long\nand wide"}]


def compared(n: int, prompt: Any, preference: str | None, **more: Any) -> Any:
    answer = None
    if preference:
        strength = 0 if preference == "tie" else more.pop("strength", 1)
        answer = {"preference": preference, "strength": strength, "criteria": {}, "justification": "", "order": [1, 0]}
    return written(n, "", answer, data={"prompt": prompt, "responses": BOTH}, **more)


PAIRS = [
    compared(1, "Why?", "b", strength=2), compared(2, "Tie?", "tie", answers=[{"annotator": "a", "value": {}}]),
    compared(3, "Open?", None), compared(4, "", "a"),
]  # fmt: skip
CHATS = [compared(1, CHAT, "a"), compared(2, "text", "b")]
RANKED = [
    written(1, "", {"ranks": [2, 1, 2], "order": [0, 1, 2], "justification": ""},
            data={"prompt": "p", "responses": ["x", "y", "z"]}),
]  # fmt: skip
SAID = [
    written(1, "", {"response": "A year of 366 days."}, data={"prompt": "What is a leap year?"}),
    written(2, "", None),
]
FACTS = {
    "organization": "Lab «1»", "guideline": "# Be *fair*", "end_use": "Research.", "content_risks": ["violence"],
    "content_note": "", "overlap": 3, "items": 2, "labeled": 2, "agreement": 0.81234, "methods": ["e4"], "answers": 6,
    "annotators": 3, "active_hours": 1.5, "first_answer": "2026-11-01T00:00:00+00:00",
    "last_answer": "2026-11-02T00:00:00+00:00", "machine_answers": 0, "checks": 4,
}  # fmt: skip
SHAPES = [drawn_of(1, "a b.png", [
    box_of("cat", 1, 2, 3, 4, attributes={"tail": "long"}), box_of("犬", 10, 5, 10, 4, rotation=0.5), mask("犬", "##"),
], whole={"weather": "rain"}), drawn_of(2, "empty.png", [])]  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, Made]:
    return {
        "trl-pairs": export("trl", "comparison", COMPARE, PAIRS),
        "trl-chats": export("trl", "comparison", COMPARE, CHATS),
        "trl-ranked": export("trl", "ranking", RANK, RANKED),
        "trl-said": export("trl", "response", {"question": "?"}, SAID),
        "openai-pairs": export("openai", "comparison", COMPARE, [*PAIRS[:3], CHATS[0]]),
        "openai-said": export("openai", "response", {"question": "?"}, SAID),
        "web-spans": export("web_annotation", "spans", SPANS, [replace(RECORDS[0], answers=[])]),
        "web-shapes": export("web_annotation", "image_annotation", DRAWING, SHAPES),
        "web-choice": export("web_annotation", "choice", CHOICE, CHOICES),
        "hub": export("hugging_face", "choice", CHOICE, CHOICES, facts=FACTS),
        "croissant": export("croissant", "choice", CHOICE, CHOICES, facts=FACTS),
    }


@pytest.fixture(scope="module")
def seen(made: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("cards")
    for name, each in made.items():
        if name in ("hub", "croissant"):
            each.unpack(folder / name)
            continue
        place = folder if name.startswith("trl") else folder / name.partition("-")[0]
        place.mkdir(exist_ok=True)
        (place / f"{name}.{'jsonld' if name.startswith('web') else 'jsonl'}").write_bytes(each.content)
    others = {"openai": judge("chats", folder / "openai"), "web": judge("web_annotation", folder / "web")}
    return judge("cards", folder) | others


def test_datasets_loads_preferences_as_trl_names_them(seen: Any) -> None:
    pairs = seen["trl"]["trl-pairs"]
    assert pairs["columns"] == ["prompt", "chosen", "rejected"]
    assert pairs["rows"][0] == {"prompt": "Why?", "chosen": "long\nand wide", "rejected": "short"}
    chats = seen["trl"]["trl-chats"]["rows"]
    assert chats[0]["chosen"] == [{"role": "assistant", "content": "short"}]
    assert chats[1]["prompt"] == [{"role": "user", "content": "text"}]
    assert [(row["chosen"], row["rejected"]) for row in seen["trl"]["trl-ranked"]["rows"]] == [("y", "x"), ("y", "z")]
    assert seen["trl"]["trl-said"]["rows"] == [{"prompt": "What is a leap year?", "completion": "A year of 366 days."}]


def test_openais_own_types_take_its_lines(seen: Any) -> None:
    pairs = seen["openai"]["openai-pairs"]
    assert [line["preferred_output"][0]["content"] for line in pairs] == ["long\nand wide", "short"]
    assert pairs[1]["messages"][0] == {"role": "user", "content": "x"}, "a tool's word needs the call it answers"
    assert seen["openai"]["openai-said"][0]["messages"][-1] == {"role": "assistant", "content": "A year of 366 days."}


def test_what_pairs_cannot_say_is_reported(made: dict[str, Made]) -> None:
    assert made["trl-pairs"].lost == [
        ("item-1", turns.STRENGTH), ("item-2", OTHER_ANSWERS), ("item-2", turns.TIE), ("item-3", UNFINISHED),
        ("item-4", turns.NO_PROMPT),
    ]  # fmt: skip
    assert ("item-2", trl.AS_CHAT) in made["trl-chats"].lost
    assert ("item-1", openai_chat.ROLE) in made["openai-pairs"].lost


def test_web_annotations_become_a_graph_that_points_at_what_they_are_about(made: dict[str, Made], seen: Any) -> None:
    first = seen["web"]["web-spans"][0]
    assert first["bodies"] == ["PERSON", "known as: the first"] and first["source"] == "urn:groundwork:item:item-1"
    assert first["selectors"][0] == ["TextPositionSelector", 0, 8] and first["selectors"][1][2] == "Ada Lind"
    shapes = seen["web"]["web-shapes"]
    assert shapes[0]["selectors"] == [["FragmentSelector", [1, 2, 3, 4]]]
    ((kind, drawing),) = shapes[1]["selectors"]
    assert kind == "SvgSelector" and drawing[0][0] == "polygon"
    assert shapes[3]["motivation"] == "classifying" and not shapes[3]["selectors"]
    assert made["web-shapes"].lost == [("a b.png", web_annotation.MASK), ("empty.png", web_annotation.NOTHING)]
    assert [each["bodies"] for each in seen["web"]["web-choice"]] == [["good"], ["very bad"]]


def test_the_hub_loads_the_folder_by_its_card(made: dict[str, Made], seen: Any) -> None:
    assert seen["hub"]["columns"][:4] == ["key", "item", "text", "label.option"]
    assert [row["label.option"] for row in seen["hub"]["rows"]] == ["good", "very bad", None]
    card = made["hub"].files["README.md"].decode()
    for words in (
        "text-classification",
        "crowdsourced",
        "6 answers by 3 annotators",
        "Research.",
        "0.812",
        "# Be *fair*",
    ):
        assert words in card


def test_croissant_is_valid_and_its_facts_are_counted(seen: Any) -> None:
    found = seen["croissant"]
    assert [row["label.option"] for row in found["records"]][:2] == ["good", "very bad"]
    assert "6 answers by 3 annotators" in found["collection"]
    assert "3 annotators, independently" in found["protocol"] and "4 items with a known answer" in found["protocol"]


def test_what_is_not_known_is_not_said() -> None:
    made = export("croissant", "choice", CHOICE, CHOICES)
    assert b"rai:dataCollection" not in made.files["croissant.json"].partition(b'"@type": "sc:Dataset"')[2]
