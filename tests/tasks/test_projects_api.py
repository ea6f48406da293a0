"""Projects through the API: make, change, launch, watch."""

import pytest

from labeling.outbox.models import Event
from tasks.models import Project
from tests.factories import CHOICE, make_dataset, make_org, make_project, make_user
from workers.models import Group

BODY = {"name": "Reviews", "type": "choice", "config": CHOICE}


@pytest.fixture
def api(org, with_key):
    return with_key(org)


def test_a_project_is_made_with_its_first_version(org, api):
    reply = api.post("/api/v1/projects", BODY | {"overlap": 3, "end_use": "A public benchmark.", "guideline": "# Read"})
    assert reply.status_code == 201, reply.json()
    body = reply.json()
    assert (body["state"], body["version"], body["overlap"], body["mode"]) == ("draft", 1, 3, "live")
    assert body["config"]["options"][0] == {"value": "good", "label": "good", "description": "", "key": "1"}
    assert reply["Location"] == f"/api/v1/projects/{body['id']}"
    assert api.get(reply["Location"]).json() == body
    assert Event.objects.filter(kind="project.created", project_id=body["id"]).count() == 1


def test_everything_wrong_is_told_at_once_with_its_path(api):
    config = {"question": "", "options": [{"value": "a"}, {"value": "a"}], "colour": 1}
    reply = api.post(
        "/api/v1/projects", BODY | {"config": config, "overlap": 0, "aggregation": "oracle", "name": " x "}
    )
    assert reply.status_code == 400
    paths = {problem["path"] for problem in reply.json()["problems"]}
    assert {"overlap", "aggregation", "config.question", "config.options[1].value", "config.colour"} <= paths


def test_an_unknown_type_lists_the_known_ones(api):
    reply = api.post("/api/v1/projects", BODY | {"type": "telepathy"})
    assert reply.status_code == 400
    [problem] = reply.json()["problems"]
    assert problem["path"] == "type"
    assert "choice" in problem["message"]
    assert "multichoice" in problem["message"]


def test_a_field_nobody_knows_is_refused(api):
    reply = api.post("/api/v1/projects", BODY | {"state": "running"})
    assert reply.status_code == 400
    assert reply.json()["problems"][0]["path"] == "state"
    assert not Project.objects.exists()


def test_a_name_is_taken_until_its_project_is_archived(org, api):
    first = api.post("/api/v1/projects", BODY).json()
    again = api.post("/api/v1/projects", BODY)
    assert (again.status_code, again.json()["problems"][0]["path"]) == (400, "name")
    assert api.post(f"/api/v1/projects/{first['id']}/archive").json()["state"] == "archived"
    assert api.post("/api/v1/projects", BODY).status_code == 201
    assert api.post(f"/api/v1/projects/{first['id']}/restore").json()["problems"][0]["path"] == "name"


