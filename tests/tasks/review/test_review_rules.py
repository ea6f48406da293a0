"""Each project reviews by its own rules; what it does not say is the installation's."""

from datetime import timedelta

import pytest

from labeling.outbox.models import Event
from tasks.models import Rejection, Review, ReviewRules
from tasks.selectors.review_rules import review_rules_of
from tasks.services import appealing, reviewing
from tasks.services.rejecting import Rejected
from tasks.services.review_rules import BOUNDS, set_review_rules
from tests.factories import NOW, make_project
from tests.tasks.review.conftest import decide, reviewer, take, unsure

pytestmark = pytest.mark.django_db
GOOD = {"option": "good"}


def rule(project, **changes):
    set_review_rules(project=project, actor=None, now=NOW, **changes)


def rejected(ria, task) -> Rejection:
    answer = task.answers.order_by("-pk")[0]
    decide(ria, task, "reject", rejections=(Rejected(answer.pk, "missed"),))
    return Rejection.objects.get(answer=answer)


def test_without_rules_of_its_own_a_project_follows_the_installation(project, settings):
    settings.FIX_HOURS = 30
    assert review_rules_of(project.pk).fix_hours == 30
    rule(project, lease_seconds=90)
    assert (review_rules_of(project.pk).lease_seconds, review_rules_of(project.pk).fix_hours) == (90, 30)
    rule(project, lease_seconds=None)
    assert review_rules_of(project.pk).lease_seconds == settings.REVIEW_LEASE_SECONDS


def test_a_reviewer_holds_a_task_as_long_as_its_project_says(org, project, task, ria, ann):
    rule(project, lease_seconds=90)
    other = unsure(make_project(org), {ann: "good"})
    mine, theirs = take(ria, task), take(ria, other)
    assert (mine.expires_at - NOW, theirs.expires_at - NOW) == (timedelta(seconds=90), timedelta(seconds=600))
    later = NOW + timedelta(seconds=60)
    reviewing.keep(who=reviewer(ria), review_ids=[mine.pk, theirs.pk], now=later)
    until = dict(Review.objects.values_list("pk", "expires_at"))
    assert until == {mine.pk: later + timedelta(seconds=90), theirs.pk: later + timedelta(seconds=600)}


def test_an_annotator_has_as_long_to_fix_as_the_project_says(project, task, ria, rob):
    rule(project, fix_hours=24)
    rejection = rejected(ria, task)
    assert rejection.fix_until == NOW + timedelta(hours=24)
    appeal = appealing.appeal(rejection=rejection, text="It is good.", now=NOW)
    rule(project, fix_hours=48)
    appealing.decide_appeal(appeal=appeal, upheld=False, reply="No.", actor_id=rob.pk, now=NOW)
    rejection.refresh_from_db()
    assert rejection.fix_until == NOW + timedelta(hours=48)


@pytest.mark.parametrize(("brake", "states"), [(50, ["returned"] * 4), (5, ["returned", "returned", "held", "held"])])
def test_the_brake_is_the_projects(project, ann, bob, ria, brake, states):
    rule(project, rejection_brake=brake)
    tasks = [unsure(project, {ann: "good", bob: "bad"}) for _ in range(8)]
    assert [rejected(ria, task).state for task in tasks[:4]] == states


@pytest.mark.parametrize("share", [0, 100])
def test_the_share_of_blind_second_reviews_is_the_projects(project, task, ria, settings, share):
    settings.SECOND_REVIEWS = 100 - share
    rule(project, second_reviews=share)
    assert decide(ria, task, "accept", GOOD).wants_second is (share == 100)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_value_out_of_bounds_names_its_field_on_the_page_and_by_api(project, max_, sign_in, name):
    client, (low, high) = sign_in(max_), BOUNDS[name]
    for value in (low - 1, high + 1):
        reply = client.patch(f"/api/v1/projects/{project.pk}/review-rules", {name: value}, format="json")
        assert (reply.status_code, [p["path"] for p in reply.json()["problems"]]) == (400, [name])
        form = {"form": "reviews", f"w-{name}": value}
        page = client.post(f"/projects/{project.pk}/settings/", form, format="multipart")
        assert page.status_code == 422
        assert f'id="id_w-{name}_error"' in page.text
    assert not ReviewRules.objects.exists()


def test_managers_change_them_members_look_and_others_may_not(project, max_, mia, ann, eve, sign_in):
    where = f"/api/v1/projects/{project.pk}/review-rules"
    for person, looks, changes in ((max_, 200, 200), (mia, 200, 403), (ann, 403, 403), (eve, 404, 404)):
        client = sign_in(person)
        assert client.get(where).status_code == looks, person
        assert client.patch(where, {"second_reviews": 25}, format="json").status_code == changes, person
    assert sign_in(mia).get(where).json() == {
        "lease_seconds": 600, "fix_hours": 72, "rejection_brake": 30, "second_reviews": 25, "own": ["second_reviews"],
    }  # fmt: skip
    assert sign_in(max_).patch(where, {}, format="json").status_code == 400
    assert sign_in(max_).patch(where, {"lease": 90}, format="json").status_code == 400
    event = Event.objects.get(kind="project.review_rules_changed")
    assert event.payload["rules"]["second_reviews"] == 25


def test_the_form_shows_what_holds_and_empties_back_to_it(project, max_, sign_in):
    client, where = sign_in(max_), f"/projects/{project.pk}/settings/"
    assert client.post(where, {"form": "reviews", "w-fix_hours": 24}, format="multipart").status_code == 302
    page = client.get(where).text
    assert 'value="24"' in page and 'placeholder="600"' in page
    client.post(where, {"form": "reviews"}, format="multipart")
    assert review_rules_of(project.pk).fix_hours == 72
