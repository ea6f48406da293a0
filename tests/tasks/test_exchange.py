from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.outbox.models import Event
from labeling.pseudonym import number_of
from tasks.models import Answer, Assignment, Draft, Project, Task
from tasks.services import leasing, offering
from tests.factories import make_org, make_project, make_task, make_tasks, make_user, make_version
from tests.tasks.working import EXCHANGE, answer_to, at_work, counts_hold, exchange, id_of, statements

pytestmark = pytest.mark.django_db


def test_one_round_trip_stores_an_answer_and_brings_the_next_task(org, ann, sign_in):
    project = make_project(org, guideline="Read **all** of it.", end_use="Research")
    first, second = make_task(project), make_task(project)
    client = sign_in(ann)
    reply = exchange(client, want=1)
    (task,) = reply["tasks"]
    assert id_of(task) == first.pk
    assert task["item"] == {"id": number_of("item", first.item_id), "text": first.item.data["text"], "data": {}}
    assert reply["projects"][f"{project.pk}.1"]["widget"] == "gw-choice"
    assert "<strong>all</strong>" in reply["projects"][f"{project.pk}.1"]["guideline_html"]
    reply = exchange(client, answers=[answer_to(task)], want=1)
    (result,) = reply["results"]
    assert result["status"] == "stored"
    assert [id_of(t) for t in reply["tasks"]] == [second.pk]
    assert reply["session"] == {"done": 1, "goal": 60, "eta_s": 118, "active_s": 2, "limit": None, "break_due": False}
    first.refresh_from_db()
    assert (first.state, first.answered) == ("resolved", 1)
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds.index("answer.submitted") < kinds.index("task.resolved")
    assert Answer.objects.get(pk=result["answer_id"]).value == {"option": "good"}


def test_the_same_answer_again_is_a_duplicate_with_the_first_result(org, ann, sign_in):
    make_task(make_project(org))
    client = sign_in(ann)
    entry = answer_to(exchange(client, want=1)["tasks"][0])
    first = exchange(client, answers=[entry])["results"][0]
    again = exchange(client, answers=[entry | {"active_ms": 9}])["results"][0]
    assert (again["status"], again["answer_id"]) == ("duplicate", first["answer_id"])
    other = exchange(client, answers=[entry | {"answer": {"option": "bad"}}])["results"][0]
    assert other["status"] == "refused"
    twice = exchange(client, answers=[entry, entry])["results"]
    assert [r["status"] for r in twice] == ["duplicate", "duplicate"]
    assert Answer.objects.count() == 1


def test_a_second_answer_to_a_task_is_refused(org, ann, sign_in):
    make_task(make_project(org))
    client = sign_in(ann)
    task = exchange(client, want=1)["tasks"][0]
    one, two = exchange(client, answers=[answer_to(task), answer_to(task)])["results"]
    assert (one["status"], two["status"]) == ("stored", "refused")
    assert "answered already" in two["detail"]


def test_an_invalid_answer_names_the_wrong_field_and_stops_nobody(org, ann, sign_in):
    make_tasks(make_project(org), 2)
    client = sign_in(ann)
    wrong, right = exchange(client, want=2)["tasks"]
    reply = exchange(client, answers=[answer_to(wrong, {"option": "ugly"}), answer_to(right)])
    assert [r["status"] for r in reply["results"]] == ["invalid", "stored"]
    assert reply["results"][0]["problems"][0]["path"] == "option"
    assert Assignment.objects.get(pk=wrong["assignment"]).state == "leased"


def test_an_answer_is_judged_by_the_version_it_was_given_under(org, ann, sign_in):
    project = make_project(org)
    make_task(project)
    client = sign_in(ann)
    task = exchange(client, want=1)["tasks"][0]
    make_version(project, {"question": "?", "options": [{"value": "a"}, {"value": "b"}]}, 2)
    unknown = exchange(client, answers=[answer_to(task, schema_version=3)])["results"][0]
    assert (unknown["status"], unknown["problems"][0]["path"]) == ("refused", "schema_version")
    assert exchange(client, answers=[answer_to(task)])["results"][0]["status"] == "stored"
    assert Answer.objects.get().schema_version == 1


