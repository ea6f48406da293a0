"""The errors of the core. HTTP and jobs turn them into replies; the core itself knows neither."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document: where (``options[0].value``; empty for the whole), and what."""

    path: str
    message: str
    code: str = "invalid"


class GroundworkError(Exception):
    """Base of every error that a person or a program can be told about."""


class HasProblems(GroundworkError):
    """A document was refused; ``problems`` lists everything found, not only the first thing."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("; ".join(f"{p.path}: {p.message}" if p.path else p.message for p in self.problems))

    def __reduce__(self) -> tuple[type[HasProblems], tuple[list[Problem]]]:
        return type(self), (self.problems,)


class InvalidAnswer(HasProblems):
    """An annotator's answer does not fit the project's schema."""


class InvalidConfig(HasProblems):
    """A label schema cannot be used."""


class InvalidInput(HasProblems):
    """Any other field of a request body is wrong."""


class BadFile(GroundworkError):
    """A file cannot be read at all: not one line of it."""


class BadImage(GroundworkError):
    """These bytes are not an image we accept; the text says why."""


class StaleState(GroundworkError):
    """The row is not in the state the caller thought it was."""


class NotAllowed(GroundworkError):
    """The actor may not do this."""
