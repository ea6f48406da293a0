"""The reviewer's API: a reviewer may, a labeler and a member may not, a stranger finds nothing."""

import pytest

from tasks.models import Review
from tests.factories import make_project, make_user
from tests.tasks.review.conftest import unsure

pytestmark = pytest.mark.django_db
GOOD = {"option": "good"}


def take(client, project, **body):
    return client.post(f"/api/v1/projects/{project.pk}/reviews/next", {"source": "queue"} | body, format="json")


def test_a_reviewer_takes_a_task_sees_the_answers_and_settles_it(project, task, ria, sign_in):
    client = sign_in(ria)
    reply = take(client, project, want=2).json()
    (review,) = reply["reviews"]
    answers = review["answers"]
    assert [answer["value"]["option"] for answer in answers] == ["good", "bad"]
    assert [answer["apart"] for answer in answers] == [0.0, 1.0]
    assert all(answer["who"].startswith("a_") for answer in answers), "pseudonyms, not names"
    assert review["consensus"]["value"] == GOOD and reply["left"] == 0
    done = client.post(
        f"/api/v1/reviews/{review['id']}/decide",
        {
            "verdict": "accept",
            "value": GOOD,
            "rejections": [{"answer": answers[1]["id"], "reason": "missed"}],
        },
        format="json",
    )
    assert done.json() == {"id": review["id"], "verdict": "accept", "held": 0}
    again = client.post(f"/api/v1/reviews/{review['id']}/undo", {}, format="json").json()
    assert again["reviews"][0]["id"] == review["id"]
    left = client.post("/api/v1/reviews/leave", {"reviews": [review["id"]]}, format="json")
    assert left.json() == {"given_back": 1}


def test_what_lay_on_a_page_that_crashed_is_given_to_the_same_reviewer_again(project, task, ria, rob, sign_in):
    client = sign_in(ria)
    (lost,) = take(client, project).json()["reviews"]
    assert take(client, project, have=[lost["id"]]).json()["reviews"] == [], "it is on the page still"
    assert take(sign_in(rob), project).json()["reviews"] == []
    assert [review["id"] for review in take(client, project).json()["reviews"]] == [lost["id"]]
    assert take(client, project, source="confidence").json()["reviews"] == [], "it is of another list"


def test_managers_see_the_annotators_by_name(project, task, max_, sign_in):
    (review,) = take(sign_in(max_), project).json()["reviews"]
    assert [answer["who"] for answer in review["answers"]] == ["Ann", "Bob"]


def test_who_may_not_review_is_refused_and_a_stranger_finds_nothing(project, task, ann, mia, eve, sign_in, with_key):
    assert [take(sign_in(user), project).status_code for user in (ann, mia)] == [403, 403]
    assert take(sign_in(eve), project).status_code == 404
    assert take(with_key(project.organization), project).status_code == 403, "reviews are a person's own work"


def test_somebody_elses_review_is_as_missing_as_none(project, task, ria, rob, sign_in):
    take(sign_in(ria), project)
    pk = Review.objects.get().pk
    for user in (rob,):
        for end in ("decide", "undo"):
            body = {"verdict": "accept", "value": GOOD} if end == "decide" else {}
            assert sign_in(user).post(f"/api/v1/reviews/{pk}/{end}", body, format="json").status_code == 404


def test_a_project_for_members_only_is_reviewed_by_its_members_and_managers(org, ria, rob, max_, sign_in):
    closed = make_project(org, open_to_all=False)
    closed.members.add(rob)
    unsure(closed, {make_user(org): "good"})
    assert [take(sign_in(user), closed).status_code for user in (ria, rob, max_)] == [404, 200, 200]


def test_a_bad_verdict_names_its_fields(project, task, ria, sign_in):
    client = sign_in(ria)
    take(client, project)
    pk = Review.objects.get().pk
    assert client.post(f"/api/v1/reviews/{pk}/decide", {"verdict": "shrug"}, format="json").status_code == 400
    missing = client.post(f"/api/v1/reviews/{pk}/decide", {"verdict": "reject"}, format="json")
    assert missing.status_code in (400, 422) and "reason" in missing.content.decode()
    wrong = client.post(f"/api/v1/reviews/{pk}/decide", {"verdict": "fix", "value": {"option": "x"}}, format="json")
    assert wrong.status_code == 422


def test_taking_many_costs_few_queries(project, ria, ann, bob, sign_in, django_assert_max_num_queries):
    for _ in range(5):
        unsure(project, {ann: "good", bob: "bad"})
    client = sign_in(ria)
    with django_assert_max_num_queries(45):  # five leases of a savepoint each
        assert len(take(client, project, want=5).json()["reviews"]) == 5


PAGES = ("/review/", "/projects/{}/review/", "/review/{}/", "/review/{}/?source=person&person=x")


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_reviewers(page, project, task, ria, max_, ann, mia, eve, client, sign_in):
    address = page.format(project.pk)
    found = [sign_in(user).get(address).status_code for user in (ria, max_, ann, mia, eve)]
    assert found == [200, 200, 403, 403, 200 if page == "/review/" else 404]
    assert client.get(address).status_code == 302
    assert sign_in(ria).get(f"/review/{project.pk}/?source=nonsense").status_code == 404
