"""The states of the work and the moves between them. A row changes state only by a move listed here."""

from enum import StrEnum


class State(StrEnum):
    @classmethod
    def values(cls) -> list[str]:
        return [state.value for state in cls]

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        return choices(cls)


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


class TaskState(State):
    OPEN = "open"
    RESOLVED = "resolved"  # has all the answers it needs
    IN_REVIEW = "in_review"  # waits for a reviewer
    CANCELED = "canceled"
    CHECK = "check"  # gold: its answer is known, and everybody may be asked once, unknowingly
    PRACTICE = "practice"  # training and qualification, before the live work
    PAUSED = "paused"  # with its batch: given to nobody, but what is held may be answered


class GoldState(State):
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
    RETURNED_FOR_FIX = "returned_for_fix"  # a reviewer asks its annotator for a better answer; the slot stays theirs
    REJECTED = "rejected"  # it never came, or was declined


class ReviewState(StrEnum):
    LEASED = "leased"  # on a reviewer's screen
    DONE = "done"
    UNDONE = "undone"  # taken back, or its reviewer went away


class RejectionState(State):
    """Of one answer that a reviewer does not accept."""

    HELD = "held"  # by the brake: a second person has to agree
    RETURNED = "returned"  # its annotator may fix it until the deadline
    FIXED = "fixed"
    FINAL = "final"
    WITHDRAWN = "withdrawn"  # undone, not confirmed, or an appeal was right


class AppealState(State):
    OPEN = "open"
    UPHELD = "upheld"  # the annotator was right
    DENIED = "denied"


class ExportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BulkState(State):
    """Of a change of many tasks."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"  # what it changed until then stays, and can be undone


class BatchState(StrEnum):
    STAGING = "staging"  # its tasks are collected; nobody is asked yet
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELED = "canceled"


class OrderState(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    CANCELED = "canceled"
    ERROR = "error"  # it cannot be asked: an attachment cannot be had


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # every try was in vain, or its webhook is gone


class FeedState(State):
    """Of a dataset's feed: its last look at the bucket, or the one it waits for."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by hand
    FAILED = "failed"  # the bucket cannot be listed


class FedState(State):
    """Of one object of a bucket that a dataset is fed from."""

    TAKEN = "taken"  # an item, several, or an import of its own came of it
    REFUSED = "refused"  # it cannot become an item: the reason stands beside it
    CHANGED = "changed"  # another object lies under its name by now, but its item was answered already
    GONE = "gone"


