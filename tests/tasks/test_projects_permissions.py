"""Who may do what to projects and tasks: every kind of object, every actor, every method.

What belongs to another organization answers exactly as what does not exist.
"""

import pytest

from tasks.models import Project, Task
from tests.factories import CHOICE, make_dataset, make_org, make_project, make_task, make_user

MISSING = 999_999_999
READS = ["projects/{p}", "projects/{p}/versions", "projects/{p}/progress", "projects/{p}/tasks", "projects/{p}/results"]
READS += ["tasks/{t}"]
WRITES = [
    ("patch", "projects/{p}", {"name": "Changed"}),
    ("patch", "projects/{p}", {}),
    ("post", "projects/{p}/launch", {"dataset": "{d}"}),
    *[("post", f"projects/{{p}}/{to}", {}) for to in ("pause", "resume", "complete", "archive", "restore")],
    ("patch", "tasks/{t}", {"priority": 3}),
    ("post", "tasks/{t}/cancel", {}),
]
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def things(org):
    project = make_project(org)
    dataset = make_dataset(org, items=1)
    return {"p": project.pk, "t": make_task(project).pk, "d": dataset.pk}


def call(client, method, path, body=None, **ids):
    body = {
        key: ids[value[1]] if isinstance(value, str) and value == "{d}" else value
        for key, value in (body or {}).items()
    }
    return getattr(client, method)("/api/v1/" + path.format(**ids), body if method != "get" else None)


@pytest.fixture
def clients(org, max_, mia, ann, sign_in, with_key, eve):
    from rest_framework.test import APIClient

    return {
        "manager": sign_in(max_),
        "member": sign_in(mia),
        "labeler": sign_in(ann),
        "reviewer": sign_in(make_user(org, "reviewer")),
        "stranger": sign_in(eve),
        "nobody": APIClient(),
        "homeless": sign_in(make_user()),
        "write key": with_key(org, "write"),
        "read key": with_key(org, "read"),
        "test key": with_key(org, "write", "test"),
        "foreign key": with_key(make_org(), "admin"),
    }


SEES = {"manager", "member", "write key", "read key"}
MAY_WRITE = {"manager", "write key"}
BLIND = {"stranger", "test key", "foreign key"}


def expected(actor, allowed):
    if actor == "nobody":
        return 401
    if actor in BLIND:
        return 404
    return None if actor in allowed else 403


@pytest.mark.parametrize("path", READS)
def test_those_who_see_may_read(path, things, clients):
    for actor, client in clients.items():
        status = call(client, "get", path, **things).status_code
        assert status == (expected(actor, SEES) or 200), actor


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_only_managers_and_writing_keys_may_write(method, path, body, things, clients):
    for actor, client in clients.items():
        if actor in MAY_WRITE:
            continue
        reply = call(client, method, path, body, **things)
        assert reply.status_code == expected(actor, MAY_WRITE), (actor, reply.json())
    project = Project.objects.get(pk=things["p"])
    assert (project.state, project.version, project.name == "Changed") == ("running", 1, False)
    assert Task.objects.get(pk=things["t"]).state == "open"
    for actor in MAY_WRITE:
        assert call(clients[actor], method, path, body, **things).status_code in (200, 400, 409)


@pytest.mark.parametrize("path", sorted({*READS, *(path for _, path, _ in WRITES)}))
def test_a_foreign_object_answers_as_a_missing_one(path, things, clients):
    for actor in BLIND:
        for method in METHODS:
            foreign = call(clients[actor], method, path, **things)
            missing = call(clients[actor], method, path, p=MISSING, t=MISSING, d=MISSING)
            assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content), (actor, method)


def test_only_managers_make_projects_and_lists_show_ones_own(things, clients):
    body = {"name": "New", "type": "choice", "config": CHOICE}
    for actor, client in clients.items():
        listed = client.get("/api/v1/projects")
        if actor in SEES:
            assert [row["id"] for row in listed.json()["results"]] == [things["p"]]
        elif actor in BLIND:
            assert listed.json()["results"] == []
        else:
            assert listed.status_code in (401, 403)
    for actor in ("member", "labeler", "reviewer", "homeless", "read key"):
        assert clients[actor].post("/api/v1/projects", body).status_code == 403, actor
    assert clients["nobody"].post("/api/v1/projects", body).status_code == 401


def test_foreign_ids_in_a_body_answer_as_missing_ones(org, things, clients):
    elsewhere = make_org()
    theirs, test_mode = make_dataset(elsewhere, items=1), make_dataset(org, items=1, mode="test")
    gone = make_dataset(org, items=1, deleted_at="2026-01-01T00:00:00Z")
    path = f"/api/v1/projects/{things['p']}/launch"
    replies = [clients["manager"].post(path, {"dataset": pk}) for pk in (MISSING, theirs.pk, test_mode.pk, gone.pk)]
    for reply in replies:
        assert reply.status_code == 400
        assert [(p["path"], p["code"]) for p in reply.json()["problems"]] == [("dataset", "missing")]
    assert Task.objects.count() == 1
