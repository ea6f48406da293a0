"""Transcription, translation and free writing: one text field or a sequence of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.settling import Case, Known, Settled, learn
from labeling.errors import InvalidAnswer, InvalidConfig, Problem
from labeling.types import edit_distance, text_consensus
from labeling.types.base import KeyBinding, Kind, Scalar, TaskType
from labeling.types.strict import join, read_object, read_text
from labeling.types.written import RULES, clean_lengths, read_written

MOST_FIELDS = 30
TEXTS = {"placeholder": 500, "lang": 35, "prefill_from": 200}
FLAGS = {"required": True, "multiline": True}
DIRECTIONS = ("auto", "ltr", "rtl")
FIELD_KEYS = ("name", "label", "dir", *TEXTS, *FLAGS, *RULES)


class Writing(TaskType):
    """The answer is ``{"fields": {name: text}}`` with every field of the schema, in its order."""

    name = "writing"
    title = "Transcription, translation, free writing"
    family = "text"
    description = "A text or picture beside one or more fields to write in, each with its own rules of length."
    inputs = frozenset({"text", "image"})

    def clean_config(self, raw: Any) -> dict[str, Any]:
        problems: list[Problem] = []
        given = read_object(raw, ("question", "fields"), problems)
        question = read_text(given.get("question"), problems, "question", longest=2000)
        listed = given.get("fields")
        if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_FIELDS:
            problems.append(Problem("fields", f"must be a list of 1 to {MOST_FIELDS} fields", "type"))
            listed = []
        fields = [_clean_field(field, problems, f"fields[{n}]") for n, field in enumerate(listed)]
        names = [field["name"] for field in fields]
        for n, name in enumerate(names):
            if name and name in names[:n]:
                problems.append(Problem(f"fields[{n}].name", f"{name!r} is named twice", "duplicate"))
        if problems:
            raise InvalidConfig(problems)
        return {"question": question, "fields": fields}

    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        problems: list[Problem] = []
        answer = read_object(raw, ("fields",), problems)
        if isinstance(raw, dict):
            given = read_object(answer.get("fields"), [field["name"] for field in config["fields"]], problems, "fields")
            if isinstance(answer.get("fields"), dict):
                texts = {field["name"]: _read_field(given, field, problems) for field in config["fields"]}
        if problems:
            raise InvalidAnswer(problems)
        return {"fields": texts}

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        wanted = {field["prefill_from"] for field in config["fields"]} - {""}
        missing = sorted(name for name in wanted if not isinstance(item.get(name), str))
        return super().item_problems(item, config) + [Problem(name, "must be a text", "missing") for name in missing]

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        if method == medoid.NAME:
            return medoid.aggregate(self, cases, config, known=known)

        def settle(case: Case, known: Known) -> Settled:
            return text_consensus.settle(self, case, config, known, read=_read, write=_write)

        return learn(cases, settle) if known is None else [settle(case, known) for case in cases]

    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """The mean over all fields of the share of characters that must be changed."""
        pairs = [(text, b["fields"].get(name, "")) for name, text in a["fields"].items()]
        pairs += [("", text) for name, text in b["fields"].items() if name not in a["fields"]]
        return sum(edit_distance.normalized(one, other) for one, other in pairs) / len(pairs)

    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        return dict.fromkeys((f"fields.{field['name']}" for field in config["fields"]), "str")

    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        names = [field["name"] for field in config["fields"]]
        return {f"fields.{name}": answer["fields"][name] if answer else None for name in names}

    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        return [KeyBinding("write", "W", "Write"), KeyBinding("leave", "Escape", "Leave the field")]


def _read(answer: dict[str, Any]) -> dict[str, str]:
    return {f"fields.{name}": text for name, text in answer["fields"].items()}


def _write(texts: dict[str, str]) -> dict[str, Any]:
    return {"fields": {path.removeprefix("fields."): text for path, text in texts.items()}}


def _clean_field(raw: Any, problems: list[Problem], path: str) -> dict[str, Any]:
    given = read_object(raw, FIELD_KEYS, problems, path)
    name = read_text(given.get("name"), problems, join(path, "name"), longest=100)
    field: dict[str, Any] = {
        "name": name,
        "label": read_text(given.get("label", name or "?"), problems, join(path, "label"), longest=500),
    }
    for part, longest in TEXTS.items():
        field[part] = read_text(given.get(part, ""), problems, join(path, part), longest=longest, empty_allowed=True)
    for flag, usual in FLAGS.items():
        field[flag] = given.get(flag, usual)
        if not isinstance(field[flag], bool):
            problems.append(Problem(join(path, flag), "must be true or false", "type"))
    field["dir"] = given.get("dir", "auto")
    if field["dir"] not in DIRECTIONS:
        problems.append(Problem(join(path, "dir"), f"must be one of: {', '.join(DIRECTIONS)}", "choice"))
    found: list[Problem] = []
    lengths = clean_lengths(given, found)
    problems += [replace(problem, path=join(path, problem.path)) for problem in found]
    return field | lengths


def _read_field(given: dict[str, Any], field: dict[str, Any], problems: list[Problem]) -> str:
    """An optional field may be left empty whatever its rules; one line means one line."""
    path = join("fields", field["name"])
    raw = given.get(field["name"], "")
    if isinstance(raw, str) and not raw.strip():
        if field["required"]:
            problems.append(Problem(path, f"{field['label']}: must not be empty", "required"))
        return ""
    found: list[Problem] = []
    text = read_written(raw, field, found, path)
    if not field["multiline"] and "\n" in text:
        found.append(Problem(path, "must be one line", "invalid"))
    problems += found[:1]  # what is no text at all is also too short
    return text
