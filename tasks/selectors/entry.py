"""Where somebody stands before a project's live work: its training and its test."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tasks.models import Assignment, CheckRules, Entry, Gold, Project, Verdict
from tasks.models.gold import GoldKind
from tasks.selectors.gold import rules_of
from tasks.states import AssignmentState, GoldState

DONE = (AssignmentState.SUBMITTED, AssignmentState.SKIPPED)


def practice_of(project_id: int, kind: str) -> list[int]:
    """Tasks of the training in its order, or those a test may be made of."""
    rows = Gold.objects.filter(project=project_id, kind=kind, state=GoldState.ACTIVE)
    return list(rows.order_by("position", "pk").values_list("task_id", flat=True))


def done_by(annotator_id: int, task_ids: Collection[int]) -> set[int]:
    """Those of the tasks that the person is through with; a skipped one is passed over."""
    mine = Assignment.objects.filter(annotator=annotator_id, task__in=task_ids, state__in=DONE)
    return set(mine.values_list("task_id", flat=True))


def right_of(annotator_id: int, task_ids: Collection[int]) -> int:
    return Verdict.objects.filter(annotator=annotator_id, gold__task__in=task_ids, is_right=True).count()


def next_try_at(entry: Entry, rules: CheckRules) -> datetime | None:
    """When a failed test may be tried again; None when there is nothing to wait for."""
    return entry.failed_at + timedelta(hours=rules.cool_down_hours) if entry.failed_at else None


def projects_with_test(project: Project) -> QuerySet[Project]:
    """Others of the organization whose test may count for this one, too."""
    mine = Project.objects.filter(organization=project.organization_id, mode=project.mode).exclude(pk=project.pk)
    return (
        mine.exclude(check_rules=None)
        .filter(Q(check_rules__test_size__gt=0) | Q(entries__passed_at__isnull=False))
        .distinct()
    )


def has_passed_elsewhere(entry: Entry) -> bool:
    """The test of a project whose test counts here."""
    accepted = entry.project.accepted_tests.values("pk")
    return Entry.objects.filter(project__in=accepted, annotator=entry.annotator_id, passed_at__isnull=False).exists()


def standing(project: Project, annotator_id: int) -> dict[str, Any] | None:
    """For the person themselves and for the requester; None where nothing comes before the work."""
    if not project.has_entry:
        return None
    rules = rules_of(project)
    entry = Entry.objects.filter(project=project, annotator=annotator_id).first()
    entry = entry or Entry(project=project, annotator_id=annotator_id)
    training = practice_of(project.pk, GoldKind.TRAINING) if rules.train_first else []
    again = next_try_at(entry, rules)
    return {
        "is_admitted": entry.admitted_at is not None,
        "training": {"done": len(done_by(annotator_id, training)), "of": len(training)} if training else None,
        "test": {
            "size": rules.test_size,
            "pass_mark": rules.pass_mark,
            "tries_left": max(0, rules.tries - entry.tries),
            "is_under_way": bool(entry.test),
            "again_at": again,
            "last": entry.scores[-1] if entry.scores else None,
            "is_passed": entry.passed_at is not None,
        }
        if rules.test_size
        else None,
        "elsewhere": list(project.accepted_tests.order_by("name").values_list("name", flat=True)),
    }


def place_in_practice(annotator_id: int, project_id: int, task_id: int) -> dict[str, Any] | None:
    """What a page tells of a task that is no live work: "training, 2 of 5"."""
    gold = Gold.objects.filter(task=task_id).exclude(kind=GoldKind.GOLD).first()
    if gold is None:
        return None
    if gold.kind == GoldKind.QUALIFICATION:
        entry = Entry.objects.filter(project=project_id, annotator=annotator_id).first()
        tasks = entry.test if entry else []
    else:
        tasks = practice_of(project_id, GoldKind.TRAINING)
    n = tasks.index(task_id) + 1 if task_id in tasks else 1
    return {"kind": gold.kind, "n": n, "of": max(len(tasks), 1)}
