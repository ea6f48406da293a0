"""The states of the work and the moves between them. A row changes state only by a move listed here."""

from enum import StrEnum


class UploadState(StrEnum):
    RECEIVING = "receiving"  # bytes are still arriving
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELED = "canceled"
    FAILED = "failed"  # the file as a whole cannot be read


class ProjectState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class TaskState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"  # has all the answers it needs
    IN_REVIEW = "in_review"  # waits for a reviewer
    CANCELED = "canceled"
    CHECK = "check"  # gold: its answer is known, and everybody may be asked once, unknowingly
    PRACTICE = "practice"  # training and qualification, before the live work


class GoldState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"  # too well known, or too often failed by good people
    INVALID = "invalid"  # the schema of now refuses its answer


class AssignmentState(StrEnum):
    OFFERED = "offered"  # in the annotator's inbox
    LEASED = "leased"  # on their screen, or about to be
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    RETURNED = "returned"
    CANCELED = "canceled"


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


U, P, A, E, T, G = UploadState, ProjectState, AssignmentState, ExportState, TaskState, GoldState

# By kind of state first: equal words of different kinds are equal keys.
MOVES: dict[type[StrEnum], dict[StrEnum, tuple[StrEnum, ...]]] = {
    U: {
        U.RECEIVING: (U.WAITING, U.CANCELED, U.FAILED),
        U.WAITING: (U.RUNNING, U.CANCELED, U.FAILED),
        U.RUNNING: (U.DONE, U.CANCELED, U.FAILED),
        U.CANCELED: (U.WAITING,),  # resumed where it stopped
        U.FAILED: (U.WAITING,),
    },
    P: {
        P.DRAFT: (P.RUNNING, P.ARCHIVED),
        P.RUNNING: (P.PAUSED, P.COMPLETED, P.ARCHIVED),
        P.PAUSED: (P.RUNNING, P.ARCHIVED),
        P.COMPLETED: (P.RUNNING, P.ARCHIVED),
        P.ARCHIVED: (P.PAUSED, P.DRAFT),
    },
    T: {
        T.OPEN: (T.RESOLVED, T.IN_REVIEW, T.CANCELED, T.CHECK, T.PRACTICE),
        T.RESOLVED: (T.OPEN, T.IN_REVIEW, T.CANCELED, T.CHECK, T.PRACTICE),
        T.IN_REVIEW: (T.RESOLVED, T.OPEN, T.CANCELED, T.CHECK, T.PRACTICE),
        T.CHECK: (T.OPEN, T.RESOLVED, T.PRACTICE),  # no more a check: what it lacks is asked for
        T.PRACTICE: (T.OPEN, T.RESOLVED, T.CHECK),
    },
    A: {
        A.OFFERED: (A.LEASED, A.EXPIRED, A.CANCELED),
        A.LEASED: (A.SUBMITTED, A.SKIPPED, A.EXPIRED, A.RETURNED, A.CANCELED),
        A.EXPIRED: (A.OFFERED, A.LEASED, A.SUBMITTED),  # an answer after expiry is taken while a slot is free
        A.RETURNED: (A.OFFERED, A.LEASED),
    },
    E: {
        E.WAITING: (E.RUNNING, E.FAILED),
        E.RUNNING: (E.DONE, E.FAILED),
        E.FAILED: (E.WAITING,),
    },
    G: {
        G.ACTIVE: (G.RETIRED, G.INVALID),
        G.RETIRED: (G.ACTIVE, G.INVALID),
        G.INVALID: (G.ACTIVE,),
    },
}

APART = (T.CHECK, T.PRACTICE)  # no data: not counted, listed or exported unless asked for
HELD = (A.OFFERED, A.LEASED)  # takes one of the task's slots
AVAILABLE_AGAIN = (A.EXPIRED, A.RETURNED)  # the same annotator may get the task once more

SKIP_REASONS = ("unclear", "broken", "wrong_language", "harmful", "not_my_skill", "other")


def choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(state.value, state.value.replace("_", " ").capitalize()) for state in states]
