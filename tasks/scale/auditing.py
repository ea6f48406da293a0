"""What a customer says of a response: through the API, or as a reviewer on our pages after it was delivered."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from labeling.errors import InvalidAnswer, InvalidInput, Problem
from labeling.types import registry
from tasks.models import Answer, Consensus, Order, Review
from tasks.models.review import Stage
from tasks.scale.callbacks import order_callback
from tasks.scale.finishing import emit
from tasks.scale.projects import kind_in
from tasks.scale.settling import response_of
from tasks.scale.shapes import time
from tasks.selectors.answering import judged
from tasks.states import OrderState, ReviewState, TaskState

MOST_AUDITS = 100
MOST_PRIOR = 20
MOST_AT_ONCE = 100
WORDS = {"accept": "accepted", "fix": "fixed", "reject": "rejected"}
REVIEW = "review"  # of an entry: the id of what it tells of; never told


@transaction.atomic
def audit(*, order: Order, accepted: Any, comments: Any, response: Any = None, by: str, now: datetime) -> None:
    """Accept, reject or fix a completed task; newest first in `audits`, and only the newest counts.

    A fix brings a response of its own, which takes the place of the other: that one goes to `prior_responses`.
    """
    if not isinstance(accepted, bool):
        raise InvalidInput(Problem("accepted", "accepted must be true or false", "type"))
    if comments is not None and (not isinstance(comments, str) or len(comments) > 10_000 or "\x00" in comments):
        raise InvalidInput(Problem("comments", "comments must be text of at most 10000 characters", "type"))
    if accepted and response is not None:
        raise InvalidInput(
            Problem("response", "a response that is fixed was not accepted: send accepted false", "type")
        )
    locked = _locked(order.pk)
    if locked.state != OrderState.COMPLETED:
        raise InvalidInput(Problem("task_id", f"the task is {locked.state}: only a completed one is audited", "state"))
    status = "accepted" if accepted else "rejected" if response is None else "fixed"
    entry = {"audited_by": by, "audited_at": time(now), "audit_result": status, "audit_source": "customer"}
    fixed = None if response is None else fixed_response(locked, response)
    _note(locked, entry, comments or "", fixed, now)


def fixed_response(order: Order, response: Any) -> dict[str, Any]:
    """Checked as any answer to the task, and told as any response."""
    kind = kind_in(order.project, order.type)
    asked = kind.ask(order.params, order.instruction)
    item = asked.item if order.task is None else judged(order.task.item.data, order.task.item.media)
    known = {name: value for name, value in item.items() if name != "image" or isinstance(value, dict)}
    try:
        answer = registry.get(kind.core).clean_answer(
            kind.answer(response, order.params, item), config=asked.config, item=known
        )
    except InvalidAnswer as error:
        raise InvalidInput(Problem(f"response.{p.path}", p.message, p.code) for p in error.problems) from None
    if order.task is None:
        return kind.response(answer, order.params, order.public_id)
    return response_of(order, answer)


@transaction.atomic
def note_reviews(*, task_id: int, now: datetime) -> int:
    """Reviews on our pages of what was delivered already are audits; one that was undone is none any more."""
    order = Order.objects.filter(task=task_id, state=OrderState.COMPLETED).first()
    if order is None:
        return 0
    locked = _locked(order.pk)
    done = Review.objects.filter(task=task_id, decided_at__gt=locked.completed_at, state=ReviewState.DONE)
    done = done.exclude(stage=Stage.SECOND).select_related("reviewer").order_by("decided_at", "pk")
    reviews = {review.pk: review for review in done}
    changed = _forget(locked, set(reviews), now)
    known = {entry[REVIEW] for entry in locked.review.get("audits", []) if REVIEW in entry}
    for pk, review in reviews.items():
        if pk in known:
            continue
        entry = {
            "audited_by": review.reviewer.email,
            "audited_at": time(review.decided_at),
            "audit_time_secs": round(review.active_ms / 1000),
            "audit_result": WORDS[review.verdict],
            "audit_source": "customer",
            REVIEW: pk,
        }
        fixed = response_of(locked, dict(review.value or {})) if review.verdict == "fix" else None
        _note(locked, entry, review.note, fixed, now)
        changed += 1
    return changed


def _note(order: Order, entry: dict[str, Any], comments: str, fixed: dict[str, Any] | None, now: datetime) -> None:
    prior = order.review.get("prior_responses", [])
    if fixed is not None:
        prior = [*prior, order.response][-MOST_PRIOR:]
        order.response = fixed
    order.review_status = entry["audit_result"]
    order.review = {
        "customer_review_comments": comments,
        "audits": [entry | {"comments": comments}, *order.review.get("audits", [])][:MOST_AUDITS],
        "prior_responses": prior,
        "is_customer_fix": order.review_status == "fixed",
    }
    _save(order, now)


def _forget(order: Order, reviews: set[int], now: datetime) -> int:
    """Take back what undone reviews said; a fix of theirs gives its place to the response before it."""
    audits = order.review.get("audits", [])
    gone = [entry for entry in audits if REVIEW in entry and entry[REVIEW] not in reviews]
    if not gone:
        return 0
    prior = list(order.review["prior_responses"])
    for entry in gone:
        if entry["audit_result"] == "fixed" and prior:
            order.response = prior.pop()
    left = [entry for entry in audits if entry not in gone]
    order.review_status = left[0]["audit_result"] if left else ""
    order.review = {} if not left else {
        "customer_review_comments": left[0].get("comments", ""),
        "audits": left,
        "prior_responses": prior,
        "is_customer_fix": order.review_status == "fixed",
    }  # fmt: skip
    _save(order, now)
    return len(gone)


def redo_due(*, project_id: int | None = None, now: datetime) -> int:
    """Orders whose task was rejected, asked again and is answered by now get the new response."""
    again = Order.objects.filter(state=OrderState.COMPLETED, review_status="rejected", task__state=TaskState.RESOLVED)
    again = again.filter(task__resolved_at__gt=F("completed_at"))
    if project_id is not None:
        again = again.filter(project__project=project_id)
    return sum(_redo(pk, now) for pk in again.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def _redo(order_id: int, now: datetime) -> bool:
    """The new response waits to be audited; the old one is among those before it."""
    order = _locked(order_id)
    assert order.task is not None
    found = Consensus.objects.filter(task=order.task).first()
    if found is None or Answer.objects.filter(task=order.task, is_live=True, is_applied=False).exists():
        return False
    prior = [*order.review.get("prior_responses", []), order.response][-MOST_PRIOR:]
    order.review = order.review | {"prior_responses": prior, "is_customer_fix": False}
    order.response = response_of(order, found.value)
    order.review_status = "pending"
    _save(order, now)
    return True


def _locked(pk: int) -> Order:
    rows = Order.objects.select_for_update(of=("self",))
    return rows.select_related("project__project", "task__project", "task__item").get(pk=pk)


def _save(order: Order, now: datetime) -> None:
    order.updated_at = now
    order.save(update_fields=["review", "review_status", "response", "updated_at"])
    emit("order.audited", order)
    order_callback(order=order, now=now)