def test_somebody_elses_assignment_is_like_none(org, ann, bob, eve, sign_in):
    make_task(make_project(org))
    task = exchange(sign_in(ann), want=1)["tasks"][0]
    for person in (bob, eve):
        client = sign_in(person)
        assert exchange(client, answers=[answer_to(task)])["results"][0]["detail"] == "no such assignment"
        reply = exchange(
            client,
            answers=[answer_to(task, assignment=999)],
            skips=[{"assignment": task["assignment"], "reason": "other"}],
            returns=[task["assignment"], 999],
        )
        assert reply["results"][0]["detail"] == "no such assignment"
        told = {entry["detail"] for entry in reply["skipped"] + reply["returned"]}
        assert told == {"no such assignment"}
        path = f"/api/v1/assignments/{task['assignment']}"
        missing = "/api/v1/assignments/99999"
        for end, body in (("/answer", {"answer": {"option": "good"}}), ("/skip", {"reason": "other"}), ("/return", {})):
            theirs, none = (client.post(base + end, body, format="json") for base in (path, missing))
            assert theirs.status_code == none.status_code == 404
            assert theirs.json() == none.json()
        assert client.get(path).status_code == 404
        assert client.put(path + "/draft", {"seq": 1, "value": {}}, format="json").status_code == 404
    assert Assignment.objects.get().state == "leased"


def test_a_late_answer_is_taken_while_a_slot_is_free(org, ann, bob, sign_in):
    make_tasks(make_project(org), 2)
    client = sign_in(ann)
    kept, lost = exchange(client, want=2)["tasks"]
    Assignment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert leasing.expire_overdue(now=timezone.now()) == 2
    theirs = {task["assignment"]: task for task in exchange(sign_in(bob), want=1)["tasks"]}
    (given,) = theirs.values()
    late = [answer_to(task) for task in (kept, lost)]
    results = {r["assignment"]: r for r in exchange(client, answers=late)["results"]}
    by_task = {kept["task"]: results[kept["assignment"]], lost["task"]: results[lost["assignment"]]}
    gone = by_task.pop(given["task"])
    assert gone["status"] == "refused" and "expired" in gone["detail"]
    assert [r["status"] for r in by_task.values()] == ["late"]
    assert counts_hold()


def test_a_reloaded_page_gets_its_tasks_back_with_their_drafts(org, ann, sign_in):
    make_tasks(make_project(org), 3)
    client = sign_in(ann)
    task = exchange(client, want=1)["tasks"][0]
    path = f"/api/v1/assignments/{task['assignment']}/draft"
    assert client.put(path, {"seq": 2, "value": {"option": "bad"}}, format="json").json() == {"seq": 2}
    assert client.put(path, {"seq": 1, "value": {"option": "good"}}, format="json").json() == {"seq": 2}
    first, other = exchange(client, want=2)["tasks"]
    assert first["assignment"] == task["assignment"]
    assert first["draft"] == {"seq": 2, "value": {"option": "bad"}}
    held = [first["assignment"], other["assignment"]]
    (third,) = exchange(client, want=1, have=held)["tasks"]
    assert third["assignment"] not in held
    exchange(client, answers=[answer_to(first)])
    assert not Draft.objects.exists()
    assert client.put(path, {"seq": 9, "value": {}}, format="json").status_code == 409


def test_a_sign_of_life_extends_the_lease(org, ann, sign_in):
    make_task(make_project(org))
    client = sign_in(ann)
    task = exchange(client, want=1)["tasks"][0]
    nearly = timezone.now() + timedelta(seconds=60)
    Assignment.objects.update(expires_at=nearly)
    exchange(client, have=[task["assignment"]])
    assert Assignment.objects.get().expires_at > nearly + timedelta(seconds=60)
    Assignment.objects.update(expires_at=nearly)
    assert client.post(f"/api/v1/assignments/{task['assignment']}/heartbeat").status_code == 200
    assert Assignment.objects.get().expires_at > nearly


def test_skips_and_returns_may_be_sent_twice(org, ann, sign_in):
    make_tasks(make_project(org), 2)
    client = sign_in(ann)
    one, two = (task["assignment"] for task in exchange(client, want=2)["tasks"])
    for _ in range(2):
        reply = exchange(client, skips=[{"assignment": one, "reason": "harmful", "note": "ugh"}], returns=[two])
        assert reply["skipped"] == [{"assignment": one, "status": "skipped"}]
        assert reply["returned"] == [{"assignment": two, "status": "returned"}]
    bad = exchange(client, skips=[{"assignment": two, "reason": "tired"}])["skipped"][0]
    assert (bad["status"], bad["problems"][0]["path"]) == ("refused", "reason")
    assert counts_hold()


def test_a_page_that_leaves_late_does_not_end_the_leases_its_next_load_took_up(org, ann, sign_in):
    make_tasks(make_project(org), 3)
    client = sign_in(ann)
    old = exchange(client, want=3)
    one, two, three = (task["assignment"] for task in old["tasks"])
    exchange(client, have=[one])  # a lease kept alive is not one taken up
    assert [task["assignment"] for task in exchange(client, want=2)["tasks"]] == [one, two]
    farewell = exchange(client, returns=[one, two, three], as_of=old["now"])["returned"]
    assert [(each["assignment"], each["status"]) for each in farewell] == [
        (one, "refused"),
        (two, "refused"),
        (three, "returned"),
    ]
    assert counts_hold()
    late = "9999-12-31T23:59:59Z"
    assert exchange(client, returns=[one], as_of=late)["returned"] == [{"assignment": one, "status": "returned"}]
    assert exchange(client, returns=[two])["returned"] == [{"assignment": two, "status": "returned"}]


