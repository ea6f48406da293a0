"""Short ways to do an annotator's work in tests."""

from typing import Any
from uuid import uuid4

from django.test.utils import CaptureQueriesContext

from tasks.models import Assignment, Task
from tasks.selectors.eligibility import Annotator
from workers.models import User

EXCHANGE = "/api/v1/work/exchange"


def at_work(user: User, org: Any = None) -> Annotator:
    return Annotator(user.pk, org.pk if org else user.memberships.get().organization_id)


def answer_to(task: dict[str, Any], value: Any = None, **changes: Any) -> dict[str, Any]:
    """An entry of an exchange that answers a TASK."""
    return {
        "id": str(uuid4()),
        "assignment": task["assignment"],
        "schema_version": task["schema_version"],
        "answer": value if value is not None else {"option": "good"},
        "active_ms": 2000,
    } | changes


def exchange(client: Any, **body: Any) -> dict[str, Any]:
    reply = client.post(EXCHANGE, body, format="json")
    assert reply.status_code == 200, reply.content
    return reply.json()


def id_of(task: dict[str, Any]) -> int:
    """The id of a TASK's row; what annotators see of it is a number."""
    return Assignment.objects.values_list("task_id", flat=True).get(pk=task["assignment"])


def tasks_of(assignment_ids: list[int]) -> list[int]:
    found = dict(Assignment.objects.filter(pk__in=assignment_ids).values_list("pk", "task_id"))
    return [found[pk] for pk in assignment_ids]


def counts_hold() -> bool:
    """`taken` and `answered` of every task are what its assignments say."""
    for task in Task.objects.prefetch_related("assignments"):
        states = [a.state for a in task.assignments.all()]
        held = sum(state in ("offered", "leased", "submitted", "returned_for_fix") for state in states)
        if (task.taken, task.answered) != (held, states.count("submitted")):
            return False
    return True


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without BEGIN and COMMIT."""
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
    return [query["sql"] for query in captured.captured_queries if query["sql"].lstrip().startswith(verbs)]
