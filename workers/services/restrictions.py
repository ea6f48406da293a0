"""Keep somebody from working, for a reason and with a notice; hear their appeal; lift it. What it does to the work
they did is the affair of `tasks`, which calls these."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from workers.links import link
from workers.mail import send_after_commit
from workers.models import Membership, Organization, Restriction, RestrictionKind, RestrictionReason, Role, User
from workers.services.invitations import MANAGER_MAY_INVITE

LONGEST = 4000


@transaction.atomic
def restrict(
    *,
    organization: Organization,
    user_id: int,
    kind: str,
    reason: str,
    text: str,
    actor: User,
    actor_role: str,
    now: datetime,
    project: tuple[int, str] | None = None,
    evidence: Sequence[dict[str, Any]] = (),
) -> Restriction:
    """The row, with its notice on the way. `project` is id and name, for all kinds but a suspension."""
    problems = []
    if kind not in RestrictionKind.values:
        problems.append(Problem("kind", f"must be one of {', '.join(RestrictionKind.values)}, not {kind!r}", "choice"))
    elif (project is None) != (kind == RestrictionKind.SUSPEND):
        problems.append(Problem("project", "a suspension has none, everything else has one", "invalid"))
    if reason not in RestrictionReason.values:
        known = ", ".join(RestrictionReason.values)
        problems.append(Problem("reason", f"must be one of {known}, not {reason!r}", "choice"))
    problems += _text_problems("text", text)
    if problems:
        raise InvalidInput(problems)
    membership = Membership.objects.select_related("user").filter(organization=organization, user=user_id).first()
    if membership is None:
        raise InvalidInput(Problem("user", f"there is no member {user_id}", "missing"))
    if user_id == actor.pk:
        raise NotAllowed("Nobody restricts themselves.")
    if actor_role != Role.ADMIN and membership.role not in MANAGER_MAY_INVITE:
        raise NotAllowed("Only an admin may restrict managers and admins.")
    try:
        with transaction.atomic():
            row = Restriction.objects.create(
                organization=organization,
                user=membership.user,
                project_id=project[0] if project else None,
                project_name=project[1] if project else "",
                kind=kind,
                reason=reason,
                text=text.strip(),
                evidence=list(evidence),
                created_by=actor,
                created_at=now,
            )
    except IntegrityError:
        raise StaleState("This person is restricted there already: lift that first.") from None
    _announce("restriction.made", row, actor)
    _mail(row, "restricted")
    return row


@transaction.atomic
def lift(*, restriction: Restriction, actor: User | None, now: datetime, decision: str = "") -> None:
    if not Restriction.objects.filter(pk=restriction.pk, lifted_at=None).update(lifted_at=now, lifted_by=actor):
        raise StaleState("This restriction is lifted already.")
    restriction.lifted_at, restriction.lifted_by, restriction.decision = now, actor, decision
    _announce("restriction.lifted", restriction, actor)
    _mail(restriction, "restriction_lifted")


@transaction.atomic
def appeal(*, restriction: Restriction, user: User, text: str, now: datetime) -> None:
    """The person it meets says why it is wrong: once."""
    if problems := _text_problems("text", text):
        raise InvalidInput(problems)
    mine = Restriction.objects.filter(pk=restriction.pk, user=user, appealed_at=None, lifted_at=None)
    if not mine.update(appeal=text.strip(), appealed_at=now):
        raise StaleState("This restriction is lifted, or you have appealed against it.")
    _announce("restriction.appealed", restriction, user)


@transaction.atomic
def decide(*, restriction: Restriction, actor: User, text: str, now: datetime) -> None:
    """Write the decision on an appeal. Whoever restricted the person does not decide about it."""
    if problems := _text_problems("text", text):
        raise InvalidInput(problems)
    if actor.pk in (restriction.created_by_id, restriction.user_id):
        raise NotAllowed("An appeal is decided by another person than the one it is about or against.")
    waiting = Restriction.objects.filter(pk=restriction.pk, decided_at=None, lifted_at=None, appealed_at__isnull=False)
    if not waiting.update(decision=text.strip(), decided_at=now, decided_by=actor):
        raise StaleState("There is no appeal to decide on.")
    restriction.decision, restriction.decided_at, restriction.decided_by = text.strip(), now, actor
    _announce("restriction.decided", restriction, actor)


def tell_of_decision(restriction: Restriction) -> None:
    _mail(restriction, "restriction_upheld")


def _text_problems(field: str, text: str) -> list[Problem]:
    if not text.strip():
        return [Problem(field, "must not be blank", "blank")]
    if len(text) > LONGEST or "\0" in text:
        return [Problem(field, f"must be text of at most {LONGEST} characters", "max_length")]
    return []


def _announce(kind: str, row: Restriction, actor: User | None) -> None:
    events.emit(
        kind,
        organization_id=row.organization_id,
        object_id=row.pk,
        project_id=row.project_id,
        actor_id=actor.pk if actor else None,
        user=row.user_id,
        restriction=row.kind,
    )


def _mail(row: Restriction, template: str) -> None:
    send_after_commit(
        to=row.user.email,
        template=template,
        name=row.user.name,
        organization=row.organization.name,
        project=row.project_name,
        kind=RestrictionKind(row.kind).label,
        reason=RestrictionReason(row.reason).label,
        text=row.text,
        decision=row.decision,
        link=link("work-standing"),
    )
