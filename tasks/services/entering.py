"""The way into a project: its training, with feedback after each answer, then its test. One task at a time.

Who is through is admitted to live work. What they do on the way is work and paid, but makes no data.
"""

import random
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from labeling.outbox import events
from tasks.models import Answer, Assignment, CheckRules, Entry, Gold, Project, Task
from tasks.models.gold import GoldKind
from tasks.selectors.eligibility import OpenProject
from tasks.selectors.entry import done_by, has_passed_elsewhere, next_try_at, place_in_practice, practice_of, right_of
from tasks.selectors.gold import rules_of
from tasks.services.judging import judge
from tasks.services.leasing import lease_until
from tasks.states import AVAILABLE_AGAIN, HELD, AssignmentState, TaskState

rng = random.SystemRandom()


class Lost(Exception):
    """Another tab of the same person has it."""


def claim_practice(*, project: OpenProject, annotator_id: int, now: datetime) -> tuple[list[int], bool]:
    """An assignment of the next task of the training or the test, and whether the person is admitted by now.

    One at a time: the next lesson is not begun before the last one was learnt.
    """
    held = Assignment.objects.filter(annotator=annotator_id, project=project.id, task__state=TaskState.PRACTICE)
    if held.filter(state__in=HELD).exists():
        return [], False
    entry, _ = Entry.objects.get_or_create(
        project_id=project.id, annotator_id=annotator_id, defaults={"created_at": now}
    )
    task_id = _next_task(entry, now)
    if task_id is None:
        return [], entry.admitted_at is not None
    try:
        return [_lease(project, annotator_id, task_id, now)], False
    except Lost:
        return [], False


def _next_task(entry: Entry, now: datetime) -> int | None:
    rules = rules_of(entry.project)
    if entry.admitted_at is None and has_passed_elsewhere(entry):
        Entry.objects.filter(pk=entry.pk).update(trained_at=now, passed_at=now)
        admit(entry, now=now)
        return None
    if not rules.train_first and not rules.test_size and entry.admitted_at is None and entry.project.has_entry:
        return None  # a test of another project is all there is
    if rules.train_first and entry.trained_at is None:
        training = practice_of(entry.project_id, GoldKind.TRAINING)
        left = _left(entry, training)
        if left:
            return left[0]
        Entry.objects.filter(pk=entry.pk).update(trained_at=now)
        entry.trained_at = now
    if rules.test_size and entry.passed_at is None:
        if not entry.test and not _begin_test(entry, rules, now):
            return None
        if left := _left(entry, entry.test):
            return left[0]
        close_test(entry, now=now)  # the last one was skipped
        return None
    admit(entry, now=now)
    return None


def _left(entry: Entry, tasks: list[int]) -> list[int]:
    done = done_by(entry.annotator_id, tasks)
    return [task for task in tasks if task not in done]


def _begin_test(entry: Entry, rules: CheckRules, now: datetime) -> bool:
    """Draw the items of a try, none of which the person has seen; False while, or if, there is none for them."""
    again = next_try_at(entry, rules)
    if entry.tries >= rules.tries or (again and again > now):
        return False
    chosen = _draw(entry, rules.test_size)
    if len(chosen) < rules.test_size:
        return False
    begun = Entry.objects.filter(pk=entry.pk, tries=entry.tries, test=[])
    if not begun.update(tries=F("tries") + 1, test=chosen):
        entry.refresh_from_db()
        return bool(entry.test)
    entry.tries, entry.test = entry.tries + 1, chosen
    _emit("entry.test_begun", entry, tries=entry.tries)
    return True


def _draw(entry: Entry, size: int) -> list[int]:
    """Of every class in turn, so that a short test has all of them."""
    pool = Gold.objects.filter(project=entry.project_id, kind=GoldKind.QUALIFICATION, state="active")
    seen = Assignment.objects.filter(annotator=entry.annotator_id, project=entry.project_id).values("task_id")
    by_label: dict[str, list[int]] = defaultdict(list)
    for task_id, label in pool.exclude(task__in=seen).values_list("task_id", "label"):
        by_label[label].append(task_id)
    piles = list(by_label.values())
    for pile in piles:
        rng.shuffle(pile)
    rng.shuffle(piles)
    chosen: list[int] = []
    while len(chosen) < size and any(piles):
        chosen += [pile.pop() for pile in piles if pile]
    chosen = chosen[:size]
    rng.shuffle(chosen)
    return chosen


