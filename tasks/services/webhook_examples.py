"""What a message about each kind of event looks like, for those who write a receiver."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tasks.services.webhooks import KINDS, body_of

AT = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
PROJECT, TASK, DATASET = 12, 5120, 3
OF_PROJECT = {"id": PROJECT, "project": PROJECT}
BATCH = {"id": 40, "project": PROJECT, "mode": "live", "name": "monday", "at": AT.isoformat()}
ORDER = {"id": 810, "project": PROJECT, "mode": "live", "task_id": "65f1c0ffee5eed1234567890", "task": TASK}
EXPORT = {"id": 9, "project": PROJECT}
FEED = {"id": 2, "project": None, "dataset": DATASET, "feed": 2, "mode": "live"}
UPLOAD = {"id": 17, "project": None, "dataset": DATASET}
ERROR = {"error": "what went wrong, in a sentence"}

EXAMPLES: Mapping[str, dict[str, Any]] = {
    "answer.corrected": {"id": 7302, "project": PROJECT, "task": TASK, "supersedes": 7301},
    "answer.submitted": {"id": 7301, "project": PROJECT, "task": TASK},
    "batch.canceled": BATCH,
    "batch.completed": BATCH,
    "batch.paused": BATCH,
    "batch.resumed": BATCH,
    "comment.added": {"id": 55, "project": PROJECT, "task": TASK},
    "dataset.created": {"id": DATASET, "project": None},
    "dataset.deleted": {"id": DATASET, "project": None},
    "export.done": EXPORT | {"sha256": "9f86d081884c7d65…", "rows": 1200},
    "export.failed": EXPORT | ERROR,
    "export.not_sent": EXPORT | {"sent": 4} | ERROR,
    "export.sent": EXPORT | {"sent": 4},
    "feed.failed": FEED,
    "feed.synced": FEED,
    "order.audited": ORDER,
    "order.canceled": ORDER,
    "order.completed": ORDER,
    "order.error": {name: value for name, value in ORDER.items() if name != "task"},
    "project.archived": OF_PROJECT,
    "project.completed": OF_PROJECT,
    "project.created": OF_PROJECT,
    "project.launched": OF_PROJECT | {"dataset": DATASET},
    "project.paused": OF_PROJECT,
    "project.resumed": OF_PROJECT,
    "project.version_created": OF_PROJECT | {"version": 2, "changed": ["config", "guideline"]},
    "review.decided": {"id": 61, "project": PROJECT, "task": TASK, "verdict": "accept", "stage": "first"},
    "task.canceled": {"id": TASK, "project": PROJECT},
    "task.resolved": {"id": TASK, "project": PROJECT},
    "tasks.reopened": OF_PROJECT | {"tasks": [TASK, TASK + 1]},
    "tasks.resolved": OF_PROJECT | {"tasks": [TASK, TASK + 1]},
    "upload.done": UPLOAD | {"upload": UPLOAD["id"]},
    "upload.failed": UPLOAD,
}
"""`id` is that of what the event is about: `upload.done` names the upload, `task.resolved` the task."""


def catalogue() -> list[dict[str, str]]:
    return [
        {"kind": kind, "description": str(said), "example": body_of(kind, AT, EXAMPLES[kind])}
        for kind, said in KINDS.items()
    ]
