"""Let a person's answers of a project count for nothing, or count again. Exact both ways.

Answers are facts and stay; what they put into the consensus is taken out again: the person's expected votes are
subtracted, their tasks scored by what the others said, and the project fitted anew without them. A task that thereby
lacks an answer, or is not sure enough any more, is asked of somebody else. Taken back in, everything is again what the
answers say: to the last digit what it was before, unless other answers came meanwhile.

What is written here takes effect at once: nothing that is under way can still count the person's answers. The work
itself is done by the project's consumer soon after, in chunks; `selectors.quality.consensus_progress` tells how far.

Whether somebody may go on working is another matter (`Restriction`): this is about answers they gave.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest

from labeling.errors import StaleState
from labeling.outbox import events
from tasks.models import Answer, LeftOut, Project, QualityState
from tasks.selectors.policies import left_out_of, policy_of
from tasks.services.consensus.supposing import Supposed, suppose_with, suppose_without
from workers.models import User


@dataclass(frozen=True)
class Preview:
    """What leaving somebody out, or taking them back in, would do, as far as it can be told beforehand."""

    answers: int  # of theirs that count now, or would count again
    tasks: int  # with such an answer
    reopened: int  # of those that are resolved, the ones that would be asked again
    settled: int  # of those that are asked, the ones that would be resolved
    changed: int  # of those tasks, the ones whose consensus would be another one
    answers_to_ask: int  # at least; each may show that one more is needed
    cost: Decimal  # of those answers
    currency: str
    is_estimate: bool  # reopened, changed and what follows are scaled up from a sample of the tasks


def preview_leaving_out(*, project: Project, annotators: Collection[int]) -> Preview:
    """What `leave_out` of these people together would do. Nothing is written; ids that never answered add nothing."""
    whose = frozenset(annotators) - left_out_of(project.pk)
    return _preview(project, whose, suppose_without(project=project, annotators=whose))


def preview_taking_in(*, project: Project, annotators: Collection[int]) -> Preview:
    """What `take_back_in` of these people together would do. Nothing is written."""
    whose = frozenset(annotators) & left_out_of(project.pk)
    return _preview(project, whose, suppose_with(project=project, annotators=whose))


def _preview(project: Project, whose: frozenset[int], supposed: Supposed) -> Preview:
    answers = Answer.objects.filter(project=project, is_live=True, annotator_id__in=whose)
    counted = answers.aggregate(answers=Count("pk"), tasks=Count("task_id", distinct=True))
    policy = policy_of(project)
    return Preview(
        answers=counted["answers"],
        tasks=counted["tasks"],
        reopened=supposed.reopened,
        settled=supposed.settled,
        changed=supposed.changed,
        answers_to_ask=supposed.answers_to_ask,
        cost=policy.cost_per_answer * supposed.answers_to_ask,
        currency=policy.currency,
        is_estimate=supposed.is_estimate,
    )


@transaction.atomic
def leave_out(*, project: Project, annotator: User, actor: User | None, now: datetime, reason: str = "") -> LeftOut:
    """Count none of this person's answers of the project, given or still to come; the row that says so.

    StaleState when they are left out already.
    """
    _lock(project)
    if LeftOut.objects.filter(project=project, annotator=annotator, ended_at=None).exists():
        raise StaleState(f"the answers of annotator {annotator.pk} are left out of project {project.pk} already")
    row = LeftOut.objects.create(project=project, annotator=annotator, reason=reason, created_by=actor, created_at=now)
    _look_again(project, annotator, actor, "answers.left_out")
    return row


@transaction.atomic
def take_back_in(*, project: Project, annotator: User, actor: User | None, now: datetime) -> LeftOut:
    """Count this person's answers of the project again. StaleState when they are not left out."""
    _lock(project)
    row = LeftOut.objects.filter(project=project, annotator=annotator, ended_at=None).first()
    if row is None:
        raise StaleState(f"the answers of annotator {annotator.pk} are not left out of project {project.pk}")
    row.ended_at, row.ended_by = now, actor
    row.save(update_fields=["ended_at", "ended_by"])
    _look_again(project, annotator, actor, "answers.taken_in")
    return row


def _lock(project: Project) -> None:
    """As the consumer does first: what it read before this is of no use to it any more."""
    QualityState.objects.get_or_create(project=project)
    QualityState.objects.filter(project=project).update(revision=F("revision") + 1, must_refit=True)


def _look_again(project: Project, annotator: User, actor: User | None, kind: str) -> None:
    """Their answers wait to be applied anew, and bring their tasks before the consumer."""
    theirs = Answer.objects.filter(Q(is_live=True), project=project, annotator=annotator, is_applied=True)
    again = theirs.update(is_applied=False)
    QualityState.objects.filter(project=project).update(applied=Greatest(F("applied") - again, 0))
    events.emit(
        kind,
        organization_id=project.organization_id,
        object_id=annotator.pk,
        project_id=project.pk,
        actor_id=actor.pk if actor else None,
        answers=again,
    )
