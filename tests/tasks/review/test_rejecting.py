"""A rejected answer leaves the consensus; its annotator may fix it, decline, or appeal to somebody else."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from labeling.errors import InvalidInput, NotAllowed, StaleState
from labeling.outbox.models import Event
from tasks.jobs.quality import finalize_rejections
from tasks.models import Answer, Appeal, Consensus, Rejection, Review, Task
from tasks.selectors.answering import load
from tasks.selectors.reviews import my_review, own_rejections, reviewable_project, to_fix
from tasks.services import appealing, rejecting
from tasks.services.answering import Sent, submit_answer
from tasks.services.consensus import update_project
from tasks.services.purging import purge_dataset
from tasks.services.rejecting import Rejected
from tests.factories import NOW, make_answer, make_task, make_user
from tests.tasks.review.conftest import decide, reviewer, take, unsure
from tests.tasks.working import at_work, counts_hold

pytestmark = pytest.mark.django_db
GOOD, BAD = {"option": "good"}, {"option": "bad"}


def of(task, person) -> Answer:
    return Answer.objects.filter(task=task, annotator=person).latest("pk")


@pytest.fixture
def rejection(task, ria, bob) -> Rejection:
    """Bob's answer, returned to him; the task is asked again."""
    said = Rejected(of(task, bob).pk, "against_guideline", "3.2", "Irony is not bad.")
    decide(ria, task, "reject", rejections=(said,))
    return Rejection.objects.get()


def rework(person, rejection, value=GOOD, **changes):
    who, answer = at_work(person), rejection.answer
    sent = Sent(uuid4(), answer.assignment_id, 1, value, **{"supersedes": answer.pk, **changes})
    loaded = load(who, {answer.assignment_id}, {sent.id})
    return submit_answer(sent=sent, who=who, loaded=loaded, now=NOW)


def test_a_rejected_answer_leaves_the_consensus_and_its_slot_stays_with_its_annotator(task, rejection, bob):
    update_project(project_id=task.project_id)
    task.refresh_from_db()
    answer = of(task, bob)
    assert (answer.is_live, answer.assignment.state) == (False, "returned_for_fix")
    assert (task.taken, task.answered) == (2, 1)
    assert answer.pk not in Consensus.objects.get(task=task).answers
    assert counts_hold()
    assert rejection.fix_until == NOW + timedelta(hours=72)
    event = Event.objects.get(kind="answer.rejected")
    assert (event.object_id, event.payload["reason"]) == (answer.pk, "against_guideline")


def test_the_fix_takes_the_place_of_the_answer_on_the_same_assignment(task, rejection, bob):
    rework(bob, rejection)
    fixed = of(task, bob)
    task.refresh_from_db()
    rejection.refresh_from_db()
    assert (fixed.supersedes_id, fixed.assignment_id) == (rejection.answer_id, rejection.answer.assignment_id)
    assert (task.state, task.answered, rejection.state) == ("resolved", 2, "fixed")
    assert counts_hold()
    with pytest.raises(StaleState):
        rework(bob, rejection)


def test_a_fix_names_the_answer_that_was_returned(rejection, bob):
    with pytest.raises(InvalidInput, match="supersedes"):
        rework(bob, rejection, supersedes=None)


def test_declining_is_final_and_somebody_else_gets_the_slot(task, rejection):
    rejecting.finalize(rejection=rejection, now=NOW, actor_id=rejection.annotator_id)
    task.refresh_from_db()
    assert (task.state, task.taken, task.wanted) == ("open", 1, 2)
    assert rejection.answer.assignment.__class__.objects.get(pk=rejection.answer.assignment_id).state == "rejected"
    assert counts_hold()


def test_only_after_the_deadline_is_a_rejection_final_without_a_word(rejection, bob):
    assert rejecting.finalize_overdue(now=NOW + timedelta(hours=71)) == 0
    assert rejecting.finalize_overdue(now=NOW + timedelta(hours=73)) == 1
    assert finalize_rejections() == 0
    rejection.refresh_from_db()
    assert rejection.state == "final"
    with pytest.raises(StaleState):
        rework(bob, rejection)


def test_a_fix_still_counts_when_the_task_was_settled_meanwhile(task, ria, bob):
    decide(ria, task, "fix", GOOD, rejections=(Rejected(of(task, bob).pk, "wrong_label"),))
    rejection = Rejection.objects.get()
    rework(bob, rejection)
    task.refresh_from_db()
    assert (task.state, task.answered, task.consensus.method) == ("resolved", 2, "review")
    assert counts_hold()


