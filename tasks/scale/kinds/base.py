"""How one API task type becomes a question of ours, and our answer its response."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from labeling.errors import HasProblems, InvalidInput, Problem
from labeling.types import registry

Params = dict[str, Any]
Keep = Callable[[bytes], str]  # stores a picture, and returns the address its client finds it at
SHORT = 300  # characters of an instruction that may stand above the task as its question
LARGEST_OVERLAP = 100


class NotEnabled(InvalidInput):
    """Scale has this, and we do not: 402."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attachment to be fetched before anybody can be asked, and where in the item it goes."""

    url: str
    kind: str  # image or text
    place: int | None = None  # in the item's attachments; None: it is the item's own image or text


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

    def check(self, params: Params) -> None:
        """Raises InvalidInput for what is missing, NotEnabled for what we cannot do."""
        missing = [
            Problem(names.partition("|")[0], f"{' or '.join(names.split('|'))} is required", "required")
            for names in self.required
            if all(params.get(name) in (None, "", [], {}) for name in names.split("|"))
        ]
        if missing:
            raise InvalidInput(missing)

    @abstractmethod
    def ask(self, params: Params, instruction: str) -> Asked:
        """The question and the item. `check` has passed."""

    def respond(self, answer: dict[str, Any], params: Params, seed: str, keep: Keep) -> dict[str, Any]:
        """The response; a type that answers in pictures keeps them."""
        return self.response(answer, params, seed)

    @abstractmethod
    def response(self, answer: dict[str, Any], params: Params, seed: str) -> dict[str, Any]:
        """Our answer in the API's shape; `seed` makes the same uuids each time."""

    @abstractmethod
    def answer(self, response: Any, params: Params) -> Any:
        """The way back, for `hypothesis` and `expected_response`; it is checked as any answer afterwards."""

    def made_up(self, params: Params, instruction: str, seed: str, keep: Keep) -> dict[str, Any]:
        """What a task in test mode is answered with."""
        asked = self.ask(params, instruction)
        return self.respond(self.invent(asked), params, seed, keep)

    @abstractmethod
    def invent(self, asked: Asked) -> dict[str, Any]:
        """Some answer to the question."""

    def clean(self, config: dict[str, Any]) -> dict[str, Any]:
        return registry.get(self.core).clean_config(config)


def question_of(instruction: str, fallback: str) -> str:
    """A short instruction is the question itself; a long one is read in the guideline."""
    first = instruction.strip()
    return first if 0 < len(first) <= SHORT and "\n" not in first else fallback


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


def read_list(value: Any, name: str, *, most: int = 5000) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise InvalidInput(Problem(name, f"{name} must be a list of 1 to {most} entries", "type"))
    return value


def read_dict(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(Problem(name, f"{name} must be an object", "type"))
    return value


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
        if given.get("subchoices"):
            found += names_of(read_list(given["subchoices"], f"{name}[{n}].subchoices"), f"{name}[{n}].subchoices")
        else:
            display = given.get("display")
            found.append({"value": given["choice"], "label": display if isinstance(display, str) else given["choice"]})
    return found


def told(error: HasProblems) -> str:
    """All problems in one line, each message naming its field."""
    return "; ".join(
        p.message if not p.path or p.message.startswith(p.path) else f"{p.path}: {p.message}" for p in error.problems
    )
