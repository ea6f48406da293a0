"""A reviewer settles a task: exactly once, never their own, and not without a way back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from labeling.errors import InvalidAnswer, InvalidInput, NotAllowed, StaleState
from labeling.outbox.models import Event
from tasks.models import Answer, Consensus, Review, Task
from tasks.selectors.agreement import review_agreement
from tasks.selectors.review_payload import reviews_as_sent
from tasks.selectors.reviews import candidates
from tasks.services import reviewing
from tasks.services.consensus import update_project
from tasks.services.rejecting import Rejected
from tasks.services.reviewing import Decision
from tests.factories import NOW, make_answer, make_comment, make_project, make_task, make_user
from tests.tasks.review.conftest import decide, reviewer, take, unsure
from tests.tasks.working import counts_hold

pytestmark = pytest.mark.django_db
GOOD, BAD = {"option": "good"}, {"option": "bad"}


def facts(task):
    """All that a verdict may change."""
    task = Task.objects.get(pk=task.pk)
    consensus = Consensus.objects.get(task=task)
    answers = list(Answer.objects.filter(task=task).order_by("pk").values_list("pk", "is_live"))
    states = sorted(task.assignments.values_list("state", flat=True))
    settled = (consensus.value, consensus.confidence, consensus.method, consensus.label)
    return task.state, task.wanted, task.taken, task.answered, task.resolved_at, settled, answers, states


def test_accepting_settles_the_task_with_the_consensus_it_has(task, ria):
    decide(ria, task, "accept", GOOD)
    task.refresh_from_db()
    assert (task.state, task.consensus.value, task.consensus.method) == ("resolved", GOOD, "review")
    assert Event.objects.filter(kind="review.decided", object_id=Review.objects.get().pk).count() == 1


def test_a_fix_becomes_the_consensus_and_what_the_methods_say_stays(task, ria):
    Consensus.objects.filter(task=task).update(by_method={"majority": {"value": GOOD, "confidence": 0.6}})
    decide(ria, task, "fix", BAD, note="Irony.")
    row = Consensus.objects.get(task=task)
    assert (row.value, row.method, row.label, row.confidence) == (BAD, "review", "bad", 1.0)
    assert row.by_method["majority"]["value"] == GOOD


def test_a_fix_is_checked_like_any_answer(task, ria):
    with pytest.raises(InvalidAnswer):
        decide(ria, task, "fix", {"option": "ugly"})
    assert Review.objects.get().state == "leased"


def test_what_is_accepted_must_be_what_was_shown(task, ria):
    with pytest.raises(StaleState, match="consensus has changed"):
        decide(ria, task, "accept", BAD)


def test_without_a_rejected_answer_asking_again_asks_one_more_person_and_wants_a_reason(task, ria):
    with pytest.raises(InvalidInput, match="reason"):
        decide(ria, task, "reject")
    review = Review.objects.get()
    reviewing.decide(review=review, decision=Decision("reject", reason="not_understood"), now=NOW)
    task.refresh_from_db()
    assert (task.state, task.wanted, task.taken) == ("open", 3, 2)


def test_a_verdict_sent_twice_is_one_verdict_and_another_one_is_refused(task, ria):
    review = decide(ria, task, "accept", GOOD)
    reviewing.decide(review=review, decision=Decision("accept", GOOD), now=NOW)
    with pytest.raises(StaleState):
        reviewing.decide(review=review, decision=Decision("fix", BAD), now=NOW)
    assert Event.objects.filter(kind="review.decided").count() == 1


@pytest.mark.parametrize(
    "verdict",
    [
        {"verdict": "accept", "value": GOOD},
        {"verdict": "fix", "value": BAD},
        {"verdict": "reject", "reason": "not_understood"},
        {"verdict": "reject", "rejections": True},
        {"verdict": "fix", "value": BAD, "rejections": True},
    ],
    ids=str,
)
def test_undoing_leaves_everything_as_it_was(task, ria, verdict):
    was = facts(task)
    more = {k: v for k, v in verdict.items() if k != "rejections"}
    if "rejections" in verdict:
        more["rejections"] = (Rejected(task.answers.first().pk, "wrong_label"),)
    review = take(ria, task)
    reviewing.decide(review=review, decision=Decision(**more), now=NOW)
    assert facts(task) != was
    reviewing.undo(review=review, now=NOW + timedelta(minutes=5))
    assert facts(task) == was
    assert counts_hold()
    assert Review.objects.get().state == "leased"
    with pytest.raises(StaleState):
        reviewing.undo(review=review, now=NOW)


def test_a_verdict_is_not_undone_when_it_is_old_or_somebody_has_built_on_it(task, ria, rob):
    review = decide(ria, task, "accept", GOOD)
    with pytest.raises(StaleState, match="last minutes"):
        reviewing.undo(review=review, now=NOW + timedelta(hours=1))
    take(rob, task)
    with pytest.raises(StaleState, match="reviewed again"):
        reviewing.undo(review=review, now=NOW)


def test_nobody_reviews_what_they_answered(project, ria, ann):
    mine = unsure(project, {ria: "good", ann: "bad"})
    assert not candidates(reviewer(ria), project, source="queue", now=NOW).exists()
    with pytest.raises(NotAllowed):
        decide(ria, mine, "accept", GOOD)


def test_a_task_lies_with_one_reviewer_until_they_leave_or_are_silent(task, project, ria, rob):
    first = take(ria, task)
    waiting = candidates(reviewer(rob), project, source="queue", now=NOW)
    assert not waiting.exists()
    assert reviewing.take_review(who=reviewer(rob), task=task, source="queue", now=NOW) is None
    later = NOW + timedelta(seconds=601)
    assert reviewing.take_review(who=reviewer(rob), task=task, source="queue", now=later)
    with pytest.raises(StaleState):
        reviewing.decide(review=first, decision=Decision("accept", GOOD), now=later)
    reviewing.give_back(who=reviewer(rob), review_ids=list(Review.objects.values_list("pk", flat=True)))
    assert waiting.exists()


def test_a_task_called_off_or_open_again_takes_no_verdict(task, ria):
    review = take(ria, task)
    for state in ("canceled", "open"):
        Task.objects.filter(pk=task.pk).update(state=state)
        with pytest.raises(StaleState, match=state):
            reviewing.decide(review=review, decision=Decision("accept", GOOD), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_many_reviewers_at_once_one_gets_the_task_and_one_verdict_counts(task, org):
    people = [make_user(org, "reviewer") for _ in range(8)]

    def attempt(user) -> object:
        try:
            return reviewing.take_review(who=reviewer(user), task=task, source="queue", now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [review for review in pool.map(attempt, people) if review]
    assert len(taken) == 1

    def verdict(decision: Decision) -> bool:
        try:
            reviewing.decide(review=Review.objects.get(state="leased"), decision=decision, now=NOW)
        except (StaleState, Review.DoesNotExist):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(verdict, [Decision("accept", GOOD), Decision("fix", BAD)] * 2))
    said = Review.objects.get(state="done")
    assert any(won)
    assert Consensus.objects.get(task=task).value == said.value
    assert Event.objects.filter(kind="review.decided").count() == 1


def test_the_consumer_leaves_a_reviewed_value_alone(task, ria):
    decide(ria, task, "fix", BAD)
    Answer.objects.filter(task=task).update(is_applied=False)
    update_project(project_id=task.project_id)
    row = Consensus.objects.get(task=task)
    assert (row.value, row.method) == (BAD, "review")


def test_each_list_has_its_tasks_in_its_order(org, ria, ann, bob):
    project = make_project(org, overlap=1)
    sure, unsure_one, said = [make_task(project) for _ in range(3)]
    for one, option, confidence, agreement in (
        (sure, "good", 0.9, 0.9), (unsure_one, "bad", 0.5, 0.2), (said, "good", 0.7, None)
    ):  # fmt: skip
        make_answer(one, ann if one != said else bob, {"option": option})
        Consensus.objects.create(
            task=one, project=project, value={"option": option}, label=option, confidence=confidence,
            agreement=agreement, method="majority",
        )  # fmt: skip
    make_comment(said, bob)

    def found(source: str, **chosen):
        rows = candidates(reviewer(ria), project, source=source, now=NOW, **chosen)
        return [task.pk for task in rows]

    assert found("queue") == []
    assert found("confidence") == [unsure_one.pk, said.pk, sure.pk]
    assert found("agreement") == [unsure_one.pk, sure.pk]
    assert found("person", person=bob.pk) == [said.pk]
    assert found("label", label="bad") == [unsure_one.pk]
    assert found("comments") == [said.pk]
    assert sorted(found("audit")) == sorted([sure.pk, unsure_one.pk, said.pk])
    decide(ria, said, "accept", GOOD, source="audit")
    assert said.pk not in found("audit") + found("comments") + found("confidence")


def test_asking_again_lifts_a_tasks_ceiling_so_that_its_consensus_may_ask(task, ria):
    Task.objects.filter(pk=task.pk).update(ceiling=2)
    review = decide(ria, task, "reject", reason="not_understood")
    task.refresh_from_db()
    assert (task.state, task.wanted, task.ceiling) == ("open", 3, 3)
    reviewing.undo(review=review, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.wanted, task.ceiling) == ("in_review", 2, 2)


# --- blind second reviews --------------------------------------------------------------------------------------------


def repeated(project, user, source: str) -> list[int]:
    return list(candidates(reviewer(user), project, source=source, now=NOW).values_list("pk", flat=True))


@pytest.fixture
def all_twice(settings):
    settings.SECOND_REVIEWS = 100


def test_a_share_of_reviews_is_repeated_blind_by_somebody_else(all_twice, task, project, ria, rob):
    decide(ria, task, "fix", BAD)
    assert (repeated(project, ria, "second"), repeated(project, rob, "second")) == ([], [task.pk])
    review = take(rob, task, "second")
    (shown,) = reviews_as_sent(reviewer(rob), project, [review])["reviews"]
    assert shown["consensus"]["value"] == GOOD, "what the first one saw, not what came of it"
    with pytest.raises(InvalidInput, match="blind"):
        reviewing.decide(review=review, decision=Decision("reject", reason="missed"), now=NOW)
    done = reviewing.decide(review=review, decision=Decision("fix", BAD), now=NOW)
    assert (done.stage, done.agrees, done.wants_second) == ("second", True, False)
    assert review_agreement(project) == {"second": 1, "agreed": 1, "settled": 0, "waiting": 0}
    assert repeated(project, max_of(project), "third") == []


def test_where_two_reviewers_differ_a_third_one_settles_it(all_twice, task, project, ria, rob):
    decide(ria, task, "accept", GOOD)
    decide(rob, task, "fix", BAD, source="second")
    assert Consensus.objects.get(task=task).value == GOOD, "a second look changes nothing by itself"
    assert review_agreement(project)["waiting"] == 1
    assert (repeated(project, ria, "third"), repeated(project, rob, "third")) == ([], [])
    third = max_of(project)
    review = take(third, task, "third")
    (shown,) = reviews_as_sent(reviewer(third), project, [review])["reviews"]
    assert [answer["value"] for answer in shown["answers"]] == [GOOD, BAD]
    reviewing.decide(review=review, decision=Decision("fix", BAD), now=NOW)
    assert Consensus.objects.get(task=task).value == BAD
    assert review_agreement(project) == {"second": 1, "agreed": 0, "settled": 1, "waiting": 0}
    assert repeated(project, make_user(project.organization, "reviewer"), "third") == []


def max_of(project):
    return make_user(project.organization, "manager", "Max")
