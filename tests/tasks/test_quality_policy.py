"""The quality policy of a project: by API, with what it takes and what it saves."""

import pytest

from labeling.outbox.models import Event
from tasks.models import Calibration, QualityPolicy, Task
from tasks.services.consensus import update_project
from tasks.services.policies import change_policy
from tests.factories import NOW, make_answer, make_org, make_project, make_tasks
from tests.tasks.crowd import COLORS, answer_all, make_crowd_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(org, with_key):
    return with_key(org)


def url(project, more=""):
    return f"/api/v1/projects/{project.pk}/quality{more}"


def test_a_project_begins_with_a_fixed_number_of_answers(org, api):
    project = make_project(org, overlap=3)
    body = api.get(url(project)).json()
    assert body["policy"] == {
        "number": 0,
        "rule": "fixed",
        "floor": 2,
        "ceiling": 5,
        "target": 0.95,
        "audit_share": 0.03,
        "review_below": 0.7,
        "cost_per_answer": "0.0000",
        "currency": "USD",
        "created_at": None,
    }
    assert body["calibration"] == {
        "number": 0,
        "tau": 0.95,
        "temperature": 1.0,
        "curves": {},
        "evidence": {},
        "fitted_at": None,
    }
    assert (body["estimate"]["basis"], body["estimate"]["answers_each"], body["saved"]) == ("overlap", 3.0, None)


def test_every_change_is_a_new_number_and_an_event(org, api):
    project = make_project(org)
    make_tasks(project, 10)
    body = api.patch(url(project), {"rule": "agree", "ceiling": 7, "cost_per_answer": "0.04"}, format="json").json()
    assert (body["policy"]["number"], body["policy"]["rule"], body["policy"]["ceiling"]) == (1, "agree", 7)
    assert Event.objects.get(kind="policy.changed").payload == {
        "number": 1,
        "changed": ["ceiling", "cost_per_answer", "rule"],
    }
    assert api.patch(url(project), {"ceiling": 7}, format="json").json()["policy"]["number"] == 1
    late = api.patch(url(project), {"ceiling": 9, "expected_number": 0}, format="json")
    assert late.status_code == 409
    assert api.patch(url(project), {"ceiling": 9, "expected_number": 1}, format="json").json()["policy"]["number"] == 2
    numbers = [one["number"] for one in api.get(url(project, "/policies")).json()["results"]]
    assert numbers == [2, 1]


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"floor": 6}, {"floor"}),
        ({"floor": 0, "ceiling": 101}, {"floor", "ceiling"}),
        ({"rule": "guess"}, {"rule"}),
        ({"target": 1.0, "review_below": -0.1}, {"target", "review_below"}),
        ({"audit_share": 0.5}, {"audit_share"}),
        ({"cost_per_answer": "-1"}, {"cost_per_answer"}),
        ({"cost_per_answer": "0.00001"}, {"cost_per_answer"}),
        ({"currency": "usd"}, {"currency"}),
        ({}, {""}),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(org, api, change, paths):
    project = make_project(org)
    reply = api.patch(url(project), change, format="json")
    assert reply.status_code in (400, 422)
    assert {problem["path"] for problem in reply.json()["problems"]} == paths
    assert not QualityPolicy.objects.exists()


def test_an_unknown_field_is_refused(org, api):
    assert api.patch(url(make_project(org)), {"tau": 0.9}, format="json").status_code in (400, 422)


def test_a_foreign_project_is_missing(org, api, eve, sign_in):
    project = make_project(make_org())
    for more in ("", "/estimate", "/policies"):
        assert api.get(url(project, more)).status_code == 404
    assert api.patch(url(project), {"ceiling": 7}, format="json").status_code == 404


def test_who_may_only_look_may_not_change(org, with_key):
    reader = with_key(org, "read")
    project = make_project(org)
    assert reader.get(url(project)).status_code == 200
    assert reader.patch(url(project), {"ceiling": 7}, format="json").status_code == 403


