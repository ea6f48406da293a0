"""What the consensus would be if some people's answers did not count, or counted again. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.models import Answer, Consensus, Project, QualityState, Task
from tasks.services.consensus import by_type, refit
from tasks.services.consensus.cases import Case, read_cases
from tasks.services.consensus.deciding import FIELDS, change_of
from tasks.services.consensus.rows import build_rows
from tasks.services.consensus.schema import Schema, read_schema
from tasks.services.consensus.scoring import Scored, score
from tasks.services.consensus.settling import REVIEW, judged_by
from tasks.states import TaskState

SAMPLE = 2000  # tasks looked at; the newest of more


@dataclass(frozen=True)
class Supposed:
    reopened: int
    settled: int  # open tasks that would be resolved
    changed: int
    answers_to_ask: int
    is_estimate: bool


def suppose_without(*, project: Project, annotators: frozenset[int]) -> Supposed:
    """Score the tasks of these people by what the others said of them.

    In a large project the others' skills are taken as they are: that they too are seen differently comes out of the
    fit afterwards.
    """
    schema = read_schema(project.pk)
    return _suppose(schema, annotators - schema.left_out, takes_in=False)


def suppose_with(*, project: Project, annotators: frozenset[int]) -> Supposed:
    """Score the tasks of these people, who are left out now, by what they said too.

    In a large project they are taken for newcomers: what they are worth comes out of the fit afterwards.
    """
    schema = read_schema(project.pk)
    return _suppose(schema, annotators & schema.left_out, takes_in=True)


def _suppose(schema: Schema, whose: frozenset[int], *, takes_in: bool) -> Supposed:
    theirs = Answer.objects.filter(project=schema.project_id, is_live=True, annotator_id__in=whose)
    touched = Task.objects.filter(pk__in=theirs.values("task_id"), state__in=(TaskState.OPEN, TaskState.RESOLVED))
    tasks = {task.pk: task for task in touched.only(*FIELDS).order_by("-pk")[:SAMPLE]}
    if not tasks:
        return Supposed(0, 0, 0, 0, is_estimate=False)
    left_out = schema.left_out - whose if takes_in else schema.left_out | whose
    found = _compare(replace(schema, left_out=left_out), tasks, takes_in=takes_in)
    factor = touched.count() / SAMPLE if len(tasks) >= SAMPLE else 1.0
    reopened, settled, changed, to_ask = (round(number * factor) for number in found)
    return Supposed(reopened, settled, changed, to_ask, is_estimate=factor > 1)


def _compare(schema: Schema, tasks: dict[int, Task], *, takes_in: bool) -> tuple[int, int, int, int]:
    """Tasks that open again, that are settled, and whose consensus is another one; and answers to ask for."""
    now = {row.task_id: row for row in Consensus.objects.filter(task_id__in=tasks)}
    state = _state_of(schema)
    cases = read_cases(schema, state, sorted(tasks))
    scored = _score(schema, state, cases)
    rows = build_rows(schema, cases, scored, fitted_at=state.fitted_at)
    then = {row.task_id: row.value for row in rows}
    final = {pk for pk, row in now.items() if row.method == REVIEW}
    reopened = settled = changed = to_ask = 0
    for pk, judged in judged_by(schema, cases, rows, final).items():
        change = change_of(tasks[pk], judged, schema.force)
        reopened += tasks[pk].state == TaskState.RESOLVED and change.state == TaskState.OPEN
        settled += tasks[pk].state == TaskState.OPEN and change.state == TaskState.RESOLVED
        to_ask += max(0, change.wanted - tasks[pk].wanted)
        if pk in now:
            changed += pk not in final and then.get(pk) != now[pk].value
        else:  # nobody else has answered it
            changed += takes_in and pk in then
    return reopened, settled, changed, to_ask


def _score(schema: Schema, state: QualityState, cases: Sequence[Case]) -> Scored:
    if schema.by_type:
        settled = by_type.fit_by_type(schema, state) if state.applied <= by_type.WHOLE else None
        return by_type.settle_by_type(schema, state, cases, settled)
    return score(schema, state, cases, refit.fit(schema) if state.applied <= refit.EAGER else None)


def _state_of(schema: Schema) -> QualityState:
    state = QualityState.objects.filter(pk=schema.project_id).first()
    if state and state.config_hash == schema.config_hash and "parts" in state.model:
        return state
    return QualityState(project_id=schema.project_id, model={"epoch": 0, "parts": {}})
