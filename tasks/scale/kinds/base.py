"""How one API task type becomes a question of ours, and our answer its response."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext

from labeling.errors import HasProblems, InvalidAnswer, InvalidInput, Problem
from labeling.types import registry

Params = dict[str, Any]
Keep = Callable[[bytes], str]  # stores a picture, and returns the address its client finds it at
SHORT = 300  # characters of an instruction that may stand above the task as its question
LARGEST_OVERLAP = 100
MADE_UP = "Made up for a test"


class NotEnabled(InvalidInput):
    """Scale has this, and we do not: 402."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attachment to be fetched before anybody can be asked, and where in the item it goes."""

    url: str
    kind: str  # image, text, page (of a document) or mask (of a suggestion)
    place: int | None = None  # in the item's attachments, or its labels; None: it is the item's own image or text


@dataclass(frozen=True, slots=True)
class Asked:
    config: dict[str, Any]  # clean
    item: dict[str, Any]
    wanted: list[Wanted] = field(default_factory=list)
    overlap: int | None = None  # answers, where the task says how many
    is_projects: bool = False  # the question is the project's own


class Kind(ABC):
    name: ClassVar[str]
    core: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    """Parameters without which it is refused; `a|b` wants one of the two."""
    lacking: ClassVar[dict[str, str]] = {}
    """Parameters that Scale has and we do not, each with what to do instead."""

    draws: ClassVar[bool] = False
    """A suggested answer is pictures, to be fetched before it can be judged."""

    def check(self, params: Params) -> None:
        """Raises InvalidInput for what is missing, NotEnabled for what we cannot do."""
        missing = [
            Problem(names.partition("|")[0], f"{' or '.join(names.split('|'))} is required", "required")
            for names in self.required
            if all(params.get(name) in (None, "", [], {}) for name in names.split("|"))
        ]
        if missing:
            raise InvalidInput(missing)
        for name, instead in self.lacking.items():
            if params.get(name) not in (None, False, [], {}):
                raise NotEnabled(Problem(name, f"{name} is not supported here; {instead}", "type"))

    def filled(self, params: Params, ontology: list[Any] | None) -> Params:
        """With the labels of the project's ontology where none are given. Raises InvalidInput for one it lacks."""
        return params

    @abstractmethod
    def ask(self, params: Params, instruction: str) -> Asked:
        """The question and the item. `check` has passed."""

    def respond(self, answer: dict[str, Any], params: Params, seed: str, keep: Keep, item: Params) -> dict[str, Any]:
        """The response to this item; a type that answers in pictures keeps them."""
        return self.response(answer, params, seed)

    @abstractmethod
    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        """Our answer in the API's shape; `seed` makes the same uuids each time."""

    @abstractmethod
    def answer(self, response: Any, params: Params, item: Params) -> Any:
        """The way back, for `hypothesis` and `expected_response`; it is checked as any answer afterwards."""

    def made_up(self, params: Params, instruction: str, seed: str, keep: Keep) -> dict[str, Any]:
        """What a task in test mode is answered with."""
        asked = self.ask(params, instruction)
        return self.respond(self.as_answered(self.invent(asked), asked), params, seed, keep, asked.item)

    def as_answered(self, made: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """In the form that a real answer is kept in."""
        known = {name: value for name, value in asked.item.items() if name != "image"}
        try:
            return registry.get(self.core).clean_answer(made, config=asked.config, item=known)
        except InvalidAnswer:
            return made

    @abstractmethod
    def invent(self, asked: Asked) -> dict[str, Any]:
        """Some answer to the question."""

    def clean(self, config: dict[str, Any]) -> dict[str, Any]:
        return registry.get(self.core).clean_config(config)


def question_of(instruction: str, long: str, none: str) -> str:
    """A short instruction is the question itself; a long one is read in the guideline."""
    first = instruction.strip()
    if not first:
        return none
    return first if len(first) <= SHORT and "\n" not in first else long


def guideline_of(instruction: str, params: Params) -> str:
    """What annotators read: the instruction, and the examples that older types bring."""
    listed = params.get("examples")
    if not isinstance(listed, list):
        return instruction
    lines = []
    for each in listed:
        if isinstance(each, dict):
            found = each.get("image") or each.get("attachment")
            link = (
                f" [{found}]({found})" if isinstance(found, str) and found.startswith(("http://", "https://")) else ""
            )
            mark = gettext("Wrong") if each.get("correct") is False else gettext("Right")
            lines.append(f"- **{mark}:** {each.get('explanation') or ''}{link}")
    return "\n\n".join(part for part in (instruction, "\n".join(lines)) if part)


def overlap_of(params: Params) -> int | None:
    number = params.get("responses_required")
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= LARGEST_OVERLAP:
        raise InvalidInput(
            Problem("responses_required", f"responses_required must be from 1 to {LARGEST_OVERLAP}", "range")
        )
    return number


def read_url(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(Problem(name, f"{name} must be an address", "type"))
    return value.strip()


def read_list(value: Any, name: str, *, least: int = 1, most: int = 5000) -> list[Any]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise InvalidInput(Problem(name, f"{name} must be a list of {least} to {most} entries", "type"))
    return value


def read_dict(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(Problem(name, f"{name} must be an object", "type"))
    return value


def known_only(given: dict[str, Any], known: Sequence[str], path: str) -> None:
    """For what sets rules: a rule that we do not know must not look kept."""
    for name in given:
        if name not in known:
            raise InvalidInput(Problem(f"{path}.{name}", f"{path}: unknown parameter {name}", "unknown"))


def read_number(value: Any, name: str) -> float:
    """A number, or text that is one: old programs send sizes as text."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InvalidInput(Problem(name, f"{name} must be a number", "type")) from None
    return int(number) if number == int(number) else number


def uuid_of(seed: str, place: Any) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{place}"))


def names_of(choices: Sequence[Any], name: str) -> list[dict[str, Any]]:
    """Label descriptions (a word, or `{choice, display, subchoices}`), nested ones as their leaves."""
    found: list[dict[str, Any]] = []
    for n, each in enumerate(choices):
        given = {"choice": each} if isinstance(each, str) else each
        if not isinstance(given, dict) or not isinstance(given.get("choice"), str):
            raise InvalidInput(
                Problem(f"{name}[{n}]", f"{name}[{n}] must be a word, or an object with a choice", "type")
            )
        if given.get("instance_label"):
            path = f"{name}[{n}].instance_label"
            raise NotEnabled(Problem(path, f"{path} is not supported here: a label has one mask", "type"))
        if given.get("subchoices"):
            found += names_of(read_list(given["subchoices"], f"{name}[{n}].subchoices"), f"{name}[{n}].subchoices")
        else:
            display = given.get("display")
            found.append({"value": given["choice"], "label": display if isinstance(display, str) else given["choice"]})
    return found


def from_ontology(given: Any, ontology: list[Any] | None, name: str) -> Any:
    """The labels given, each one of the ontology's; the ontology where none are given."""
    if ontology is None:
        return given
    if given in (None, []):
        return ontology
    known = {one["value"] for one in names_of(ontology, "ontology")}
    for one in names_of(given if isinstance(given, list) else [], name):
        if one["value"] not in known:
            message = f"{name}: {one['value']!r} is no label of the project's ontology"
            raise InvalidInput(Problem(name, message, "ontology"))
    return given


def told(error: HasProblems) -> str:
    """All problems in one line, each message naming its field."""
    return "; ".join(
        p.message if not p.path or p.message.startswith(p.path) else f"{p.path}: {p.message}" for p in error.problems
    )
