"""Models that answer: registered, heard once, shown as suggestions or counted as votes."""

from uuid import uuid4

import pytest

from labeling.outbox.models import Event
from tasks.models import Answer, Consensus, LeftOut, Machine, MachineAnswer, Task
from tasks.services.consensus import update_project
from tasks.services.launching import raise_overlap
from tasks.services.machine_answers import Said, store_answers
from tasks.services.machine_policies import change_machine_policy
from tests.factories import NOW, make_answer, make_project, make_tasks, make_user
from tests.tasks.test_stopping import warmed_up
from tests.tasks.working import answer_to, counts_hold, exchange

pytestmark = pytest.mark.django_db
GOOD, BAD = {"option": "good"}, {"option": "bad"}


def make_machine(org, name="Sorter", version="1", **fields):
    user = make_user(name=f"{name} {version}", is_active=False)
    return Machine.objects.create(
        organization=org, name=name, version=version, user=user, **{"kind": "classifier"} | fields
    )


def send(client, project, machine, *answers, purpose="vote"):
    where = f"/api/v1/projects/{project.pk}/machines/{machine.pk}/answers"
    reply = client.post(where, {"as": purpose, "answers": list(answers)}, format="json")
    assert reply.status_code == 200, reply.content
    return reply.json()["results"]


def said(task, value=None, **fields):
    return {"task": task.pk, "answer": value or GOOD} | fields


def test_a_machine_is_registered_listed_noted_and_archived(org, max_, sign_in):
    client, body = sign_in(max_), {"name": "Sorter", "version": "1.2", "kind": "llm"}
    made = client.post("/api/v1/machines", body, format="json")
    assert made.status_code == 201, made.content
    where = made["Location"]
    assert client.post("/api/v1/machines", body, format="json").status_code == 400
    assert (
        client.post("/api/v1/machines", body | {"version": "1.3", "kind": "oracle"}, format="json").status_code == 400
    )
    assert client.patch(where, {"notes": "Fine-tuned."}, format="json").json()["notes"] == "Fine-tuned."
    assert client.patch(where, {"version": "2"}, format="json").status_code == 400
    assert [row["name"] for row in client.get("/api/v1/machines").json()["results"]] == ["Sorter"]
    assert client.post(f"{where}/archive").json()["archived_at"]
    assert client.post(f"{where}/archive").status_code == 409
    machine = Machine.objects.get()
    assert not machine.user.is_active and not machine.user.has_usable_password()
    project = make_project(org)
    reply = client.post(
        f"/api/v1/projects/{project.pk}/machines/{machine.pk}/answers", {"as": "vote", "answers": [{}]}, format="json"
    )
    assert reply.status_code == 409


def test_managers_send_members_look_and_others_see_nothing(org, max_, mia, ann, eve, sign_in, with_key):
    machine, project = make_machine(org), make_project(org)
    (task,) = make_tasks(project, 1)
    where = f"/api/v1/projects/{project.pk}/machines/{machine.pk}/answers"
    body = {"as": "vote", "answers": [said(task)]}
    for person, looks, sends in ((max_, 200, 200), (mia, 200, 403), (ann, 403, 403), (eve, 404, 404)):
        client = sign_in(person)
        assert client.get(f"/api/v1/machines/{machine.pk}").status_code == looks, person
        assert client.post(where, body, format="json").status_code == sends, person
    assert with_key(org, mode="test").get(f"/api/v1/machines/{machine.pk}").status_code == 404
    assert sign_in(eve).get("/api/v1/machines").json()["results"] == []
    theirs = make_machine(eve.memberships.get().organization)
    theirs_project = make_project(theirs.organization)
    assert sign_in(max_).post(where.replace(f"/{machine.pk}/", f"/{theirs.pk}/"), body).status_code == 404
    assert sign_in(eve).post(f"/api/v1/projects/{theirs_project.pk}/machines/{machine.pk}/answers").status_code == 404


def test_each_answer_has_its_own_result_with_paths(org, max_, sign_in):
    machine, project = make_machine(org), make_project(org)
    one, two, gone = make_tasks(project, 3)
    Task.objects.filter(pk=gone.pk).update(state="canceled")
    results = send(
        sign_in(max_), project, machine,
        {"item": one.item.key, "answer": GOOD, "confidence": 0.9},
        said(two, {"option": "ugly"}), said(two, confidence=2), {"item": "nowhere", "answer": GOOD}, {"answer": GOOD},
        said(gone), "text", said(two, schema_version=7), {"answer": GOOD, "task": two.pk, "item": "x"},
    )  # fmt: skip
    found = [(row["status"], [p["path"] for p in row["problems"]]) for row in results]
    assert found == [
        ("stored", []), ("invalid", ["answer.option"]), ("invalid", ["confidence"]), ("invalid", ["item"]),
        ("invalid", ["task"]), ("refused", [""]), ("invalid", [""]), ("invalid", ["schema_version"]),
        ("invalid", ["task"]),
    ]  # fmt: skip
    assert MachineAnswer.objects.get().task == one