def test_a_settled_task_does_not_look_for_somebody_else(task, ria, bob):
    decide(ria, task, "fix", GOOD, rejections=(Rejected(of(task, bob).pk, "wrong_label"),))
    rejecting.finalize(rejection=Rejection.objects.get(), now=NOW)
    task.refresh_from_db()
    assert (task.state, task.wanted, task.taken, task.answered) == ("resolved", 1, 1, 1)


def test_what_is_exported_is_not_rejected(task, ria, bob):
    Answer.objects.filter(pk=of(task, bob).pk).update(is_locked=True)
    with pytest.raises(StaleState, match="exported"):
        decide(ria, task, "reject", rejections=(Rejected(of(task, bob).pk, "wrong_label"),))
    assert not Rejection.objects.exists()


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [("rude", "", "rejections[0].reason"), ("other", " ", "rejections[0].note"), ("missed", "x" * 2001, "note")],
)
def test_reasons_are_a_closed_list_and_other_says_why(task, ria, bob, reason, note, field):
    with pytest.raises(InvalidInput) as error:
        decide(ria, task, "reject", rejections=(Rejected(of(task, bob).pk, reason, note=note),))
    assert field in error.value.problems[0].path


def test_an_answer_to_another_task_is_no_answer_to_this_one(project, task, ria, ann):
    other = make_task(project, overlap=1)
    answer = make_answer(other, ann)
    with pytest.raises(InvalidInput, match="no answer"):
        decide(ria, task, "reject", rejections=(Rejected(answer.pk, "missed"),))


# --- the brake -------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(project, ria, ann, bob) -> Rejection:
    """The third of Bob's four answers that Ria rejects."""
    for _ in range(4):
        task = unsure(project, {ann: "good", bob: "bad"})
    for task in Task.objects.order_by("pk")[:3]:
        decide(ria, task, "reject", rejections=(Rejected(of(task, bob).pk, "wrong_label"),))
    return Rejection.objects.latest("pk")


def test_beyond_a_share_of_a_persons_answers_a_second_person_has_to_agree(held, ria, rob, bob):
    task = held.answer.task
    assert list(Rejection.objects.order_by("pk").values_list("state", flat=True)) == ["returned", "returned", "held"]
    assert (of(task, bob).is_live, task.state) == (True, "in_review")
    with pytest.raises(NotAllowed):
        rejecting.confirm(rejection=held, actor_id=ria.pk, now=NOW)
    rejecting.confirm(rejection=held, actor_id=rob.pk, now=NOW)
    task.refresh_from_db()
    held.refresh_from_db()
    assert (held.state, held.confirmed_by, of(task, bob).is_live, task.state) == ("returned", rob, False, "open")
    assert counts_hold()


def test_what_the_second_person_does_not_confirm_never_happened_to_the_annotator(held, rob, bob):
    rejecting.dismiss(rejection=held, actor_id=rob.pk, now=NOW)
    held.refresh_from_db()
    assert (held.state, of(held.answer.task, bob).is_live) == ("withdrawn", True)
    with pytest.raises(StaleState):
        rejecting.confirm(rejection=held, actor_id=rob.pk, now=NOW)


def test_what_was_corrected_meanwhile_needs_no_second_person(held, rob, bob):
    Answer.objects.filter(pk=held.answer_id).update(is_live=False)
    rejecting.confirm(rejection=held, actor_id=rob.pk, now=NOW)
    held.refresh_from_db()
    assert held.state == "withdrawn"


# --- appeals ---------------------------------------------------------------------------------------------------------


def appealed(rejection) -> Appeal:
    return appealing.appeal(rejection=rejection, text="The guideline says otherwise.", now=NOW)


@pytest.mark.parametrize("is_final", [False, True], ids=["returned", "final"])
def test_an_appeal_that_is_upheld_brings_the_answer_back(task, rejection, rob, bob, is_final):
    if is_final:
        rejecting.finalize(rejection=rejection, now=NOW)
        rejection.refresh_from_db()
    appeal = appealed(rejection)
    appealing.decide_appeal(appeal=appeal, upheld=True, reply="Right you are.", actor_id=rob.pk, now=NOW)
    task.refresh_from_db()
    rejection.refresh_from_db()
    answer = of(task, bob)
    assert (answer.is_live, answer.is_applied, answer.assignment.state) == (True, False, "submitted")
    assert (task.answered, task.taken, task.state, rejection.state) == (2, 2, "resolved", "withdrawn")
    assert counts_hold()


