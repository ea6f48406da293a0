"""Rows for tests, with everything filled in that the test does not care about."""

import hashlib
import json
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from labeling.types import registry
from tasks.models import Answer, Assignment, Comment, Dataset, Item, Project, ProjectVersion, Task
from tasks.states import AssignmentState, ProjectState, TaskState
from workers.models import Membership, Organization, User
from workers.services.keys import create_key

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHOICE = {"question": "How does it sound?", "options": [{"value": "good"}, {"value": "bad"}]}
MULTICHOICE = {"question": "What is in it?", "options": [{"value": "cat"}, {"value": "dog"}, {"value": "bird"}]}
CONFIGS = {"choice": CHOICE, "multichoice": MULTICHOICE}
_number = count(1)


def make_org(name: str = "") -> Organization:
    number = next(_number)
    return Organization.objects.create(name=name or f"Lab {number}", slug=f"lab-{number}")


def make_user(
    org: Organization | None = None,
    role: str = "labeler",
    name: str = "",
    *,
    seen_at: datetime | None = None,
    **fields: Any,
) -> User:
    """A person, in `org` with `role` when one is given. No usable password: tests sign in with `force_login`."""
    number = next(_number)
    user = User.objects.create(email=f"person{number}@example.org", name=name or f"Person {number}", **fields)
    if org:
        Membership.objects.create(organization=org, user=user, role=role, seen_at=seen_at)
    return user


def make_key(org: Organization, scope: str = "admin", mode: str = "live") -> str:
    """The key itself, for the Authorization header."""
    return create_key(organization=org, mode=mode, scope=scope)[1]


def make_dataset(org: Organization, items: int = 0, **fields: Any) -> Dataset:
    dataset = Dataset.objects.create(
        **{"organization": org, "name": f"Dataset {next(_number)}", "item_count": items} | fields
    )
    make_items(dataset, items)
    return dataset


def make_item(dataset: Dataset, text: str = "", **fields: Any) -> Item:
    number = next(_number)
    return Item.objects.create(**_item(dataset, number, text) | fields)


def make_items(dataset: Dataset, number: int) -> list[Item]:
    return Item.objects.bulk_create([Item(**_item(dataset, next(_number), "")) for _ in range(number)], batch_size=5000)


def _item(dataset: Dataset, number: int, text: str) -> dict[str, Any]:
    data = {"text": text or f"Sentence {number}"}
    return {
        "dataset": dataset,
        "key": f"item-{number}",
        "data": data,
        "content_hash": hashlib.sha256(json.dumps(data).encode()).hexdigest(),
    }


def make_project(
    org: Organization,
    type: str = "choice",
    config: Any = None,
    *,
    overlap: int = 1,
    guideline: str = "",
    end_use: str = "",
    state: str = ProjectState.RUNNING,
    **fields: Any,
) -> Project:
    """A project with its first version, running unless told otherwise."""
    project = Project.objects.create(
        **{"organization": org, "name": f"Project {next(_number)}", "type": type, "state": state} | fields
    )
    make_version(
        project, config if config is not None else CONFIGS[type], 1, overlap, guideline=guideline, end_use=end_use
    )
    return project


def make_version(project: Project, config: Any, number: int, overlap: int = 1, **fields: Any) -> ProjectVersion:
    """The version's row only; `project.version` moves with it."""
    clean = registry.get(project.type).clean_config(config)
    version = ProjectVersion.objects.create(
        project=project,
        number=number,
        config=clean,
        config_hash=hashlib.sha256(json.dumps(clean, sort_keys=True).encode()).hexdigest(),
        overlap=overlap,
        **fields,
    )
    if project.version != number:
        project.version = number
        project.save(update_fields=["version"])
    return version


def make_task(
    project: Project | None = None, item: Item | None = None, *, overlap: int | None = None, **fields: Any
) -> Task:
    """An open task; a project, dataset and item are made when not given."""
    project = project or make_project(make_org(), overlap=overlap or 1)
    if item is None:
        item = make_item(_dataset_of(project))
    wanted = overlap or project.versions.get(number=project.version).overlap
    return Task.objects.create(**{"project": project, "item": item, "wanted": wanted} | fields)


def make_tasks(project: Project, number: int, *, overlap: int | None = None, **fields: Any) -> list[Task]:
    """Many open tasks with few queries."""
    wanted = overlap or project.versions.get(number=project.version).overlap
    items = make_items(_dataset_of(project), number)
    return Task.objects.bulk_create(
        [Task(**{"project": project, "item": item, "wanted": wanted} | fields) for item in items], batch_size=5000
    )


def _dataset_of(project: Project) -> Dataset:
    dataset = project.datasets.first()
    if dataset is None:
        dataset = make_dataset(project.organization, mode=project.mode)
        project.datasets.add(dataset)
    return dataset


def make_assignment(task: Task, annotator: User, state: str = AssignmentState.LEASED, **fields: Any) -> Assignment:
    """One person's turn on the task, its slot counted where the state holds one."""
    if state in (AssignmentState.OFFERED, AssignmentState.LEASED, AssignmentState.SUBMITTED):
        task.taken += 1
        task.save(update_fields=["taken"])
    return Assignment.objects.create(
        **{
            "organization_id": task.project.organization_id,
            "project": task.project,
            "task": task,
            "annotator": annotator,
            "state": state,
            "schema_version": task.project.version,
        }
        | fields
    )


def make_answer(task: Task, annotator: User, value: Any = None, *, at: datetime | None = None, **fields: Any) -> Answer:
    """A submitted answer with its assignment; the task counts it, and is resolved when it was the last one wanted."""
    at = at or timezone.now()
    value = value if value is not None else {"option": "good"}
    assignment = make_assignment(task, annotator, AssignmentState.SUBMITTED, finished_at=at)
    task.answered += 1
    if task.answered >= task.wanted:
        task.state, task.resolved_at = TaskState.RESOLVED, at
    task.save(update_fields=["answered", "state", "resolved_at"])
    return Answer.objects.create(
        **{
            "client_id": uuid4(),
            "content_hash": hashlib.sha256(json.dumps(value).encode()).hexdigest(),
            "assignment": assignment,
            "task": task,
            "project": task.project,
            "annotator": annotator,
            "schema_version": task.project.version,
            "value": value,
            "created_at": at,
        }
        | fields
    )


def make_comment(task: Task, author: User, text: str = "Is this one good?", **fields: Any) -> Comment:
    where = {"organization_id": task.project.organization_id, "project": task.project, "task": task}
    return Comment.objects.create(
        **where | {"client_id": uuid4(), "author": author, "kind": "edge_case", "text": text} | fields
    )