@pytest.mark.parametrize("purpose", ["vote", "suggestion"])
def test_what_is_sent_again_is_stored_once(org, max_, sign_in, purpose):
    machine, project = make_machine(org), make_project(org)
    one, two = make_tasks(project, 2)
    client, key = sign_in(max_), str(uuid4())
    answers = [said(one), said(two, id=key)]
    for status in ("stored", "duplicate", "duplicate"):
        assert [row["status"] for row in send(client, project, machine, *answers, purpose=purpose)] == [status] * 2
    other = send(client, project, machine, said(one, BAD), said(two, BAD, id=key), said(one, id=str(uuid4())))
    assert [row["status"] for row in other] == ["refused"] * 3
    assert MachineAnswer.objects.count() == 2
    assert Answer.objects.count() == (2 if purpose == "vote" else 0)
    newer = make_machine(org, version="2")
    assert send(client, project, newer, said(one, BAD), purpose=purpose)[0]["status"] == "stored"


def test_a_vote_counts_and_takes_nobodys_place(org, ann, bob, max_, sign_in):
    machine, project = make_machine(org), make_project(org, overlap=2)
    (task,) = make_tasks(project, 1)
    send(sign_in(max_), project, machine, said(task))
    for person in (ann, bob):
        client = sign_in(person)
        (turn,) = exchange(client, want=1)["tasks"]
        assert turn["suggestion"] is None
        exchange(client, answers=[answer_to(turn, BAD)])
    task.refresh_from_db()
    assert (task.state, task.answered, task.wanted, task.extra) == ("resolved", 3, 3, 1)
    assert counts_hold()
    update_project(project_id=project.pk)
    consensus = Consensus.objects.get()
    assert (consensus.label, consensus.confidence, len(consensus.answers)) == ("bad", pytest.approx(2.5 / 4), 3)
    detail = sign_in(max_).get(f"/api/v1/tasks/{task.pk}").json()
    assert [row["machine"] for row in detail["answers"]] == ["Sorter 1", None, None]
    assert "Sorter 1" in sign_in(max_).get(f"/projects/{project.pk}/tasks/{task.pk}/").text


def test_its_votes_are_left_out_and_taken_back_in_on_the_page(org, ann, max_, mia, sign_in):
    machine, project = make_machine(org), make_project(org, overlap=1)
    (task,) = make_tasks(project, 1)
    send(sign_in(max_), project, machine, said(task))
    task.refresh_from_db()
    make_answer(task, ann, BAD)
    page = f"/projects/{project.pk}/machines/"
    votes = f"{page}{machine.pk}/votes/"
    update_project(project_id=project.pk)
    before = Consensus.objects.values("label", "confidence", "answers").get()
    assert len(before["answers"]) == 2
    assert sign_in(mia).post(votes, {"leave_out": "1"}, format="multipart").status_code == 403
    for _ in range(2):  # a second time there is nothing to do
        assert sign_in(max_).post(votes, {"leave_out": "1"}, format="multipart").status_code == 302
    update_project(project_id=project.pk)
    assert Consensus.objects.values_list("label", "answers").get() == ("bad", [Answer.objects.get(annotator=ann).pk])
    task.refresh_from_db()
    assert (task.state, task.answered) == ("resolved", 2), "nobody is asked in a machine's place"
    assert "Votes left out" in sign_in(max_).get(page).text
    sign_in(max_).post(votes, {"take_in": "1"}, format="multipart")
    update_project(project_id=project.pk)
    assert Consensus.objects.values("label", "confidence", "answers").get() == before
    assert counts_hold()


def test_the_page_shows_what_leaving_its_votes_out_changes_before_it_is_done(org, ann, max_, mia, sign_in):
    machine, project = make_machine(org), make_project(org, overlap=1)
    one, other = make_tasks(project, 2)
    send(sign_in(max_), project, machine, said(one), said(other))
    for task, value in ((one, BAD), (other, GOOD)):
        task.refresh_from_db()
        make_answer(task, ann, value)
    update_project(project_id=project.pk)
    page = f"/projects/{project.pk}/machines/"
    client = sign_in(max_)
    text = client.get(f"{page}?votes={machine.pk}").text
    assert "Leave the votes of Sorter 1 out?" in text and "<dt>Results that change</dt><dd>1</dd>" in text
    assert "out?" not in sign_in(mia).get(f"{page}?votes={machine.pk}").text, "who only looks may not change it"
    assert client.post(f"{page}{machine.pk}/votes/", {}, format="multipart").status_code == 400
    assert not LeftOut.objects.exists(), "a word that says neither changes nothing"
    client.post(f"{page}{machine.pk}/votes/", {"leave_out": "1"}, format="multipart")
    update_project(project_id=project.pk)
    assert set(Consensus.objects.values_list("label", flat=True)) == {"bad", "good"}
    text = client.get(f"{page}?votes={machine.pk}").text
    assert "Count the votes of Sorter 1 again?" in text and "<dt>Votes that count again</dt><dd>2</dd>" in text


