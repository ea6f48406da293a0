"""The tasks that need a new consensus, each with its answers cut into votes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from labeling.aggregation import Votes
from labeling.errors import InvalidAnswer
from labeling.types.base import Ballot, Vote
from tasks.models import Answer, Consensus, QualityState, Task
from tasks.selectors.answering import judged
from tasks.services.consensus.known import practice_tasks
from tasks.services.consensus.schema import Schema

VOID = -1  # the version of an answer that cannot be said in the labels of now
Posterior = dict[str, dict[str, float]]  # {part: {class: p}}; a class that is not there has 0


class Given(NamedTuple):
    id: int
    task_id: int
    annotator_id: int
    schema_version: int
    value: dict[str, Any]
    is_live: bool


@dataclass(frozen=True)
class Case:
    """One task: the answers that count now, and what the stored row has put into the annotators' counts."""

    schema: Schema
    task_id: int
    valid: list[Given]  # live, and fit for the schema of now
    void: list[int]  # ids of live answers under an older schema that do not fit this one
    set_aside: list[int]  # ids of live answers by people who are left out
    counted: list[Given]  # the answers behind `posterior`
    posterior: Posterior
    item: Mapping[str, Any] = field(default_factory=dict)  # what is asked about, where the type settles itself
    evidence: Mapping[str, Any] = field(default_factory=dict)  # what the stored row has put into named sums

    @cached_property
    def by_machines(self) -> int:
        """How many of the valid answers are votes of machines: they count, and take nobody's place."""
        return sum(given.annotator_id in self.schema.machines for given in self.valid)

    @cached_property
    def pooled(self) -> list[Given]:
        """The valid answers that were given to the very question of now: only those tell how good people are at it."""
        return [given for given in self.valid if self.schema.pools(given.schema_version)]

    @cached_property
    def ballot(self) -> Ballot:
        return _ballot(self.schema, self.valid)

    @cached_property
    def pooled_ballot(self) -> Ballot:
        return self.ballot if len(self.pooled) == len(self.valid) else _ballot(self.schema, self.pooled)

    @cached_property
    def counted_ballot(self) -> Ballot:
        return _ballot(self.schema, self.counted)


def _ballot(schema: Schema, given: Iterable[Given]) -> Ballot:
    return schema.type.ballot({answer.annotator_id: answer.value for answer in given}, schema.config)


def read_cases(schema: Schema, state: QualityState, task_ids: Sequence[int]) -> list[Case]:
    rows = Consensus.objects.filter(task_id__in=task_ids)
    stored = {row[0]: row[1:] for row in rows.values_list("task_id", "answers", "by_method", "evidence")}
    by_task: dict[int, list[Given]] = defaultdict(list)
    answers = Answer.objects.filter(task_id__in=task_ids).order_by("id")
    for row in answers.values_list("id", "task_id", "annotator_id", "schema_version", "value", "is_live"):
        by_task[row[1]].append(Given(*row))
    items = _items(task_ids) if schema.by_type else _items_of_older_answers(schema, by_task)
    if schema.reader is not None:
        for task_id, given in by_task.items():
            by_task[task_id] = [in_labels_of_now(schema, each, items.get(task_id, {})) for each in given]
    practice = practice_tasks(task_ids)
    cases = []
    for task_id in task_ids:
        if task_id in practice:
            by_task[task_id] = []
        set_aside = [a.id for a in by_task[task_id] if a.is_live and a.annotator_id in schema.left_out]
        counting = [a for a in by_task[task_id] if a.is_live and a.annotator_id not in schema.left_out]
        valid, void = _valid(schema, counting, items)
        known, by_method, evidence = stored.get(task_id, ([], {}, {}))
        score = by_method.get(schema.counted) or {}
        is_counted = score.get("epoch") == state.model["epoch"]
        counted = [a for a in by_task[task_id] if a.id in set(known) and schema.pools(a.schema_version)]
        cases.append(
            Case(
                schema=schema,
                task_id=task_id,
                valid=valid,
                void=void,
                set_aside=set_aside,
                counted=counted if is_counted else [],
                posterior=score["posterior"] if is_counted else {},
                item=items.get(task_id, {}) if schema.by_type else {},
                evidence=evidence if evidence.get("epoch") == state.model["epoch"] else {},
            )
        )
    return cases


def in_labels_of_now(schema: Schema, given: Given, item: Mapping[str, Any]) -> Given:
    """As if it had been given under the schema of now, where only labels have changed since."""
    reader = schema.reader
    if reader is None or schema.pools(given.schema_version) or not reader.follows(given.schema_version):
        return given
    value = reader.read(given.value, given.schema_version, item)
    if value is None:
        return given._replace(schema_version=VOID)
    if reader.is_exact(given.schema_version):
        return given._replace(value=value, schema_version=schema.version)
    return given._replace(value=value)


def _items_of_older_answers(schema: Schema, by_task: dict[int, list[Given]]) -> dict[int, Any]:
    """What those answers have to be checked against again: {task: item data}."""
    older = {a.task_id for answers in by_task.values() for a in answers if not schema.pools(a.schema_version)}
    return _items(older) if older else {}


def _items(task_ids: Collection[int]) -> dict[int, Any]:
    rows = Task.objects.filter(pk__in=task_ids).values_list("pk", "item__data", "item__media")
    return {pk: judged(data, media) for pk, data, media in rows}


def _valid(schema: Schema, answers: list[Given], items: dict[int, Any]) -> tuple[list[Given], list[int]]:
    valid, void = [], []
    for given in answers:
        if schema.pools(given.schema_version):
            valid.append(given)
            continue
        if given.schema_version == VOID:
            void.append(given.id)
            continue
        try:
            value = schema.type.clean_answer(given.value, config=schema.config, item=items[given.task_id])
        except InvalidAnswer:
            void.append(given.id)
        else:
            valid.append(given._replace(value=value))
    return valid, void


def encode(
    ballots: Sequence[Sequence[Vote]], workers: dict[Any, int], classes: dict[str, tuple[str, ...]]
) -> dict[str, Votes]:
    """Votes part by part; the item codes are the ballots' places, new workers get the next code."""
    codes = {part: {name: n for n, name in enumerate(names)} for part, names in classes.items()}
    columns: dict[str, tuple[list[int], list[int], list[int]]] = {part: ([], [], []) for part in classes}
    for place, votes in enumerate(ballots):
        for vote in votes:
            items, who, values = columns[vote.part]
            items.append(place)
            who.append(workers.setdefault(vote.worker, len(workers)))
            values.append(codes[vote.part][vote.value])
    return {
        part: Votes(
            item=np.asarray(items, dtype=np.int32),
            worker=np.asarray(who, dtype=np.int32),
            value=np.asarray(values, dtype=np.int32),
            n_items=len(ballots),
            n_workers=len(workers),
            n_classes=len(classes[part]),
        )
        for part, (items, who, values) in columns.items()
    }