def test_before_any_answers_the_estimate_says_what_it_assumes(org, api):
    project = make_project(org, config={"question": "?", "options": [{"value": "a"}, {"value": "b"}]})
    make_tasks(project, 1000)
    query = {"rule": "agree", "floor": 2, "ceiling": 5, "cost_per_answer": "0.10", "currency": "EUR"}
    found = api.get(url(project, "/estimate"), query).json()
    assert (found["basis"], found["assumed_accuracy"], found["measured_on"]) == ("prior", 0.8, 0)
    assert 2.5 < found["answers_each"] < 4.5
    assert found["answers"] == pytest.approx(1000 * found["answers_each"], abs=6)
    assert float(found["cost"]) == pytest.approx(found["answers"] / 10, abs=0.01)
    assert (found["fixed_answers"], found["fixed_cost"], found["currency"]) == (5000, "500.00", "EUR")
    assert not QualityPolicy.objects.exists(), "asking changes nothing"
    assert api.get(url(project, "/estimate"), {"floor": 9}).status_code in (400, 422)


def test_a_pilot_is_replayed(org, api):
    project, tasks, people = make_crowd_project(people=5, tasks=40, aggregation="e4")
    project.organization = org
    project.save()
    answer_all(tasks, people, skill=0.9)
    update_project(project_id=project.pk)
    found = api.get(url(project, "/estimate"), {"rule": "agree", "ceiling": 5}).json()
    assert (found["basis"], found["measured_on"]) == ("replay", 40)
    assert 2 <= found["answers_each"] < 4


def audited_project(tasks=60, skill=0.9):
    """Under the rule, with an audit sample of many."""
    project, made, people = make_crowd_project(people=5, tasks=tasks, aggregation="e4")
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=5, cost_per_answer="0.5")
    answer_all(made, people, skill=skill)
    Task.objects.filter(project=project).update(ceiling=5, is_audit=True)
    update_project(project_id=project.pk)
    return project, people


def test_the_bar_is_derived_from_fifty_audited_tasks_and_kept_with_every_label():
    project, people = audited_project()
    found = Calibration.objects.get(project=project)
    assert found.number == 1
    assert 0.6 <= found.tau <= 0.999
    assert found.evidence["tasks"] == 60
    assert found.evidence["accuracy"] > 0.9
    extra = make_tasks(project, 1, overlap=2, ceiling=5)[0]
    answer_all([extra], people[:2], skill=1)
    update_project(project_id=project.pk)
    extra.refresh_from_db()
    assert extra.consensus.basis["calibration"] == 1
    assert extra.consensus.basis["tau"] == found.tau
    assert extra.consensus.basis["temperature"] == found.temperature
    update_project(project_id=project.pk)
    assert Calibration.objects.count() == 1, "no new evidence"


def test_below_fifty_the_defaults_hold():
    project, _ = audited_project(tasks=30)
    assert not Calibration.objects.filter(project=project).exists()


def test_what_was_saved_and_how_good_it_is(org, api):
    project, people = audited_project(tasks=30)
    project.organization = org
    project.save()
    quick = make_tasks(project, 8, overlap=2, ceiling=5)
    for place, task in enumerate(quick):
        for person in people[:2]:
            make_answer(task, person, {"option": COLORS[place % 3]})
    update_project(project_id=project.pk)
    found = api.get(url(project)).json()["saved"]
    done = Task.objects.filter(project=project, is_audit=False, state="resolved").count()
    assert done >= 6
    assert (found["tasks"], found["answers"], found["saved"]) == (done, 2 * done, 3 * done)
    assert found["saved_share"] == 0.6
    assert found["cost_saved"] == f"{1.5 * done:.2f}"
    assert found["audited"] == 30
    assert found["accuracy"] == pytest.approx(found["right"] / 30, abs=1e-4)
    low, high = found["interval"]
    assert low < found["accuracy"] <= high
