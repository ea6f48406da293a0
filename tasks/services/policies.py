"""Change how sure a project's labels have to be."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem, StaleState
from labeling.outbox import events
from tasks.models import Project, QualityPolicy
from tasks.models.policy import Rule
from tasks.selectors.policies import policy_of
from workers.models import User

FIELDS = ("rule", "floor", "ceiling", "target", "audit_share", "review_below", "cost_per_answer", "currency")
MOST_ANSWERS = 100
MOST_COST = Decimal(100_000)
SHARES = {  # the least and the most; above an audit share of .05 a project pays more for knowing than for labels
    "target": (0.5, 0.999),
    "audit_share": (0.02, 0.05),
    "review_below": (0.0, 1.0),
}


@transaction.atomic
def change_policy(
    *, project: Project, actor: User | None, now: datetime, expected_number: int | None = None, **changes: Any
) -> QualityPolicy:
    """Put the policy in force with these changes; the one in force itself when nothing differs.

    Unresolved tasks follow it soon after (the quality job does that, in chunks); resolved ones stay as they are.
    With `expected_number` the change is refused when somebody else changed the policy meanwhile.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    current = policy_of(project)
    if expected_number is not None and current.number != expected_number:
        raise StaleState(f"the quality policy is at number {current.number} by now, not {expected_number}")
    fields = {name: getattr(current, name) for name in FIELDS} | changes
    if problems := policy_problems(fields):
        raise InvalidInput(problems)
    fields["cost_per_answer"] = Decimal(str(fields["cost_per_answer"]))
    if current.number and fields == {name: getattr(current, name) for name in FIELDS}:
        return current
    made = QualityPolicy.objects.create(
        project=project, number=current.number + 1, created_by=actor, created_at=now, **fields
    )
    events.emit(
        "policy.changed",
        organization_id=project.organization_id,
        object_id=made.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        number=made.number,
        changed=sorted(name for name in FIELDS if fields[name] != getattr(current, name)),
    )
    return made


def policy_problems(fields: dict[str, Any]) -> list[Problem]:
    """All that is wrong with a whole policy, by field."""
    problems = []
    if fields["rule"] not in Rule.values:
        known = ", ".join(Rule.values)
        problems.append(Problem("rule", f"unknown rule {fields['rule']!r}; known: {known}", "choice"))
    for name in ("floor", "ceiling"):
        if not 1 <= fields[name] <= MOST_ANSWERS:
            problems.append(Problem(name, f"must be between 1 and {MOST_ANSWERS}", "range"))
    if not problems and fields["floor"] > fields["ceiling"]:
        message = f"must not be above the ceiling: {fields['floor']} > {fields['ceiling']}"
        problems.append(Problem("floor", message, "range"))
    for name, (least, most) in SHARES.items():
        if not least <= fields[name] <= most:  # also refuses what is not a number
            problems.append(Problem(name, f"must be between {least:g} and {most:g}", "range"))
    problems += _cost_problems(fields["cost_per_answer"])
    currency = fields["currency"]
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        problems.append(Problem("currency", "must be three capital letters, such as USD", "format"))
    return problems


def _cost_problems(cost: Any) -> list[Problem]:
    try:
        amount = Decimal(str(cost))
    except InvalidOperation:
        return [Problem("cost_per_answer", f"is not an amount: {cost!r}", "type")]
    if not (amount.is_finite() and 0 <= amount <= MOST_COST):
        return [Problem("cost_per_answer", f"must be between 0 and {MOST_COST}", "range")]
    if amount != round(amount, 4):
        return [Problem("cost_per_answer", "must not have more than four decimal places", "precision")]
    return []