class SendingState(State):
    """Of an export on its way into a bucket."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


U, P, A, E, T, G = UploadState, ProjectState, AssignmentState, ExportState, TaskState, GoldState
R, J, L = ReviewState, RejectionState, AppealState
B, Q, D = BatchState, OrderState, DeliveryState
K, F, S = BulkState, FeedState, SendingState

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
        T.OPEN: (T.RESOLVED, T.IN_REVIEW, T.CANCELED, T.PAUSED, T.CHECK, T.PRACTICE),
        T.RESOLVED: (T.OPEN, T.IN_REVIEW, T.CANCELED, T.CHECK, T.PRACTICE),
        T.IN_REVIEW: (T.RESOLVED, T.OPEN, T.CANCELED, T.CHECK, T.PRACTICE),
        T.CHECK: (T.OPEN, T.RESOLVED, T.PRACTICE),  # no more a check: what it lacks is asked for
        T.PRACTICE: (T.OPEN, T.RESOLVED, T.CHECK),
        T.PAUSED: (T.OPEN, T.RESOLVED, T.IN_REVIEW, T.CANCELED),
        T.CANCELED: (T.OPEN, T.RESOLVED, T.IN_REVIEW, T.PAUSED),  # it was a mistake
    },
    B: {
        B.STAGING: (B.IN_PROGRESS, B.CANCELED),
        B.IN_PROGRESS: (B.PAUSED, B.COMPLETED, B.CANCELED),
        B.PAUSED: (B.IN_PROGRESS, B.COMPLETED, B.CANCELED),
        B.COMPLETED: (B.IN_PROGRESS,),  # an open batch got another task
    },
    Q: {
        Q.PENDING: (Q.COMPLETED, Q.CANCELED, Q.ERROR),
    },
    D: {
        D.WAITING: (D.DELIVERED, D.FAILED),
        D.DELIVERED: (D.WAITING,),  # once more, because somebody asked for it
        D.FAILED: (D.WAITING,),
    },
    A: {
        A.OFFERED: (A.LEASED, A.EXPIRED, A.CANCELED),
        A.LEASED: (A.SUBMITTED, A.SKIPPED, A.EXPIRED, A.RETURNED, A.CANCELED),
        A.EXPIRED: (A.OFFERED, A.LEASED, A.SUBMITTED),  # an answer after expiry is taken while a slot is free
        A.RETURNED: (A.OFFERED, A.LEASED),
        A.SUBMITTED: (A.RETURNED_FOR_FIX, A.REJECTED),  # the second is a machine's: it mends nothing
        A.RETURNED_FOR_FIX: (A.SUBMITTED, A.REJECTED),
        A.REJECTED: (A.SUBMITTED,),  # an appeal was right
    },
    R: {
        R.LEASED: (R.DONE, R.UNDONE),
        R.DONE: (R.LEASED,),
    },
    J: {
        J.HELD: (J.RETURNED, J.FINAL, J.WITHDRAWN),
        J.RETURNED: (J.FIXED, J.FINAL, J.WITHDRAWN),
        J.FINAL: (J.WITHDRAWN,),
    },
    L: {
        L.OPEN: (L.UPHELD, L.DENIED),
    },
    E: {
        E.WAITING: (E.RUNNING, E.FAILED),
        E.RUNNING: (E.DONE, E.FAILED),
        E.FAILED: (E.WAITING,),
    },
    K: {
        K.WAITING: (K.RUNNING, K.FAILED),
        K.RUNNING: (K.DONE, K.FAILED),
        K.DONE: (K.UNDOING,),
        K.FAILED: (K.UNDOING,),
        K.UNDOING: (K.UNDONE, K.FAILED),
    },
    F: {
        F.WAITING: (F.RUNNING, F.STOPPED),
        F.RUNNING: (F.DONE, F.STOPPED, F.FAILED),
        F.DONE: (F.WAITING,),
        F.STOPPED: (F.WAITING,),
        F.FAILED: (F.WAITING,),
    },
    S: {
        S.WAITING: (S.RUNNING, S.FAILED, S.CANCELED),
        S.RUNNING: (S.DONE, S.FAILED, S.CANCELED),
        S.FAILED: (S.WAITING,),
        S.CANCELED: (S.WAITING,),
        S.DONE: (S.WAITING,),  # once more, because somebody asked for it
    },
    G: {
        G.ACTIVE: (G.RETIRED, G.INVALID),
        G.RETIRED: (G.ACTIVE, G.INVALID),
        G.INVALID: (G.ACTIVE,),
    },
}

APART = (T.CHECK, T.PRACTICE)  # no data: not counted, listed or exported unless asked for
ASKED = (T.OPEN, T.PAUSED)  # takes answers
UNASKED = (B.STAGING, B.PAUSED)  # of its tasks nobody is asked
HELD = (A.OFFERED, A.LEASED)  # takes one of the task's slots
AVAILABLE_AGAIN = (A.EXPIRED, A.RETURNED)  # the same annotator may get the task once more

# why an answer is not accepted: a closed list, told to its annotator in plain words (web/words.py)
REJECTION_REASONS = (
    "wrong_label", "missed", "too_much", "inexact", "against_guideline", "incomplete", "not_understood", "other",
)  # fmt: skip

SKIP_REASONS = ("unclear", "broken", "wrong_language", "harmful", "not_my_skill", "other")


def choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(state.value, state.value.replace("_", " ").capitalize()) for state in states]


BULK_STATES = choices(BulkState)
EXPORT_STATES = choices(ExportState)
