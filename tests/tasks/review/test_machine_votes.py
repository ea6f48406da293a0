"""A machine's vote before a reviewer: nobody fixes it, nobody is told, and no person's turn is lost to it."""

import pytest

from labeling.errors import InvalidInput
from labeling.outbox.models import Event
from tasks.models import Answer, Rejection, Skill, Task
from tasks.selectors.machines import said_by
from tasks.selectors.project_people import member_of, people_of
from tasks.selectors.review_payload import look_at
from tasks.services import restricting, reviewing, skilling
from tasks.services.consensus import update_project
from tasks.services.consensus.leaving_out import leave_out
from tasks.services.machine_answers import Said, store_answers
from tasks.services.measuring import measure
from tasks.services.rejecting import Rejected
from tests.factories import NOW, make_answer, make_project, make_task
from tests.tasks.review.conftest import decide, reviewer
from tests.tasks.test_machines import make_machine
from tests.tasks.working import counts_hold

pytestmark = pytest.mark.django_db
GOOD, BAD = {"option": "good"}, {"option": "bad"}
COUNTS = ("state", "wanted", "taken", "answered", "extra")


@pytest.fixture
def machine(org):
    return make_machine(org)


@pytest.fixture
def voted(org, machine, ann, bob) -> Task:
    """Two people and a machine have answered; the task is finished."""
    project = make_project(org, overlap=2)
    task = make_task(project)
    store_answers(project=project, machine=machine, purpose="vote", said=[Said(answer=BAD, task=task.pk)], now=NOW)
    task.refresh_from_db()
    for person in (ann, bob):
        make_answer(task, person, GOOD)
    update_project(project_id=project.pk)
    return fresh(task)


def fresh(task) -> Task:
    return Task.objects.get(pk=task.pk)


def counts(task) -> tuple:
    return Task.objects.values_list(*COUNTS).get(pk=task.pk)


def vote_of(task) -> Answer:
    return Answer.objects.get(task=task, by_machine__isnull=False)


def reject_vote(ria, task, verdict, value=None):
    said = Rejected(vote_of(task).pk, "wrong_label")
    return decide(ria, task, verdict, value, source="audit", rejections=(said,))


def test_a_rejected_vote_is_out_at_once_and_its_slot_with_it(voted, machine, ria):
    assert counts(voted) == ("resolved", 3, 3, 3, 1)
    reject_vote(ria, voted, "accept", GOOD)
    rejection = Rejection.objects.get()
    assert (rejection.state, rejection.fix_until) == ("final", None)
    assert vote_of(voted).assignment.state == "rejected" and not vote_of(voted).is_live
    assert counts(voted) == ("resolved", 2, 2, 2, 0)
    assert counts_hold()
    assert said_by(voted.project, machine) == {"suggestion": 0, "vote": 1, "rejected": 1}
    event = Event.objects.get(kind="answer.rejected")
    assert event.payload["by"] == "machine"


def test_asking_again_because_of_a_machine_asks_one_more_person(voted, ria):
    reject_vote(ria, voted, "reject")
    assert counts(voted) == ("open", 3, 2, 2, 0)
    update_project(project_id=voted.project_id)
    assert counts(voted) == ("open", 3, 2, 2, 0), "the consensus asks for as many"


def test_under_the_rule_to_stop_it_asks_one_more_person_too(voted, ria):
    Task.objects.filter(pk=voted.pk).update(ceiling=2)
    reject_vote(ria, voted, "reject")
    assert (*counts(voted), fresh(voted).ceiling) == ("open", 3, 2, 2, 0, 3)


def test_with_a_persons_answer_rejected_beside_it_the_person_fixes_it_first(voted, bob, ria):
    of_bob = Answer.objects.get(task=voted, annotator=bob)
    both = (Rejected(vote_of(voted).pk, "missed"), Rejected(of_bob.pk, "missed"))
    decide(ria, voted, "reject", source="audit", rejections=both)
    assert counts(voted) == ("open", 2, 2, 1, 0)
    assert dict(Rejection.objects.values_list("annotator__name", "state")) == {"Bob": "returned", "Sorter 1": "final"}