def test_a_paused_project_gives_nothing_but_takes_what_is_held(org, ann, sign_in):
    project = make_project(org)
    make_tasks(project, 2)
    client = sign_in(ann)
    task = exchange(client, want=1)["tasks"][0]
    project.state = "paused"
    project.save()
    reply = exchange(client, answers=[answer_to(task)], want=3)
    assert reply["results"][0]["status"] == "stored"
    assert reply["tasks"] == []


def test_a_correction_supersedes_until_it_is_exported(org, ann, bob, sign_in):
    make_task(make_project(org, overlap=2))
    client = sign_in(ann)
    task = exchange(client, want=1)["tasks"][0]
    first = exchange(client, answers=[answer_to(task)])["results"][0]["answer_id"]
    fix = answer_to(task, {"option": "bad"}, supersedes=first)
    fixed = exchange(client, answers=[fix])["results"][0]
    assert fixed["status"] == "stored"
    live = Answer.objects.get(is_live=True)
    assert (live.pk, live.value, live.supersedes_id) == (fixed["answer_id"], {"option": "bad"}, first)
    assert Event.objects.filter(kind="answer.corrected", object_id=live.pk).count() == 1
    assert Task.objects.get().answered == 1
    assert exchange(client, answers=[fix])["results"][0]["status"] == "duplicate"
    again = exchange(client, answers=[answer_to(task, supersedes=first)])["results"][0]
    assert again["status"] == "refused"
    Answer.objects.update(is_locked=True)
    locked = exchange(client, answers=[answer_to(task, supersedes=live.pk)])["results"][0]
    assert locked["status"] == "refused"
    foreign = exchange(sign_in(bob), answers=[answer_to(task, supersedes=live.pk)])["results"][0]
    assert foreign["detail"] == "no such assignment"


def test_only_the_last_ten_answers_may_be_corrected(org, ann, sign_in):
    make_tasks(make_project(org), 11)
    client = sign_in(ann)
    tasks = exchange(client, want=10)["tasks"]
    tasks += exchange(client, want=1, have=[t["assignment"] for t in tasks])["tasks"]
    ids = [r["answer_id"] for r in exchange(client, answers=[answer_to(t) for t in tasks])["results"]]
    history = client.get("/api/v1/work/history").json()["results"]
    assert [entry["answer_id"] for entry in history] == ids[::-1]
    assert [entry["may_correct"] for entry in history] == [True] * 10 + [False]
    assert history[0]["answer"] == {"option": "good"}
    old = exchange(client, answers=[answer_to(tasks[0], supersedes=ids[0])])["results"][0]
    assert old["status"] == "refused"


def test_offers_come_before_other_open_tasks(org, ann, sign_in):
    make_tasks(make_project(org), 3)
    offering.offer(who=at_work(ann), count=1, now=timezone.now())
    offered = Assignment.objects.get()
    assert exchange(sign_in(ann), want=1)["tasks"][0]["assignment"] == offered.pk
    offered.refresh_from_db()
    assert offered.state == "leased"


def test_idle_offers_of_others_are_taken_when_nothing_else_is_open(org, ann, bob, sign_in):
    make_task(make_project(org))
    offering.offer(who=at_work(bob), count=1, now=timezone.now())
    (task,) = exchange(sign_in(ann), want=1)["tasks"]
    assert Assignment.objects.get(annotator=bob).state == "expired"
    assert counts_hold()
    assert exchange(sign_in(bob), want=1)["tasks"] == []
    assert exchange(sign_in(ann), answers=[answer_to(task)])["results"][0]["status"] == "stored"


