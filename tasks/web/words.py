"""States, moves and events in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from labeling.outbox.models import Event
from tasks.models import Answer, Project

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
    "receiving": (_("Receiving"), ""),
    "waiting": (_("Waiting"), ""),
    "done": (_("Done"), "chip-ok"),
    "failed": (_("Failed"), "chip-bad"),
    "delivered": (_("Delivered"), "chip-ok"),
}

EVENTS: dict[str, Any] = {
    "project.created": _("made the project"),
    "project.changed": _("changed name, order or people"),
    "project.version_created": _("made version %(version)s"),
    "project.launched": _("launched a dataset"),
    "project.paused": _("paused the project"),
    "project.resumed": _("resumed the project"),
    "project.completed": _("completed the project"),
    "project.archived": _("archived the project"),
    "project.restored": _("took the project out of the archive"),
    "tasks.opened": _("opened %(count)s tasks"),
    "task.canceled": _("canceled a task"),
    "export.requested": _("asked for an export"),
    "export.done": _("finished an export of %(rows)s rows"),
    "export.failed": _("failed at an export"),
    "comment.replied": _("replied to a comment on task %(task)s"),
    "machines.policy_changed": _("changed how machines are used"),
    "machine.accepting": _("%(machine)s settles tasks alone from now on"),
    "machine.stopped": _("%(machine)s stopped settling tasks: too many errors"),
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


def told(event: Event) -> dict[str, Any]:
    """Who did what, when."""
    return {
        "who": str(event.actor) if event.actor else "",
        "what": EVENTS[event.kind] % _Payload(event.payload),
        "when": event.created_at,
    }