def test_the_brake_protects_people_only(org, machine, ria):
    project = make_project(org)
    for _ in range(4):
        task = make_task(project)
        store_answers(project=project, machine=machine, purpose="vote", said=[Said(answer=BAD, task=task.pk)], now=NOW)
        Task.objects.filter(pk=task.pk).update(state="in_review")
        decide(ria, task, "reject", rejections=(Rejected(vote_of(task).pk, "wrong_label"),))
    assert set(Rejection.objects.values_list("state", flat=True)) == {"final"}


@pytest.mark.parametrize("ceiling", [None, 2])
def test_taking_the_verdict_back_puts_the_vote_back(voted, ria, ceiling):
    Task.objects.filter(pk=voted.pk).update(ceiling=ceiling)
    before = counts(voted)
    review = reject_vote(ria, voted, "reject")
    reviewing.undo(review=review, now=NOW)
    assert counts(voted) == before and fresh(voted).ceiling == ceiling
    assert vote_of(voted).is_live and Rejection.objects.get().state == "withdrawn"
    assert counts_hold()


def test_a_reviewer_sees_which_answer_is_a_machines(voted, ria, sign_in):
    reply = sign_in(ria).post(f"/api/v1/projects/{voted.project_id}/reviews/next", {"source": "audit"}, format="json")
    (review,) = reply.json()["reviews"]
    assert [(a["is_machine"], a["who"] == "Sorter 1") for a in review["answers"]] == [
        (True, True), (False, False), (False, False),
    ]  # fmt: skip


def test_a_machine_is_in_no_figure_of_people_and_cannot_be_restricted(voted, org, machine, ann, bob, max_, sign_in):
    project = voted.project
    assert [row["name"] for row in people_of(project)] == ["Ann", "Bob"]
    assert member_of(project, machine.user_id) is None
    skilling.refresh(project=project, annotator_ids=[ann.pk, machine.user_id], now=NOW)
    assert set(Skill.objects.values_list("annotator__name", flat=True)) == {"Ann"}
    report = measure(project=project, now=NOW)
    assert report.figures["overall"]["percent"]["value"] == 1.0, "the two people agree"
    who = {"organization": org, "user_id": machine.user_id, "project": project}
    with pytest.raises(InvalidInput, match="is a machine"):
        restricting.restrict(**who, kind="pause", reason="gold", text="No.", actor=max_, actor_role="admin", now=NOW)
    reply = sign_in(max_).post("/api/v1/restrictions/preview", {"user": machine.user_id}, format="json")
    assert reply.status_code in (400, 422) and "is a machine" in reply.content.decode()
    assert sign_in(max_).get(f"/projects/{project.pk}/people/{machine.user_id}/").status_code == 404


def test_reviewers_see_which_answers_count_for_nothing_and_managers_why(voted, machine, ann, bob, max_, ria, sign_in):
    restricting.restrict(
        organization=voted.project.organization, user_id=ann.pk, kind="remove", reason="care", text="Too fast.",
        actor=max_, actor_role="manager", now=NOW, project=voted.project, leaves_out=True,
    )  # fmt: skip
    leave_out(project=voted.project, annotator=machine.user, actor=max_, now=NOW)
    update_project(project_id=voted.project_id)
    for who, reason in ((max_, "care"), (ria, "")):
        shown = look_at(reviewer(who), fresh(voted))["review"]["answers"]
        marked = [one["set_aside"] for one in shown]  # the machine's, ann's and bob's
        assert marked == [{"by": "machine", "reason": ""}, {"by": "person", "reason": reason}, None]
    page = sign_in(max_).get(f"/projects/{voted.project_id}/tasks/{voted.pk}/").text
    assert "No answer of this person counts here (Answers too fast or always the same)" in page
    assert "No vote of this machine counts here" in page
    told = sign_in(max_).get(f"/api/v1/tasks/{voted.pk}").json()["answers"]
    assert [row["set_aside"] for row in told] == ["machine", "person", None]
