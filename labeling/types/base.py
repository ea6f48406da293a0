"""What a task type has to say about itself, so that everything else need not know it."""

from __future__ import annotations

import inspect
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from labeling.aggregation.settling import Case, Known, Settled
from labeling.errors import Problem
from labeling.types import relabeling
from labeling.types.label_changes import Moved

Kind = Literal["str", "int", "float", "bool", "json", "time"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Vote:
    """One worker's choice of a class for one part of the answer."""

    worker: Hashable
    part: str
    value: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """Answers cut into votes, and the way back.

    ``classes`` lists every class of every part in schema order: the first one wins a tie.
    ``rebuild`` takes the winner of each part and returns an answer.
    """

    votes: list[Vote]
    classes: dict[str, tuple[str, ...]]
    rebuild: Callable[[dict[str, str]], dict[str, Any]]
    ordered: Mapping[str, int] = field(default_factory=dict)
    """Parts whose classes are a scale, lowest first, and how many of the classes: any beyond are none of its steps."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """Parts that put one question about several things, by the question's name: a worker is as good at each of them."""
    alike: bool = False
    """Whether the parts are yes or no about one label each, so that who is careful with one is with all."""
    elect: Callable[[dict[str, dict[str, float]]], dict[str, str]] | None = None
    """Winners from the posterior of each part, where parts are bound to each other; else each its most likely class."""


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """Pressing ``key`` does what clicking the control ``id`` does."""

    id: str
    key: str
    label: str


class TaskType(ABC):
    """One kind of question. A subclass in ``labeling/types/<name>/__init__.py`` is a type called ``<name>``."""

    name: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str]
    description: ClassVar[str] = ""
    """One or two sentences for a requester who looks for the right type."""
    asks_options: ClassVar[bool] = False
    """Whether its schema is a question and a flat list of options, which have fields of their own on the pages."""
    right_within: ClassVar[float | None] = None
    """The distance from a known answer up to which another is right.

    None: 0 where answers are votes for classes, a middling distance elsewhere.
    """
    inputs: ClassVar[frozenset[str]]
    """What it can show: any of "text", "image"; "data" where it reads fields of the item by names of its own."""

    @property
    def element(self) -> str:
        """The custom element that its widget.js defines."""
        return "gw-" + self.name.replace("_", "-")

    @abstractmethod
    def clean_config(self, raw: Any) -> dict[str, Any]:
        """Check a label schema strictly and fill in defaults; cleaning a clean one changes nothing.

        Raises InvalidConfig with every problem found.
        """

    @abstractmethod
    def clean_answer(self, raw: Any, *, config: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
        """Check an answer strictly and bring it to its one canonical form.

        Raises InvalidAnswer with the path of every wrong field.
        """

    def item_problems(self, item: Mapping[str, Any], config: dict[str, Any]) -> list[Problem]:
        """Why this item cannot be asked about. ``item`` is its data; ``image`` holds width and height if it has one."""
        wanted = sorted(self.inputs & {"text", "image"})
        if not wanted or any(item.get(name) for name in wanted):
            return []
        if len(wanted) > 1:
            return [Problem("", "has no image and no text", "missing")]
        return [Problem("", f"has no {wanted[0]}", "missing")]

    def html(self, item: Mapping[str, Any]) -> dict[str, str]:
        """Safe HTML for fields of the item's data that are shown formatted, by path: the page has no sanitiser."""
        return {}

    def ballot(self, answers: Mapping[Hashable, dict[str, Any]], config: dict[str, Any]) -> Ballot:
        """Cut the clean answers to one task, keyed by worker, into votes.

        Without classes, as here, the consensus is the medoid: the answer that is nearest to all others by `distance`.
        A type of both kinds fills in what was not voted on in ``rebuild``, which may look at the answers.
        """
        return Ballot([], {}, rebuild=lambda won: {})

    def aggregate(
        self, cases: Sequence[Case], config: dict[str, Any], *, known: Known | None = None, method: str = "e4"
    ) -> list[Settled]:
        """The consensus of each task, with how sure it is, what supports it, and what it tells about the workers.

        **Whole project** (``known`` is None): skills are learnt from the cases themselves. Neither the order of the
        cases nor that of their answers matters.

        **A few touched tasks** (``known`` given): each is scored once, by skills that are sums over all *other* tasks;
        the cost does not depend on the size of the project. A caller that stores ``evidence`` and ``crowd`` of every
        settled task goes on like this, and a worker or task is taken out in the same way:

            known = known.minus(stored)        # as these tasks were counted before
            settled = task_type.aggregate(cases, config, known=known, method=method)
            known = known.plus(settled)        # and now

        A batch is taken over the same way: ``Known().plus(settled of every task)``.

        ``method`` is one of ``labeling.aggregation.methods()``, or "medoid". Where answers are no votes there is one
        method for each kind, and only "medoid" (one of the answers as it is) can take its place.
        A case without answers settles to ``answer=None`` with confidence 0. A case with ``truth`` settles to it, and
        its workers are judged by it. Every other answer passes ``clean_answer`` under this config and the case's item.

        As it stands here, a type with a ballot has its parts voted on, and any other gets its medoid; so a plug-in need
        not override it.
        """
        from labeling.aggregation import ballots, medoid

        if method != medoid.NAME and self.ballot({}, config).classes:
            return ballots.aggregate(self, cases, config, known=known, method=method)
        return medoid.aggregate(self, cases, config, known=known)

    @abstractmethod
    def distance(self, a: dict[str, Any], b: dict[str, Any], config: dict[str, Any]) -> float:
        """How far two clean answers are apart: 0 the same, 1 nothing in common. Symmetric."""

    def objects(self, answer: dict[str, Any]) -> list[Any] | None:
        """The things a clean answer lists, without names that only tell their places; None where it is one whole.

        A suggestion is kept or changed object by object, or as a whole.
        """
        return None

    def object_likeness(self, a: Any, b: Any, config: dict[str, Any]) -> float:
        """Whether one of ``objects`` may have become the other: 0 for not at all, more for a closer pair."""
        return 0.0

    def relabel(self, answer: dict[str, Any], moved: Moved, config: dict[str, Any]) -> dict[str, Any] | None:
        """A clean answer in the labels of a later config, still to be cleaned; None where it cannot be said in them.

        ``moved`` tells where labels of before are now (see label_changes). As it stands here, whatever an answer calls
        option, options, label or labels follows.
        """
        return relabeling.relabel(answer, moved)

    @abstractmethod
    def export_columns(self, config: dict[str, Any]) -> dict[str, Kind]:
        """Names and kinds of the columns of ``export_row``: the same for every row of one schema version."""

    @abstractmethod
    def export_row(self, answer: dict[str, Any] | None, config: dict[str, Any]) -> dict[str, Scalar]:
        """The answer as flat columns; all of them empty where there is no answer."""

    @abstractmethod
    def keys(self, config: dict[str, Any]) -> list[KeyBinding]:
        """The keyboard map: no key twice."""

    def samples(self) -> list[dict[str, Any]]:
        """Worked examples from ``samples.json``: title, config, item, keys pressed, and the answer they give.

        An entry of ``keys`` is a bound key, a key of the browser (Tab, Space, an arrow), or ``{"type": text}`` for text
        typed into the field that has the focus.
        """
        loaded: list[dict[str, Any]] = json.loads((self.folder() / "samples.json").read_text("utf-8"))
        return loaded

    def folder(self) -> Path:
        """Where the type lives, with its widget, static files and samples."""
        return Path(inspect.getfile(type(self))).resolve().parent