def test_the_same_idempotency_key_makes_one_project(api):
    replies = [api.post("/api/v1/projects", BODY, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].json() == replies[1].json()
    assert Project.objects.count() == 1


def test_what_annotators_see_becomes_a_new_version(org, api):
    project = make_project(org)
    path = f"/api/v1/projects/{project.pk}"
    assert api.patch(path, {"guideline": "Read twice."}).json()["version"] == 2
    assert api.patch(path, {"name": "Renamed", "priority": 5}).json()["version"] == 2
    assert api.patch(path, {"guideline": "Read twice."}).json()["version"] == 2, "nothing changed"
    body = api.patch(path, {"overlap": 5, "config": CHOICE | {"question": "Really?"}}).json()
    assert (body["version"], body["overlap"], body["guideline"], body["name"]) == (3, 5, "Read twice.", "Renamed")
    versions = api.get(f"{path}/versions").json()["results"]
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert [version["overlap"] for version in versions] == [5, 1, 1]


def test_a_change_of_nothing_is_refused(org, api):
    project = make_project(org)
    assert api.patch(f"/api/v1/projects/{project.pk}", {}).status_code == 400


def test_a_project_moves_only_along_its_states(org, api):
    project = make_project(org)
    path = f"/api/v1/projects/{project.pk}"
    assert api.post(f"{path}/pause").json()["state"] == "paused"
    again = api.post(f"{path}/pause")
    assert (again.status_code, again.json()["detail"]) == (409, "the project is paused, not running")
    assert api.post(f"{path}/resume").json()["state"] == "running"
    assert api.post(f"{path}/complete").json()["state"] == "completed"
    assert api.post(f"{path}/resume").json()["state"] == "running"


def test_a_launch_opens_a_task_for_each_item_once(org, api):
    project, dataset = make_project(org, state="draft"), make_dataset(org, items=3)
    path = f"/api/v1/projects/{project.pk}"
    assert api.post(f"{path}/launch", {"dataset": dataset.pk}).json()["tasks"] == 3
    assert api.post(f"{path}/launch", {"dataset": dataset.pk}).json()["tasks"] == 0
    body = api.get(path).json()
    assert (body["state"], body["datasets"]) == ("running", [dataset.pk])
    assert api.get(f"{path}/progress").json()["tasks"] == {
        "total": 3,
        "open": 3,
        "resolved": 0,
        "in_review": 0,
        "paused": 0,
        "canceled": 0,
    }


def test_members_and_groups_are_people_who_label_here(org, ann, mia, eve, api):
    project = make_project(org)
    group = Group.objects.create(organization=org, name="Night shift")
    path = f"/api/v1/projects/{project.pk}"
    body = api.patch(path, {"members": [ann.pk], "groups": [group.pk], "open_to_all": False}).json()
    assert (body["members"], body["groups"], body["open_to_all"]) == ([ann.pk], [group.pk], False)
    foreign = Group.objects.create(organization=make_org(), name="Night shift")
    reply = api.patch(path, {"members": [ann.pk, eve.pk, mia.pk, 999_999], "groups": [foreign.pk]})
    assert reply.status_code == 400
    paths = [problem["path"] for problem in reply.json()["problems"]]
    assert paths == ["members[1]", "members[2]", "members[3]", "groups[0]"]
    assert api.get(path).json()["members"] == [ann.pk]


def test_the_list_takes_the_same_queries_for_one_as_for_many(org, api, django_assert_max_num_queries):
    for _ in range(5):
        make_project(org)
    make_project(org, state="archived")
    api.get("/api/v1/projects")
    with django_assert_max_num_queries(6):
        rows = api.get("/api/v1/projects").json()["results"]
    assert len(rows) == 5
    assert len(api.get("/api/v1/projects?state=archived").json()["results"]) == 1


def test_an_unknown_filter_is_refused_with_the_known_ones(api):
    reply = api.get("/api/v1/projects?organization=1")
    assert reply.status_code == 400
    [problem] = reply.json()["problems"]
    assert problem["path"] == "organization"
    assert "state" in problem["message"]


def test_test_keys_see_test_projects_only(org, with_key):
    live, test = make_project(org), make_project(org, mode="test")
    for mode, mine, other in (("live", live, test), ("test", test, live)):
        api = with_key(org, mode=mode)
        assert [row["id"] for row in api.get("/api/v1/projects").json()["results"]] == [mine.pk]
        assert api.get(f"/api/v1/projects/{other.pk}").status_code == 404
        assert api.post(f"/api/v1/projects/{other.pk}/pause").status_code == 404


def test_task_types_come_with_samples(api):
    types = {one["name"]: one for one in api.get("/api/v1/task-types").json()}
    assert {"choice", "multichoice"} <= set(types)
    assert types["choice"]["samples"][0]["config"]["options"]


def test_a_person_of_two_organizations_works_for_the_chosen_one(org, max_, sign_in):
    other = make_org()
    make_user(other, "admin")
    make_project(other)
    assert sign_in(max_).get("/api/v1/projects").json()["results"] == []