def test_its_votes_are_left_out_and_taken_back_in_by_the_api(org, ann, max_, mia, sign_in):
    machine, project = make_machine(org), make_project(org, overlap=1)
    (task,) = make_tasks(project, 1)
    send(sign_in(max_), project, machine, said(task))
    task.refresh_from_db()
    make_answer(task, ann, BAD)
    update_project(project_id=project.pk)
    votes, client = f"/api/v1/projects/{project.pk}/machines/{machine.pk}/votes", sign_in(max_)
    assert client.get(votes).json() == {"counted": True, "votes": 1, "left_out_at": None, "left_out_by": None}
    for wrong in ({}, {"counted": "perhaps"}, {"counted": False, "why": "bad"}):
        assert client.patch(votes, wrong, format="json").status_code == 400
    preview = sign_in(mia).post(f"{votes}/preview", {"counted": False}, format="json").json()
    assert (preview["answers"], preview["changed"], preview["reopened"]) == (1, 1, 0)
    assert sign_in(mia).patch(votes, {"counted": False}, format="json").status_code == 403
    for _ in range(2):  # the second time it is so already
        told = client.patch(votes, {"counted": False}, format="json").json()
        assert (told["counted"], told["left_out_by"]) == (False, str(max_))
    update_project(project_id=project.pk)
    assert Consensus.objects.get().label == "bad"
    preview = client.post(f"{votes}/preview", {"counted": True}, format="json").json()
    assert (preview["answers"], preview["changed"], preview["reopened"]) == (1, 1, 0)
    assert client.patch(votes, {"counted": True}, format="json").json()["counted"]
    update_project(project_id=project.pk)
    assert Consensus.objects.get().label == "good"


def test_another_overlap_is_of_people(org, max_, sign_in):
    machine, project = make_machine(org), make_project(org, overlap=1)
    (task,) = make_tasks(project, 1)
    send(sign_in(max_), project, machine, said(task))
    raise_overlap(project=project, overlap=3, now=NOW)
    task.refresh_from_db()
    assert (task.wanted, task.taken, task.state) == (4, 1, "open")


def test_under_the_rule_to_stop_the_floor_is_of_people():
    project, (task, *_), crowd = warmed_up()
    machine = make_machine(project.organization)
    store_answers(
        project=project, machine=machine, purpose="vote", said=[Said(answer={"option": "red"}, task=task.pk)], now=NOW
    )
    update_project(project_id=project.pk)
    task.refresh_from_db()
    assert (task.state, task.wanted, task.taken, task.extra) == ("open", 3, 1, 1)
    for person in crowd[:2]:
        make_answer(task, person, {"option": "red"})
        Task.objects.filter(pk=task.pk).update(state="open", resolved_at=None)
        update_project(project_id=project.pk)
    task.refresh_from_db()
    assert (task.state, task.answered, task.extra) == ("resolved", 3, 1)


def test_people_are_shown_the_suggestion_with_its_source_unless_they_were_there_before(org, ann, bob, max_, sign_in):
    machine, project = make_machine(org), make_project(org, overlap=2)
    change_machine_policy(project=project, actor=None, now=NOW, control_share=0)
    (task,) = make_tasks(project, 1)
    early = sign_in(ann)
    (before,) = exchange(early, want=1)["tasks"]
    send(sign_in(max_), project, machine, said(task), purpose="suggestion")
    (after,) = exchange(sign_in(bob), want=1)["tasks"]
    assert after["suggestion"] == {"value": GOOD, "source": "Sorter 1"}
    exchange(early, answers=[answer_to(before)])
    exchange(sign_in(bob), answers=[answer_to(after)])
    outcomes = dict(Answer.objects.values_list("annotator__name", "suggestion_outcome"))
    assert outcomes == {"Ann": "", "Bob": "accepted"}
    assert Event.objects.filter(kind="machine.suggested").exists()


def test_a_column_that_is_no_suggestion_stays_to_be_seen_beside_a_machines(org, ann, max_, sign_in):
    machine, project = make_machine(org), make_project(org)
    change_machine_policy(project=project, actor=None, now=NOW, control_share=0)
    (task,) = make_tasks(project, 1)
    task.item.data["hypothesis"] = "A man sleeps."
    task.item.save()
    send(sign_in(max_), project, machine, said(task), purpose="suggestion")
    (shown,) = exchange(sign_in(ann), want=1)["tasks"]
    assert shown["item"]["data"] == {"hypothesis": "A man sleeps."}
    assert shown["suggestion"]["value"] == GOOD
