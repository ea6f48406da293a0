"""Set how a project trains and tests its people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from tasks.models import Answer, CheckRules, Entry, Project
from tasks.models.gold import GoldKind
from tasks.selectors.entry import practice_of, projects_with_test
from tasks.selectors.gold import rules_of
from workers.models import User

FIELDS = ("train_first", "test_size", "pass_mark", "tries", "cool_down_hours", "tolerance", "tells_skill")
MOST = {"test_size": 100, "tries": 10, "cool_down_hours": 24 * 90}
LEAST = {"test_size": 0, "tries": 1, "cool_down_hours": 0}


@transaction.atomic
def set_rules(
    *, project: Project, actor: User | None, now: datetime, everybody_again: bool = False, **changes: Any
) -> CheckRules:
    """Change what is given. Who works on the project already goes on, unless everybody shall go through it.

    `accepted_tests` are ids of projects: who passed the test of one of them needs no training and no test here.
    """
    rules = rules_of(project)
    accepted = changes.pop("accepted_tests", None)
    for name, value in changes.items():
        setattr(rules, name, value)
    if problems := [*_problems(project, rules), *_problems_of_accepted(project, accepted or ())]:
        raise InvalidInput(problems)
    rules.save()
    if accepted is not None:
        project.accepted_tests.set(accepted)
        changes["accepted_tests"] = accepted
    had, has = project.has_entry, rules.train_first or rules.test_size > 0 or project.accepted_tests.exists()
    Project.objects.filter(pk=project.pk).update(has_entry=has)
    project.has_entry = has
    if has and not had and not everybody_again:
        at_work = Answer.objects.filter(project=project).order_by().values_list("annotator_id", flat=True).distinct()
        Entry.objects.bulk_create(
            [Entry(project=project, annotator_id=who, admitted_at=now, created_at=now) for who in at_work],
            ignore_conflicts=True,
        )
    elif everybody_again:
        Entry.objects.filter(project=project).update(
            trained_at=None, passed_at=None, admitted_at=None, tries=0, failed_at=None, test=[]
        )
    events.emit(
        "project.check_rules_changed",
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        fields=sorted(changes),
        everybody_again=everybody_again,
    )
    return rules


def _problems_of_accepted(project: Project, accepted: Sequence[int]) -> list[Problem]:
    known = set(projects_with_test(project).values_list("pk", flat=True))
    return [
        Problem(f"accepted_tests[{n}]", f"there is no other project {pk} with a test", "unknown")
        for n, pk in enumerate(accepted)
        if pk not in known
    ]


def _problems(project: Project, rules: CheckRules) -> list[Problem]:
    problems = [
        Problem(name, f"must be between {LEAST[name]} and {MOST[name]}, not {getattr(rules, name)}", "range")
        for name in MOST
        if not LEAST[name] <= getattr(rules, name) <= MOST[name]
    ]
    if not 0 < rules.pass_mark <= 1:
        problems.append(Problem("pass_mark", f"must be above 0 and at most 1, not {rules.pass_mark}", "range"))
    if rules.tolerance is not None and not 0 <= rules.tolerance <= 1:
        problems.append(Problem("tolerance", f"must be from 0 to 1, not {rules.tolerance}", "range"))
    if rules.train_first and not practice_of(project.pk, GoldKind.TRAINING):
        problems.append(Problem("train_first", "this project has no training items yet", "missing"))
    there = len(practice_of(project.pk, GoldKind.QUALIFICATION))
    if rules.test_size * rules.tries > there and rules.test_size:
        wanted = rules.test_size * rules.tries
        text = (
            f"{rules.tries} tries of {rules.test_size} need {wanted} test items, none is asked twice: there are {there}"
        )
        problems.append(Problem("test_size", text, "missing"))
    return problems