def test_an_appeal_that_is_denied_leaves_time_to_fix(rejection, rob):
    appeal = appealed(rejection)
    later = NOW + timedelta(hours=100)
    assert rejecting.finalize_overdue(now=later) == 0, "an open appeal stops the clock"
    appealing.decide_appeal(appeal=appeal, upheld=False, reply="See 3.2.", actor_id=rob.pk, now=later)
    rejection.refresh_from_db()
    assert (rejection.state, rejection.fix_until) == ("returned", later + timedelta(hours=72))
    with pytest.raises(StaleState):
        appealing.decide_appeal(appeal=appeal, upheld=True, reply="Or not.", actor_id=rob.pk, now=later)
    with pytest.raises(StaleState, match="already"):
        appealed(rejection)


def test_an_appeal_is_decided_by_another_person_and_with_a_word(rejection, ria, bob, rob):
    appeal = appealed(rejection)
    for person in (ria, bob):
        with pytest.raises(NotAllowed):
            appealing.decide_appeal(appeal=appeal, upheld=True, reply="Yes.", actor_id=person.pk, now=NOW)
    with pytest.raises(InvalidInput, match="reply"):
        appealing.decide_appeal(appeal=appeal, upheld=True, reply=" ", actor_id=rob.pk, now=NOW)


def test_nothing_is_appealed_against_that_was_fixed(rejection, bob):
    rework(bob, rejection)
    with pytest.raises(StaleState):
        appealed(rejection)


def test_the_annotator_hears_of_a_rejection_only_once_it_stands(held, bob, ria):
    assert to_fix(at_work(bob)) == 2
    assert held.pk not in [one.pk for one in own_rejections(at_work(bob))]


def test_a_reviewer_of_another_organization_finds_nothing(task, eve):
    review = take(make_user(task.project.organization, "reviewer"), task)
    for ask in (
        lambda: reviewable_project(reviewer(eve), task.project_id),
        lambda: my_review(reviewer(eve), review.pk),
    ):
        with pytest.raises(Http404):
            ask()


# --- what the annotator sees -----------------------------------------------------------------------------------------


def test_the_annotator_reads_the_reason_declines_and_appeals(task, rejection, bob, ann, sign_in):
    client = sign_in(bob)
    (row,) = client.get("/api/v1/work/returned").json()["results"]
    assert (row["answer"], row["may_correct"], row["rejection"]["clause"]) == (BAD, True, "3.2")
    page = client.get("/work/returned/").content.decode()
    assert "Against the guideline" in page and "Irony is not bad." in page
    assert "1 answer came back to you" in client.get("/work/").content.decode()
    at = f"/api/v1/work/returned/{rejection.pk}"
    assert sign_in(ann).post(f"{at}/decline", {}, format="json").status_code == 404, "it is not hers"
    assert client.post(f"{at}/decline", {}, format="json").json()["state"] == "final"
    assert client.post(f"{at}/decline", {}, format="json").status_code == 409
    made = client.post(f"{at}/appeal", {"text": "The guideline says otherwise."}, format="json")
    assert (made.status_code, made.json()["appeal"]["state"]) == (201, "open")
    assert client.post(f"{at}/appeal", {"text": ""}, format="json").status_code == 400


def test_the_history_says_what_became_of_each_answer(task, ria, ann, bob, sign_in):
    decide(ria, task, "accept", GOOD)
    assert "Confirmed by a reviewer" in sign_in(ann).get("/work/history/").content.decode()
    assert "A reviewer chose otherwise" in sign_in(bob).get("/work/history/").content.decode()


def test_a_second_person_decides_on_the_page(held, ria, rob, bob, sign_in):
    rejection = Rejection.objects.filter(state="returned").first()
    pages = f"/projects/{held.project_id}/review/"
    appealed(rejection)
    assert "Somebody else decides this" in sign_in(ria).get(pages).content.decode()
    shown = sign_in(rob).get(pages).content.decode()
    assert "The guideline says otherwise." in shown
    sign_in(rob).post(f"{pages}rejections/{held.pk}/", {"confirm": "1"}, format="multipart")
    sign_in(rob).post(f"{pages}appeals/{rejection.pk}/", {"uphold": "1", "reply": "Right."}, format="multipart")
    held.refresh_from_db()
    rejection.refresh_from_db()
    assert (held.state, rejection.state) == ("returned", "withdrawn")


def test_a_purge_takes_reviews_rejections_and_appeals_with_the_tasks(rejection):
    appealed(rejection)
    dataset = rejection.answer.task.item.dataset
    assert purge_dataset(dataset=dataset, until=time.monotonic() + 10)
    assert not Task.objects.exists() and not Review.objects.exists() and not Appeal.objects.exists()