@transaction.atomic
def _lease(project: OpenProject, annotator_id: int, task_id: int, now: datetime) -> int:
    if not Task.objects.filter(pk=task_id, state=TaskState.PRACTICE).update(taken=F("taken") + 1):
        raise Lost
    own_version = Task.objects.values_list("own_version", flat=True).get(pk=task_id)
    lease: dict[str, Any] = {
        "state": AssignmentState.LEASED,
        "schema_version": own_version or project.version,
        "expires_at": lease_until(now),
        "leased_at": now,
        "finished_at": None,
    }
    where = {"organization_id": project.organization_id, "project_id": project.id}
    mine, is_new = Assignment.objects.get_or_create(task_id=task_id, annotator_id=annotator_id, defaults=where | lease)
    if not is_new and not Assignment.objects.filter(pk=mine.pk, state__in=AVAILABLE_AGAIN).update(**lease):
        raise Lost
    events.emit("assignment.leased", actor_id=annotator_id, assignments=[mine.pk], **where)
    return mine.pk


def feedback(*, answer_id: int, now: datetime) -> dict[str, Any]:
    """What the person is told after an answer to a training or a test; a repeat is told the same."""
    answer = Answer.objects.select_related("project").get(pk=answer_id)
    judge([answer])
    gold = Gold.objects.get(task=answer.task_id)
    told = place_in_practice(answer.annotator_id, answer.project_id, answer.task_id) or {}
    entry = Entry.objects.filter(project=answer.project_id, annotator=answer.annotator_id).first()
    if gold.kind == GoldKind.TRAINING:
        verdict = getattr(answer, "verdict", None)
        told |= {"right": verdict and verdict.is_right, "expected": gold.answer, "why": gold.explanation}
        if entry:
            close_training(entry, now=now)
        return told
    return told | {"result": close_test(entry, now=now) if entry else None}


def close_training(entry: Entry, *, now: datetime) -> None:
    """Done with the last lesson; without a test that admits them."""
    rules = rules_of(entry.project)
    if rules.train_first and not _left(entry, practice_of(entry.project_id, GoldKind.TRAINING)):
        Entry.objects.filter(pk=entry.pk, trained_at=None).update(trained_at=now)
        if not rules.test_size:
            admit(entry, now=now)


@transaction.atomic
def close_test(entry: Entry, *, now: datetime) -> dict[str, Any] | None:
    """The result of the try, once all of it is answered; the last one's again for a repeat."""
    rules = rules_of(entry.project)
    entry.refresh_from_db()
    if entry.test and not _left(entry, entry.test):
        right, of = right_of(entry.annotator_id, entry.test), len(entry.test)
        passed = right >= rules.pass_mark * of - 1e-9
        score = {"right": right, "of": of, "passed": passed, "at": now.isoformat()}
        changes = {"test": [], "scores": [*entry.scores, score], "failed_at": None if passed else now}
        changes |= {"passed_at": now} if passed else {}
        if Entry.objects.filter(pk=entry.pk, test=entry.test).update(**changes):
            _emit("entry.test_ended", entry, **score)
        entry.refresh_from_db()
        if passed:
            admit(entry, now=now)
    elif entry.test:
        return None
    if not entry.scores:
        return None
    return entry.scores[-1] | {
        "pass_mark": rules.pass_mark,
        "tries_left": max(0, rules.tries - entry.tries),
        "again_at": next_try_at(entry, rules),
    }


def admit(entry: Entry, *, now: datetime) -> None:
    if Entry.objects.filter(pk=entry.pk, admitted_at=None).update(admitted_at=now):
        _emit("entry.admitted", entry)
    entry.admitted_at = entry.admitted_at or now


def _emit(kind: str, entry: Entry, **payload: Any) -> None:
    project = Project.objects.only("organization_id").get(pk=entry.project_id)
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=entry.pk,
        project_id=entry.project_id,
        actor_id=entry.annotator_id,
        **payload,
    )
