"""Held rejections, appeals and explanations by API: who follows a project reads them, a second person decides."""

import pytest

from tasks.models import Answer, Rejection
from tasks.services import appealing
from tasks.services.rejecting import Rejected
from tests.factories import NOW, make_user
from tests.tasks.review.conftest import decide, unsure

pytestmark = pytest.mark.django_db
GOOD = {"option": "good"}
TEXT = "The guideline says otherwise."


def url(rejection, end=""):
    return f"/api/v1/projects/{rejection.project_id}/rejections/{rejection.pk}{end}"


@pytest.fixture
def returned(task, ria, bob) -> Rejection:
    """Bob's answer, returned to him by Ria."""
    answer = Answer.objects.get(task=task, annotator=bob)
    decide(ria, task, "reject", rejections=(Rejected(answer.pk, "missed", "3.2", "There is more."),))
    return Rejection.objects.get()


@pytest.fixture
def held(project, ria, ann, bob) -> Rejection:
    """The third rejection of Bob's answers, which the brake holds."""
    for _ in range(3):
        task = unsure(project, {ann: "good", bob: "bad"})
        answer = Answer.objects.get(task=task, annotator=bob)
        decide(ria, task, "reject", rejections=(Rejected(answer.pk, "missed"),))
    return Rejection.objects.get(state="held")


@pytest.fixture
def appealed(returned) -> Rejection:
    appealing.appeal(rejection=returned, text=TEXT, now=NOW)
    return returned


def test_an_annotator_appeals_and_reads_the_reply_where_they_read_of_the_rejection(returned, bob, rob, sign_in):
    mine = sign_in(bob)
    reply = mine.post(f"/api/v1/work/returned/{returned.pk}/appeal", {"text": TEXT}, format="json")
    assert reply.status_code == 201 and reply.json()["appeal"]["state"] == "open"
    again = mine.post(f"/api/v1/work/returned/{returned.pk}/appeal", {"text": TEXT}, format="json")
    assert again.status_code == 409, "once"
    (waiting,) = sign_in(rob).get(url(returned).rsplit("/", 1)[0] + "?appeal=open").json()["results"]
    assert (waiting["id"], waiting["appeal"]["text"], waiting["may_decide"]) == (returned.pk, TEXT, True)
    body = {"upheld": True, "reply": "Right you are."}
    decided = sign_in(rob).post(url(returned, "/decide-appeal"), body, format="json").json()
    assert (decided["state"], decided["appeal"]["state"], decided["may_decide"]) == ("withdrawn", "upheld", False)
    (seen,) = mine.get("/api/v1/work/returned").json()["results"]
    assert seen["rejection"]["appeal"] == {"text": TEXT, "state": "upheld", "reply": "Right you are."}
    assert Answer.objects.get(pk=returned.answer_id).is_live


def test_what_the_brake_holds_is_confirmed_or_dismissed_by_somebody_else(held, ria, rob, bob, sign_in):
    assert sign_in(ria).get(url(held)).json()["may_decide"] is False
    assert sign_in(ria).post(url(held, "/confirm")).status_code == 403, "not by who rejected it"
    assert sign_in(rob).get(url(held)).json()["may_decide"] is True
    assert sign_in(rob).post(url(held, "/confirm")).json()["state"] == "returned"
    assert sign_in(rob).post(url(held, "/dismiss")).status_code == 409, "it is decided"
    rows = sign_in(bob).get("/api/v1/work/returned").json()["results"]
    assert held.pk in [row["rejection"]["id"] for row in rows]


def test_a_dismissed_one_never_reached_its_annotator(held, rob, bob, sign_in):
    assert sign_in(rob).post(url(held, "/dismiss")).json()["state"] == "withdrawn"
    rows = sign_in(bob).get("/api/v1/work/returned").json()["results"]
    assert held.pk not in [row["rejection"]["id"] for row in rows]


def test_lists_are_filtered_and_an_unknown_filter_is_refused(held, rob, sign_in):
    client, where = sign_in(rob), url(held).rsplit("/", 1)[0]
    found = {state: len(client.get(f"{where}?state={state}").json()["results"]) for state in ("held", "returned")}
    assert found == {"held": 1, "returned": 2}
    assert client.get(f"{where}?appeal=open").json()["results"] == []
    assert client.get(f"{where}?state=lost").status_code == 400


def test_an_appeal_needs_a_reply_and_an_appeal(returned, rob, sign_in):
    body = {"upheld": False, "reply": "No."}
    assert sign_in(rob).post(url(returned, "/decide-appeal"), body, format="json").status_code == 404
    appealing.appeal(rejection=returned, text=TEXT, now=NOW)
    blank = sign_in(rob).post(url(returned, "/decide-appeal"), body | {"reply": " "}, format="json")
    assert (blank.status_code, blank.json()["problems"][0]["path"]) == (400, "reply")


def test_who_may_look_and_who_may_decide(appealed, org, max_, mia, rob, ann, eve, sign_in, with_key):
    """Managers and reviewers decide, members and keys look, labelers may not, a stranger finds nothing."""
    clients = {person: sign_in(person) for person in (max_, rob, mia, ann, eve)}
    clients |= {"key": with_key(org)}
    looks = {max_: 200, rob: 200, mia: 200, "key": 200, ann: 403, eve: 404}
    decides = {mia: 403, "key": 403, ann: 403, eve: 404, max_: 200, rob: 409}
    for who, status in looks.items():
        assert clients[who].get(url(appealed)).status_code == status, who
        assert clients[who].get(url(appealed).rsplit("/", 1)[0]).status_code == status, who
    for who, status in decides.items():
        body = {"upheld": False, "reply": "No."}
        reply = clients[who].post(url(appealed, "/decide-appeal"), body, format="json")
        assert reply.status_code == status, who
        for end in ("/confirm", "/dismiss"):
            wanted = 409 if status in (200, 409) else status
            assert clients[who].post(url(appealed, end)).status_code == wanted, (who, end)
    assert clients[max_].get(url(appealed)).json()["who"] == "Bob"
    assert all(clients[who].get(url(appealed)).json()["who"].startswith("a_") for who in (rob, mia, "key"))


def test_a_reviewer_of_other_projects_finds_nothing(appealed, org, sign_in):
    appealed.project.open_to_all = False
    appealed.project.save()
    assert sign_in(make_user(org, "reviewer")).get(url(appealed)).status_code == 404


def test_the_explanation_tells_what_the_page_tells(appealed, max_, mia, ann, eve, sign_in):
    task_id = appealed.answer.task_id
    where = f"/api/v1/tasks/{task_id}/explanation"
    told = sign_in(mia).get(where).json()
    assert [answer["is_live"] for answer in told["answers"]] == [True, False]
    (review,) = told["reviews"]
    assert (review["verdict"], review["rejections"][0]["appeal"]) == ("reject", "open")
    assert told["rule"] == {"is_adaptive": False, "wanted": 2} and told["gold"] is None
    assert "Bob" not in str(told)
    assert [sign_in(who).get(where).status_code for who in (max_, ann, eve)] == [200, 403, 404]
