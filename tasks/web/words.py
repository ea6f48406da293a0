"""States, moves and events in the reader's language."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling import aggregation
from labeling.outbox.models import Event
from labeling.problem_words import in_words
from tasks.models import Answer, Project
from tasks.selectors.set_aside import SetAside
from workers.models import RestrictionReason

STATES: dict[str, tuple[Any, str]] = {  # word, class of its chip
    "draft": (_("Draft"), ""),
    "running": (_("Running"), "chip-ok"),
    "paused": (_("Paused"), "chip-warn"),
    "completed": (_("Completed"), "chip-accent"),
    "archived": (_("Archived"), ""),
    "open": (_("Open"), ""),
    "resolved": (_("Resolved"), "chip-ok"),
    "in_review": (_("In review"), "chip-accent"),
    "canceled": (_("Canceled"), "chip-warn"),
    "check": (_("Gold"), "chip-accent"),
    "practice": (_("Training or test"), "chip-accent"),
    "active": (_("In use"), "chip-ok"),
    "retired": (_("Retired"), "chip-warn"),
    "invalid": (_("Not valid any more"), "chip-bad"),
    "staging": (_("Staging"), "chip-accent"),
    "in_progress": (_("In progress"), "chip-ok"),
    "receiving": (_("Receiving"), ""),
    "waiting": (_("Waiting"), ""),
    "done": (_("Done"), "chip-ok"),
    "failed": (_("Failed"), "chip-bad"),
    "stopped": (_("Stopped"), "chip-warn"),
    "delivered": (_("Delivered"), "chip-ok"),
    "undoing": (_("Being undone"), "chip-accent"),
    "undone": (_("Undone"), "chip-warn"),
}

EVENTS: dict[str, Any] = {
    "project.created": _("made the project"),
    "project.changed": _("changed name, order or people"),
    "project.version_created": _("made version %(version)s"),
    "project.launched": _("launched a dataset"),
    "project.trial_started": _("tried it with %(count)s items first"),
    "project.paused": _("paused the project"),
    "project.resumed": _("resumed the project"),
    "project.completed": _("completed the project"),
    "project.check_rules_changed": _("changed training, test or gold"),
    "restriction.made": _("restricted somebody"),
    "restriction.lifted": _("lifted a restriction"),
    "project.archived": _("archived the project"),
    "project.restored": _("took the project out of the archive"),
    "policy.changed": _("changed the quality policy"),
    "answers.left_out": _("left somebody's answers out"),
    "answers.taken_in": _("took somebody's answers back in"),
    "tasks.opened": _("opened %(count)s tasks"),
    "task.canceled": _("canceled a task"),
    "export.requested": _("asked for an export"),
    "export.done": _("finished an export of %(rows)s rows"),
    "export.failed": _("failed at an export"),
    "export.sent": _("wrote an export to a bucket"),
    "export.send_stopped": _("stopped writing an export to a bucket"),
    "export.not_sent": _("could not write an export to a bucket"),
    "gold.added": _("added %(count)s known answers"),
    "gold.changed": _("mended the known answer of task %(task)s"),
    "gold.retired": _("retired the known answer of task %(task)s: %(why)s"),
    "gold.reactivated": _("took the known answer of task %(task)s into use again"),
    "gold.dropped": _("dropped the known answer of task %(task)s"),
    "gold.invalid": _("%(count)s known answers do not fit version %(version)s"),
    "comment.replied": _("replied to a comment on task %(task)s"),
    "machines.policy_changed": _("changed how machines are used"),
    "machine.accepting": _("%(machine)s settles tasks alone from now on"),
    "machine.stopped": _("%(machine)s stopped settling tasks: too many errors"),
    "schema.changed": _("changed labels: version %(version)s"),
    "schema.change_undone": _("took a change of labels back: version %(version)s"),
    "bulk.reopened": _("opened %(count)s tasks again"),
    "bulk.prioritised": _("gave %(count)s tasks another priority"),
    "bulk.made_gold": _("made gold of %(count)s tasks"),
    "bulk.sent_to_review": _("sent %(count)s tasks to review"),
    "bulk.put_into_batch": _("put %(count)s tasks into a batch"),
    "batch.created": _("made the batch %(name)s"),
    "batch.finalized": _("started the batch %(name)s"),
    "batch.paused": _("paused the batch %(name)s"),
    "batch.resumed": _("resumed the batch %(name)s"),
    "batch.canceled": _("canceled the batch %(name)s"),
    "batch.completed": _("the batch %(name)s is done"),
    "bulk.canceled": _("canceled %(count)s tasks"),
    "bulk.undone": _("took back a change of %(count)s tasks"),
    "appeal.opened": _("appealed against a rejection"),
    "appeal.upheld": _("upheld an appeal"),
    "appeal.denied": _("denied an appeal"),
}

ACTIONS: dict[str, list[tuple[str, Any, str, Any]]] = {  # state -> (action, word, icon, question before it)
    "draft": [("archive", _("Archive"), "archive", "")],
    "running": [
        ("pause", _("Pause"), "pause", ""),
        ("complete", _("Complete"), "check", _("Give out no more tasks of this project? It can be opened again.")),
        ("archive", _("Archive"), "archive", _("Put this project away? Its data stays.")),
    ],
    "paused": [
        ("resume", _("Resume"), "play", ""),
        ("archive", _("Archive"), "archive", _("Put this project away? Its data stays.")),
    ],
    "completed": [("resume", _("Open again"), "play", ""), ("archive", _("Archive"), "archive", "")],
    "archived": [("restore", _("Restore"), "undo-2", "")],
}


OUTCOMES: dict[str, Any] = {
    "accepted": _("suggestion accepted"),
    "changed": _("suggestion changed"),
    "rejected": _("suggestion rejected"),
}
COUNTS: dict[str, Any] = {
    "kept": _("%(count)s kept"),
    "changed": _("%(count)s changed"),
    "added": _("%(count)s added"),
    "removed": _("%(count)s removed"),
}
RISKS: dict[str, Any] = {
    "violence": _("Violence"),
    "sexual": _("Sexual content"),
    "hate": _("Hate"),
    "self_harm": _("Self-harm"),
    "medical": _("Medical images or wounds"),
    "other": _("Other upsetting material"),
}
COMMENTS: dict[str, Any] = {
    "edge_case": _("Edge case"),
    "guideline": _("Guideline unclear"),
    "data": _("Data problem"),
    "other": _("Other"),
}


REJECTIONS: dict[str, Any] = {
    "wrong_label": _("Wrong label"),
    "missed": _("Something is missing"),
    "too_much": _("Something is too much"),
    "inexact": _("Not exact enough"),
    "against_guideline": _("Against the guideline"),
    "incomplete": _("Not finished"),
    "not_understood": _("The task was not understood"),
    "other": _("Something else"),
}
GOLD_SOURCES: dict[str, Any] = {
    "column": _("A column of the items"),
    "file": _("A file"),
    "result": _("A result, by a click"),
    "api": _("The API"),
}
REJECTION_STATES: dict[str, tuple[Any, str]] = {
    "held": (_("Waits for a second person"), "chip-warn"),
    "returned": (_("To be fixed"), "chip-warn"),
    "fixed": (_("Fixed"), "chip-ok"),
    "final": (_("Rejected"), "chip-bad"),
    "withdrawn": (_("Withdrawn"), "chip-ok"),
}
APPEALS: dict[str, tuple[Any, str]] = {
    "open": (_("Appeal under way"), "chip-accent"),
    "upheld": (_("Appeal upheld"), "chip-ok"),
    "denied": (_("Appeal denied"), "chip-bad"),
}
ANSWERS: dict[str, tuple[Any, str]] = {  # what became of them
    "open": (_("Waits for others"), ""),
    "counted": (_("Counted"), "chip-ok"),
    "in_review": (_("A reviewer looks at it"), "chip-accent"),
    "confirmed": (_("Confirmed by a reviewer"), "chip-ok"),
    "differs": (_("A reviewer chose otherwise"), "chip-warn"),
    "fixed": (_("Fixed after review"), "chip-ok"),
}
BULKS: dict[str, tuple[Any, Any]] = {  # what is done to many tasks, and what that means
    "reopen": (_("Ask again"), _("Finished, canceled and reviewed tasks are open again for one more person.")),
    "prioritise": (_("Set the priority"), _("Tasks with a higher number are given out first.")),
    "review": (_("Send to review"), _("A reviewer settles them, whatever the consensus says.")),
    "gold": (
        _("Make gold"),
        _("Their consensus is the known answer from now on, and they are asked as hidden checks."),
    ),
    "batch": (
        _("Put into a batch"),
        _("Items that are open are asked as their batch says: when it runs, in its turn."),
    ),
    "cancel": (_("Cancel"), _("Nobody is asked any more. Answers given stay; what people hold is taken back.")),
}
BATCH_KINDS: dict[str, Any] = {
    "calibration": _("Calibration"),
    "self_label": _("Own team"),
    "production": _("Production"),
}
VERDICTS: dict[str, Any] = {"accept": _("Accepted"), "fix": _("Fixed"), "reject": _("Asked again")}
STAGES: dict[str, Any] = {
    "first": _("Review"),
    "second": _("Blind second review"),
    "third": _("Settling of two reviews"),
}


def bulk_kinds() -> list[tuple[str, str]]:
    return [(kind, str(word)) for kind, (word, _why) in BULKS.items()]


def methods() -> dict[str, str]:
    """Titles of what may settle a task."""
    return {name: gettext(method.TITLE) for name, method in aggregation.methods().items()} | {
        "review": str(_("Review")),
        "machine": str(_("Settled by a machine alone")),
    }


SET_ASIDE = {  # in a word, and why
    "person": (_("Left out"), _("No answer of this person counts here")),
    "machine": (_("Left out"), _("No vote of this machine counts here")),
    "question": (_("Does not count"), _("No answer to the question of now")),
}


def set_aside(why: SetAside) -> tuple[str, str]:
    """That an answer counts for nothing, and why, with the reason of the restriction where there is one to tell."""
    word, told = map(str, SET_ASIDE[why.by])
    return word, f"{told} ({RestrictionReason(why.reason).label})" if why.reason else told


def set_aside_words() -> dict[str, dict[str, Any]]:
    """The same for pages that put it together themselves."""
    return {
        "by": {by: [str(word), str(told)] for by, (word, told) in SET_ASIDE.items()},
        "reasons": {one.value: str(one.label) for one in RestrictionReason},
    }


def kept(answer: Answer) -> str:
    """What an answer made of the suggestion, with its objects counted where it has any."""
    if not answer.suggestion_outcome:
        return ""
    counts = answer.suggestion_counts or {}
    told = [str(word) % {"count": counts[name]} for name, word in COUNTS.items() if counts.get(name)]
    return ": ".join(filter(None, [str(OUTCOMES[answer.suggestion_outcome]), ", ".join(told)]))


def chip(state: str) -> dict[str, Any]:
    word, css = STATES.get(state, (state, ""))
    return {"word": word, "css": css}


def actions(project: Project) -> list[dict[str, Any]]:
    return [
        {"name": name, "word": word, "icon": icon, "question": question}
        for name, word, icon, question in ACTIONS[project.state]
    ]


def risks(named: list[str]) -> str:
    """What the material may be like, as one line."""
    return ", ".join(str(RISKS[one]) for one in named if one in RISKS)


class _Payload(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def _reason(payload: dict[str, Any]) -> dict[str, str]:
    """Reasons are stored in English."""
    return {"why": in_words(payload["why"])} if isinstance(payload.get("why"), str) else {}


def told(event: Event) -> dict[str, Any]:
    """Who did what, when."""
    return {
        "who": str(event.actor) if event.actor else "",
        "what": EVENTS[event.kind] % _Payload(event.payload | _reason(event.payload)),
        "when": event.created_at,
    }
