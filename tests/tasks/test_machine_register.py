"""The page of a machine, and its own key: shown once, good for its answers and nothing else."""

import re

import pytest
from rest_framework.test import APIClient

from tasks.models import Acceptance, Answer, Machine, MachinePolicy
from tests.factories import make_answer, make_item, make_project, make_task, make_tasks
from tests.tasks.test_machine_figures import say
from tests.tasks.test_machines import GOOD, make_machine
from workers.models import ApiKey

pytestmark = pytest.mark.django_db
FORM = {"name": "Sorter", "version": "1.2", "kind": "llm", "notes": "Fine-tuned."}
KEY = re.compile(r'id="new-key">([^<]+)<')


def with_secret(secret) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def of(machine, project, what="answers"):
    return f"/api/v1/projects/{project.pk}/machines/{machine.pk}/{what}"


@pytest.fixture
def registered(org, max_, sign_in) -> tuple[Machine, str]:
    desk = sign_in(max_)
    assert desk.post("/machines/", FORM, format="multipart").status_code == 302
    page = desk.get("/machines/")
    assert "new-key" not in desk.get("/machines/").text
    return Machine.objects.get(), KEY.search(page.text).group(1)


def test_a_registered_machine_has_a_key_that_is_shown_once_and_sends_its_answers(registered, org, max_, sign_in):
    machine, secret = registered
    project = make_project(org)
    (task,) = make_tasks(project, 1)
    body = {"as": "vote", "answers": [{"task": task.pk, "answer": GOOD}]}
    reply = with_secret(secret).post(of(machine, project), body, format="json")
    assert reply.json()["results"][0]["status"] == "stored"
    for where in ("/machines/", f"/machines/{machine.pk}/"):
        page = sign_in(max_).get(where)
        assert "Sorter 1.2" in page.text and secret not in page.text
    assert machine.key.prefix in page.text


def test_the_key_opens_nothing_else(registered, org):
    machine, secret = registered
    project, other = make_project(org), make_machine(org)
    client, body = with_secret(secret), {"as": "vote", "answers": [{}]}
    assert client.post(of(other, project), body, format="json").status_code == 404, "another machine's"
    for method, where in (
        ("get", "/api/v1/projects"), ("get", f"/api/v1/projects/{project.pk}/gold"),
        ("get", f"/api/v1/projects/{project.pk}/results"), ("get", "/api/v1/machines"),
        ("get", f"/api/v1/machines/{machine.pk}"), ("post", f"/api/v1/machines/{machine.pk}/key"),
        ("get", "/api/v1/organization"), ("get", "/api/v1/keys"), ("post", "/api/v1/datasets"),
    ):  # fmt: skip
        assert getattr(client, method)(where).status_code == 403, where


def test_it_reads_what_it_has_not_answered_without_what_is_known(registered, org):
    machine, secret = registered
    project = make_project(org, gold_field="truth")
    dataset = make_task(project).item.dataset
    check = make_task(project, make_item(dataset, data={"text": "Fine.", "truth": "good"}), state="check")
    suggested = make_item(dataset, data={"text": "Well.", "hypothesis": "good"})
    make_task(project, suggested, suggestion={"value": GOOD, "schema_version": 1})
    make_task(project, state="resolved")
    client = with_secret(secret)
    rows = client.get(of(machine, project, "tasks")).json()["results"]
    assert [row["data"] for row in rows[:2]] == [{"text": "Well."}, {"text": "Fine."}]
    assert len(rows) == 3 and rows[1]["task"] == check.pk
    say(project, machine, [check], purpose="suggestion")
    assert len(client.get(of(machine, project, "tasks")).json()["results"]) == 2


def test_a_new_key_takes_the_place_of_the_old_one(registered, org, max_, sign_in):
    machine, secret = registered
    project = make_project(org)
    page = sign_in(max_).post(f"/machines/{machine.pk}/key/", follow=True)
    fresh = KEY.search(page.text).group(1)
    assert [with_secret(one).get(of(machine, project, "tasks")).status_code for one in (secret, fresh)] == [401, 200]
    by_api = sign_in(max_).post(f"/api/v1/machines/{machine.pk}/key").json()["secret"]
    assert [with_secret(one).get(of(machine, project, "tasks")).status_code for one in (fresh, by_api)] == [401, 200]


def test_switched_off_it_has_no_key_and_settles_nothing_any_more(registered, org, max_, sign_in):
    machine, secret = registered
    project = make_project(org)
    MachinePolicy.objects.create(project=project, accepts=machine)
    Acceptance.objects.create(project=project, machine=machine, threshold=0.9)
    sign_in(max_).post(f"/machines/{machine.pk}/archive/")
    assert with_secret(secret).get(of(machine, project, "tasks")).status_code == 401
    assert MachinePolicy.objects.get().accepts is None and Acceptance.objects.get().ended_at
    assert ApiKey.objects.get(name="Sorter 1.2").revoked_at
    assert "Switched off" in sign_in(max_).get(f"/machines/{machine.pk}/").text
    assert sign_in(max_).post(f"/machines/{machine.pk}/key/", follow=True).status_code == 200
    assert Machine.objects.get(pk=machine.pk).key is None, "and gets none"


def test_its_page_tells_skill_bound_and_what_it_does_to_people(org, ann, max_, sign_in):
    project, machine = make_project(org), make_machine(org)
    tasks = make_tasks(project, 20)
    say(project, machine, tasks)
    for task in tasks:
        make_answer(task, ann, GOOD)
    page = sign_in(max_).get(f"/machines/{machine.pk}/").text
    assert "100 %" in page, "right"
    assert "14 %" in page, "wrong at most: 20 of 20 right leave 13.9 %"
    assert "Nothing can be said yet" in page and Answer.objects.filter(annotator=ann).count() == 20


def test_registering_the_same_version_twice_names_the_field(registered, max_, sign_in):
    page = sign_in(max_).post("/machines/", FORM, format="multipart")
    assert page.status_code == 422 and "is registered already" in page.text
    assert Machine.objects.count() == 1


def test_managers_register_members_look_and_others_see_nothing(registered, max_, mia, ann, eve, sign_in):
    machine, _ = registered
    for person, looks, changes in ((max_, 200, 302), (mia, 200, 403), (ann, 403, 403), (eve, 404, 404)):
        client = sign_in(person)
        assert client.get(f"/machines/{machine.pk}/").status_code == looks, person
        assert (
            client.post(f"/machines/{machine.pk}/notes/", {"notes": "x"}, format="multipart").status_code == changes
        ), person
        assert client.post(f"/api/v1/machines/{machine.pk}/key").status_code == {302: 201}.get(changes, changes)
    assert [sign_in(one).post("/machines/", FORM, format="multipart").status_code for one in (mia, ann)] == [403, 403]
    assert "Sorter" not in sign_in(eve).get("/machines/").text
