"""Known answers out of a column of the items, out of a file, and out of a result."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from labeling.errors import BadFile, InvalidInput, Problem, StaleState
from labeling.importers.found import KNOWN
from tasks.models import GoldProblem, Item, Project, ProjectVersion, Task
from tasks.models.gold import GoldKind, GoldSource
from tasks.services import gold
from tasks.services.gold_reading import Told, read_gold
from tasks.states import APART
from workers.models import User

MOST_BYTES = 20_000_000
CHUNK = 1000
NAMES = ("item", "answer", "kind", "explanation")
LONGEST_PATH = GoldProblem._meta.get_field("path").max_length or 300


def add_gold_of_items(*, project: Project, dataset_id: int, items: tuple[int, int], now: datetime) -> int:
    """The known answers that these items carry in the project's column. What is none is reported, and asked as usual.

    For tasks just opened, in the caller's transaction: nobody has seen them as ordinary work.
    """
    field = project.gold_field or KNOWN
    version = ProjectVersion.objects.get(project=project, number=project.version)
    rows = Item.objects.filter(dataset=dataset_id, pk__range=items, data__has_key=field, tasks__project=project)
    rows = rows.exclude(tasks__in=Task.objects.filter(project=project, gold__isnull=False))
    told, refused = [], []
    for item in rows.order_by("pk").iterator(chunk_size=CHUNK):
        if (raw := item.data.get(field)) not in (None, ""):
            told.append(Told(f"item {item.pk}", item.key, raw, item_id=item.pk))
    ready, problems = read_gold(project=project, version=version, told=told)
    for problem in problems:
        where, _, path = problem.path.partition(".")
        path = path.replace("answer", field, 1)[:LONGEST_PATH]
        refused.append(GoldProblem(project=project, item_id=int(where[5:]), path=path, message=problem.message))
    GoldProblem.objects.bulk_create(refused, batch_size=CHUNK)
    if ready:
        gold.store_gold(project=project, version=version, ready=ready, source=GoldSource.COLUMN, actor=None, now=now)
    return len(ready)


@transaction.atomic
def add_gold_of_column(*, project: Project, field: str, actor: User | None, now: datetime) -> int:
    """Take the column from now on, and out of the items that have tasks already. No annotator sees it any more."""
    field = field.strip()
    if not 0 < len(field) <= 200:
        raise InvalidInput(Problem("field", "must be the name of a column, of at most 200 characters", "length"))
    if field in ("text", "image") or field == project.suggestion_field:
        raise InvalidInput(
            Problem("field", f"{field!r} is shown to annotators: it cannot hold known answers", "choice")
        )
    mine = Item.objects.filter(dataset__projects=project, dataset__deleted_at=None, data__has_key=field)
    if not mine.exists() and project.datasets.exists():  # a draft has none yet: its launch reads the column
        raise InvalidInput(Problem("field", f"no item of this project has a column {field!r}", "missing"))
    Project.objects.filter(pk=project.pk).update(gold_field=field)
    project.gold_field = field
    GoldProblem.objects.filter(project=project).delete()
    found = 0
    for dataset in project.datasets.filter(deleted_at=None).order_by("pk"):
        ids = list(mine.filter(dataset=dataset, tasks__project=project).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            found += add_gold_of_items(project=project, dataset_id=dataset.pk, items=(part[0], part[-1]), now=now)
    gold.emit("gold.column_chosen", project, actor, field=field, count=found)
    return found


@transaction.atomic
def forget_column(*, project: Project, actor: User | None) -> None:
    """Read no column any more. What came out of it stays known."""
    Project.objects.filter(pk=project.pk).update(gold_field="")
    project.gold_field = ""
    GoldProblem.objects.filter(project=project).delete()
    gold.emit("gold.column_chosen", project, actor, field="", count=0)


def add_gold_of_file(
    *,
    project: Project,
    content: bytes,
    actor: User | None,
    now: datetime,
    kind: str = GoldKind.GOLD,
    replace: bool = False,
) -> tuple[int, list[Problem]]:
    """A CSV or JSON Lines of item keys and answers. Good lines are stored; problems name the line of each other one."""
    told = list(read_file(content, kind=kind))
    return gold.add_gold(
        project=project, told=told, source=GoldSource.FILE, actor=actor, now=now, replace=replace, partly=True
    )


def read_file(content: bytes, *, kind: str) -> Iterator[Told]:
    """Columns or fields: item, answer; kind and explanation where they are given. Raises BadFile."""
    if len(content) > MOST_BYTES:
        raise BadFile(f"the file has {len(content)} bytes; at most {MOST_BYTES} are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"byte {error.start} is not UTF-8") from None
    if "\0" in text:
        raise BadFile("the file holds null characters")
    rows = _jsonl(text) if text.lstrip().startswith("{") else _csv(text)
    for line, row in rows:
        key = row.get("item")
        if not isinstance(key, str | int) or row.get("answer") in (None, ""):
            raise BadFile(f"line {line}: needs an item and an answer")
        yield Told(f"line {line}", str(key), row["answer"], row.get("kind") or kind, row.get("explanation") or "")


def _jsonl(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, each in enumerate(text.splitlines(), 1):
        if not each.strip():
            continue
        try:
            row = orjson.loads(each)
        except orjson.JSONDecodeError as error:
            raise BadFile(f"line {line}: is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise BadFile(f"line {line}: is not an object")
        _known(line, row)
        yield line, row


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(MOST_BYTES)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if not {"item", "answer"} <= set(reader.fieldnames or ()):
            raise BadFile("line 1: needs the columns item and answer")
        _known(1, dict.fromkeys(reader.fieldnames or ()))
        for row in reader:
            if None in row:
                raise BadFile(f"line {reader.line_num}: has more cells than there are columns")
            yield reader.line_num, row
    except csv.Error as error:
        raise BadFile(f"line {reader.line_num}: {error}") from None


def _known(line: int, row: dict[str, Any]) -> None:
    if strange := [name for name in row if name not in NAMES]:
        raise BadFile(f"line {line}: unknown column {strange[0]!r}; known are {', '.join(NAMES)}")


def add_gold_of_result(
    *,
    task: Task,
    actor: User | None,
    now: datetime,
    kind: str = GoldKind.GOLD,
    answer: Any = None,
    explanation: str = "",
) -> None:
    """Make a check of a task by its consensus, or by the answer given here."""
    consensus = getattr(task, "consensus", None)
    if task.state in APART:
        raise StaleState(f"task {task.pk} has a known answer already")
    if answer is None:
        if consensus is None:
            raise StaleState(f"task {task.pk} has no result yet")
        answer = consensus.value
    told = Told("task", task.item.key, answer, kind, explanation, task.item_id)
    gold.add_gold(project=task.project, told=[told], source=GoldSource.RESULT, actor=actor, now=now)
