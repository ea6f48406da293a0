"""Change how a project reviews: how long a reviewer holds a task, how long an annotator may fix, how much is looked at
twice. What a project does not say, the installation's settings say."""

from datetime import datetime

from django.db import transaction

from labeling.errors import InvalidInput, Problem
from labeling.outbox import events
from tasks.models import Project, ReviewRules
from tasks.selectors.review_rules import FIELDS
from workers.models import User

BOUNDS = {  # the least and the most; the brake protects people, so no project releases it
    "lease_seconds": (60, 24 * 3600),
    "fix_hours": (24, 24 * 90),
    "rejection_brake": (5, 50),
    "second_reviews": (0, 100),
}


@transaction.atomic
def set_review_rules(*, project: Project, actor: User | None, now: datetime, **changes: int | None) -> ReviewRules:
    """Put these in force from now on; None goes back to the installation's. What is under way keeps its time."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    rules = ReviewRules.objects.filter(project=project).first() or ReviewRules(project=project)
    if problems := [problem for name, value in changes.items() for problem in _problems(name, value)]:
        raise InvalidInput(problems)
    changed = sorted(name for name, value in changes.items() if getattr(rules, name) != value)
    if not changed:
        return rules
    for name in changed:
        setattr(rules, name, changes[name])
    rules.changed_by, rules.changed_at = actor, now
    rules.save()
    events.emit(
        "project.review_rules_changed",
        organization_id=project.organization_id,
        object_id=project.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        rules={name: getattr(rules, name) for name in FIELDS},
    )
    return rules


def _problems(name: str, value: int | None) -> list[Problem]:
    low, high = BOUNDS[name]
    if value is None or low <= value <= high:
        return []
    return [Problem(name, f"must be between {low} and {high}", "range")]
