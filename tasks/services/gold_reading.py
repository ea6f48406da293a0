"""Known answers as they are sent in, checked before anything is stored: each problem names its entry and its field."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from labeling.errors import HasProblems, InvalidAnswer, Problem
from labeling.types import registry
from labeling.types.base import TaskType
from tasks.models import Gold, Item, Project, ProjectVersion
from tasks.models.gold import GoldKind
from tasks.selectors.answering import judged
from tasks.states import GoldState

LONGEST_EXPLANATION = 2000
MOST_OLDER = 5  # versions that are asked whether they took an answer which is none now


@dataclass(frozen=True, slots=True)
class Told:
    """One known answer as somebody sent it. `where` names it in what they sent: `items[3]`, `line 7`."""

    where: str
    key: str  # of the item
    answer: Any
    kind: str = GoldKind.GOLD
    explanation: str = ""
    item_id: int | None = None  # where the item is known already


@dataclass(frozen=True, slots=True)
class Ready:
    """A known answer that may be stored."""

    item: Item
    answer: dict[str, Any]
    kind: str
    explanation: str


def read_gold(
    *,
    project: Project,
    version: ProjectVersion,
    told: Sequence[Told],
    replace: bool = False,
    twins: bool = False,
) -> tuple[list[Ready], list[Problem]]:
    """Those that can be used, and what is wrong with the others.

    An item named twice with different answers, or known already with another answer, is a contradiction: neither is
    guessed to be right. With `replace` the new answer takes the place of the one that is known. Nor may items with the
    same content be known to be different things, unless `twins` are let pass.
    """
    task_type = registry.get(project.type)
    items = _items(project, told)
    known = dict(Gold.objects.filter(project=project, task__item__in=[i.pk for found in items.values() for i in found])
                 .values_list("task__item_id", "answer"))  # fmt: skip
    known_twins = {} if twins else _known_twins(project, items)
    older = _Older(project, version, task_type)
    problems: list[Problem] = []
    ready: dict[int, Ready] = {}
    first: dict[int, str] = {}
    same: dict[str, tuple[str, Any]] = {}
    for each in told:
        found = _read(each, items, task_type, version.config, problems, older)
        if found is None:
            continue
        pk = found.item.pk
        if pk in ready:
            if ready[pk].answer != found.answer:
                problems.append(_contradiction(each, f"{first[pk]} gives another answer to the same item"))
            continue
        if pk in known and known[pk] != found.answer and not replace:
            problems.append(_contradiction(each, "another answer to this item is known already: mend or drop that one"))
            continue
        twin = same.setdefault(found.item.content_hash, (each.where, found.answer))
        if twin[1] != found.answer:
            problems.append(_contradiction(each, f"{twin[0]} gives another answer to an item with the same content"))
            continue
        if (other := known_twins.get(found.item.content_hash)) and other[1] != found.answer:
            text = f"item {other[0]!r} has the same content and another known answer: mend or drop that one first"
            problems.append(_contradiction(each, text))
            continue
        ready[pk], first[pk] = found, each.where
    return list(ready.values()), problems


def _read(
    told: Told,
    items: dict[Any, list[Item]],
    task_type: TaskType,
    config: dict[str, Any],
    problems: list[Problem],
    older: "_Older",
) -> Ready | None:
    before = len(problems)
    found = items.get(told.item_id if told.item_id is not None else told.key, [])
    if len(found) != 1:
        text = f"several datasets of this project have an item {told.key!r}" if found else f"no item {told.key!r} here"
        problems.append(Problem(f"{told.where}.item", text, "missing"))
    if told.kind not in GoldKind.values:
        text = f"must be one of {', '.join(GoldKind.values)}, not {told.kind!r}"
        problems.append(Problem(f"{told.where}.kind", text, "choice"))
    if not isinstance(told.explanation, str) or len(told.explanation) > LONGEST_EXPLANATION or "\0" in told.explanation:
        text = f"must be text of at most {LONGEST_EXPLANATION} characters"
        problems.append(Problem(f"{told.where}.explanation", text, "max_length"))
    if len(problems) > before:
        return None
    try:
        answer = clean_gold(told.answer, task_type=task_type, config=config, item=found[0])
    except HasProblems as error:
        since = older.last_to_take(told.answer, found[0])
        for p in error.problems:
            path, code = f".{p.path}" if p.path else "", "retired" if since else p.code
            problems.append(
                Problem(
                    f"{told.where}.answer{path}",
                    f"item {told.key!r}: {p.message} (version {since} still took it)"
                    if since
                    else f"item {told.key!r}: {p.message}",
                    code,
                )
            )
        return None
    return Ready(found[0], answer, told.kind, told.explanation.strip())


def clean_gold(raw: Any, *, task_type: TaskType, config: dict[str, Any], item: Item) -> dict[str, Any]:
    """The known answer as the type has it. A table has text only: JSON, or the plain name of the one class voted for.

    Raises HasProblems.
    """
    if isinstance(raw, str):
        raw = _of_text(raw.strip(), task_type, config)
    lacking = task_type.item_problems(judged(item.data, item.media), config)
    if lacking:
        raise InvalidAnswer(lacking)
    return task_type.clean_answer(raw, config=config, item=judged(item.data, item.media))


def _of_text(text: str, task_type: TaskType, config: dict[str, Any]) -> Any:
    ballot = task_type.ballot({}, config)
    if len(ballot.classes) == 1:
        ((part, names),) = ballot.classes.items()
        if text in names:
            return ballot.rebuild({part: text})
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise HasProblems(Problem("", f"{text[:60]!r} is neither an option nor JSON", "json")) from None
    if "\\u0000" in text:
        raise HasProblems(Problem("", "must not hold a null character", "invalid"))
    return raw


class _Older:
    """Tells whether an answer was one under an earlier schema: its labels are retired, not misspelt."""

    def __init__(self, project: Project, version: ProjectVersion, task_type: TaskType) -> None:
        self.type = task_type
        earlier = ProjectVersion.objects.filter(project=project, number__lt=version.number, for_tasks=False)
        self.earlier = earlier.exclude(config_hash=version.config_hash).order_by("-number")
        self.configs: list[tuple[int, dict[str, Any]]] | None = None

    def last_to_take(self, raw: Any, item: Item) -> int | None:
        if self.configs is None:
            self.configs = list(self.earlier.values_list("number", "config")[:MOST_OLDER])
        for number, config in self.configs:
            with suppress(HasProblems):
                clean_gold(raw, task_type=self.type, config=config, item=item)
                return number
        return None


def _known_twins(project: Project, items: Mapping[Any, Sequence[Item]]) -> dict[str, tuple[str, Any]]:
    """What is known of other items with the same content as these: {content hash: (key, answer)}."""
    mine = {item.pk: item.content_hash for found in items.values() for item in found}
    hashes, twins = sorted(set(mine.values())), {}
    for start in range(0, len(hashes), 500):
        known = Gold.objects.filter(project=project, task__item__content_hash__in=hashes[start : start + 500])
        rows = known.exclude(state=GoldState.INVALID).order_by("pk")
        for pk, content, key, answer in rows.values_list(
            "task__item_id", "task__item__content_hash", "task__item__key", "answer"
        ):
            if pk not in mine:
                twins[content] = (key, answer)
    return twins


def _items(project: Project, told: Iterable[Told]) -> dict[Any, list[Item]]:
    """By key or id, whatever the entry names; of the project's own datasets only."""
    mine = Item.objects.filter(dataset__projects=project, dataset__deleted_at=None)
    keys = [each.key for each in told if each.item_id is None and isinstance(each.key, str)]
    ids = [each.item_id for each in told if each.item_id is not None]
    found: dict[Any, list[Item]] = {}
    for start in range(0, len(keys), 500):
        for item in mine.filter(key__in=keys[start : start + 500]).distinct():
            found.setdefault(item.key, []).append(item)
    for start in range(0, len(ids), 500):
        for item in Item.objects.filter(tasks__project=project, pk__in=ids[start : start + 500]):
            found[item.pk] = [item]
    new = [pk for pk in ids if pk not in found]  # of a draft, whose items have no tasks yet
    for start in range(0, len(new), 500):
        for item in mine.filter(pk__in=new[start : start + 500]).distinct():
            found[item.pk] = [item]
    return found


def _contradiction(told: Told, text: str) -> Problem:
    return Problem(f"{told.where}.answer", f"item {told.key!r}: {text}", "contradiction")
