"""Keep somebody from working, with all it does to work under way and work done; and take all of it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from labeling.errors import InvalidInput, Problem, StaleState
from tasks.models import Answer, Assignment, LeftOut, Machine, Project, Sign, Skill
from tasks.services.consensus.leaving_out import Preview, leave_out, preview_leaving_out, take_back_in
from tasks.services.leasing import expire
from tasks.states import HELD
from workers.models import Organization, Restriction, RestrictionKind, User
from workers.services import restrictions


@dataclass(frozen=True)
class Effects:
    """What a restriction would do: tasks given back, and, by project, what leaving their answers out would do."""

    held: int
    left_out: list[tuple[Project, Preview]]


def preview(*, organization: Organization, user_id: int, project: Project | None, leaves_out: bool) -> Effects:
    """Nothing is written."""
    _is_person(organization, user_id)
    held = _held(organization, user_id, project).count()
    projects = _answered(organization, user_id, project) if leaves_out else []
    return Effects(held, [(one, preview_leaving_out(project=one, annotators=[user_id])) for one in projects])


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
    project: Project | None = None,
    leaves_out: bool = False,
) -> Restriction:
    """What they hold goes back at once. With `leaves_out` their answers count for nothing, exactly as if not given."""
    _is_person(organization, user_id)
    if leaves_out and kind == RestrictionKind.PAUSE:
        raise InvalidInput(Problem("leaves_out", "a pause keeps all answers", "invalid"))
    row = restrictions.restrict(
        organization=organization,
        user_id=user_id,
        kind=kind,
        reason=reason,
        text=text,
        actor=actor,
        actor_role=actor_role,
        now=now,
        project=(project.pk, project.name) if project else None,
        evidence=evidence_of(organization, user_id, project),
    )
    while expire(_held(organization, user_id, project), now=now):
        pass
    if leaves_out:
        left = []
        for one in _answered(organization, user_id, project):
            if not LeftOut.objects.filter(project=one, annotator=user_id, ended_at=None).exists():
                leave_out(project=one, annotator=row.user, actor=actor, now=now, reason=f"restriction {row.pk}")
                left.append(one.pk)
        row.effects = {"left_out": left}
        row.save(update_fields=["effects"])
    return row


@transaction.atomic
def lift(*, restriction: Restriction, actor: User, now: datetime, decision: str = "") -> None:
    """They may work again, and what was left out because of this counts again: all is as it was."""
    restrictions.lift(restriction=restriction, actor=actor, now=now, decision=decision)
    for project in Project.objects.filter(pk__in=restriction.effects.get("left_out", [])).order_by("pk"):
        try:
            take_back_in(project=project, annotator=restriction.user, actor=actor, now=now)
        except StaleState:
            continue  # somebody has taken them back in already


@transaction.atomic
def decide(*, restriction: Restriction, actor: User, overturns: bool, text: str, now: datetime) -> None:
    """Another person's word on an appeal; one that overturns lifts the restriction."""
    restrictions.decide(restriction=restriction, actor=actor, text=text, now=now)
    if overturns:
        lift(restriction=restriction, actor=actor, now=now, decision=text.strip())
    else:
        restrictions.tell_of_decision(restriction)


def _is_person(organization: Organization, user_id: int) -> None:
    if Machine.objects.filter(organization=organization, user=user_id).exists():
        raise InvalidInput(Problem("user", "is a machine: archive it instead, nobody can be told", "choice"))


def evidence_of(organization: Organization, user_id: int, project: Project | None) -> list[dict[str, Any]]:
    """The signs that stand and the skills, as they are now: the notice shows what the decision could rest on."""
    signs = Sign.objects.filter(project__organization=organization, annotator=user_id, ended_at=None)
    skills = Skill.objects.filter(project__organization=organization, annotator=user_id, label="")
    if project:
        signs, skills = signs.filter(project=project), skills.filter(project=project)
    rows: list[dict[str, Any]] = [
        {
            "rule": "skill",
            "project": skill.project.name,
            "figures": {"mean": round(skill.mean, 3), "low": round(skill.low, 3), "gold_right": skill.gold_right,
                        "gold_seen": skill.gold_seen},
        }
        for skill in skills.select_related("project").order_by("project_id")
    ]  # fmt: skip
    for sign in signs.select_related("project").order_by("project_id", "rule"):
        figures = {name: value for name, value in sign.figures.items() if name not in ("with", "answer")}
        rows.append({"rule": sign.rule, "project": sign.project.name, "figures": figures})
    return rows


def _held(organization: Organization, user_id: int, project: Project | None) -> Any:
    rows = Assignment.objects.filter(organization_id=organization.pk, annotator=user_id, state__in=HELD)
    return rows.filter(project=project) if project else rows


def _answered(organization: Organization, user_id: int, project: Project | None) -> Iterable[Project]:
    if project:
        return [project]
    ids = Answer.objects.filter(annotator=user_id, project__organization=organization, is_live=True).values("project")
    return Project.objects.filter(pk__in=ids).order_by("pk")
