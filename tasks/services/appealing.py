"""Appeals: an annotator says why a rejection is wrong, and another person than the one who rejected decides."""

from datetime import datetime

from django.db import IntegrityError, transaction

from labeling.errors import InvalidInput, NotAllowed, Problem, StaleState
from labeling.outbox import events
from tasks.models import Appeal, Rejection
from tasks.selectors.review_rules import review_rules_of
from tasks.services.commenting import text_problems
from tasks.services.rejecting import lock, withdraw
from tasks.states import AppealState, RejectionState

OPEN_TO_APPEAL = (RejectionState.RETURNED, RejectionState.FINAL)


@transaction.atomic
def appeal(*, rejection: Rejection, text: str, now: datetime) -> Appeal:
    """By the annotator themselves. Once for each rejection; until it is decided the deadline does not run."""
    text = text.strip()
    if problems := text_problems(text):
        raise InvalidInput(problems)
    lock(rejection.answer.task_id)
    rejection.refresh_from_db()
    if rejection.state not in OPEN_TO_APPEAL:
        raise StaleState(f"this rejection is {rejection.state}: there is nothing to appeal against")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                rejection=rejection,
                organization_id=rejection.project.organization_id,
                project_id=rejection.project_id,
                text=text,
                created_at=now,
            )
    except IntegrityError:
        raise StaleState("you have appealed against this already") from None
    _emit("appeal.opened", made, rejection.annotator_id)
    return made


@transaction.atomic
def decide_appeal(*, appeal: Appeal, upheld: bool, reply: str, actor_id: int, now: datetime) -> None:
    """Upheld: the answer counts again. Denied: it stays rejected; what could still be fixed can be for a new while."""
    rejection = appeal.rejection
    reply = reply.strip()
    if problems := text_problems(reply):
        raise InvalidInput([Problem("reply", problem.message, problem.code) for problem in problems])
    if actor_id in (rejection.review.reviewer_id, rejection.confirmed_by_id):
        raise NotAllowed("an appeal is decided by another person than the one who rejected the answer")
    if actor_id == rejection.annotator_id:
        raise NotAllowed("nobody decides about their own answer")
    lock(rejection.answer.task_id)
    rejection.refresh_from_db()
    to = AppealState.UPHELD if upheld else AppealState.DENIED
    Appeal.objects.move(appeal.pk, AppealState.OPEN, to, decided_by=actor_id, decided_at=now, reply=reply)
    if upheld and rejection.state in OPEN_TO_APPEAL:
        withdraw(rejection=rejection, now=now, actor_id=actor_id)
    elif rejection.state == RejectionState.RETURNED:
        until = review_rules_of(rejection.project_id).fix_until(now)
        Rejection.objects.filter(pk=rejection.pk, state=RejectionState.RETURNED).update(fix_until=until)
    appeal.refresh_from_db()
    _emit(f"appeal.{to.value}", appeal, actor_id)


def _emit(kind: str, appeal: Appeal, actor_id: int) -> None:
    events.emit(
        kind,
        organization_id=appeal.organization_id,
        object_id=appeal.pk,
        project_id=appeal.project_id,
        actor_id=actor_id,
        answer=appeal.rejection.answer_id,
    )