def test_who_may_not_label_is_refused(org, mia, with_key):
    assert with_key(org).post(EXCHANGE, {"want": 1}, format="json").status_code == 403
    assert APIClient().post(EXCHANGE, {"want": 1}, format="json").status_code == 401
    client = APIClient()
    client.force_login(mia, backend="workers.web.backend.MemberBackend")
    assert client.post(EXCHANGE, {"want": 1}, format="json").status_code == 403


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"want": 11}, "want"),
        ({"want": -1}, "want"),
        ({"want": "2"}, "want"),
        ({"wants": 1}, "wants"),
        ({"answers": {}}, "answers"),
        ({"have": ["x"]}, "have[0]"),
        ({"returns": [True]}, "returns[0]"),
        ({"as_of": "2026-05-04T09:30:00"}, "as_of"),
        ({"as_of": 5}, "as_of"),
        ({"project": "a"}, "project"),
    ],
)
def test_a_malformed_request_is_refused_with_the_path(org, ann, sign_in, body, path):
    reply = sign_in(ann).post(EXCHANGE, body, format="json")
    assert reply.status_code == 400
    assert [p["path"] for p in reply.json()["problems"]] == [path]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": "not-a-uuid"}, "answers[0].id"),
        ({"assignment": "7"}, "answers[0].assignment"),
        ({"surprise": 1}, "answers[0].surprise"),
        ({"active_ms": -5}, "answers[0].active_ms"),
    ],
)
def test_a_malformed_entry_is_refused_alone(org, ann, sign_in, change, path):
    make_tasks(make_project(org), 2)
    client = sign_in(ann)
    one, two = exchange(client, want=2)["tasks"]
    bad, good = exchange(client, answers=[answer_to(one) | change, answer_to(two)])["results"]
    assert (bad["status"], good["status"]) == ("refused", "stored")
    assert [p["path"] for p in bad["problems"]] == [path]


def test_being_seen_is_written_twice_a_minute_at_most(org, ann, sign_in):
    client = sign_in(ann)
    exchange(client)
    seen = ann.memberships.get().seen_at
    assert seen is not None
    exchange(client)
    assert ann.memberships.get().seen_at == seen


# session, user, membership; heartbeat; inbox, projects with cursors, the claim, its event, the inbox's event;
# tasks, projects; two for the session's figures
THE_NEXT = 13
# assignments, schemas, earlier answers (for any number); task, its state, assignment, answer, event
ONE_ANSWER = 8
MORE_ON_SQLITE = 7  # no statement there writes three tables


@pytest.mark.django_db(transaction=True)
def test_the_number_of_queries_stays_low(sign_in):
    org = make_org()
    ann = make_user(org, seen_at=timezone.now())
    make_tasks(make_project(org, overlap=2), 20)
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    more = 0 if connection.vendor == "postgresql" else MORE_ON_SQLITE
    with CaptureQueriesContext(connection) as captured:
        (second,) = exchange(client, want=1, have=[task["assignment"]])["tasks"]
    assert len(statements(captured)) <= THE_NEXT + more, "\n".join(statements(captured))
    with CaptureQueriesContext(connection) as captured:
        exchange(client, answers=[answer_to(task)], want=1, have=[second["assignment"]])
    assert len(statements(captured)) <= THE_NEXT + ONE_ANSWER + more, "\n".join(statements(captured))


def test_the_plain_form_speaks_in_status_codes(org, ann, sign_in):
    make_tasks(make_project(org), 2)
    client = sign_in(ann)
    task, other = exchange(client, want=2)["tasks"]
    path = f"/api/v1/assignments/{task['assignment']}/answer"
    wrong = client.post(path, {"answer": {"option": "ugly"}}, format="json")
    assert (wrong.status_code, wrong.json()["problems"][0]["path"]) == (422, "option")
    malformed = client.post(path, {"id": "x", "answer": {"option": "good"}}, format="json")
    assert (malformed.status_code, malformed.json()["problems"][0]["path"]) == (400, "id")
    body = {"id": str(uuid4()), "answer": {"option": "good"}}
    assert client.post(path, body, format="json").status_code == 201
    assert client.post(path, body, format="json").status_code == 200
    assert client.post(path, body | {"id": str(uuid4())}, format="json").status_code == 409
    base = f"/api/v1/assignments/{other['assignment']}"
    assert client.get(base).json()["state"] == "leased"
    assert client.post(base + "/skip", {"reason": "nope"}, format="json").status_code == 400
    assert client.post(base + "/return").status_code == 200
    assert client.post(base + "/skip", {"reason": "other"}, format="json").status_code == 409
    assert client.post(base + "/heartbeat").status_code == 409


def test_a_project_whose_type_is_not_installed_any_more_keeps_nobody_from_other_work(org, ann, sign_in):
    plugged = make_project(org, priority=9)
    make_tasks(plugged, 3)
    client = sign_in(ann)
    done, _held = exchange(client, want=2)["tasks"]
    exchange(client, answers=[answer_to(done)])
    Project.objects.filter(pk=plugged.pk).update(type="stars")
    known = make_task(make_project(org))
    reply = exchange(client, want=2)
    assert [id_of(task) for task in reply["tasks"]] == [known.pk]
    assert client.get("/api/v1/work/history").json()["results"] == []
    assert "stars" not in client.get("/api/v1/work/projects").content.decode()
