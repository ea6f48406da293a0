"""Which events are the audit trail: what people decide, and who came in; not the everyday work, of which is too much.

A new kind of event belongs to the trail unless it is named here.
"""

EVERYDAY = frozenset(
    {
        "agreement.asked", "answer.corrected", "answer.submitted", "batch.callback", "batch.following",
        "client_file.requested", "export.started", "feed.synced", "figures.asked", "known_task.requested",
        "machine.suggested", "order_project.opened", "schema.change_followed", "sign.seen", "task.callback",
        "task.resolved", "upload.received", "user.password_reset_asked",
    }
)  # fmt: skip
EVERYDAY_THINGS = frozenset(
    {"assignment", "comment", "delivery", "entry", "inbox", "items", "order", "review", "tasks", "view"}
)


def belongs(kind: str) -> bool:
    thing, _, what = kind.partition(".")
    return kind not in EVERYDAY and thing not in EVERYDAY_THINGS and not what.endswith("continued")
