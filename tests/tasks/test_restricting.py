"""Who may keep somebody from working, what it does, that it is told, heard again by another, and undone exactly."""

import pytest
from django.core import mail
from django.utils import timezone

from labeling.outbox.models import Event
from tasks.models import Assignment, Consensus, LeftOut, Sign, Skill, Task
from tasks.services.consensus import update_project
from tests.factories import (
    make_answer,
    make_assignment,
    make_key,
    make_org,
    make_project,
    make_task,
    make_tasks,
    make_user,
)
from tests.tasks.working import counts_hold, exchange
from workers.models import Restriction

pytestmark = pytest.mark.django_db
PATH = "/api/v1/restrictions"
WHY = {"reason": "gold", "text": "Eleven of twenty checks were wrong."}


@pytest.fixture
def project(org):
    return make_project(org, overlap=3)


def restrict(client, user, project=None, kind=None, **more):
    body = {"user": user.pk, "kind": kind or ("remove" if project else "suspend"), **WHY, **more}
    return client.post(PATH, body | ({"project": project.pk} if project else {}))


def test_a_removed_person_gets_nothing_more_of_the_project_and_what_they_held_goes_back(
    org, project, ann, max_, sign_in
):
    other = make_project(org)
    make_tasks(project, 2)
    make_tasks(other, 2)
    client = sign_in(ann)
    exchange(client, want=1, project=project.pk)
    assert restrict(sign_in(max_), ann, project).status_code == 201
    assert Assignment.objects.get(project=project).state == "expired"
    assert exchange(client, want=3, project=project.pk)["tasks"] == []
    assert len(exchange(client, want=3)["tasks"]) == 2  # the other project is as it was
    assert counts_hold()


def test_a_suspended_person_works_nowhere_in_the_organization_and_still_reads_why(org, project, ann, max_, sign_in):
    make_tasks(project, 2)
    Sign.objects.create(project=project, annotator=ann, rule="low_accuracy", figures={"right": 9, "of": 20})
    Skill.objects.create(project=project, annotator=ann, a=9, b=11, mean=0.45, low=0.3, high=0.6, gold_seen=20)
    assert restrict(sign_in(max_), ann).status_code == 201
    client = sign_in(ann)
    assert exchange(client, want=3)["tasks"] == []
    (told,) = client.get("/api/v1/work/restrictions").json()["results"]
    assert (told["reason"], told["text"]) == (WHY["reason"], WHY["text"])
    assert {each["rule"] for each in told["evidence"]} == {"low_accuracy", "skill"}


def test_the_person_is_told_by_mail(project, ann, max_, sign_in, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        restrict(sign_in(max_), ann, project)
    (sent,) = mail.outbox
    assert sent.to == [ann.email]
    assert WHY["text"] in sent.body
    assert "appeal" in sent.body


def test_the_preview_writes_nothing_and_leaving_out_is_undone_exactly(org, project, ann, bob, max_, sign_in):
    eve = make_user(org)
    for task in make_tasks(project, 4):
        for person, option in ((ann, "bad"), (bob, "good"), (eve, "good")):
            make_answer(task, person, {"option": option})
    update_project(project_id=project.pk)
    before = list(Consensus.objects.order_by("task").values_list("task", "value", "confidence", "by_method"))
    client = sign_in(max_)
    told = client.post(f"{PATH}/preview", {"user": ann.pk, "project": project.pk, "leaves_out": True}).json()
    (effect,) = told["left_out"]
    assert (effect["answers"], effect["tasks"], effect["reopened"]) == (4, 4, 4)
    assert not LeftOut.objects.exists()
    made = restrict(client, ann, project, leaves_out=True).json()
    assert made["left_out"] == [project.pk]
    update_project(project_id=project.pk)
    assert set(Task.objects.values_list("state", flat=True)) == {"open"}
    assert client.post(f"{PATH}/{made['id']}/lift").status_code == 200
    update_project(project_id=project.pk)
    assert list(Consensus.objects.order_by("task").values_list("task", "value", "confidence", "by_method")) == before
    assert set(Task.objects.values_list("state", flat=True)) == {"resolved"}


def test_an_appeal_is_decided_by_another_person(org, project, ann, bob, max_, sign_in):
    boss = make_user(org, "admin")
    pk = restrict(sign_in(max_), ann, project).json()["id"]
    own = f"/api/v1/work/restrictions/{pk}/appeal"
    assert sign_in(bob).post(own, {"text": "Me too."}).status_code == 404
    assert sign_in(ann).post(own, {"text": "The gold was wrong."}).status_code == 200
    assert sign_in(ann).post(own, {"text": "Again."}).status_code == 409
    decide = {"overturns": True, "text": "So it was."}
    assert sign_in(max_).post(f"{PATH}/{pk}/decide", decide).status_code == 403
    assert sign_in(boss).post(f"{PATH}/{pk}/decide", decide).status_code == 200
    row = Restriction.objects.get()
    assert (row.lifted_by, row.decided_by, row.decision) == (boss, boss, "So it was.")
    kinds = list(Event.objects.filter(kind__startswith="restriction.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["restriction.made", "restriction.appealed", "restriction.decided", "restriction.lifted"]


def test_an_appeal_that_is_turned_down_leaves_it_in_force(org, project, ann, max_, sign_in):
    pk = restrict(sign_in(max_), ann, project).json()["id"]
    sign_in(ann).post(f"/api/v1/work/restrictions/{pk}/appeal", {"text": "No."})
    boss = sign_in(make_user(org, "admin"))
    assert boss.post(f"{PATH}/{pk}/decide", {"overturns": False, "text": "It stands."}).status_code == 200
    assert Restriction.objects.get().lifted_at is None
    assert boss.post(f"{PATH}/{pk}/decide", {"overturns": True, "text": "Or not."}).status_code == 409


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"reason": "mood"}, "reason"),
        ({"text": " "}, "text"),
        ({"kind": "suspend"}, "project"),
        ({"user": 999_999_999}, "user"),
        ({"project": 999_999_999}, "project"),
        ({"kind": "pause", "leaves_out": True}, "leaves_out"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_done(project, ann, max_, sign_in, change, path):
    reply = (
        restrict(sign_in(max_), ann, project, **change)
        if not {"user", "project"} & change.keys()
        else sign_in(max_).post(PATH, {"user": ann.pk, "project": project.pk, "kind": "remove", **WHY, **change})
    )
    assert reply.status_code == 400
    assert path in {p["path"] for p in reply.json()["problems"]}
    assert not Restriction.objects.exists()


def test_only_people_who_manage_may_and_never_a_program(org, project, ann, mia, max_, sign_in, with_key):
    target = make_user(org)
    boss = make_user(org, "admin")
    pk = restrict(sign_in(boss), target, project).json()["id"]
    calls = [
        ("get", PATH, None),
        ("post", PATH, {"user": ann.pk, "kind": "suspend", **WHY}),
        ("post", f"{PATH}/preview", {"user": ann.pk}),
        ("post", f"{PATH}/{pk}/decide", {"overturns": True, "text": "x"}),
        ("post", f"{PATH}/{pk}/lift", None),
    ]
    for method, path, body in calls:
        for person in (ann, mia, make_user(org, "reviewer")):
            assert getattr(sign_in(person), method)(path, body).status_code == 403, (person, path)
        if method == "post":
            assert with_key(org).post(path, body).status_code == 403, path
    assert Restriction.objects.count() == 1
    assert sign_in(max_).get(PATH).status_code == 200
    assert make_key(org)


def test_a_manager_restricts_no_manager_and_nobody_themselves(org, project, max_, sign_in):
    assert restrict(sign_in(max_), make_user(org, "manager"), project).status_code == 403
    assert restrict(sign_in(max_), max_, project).status_code == 403
    boss = make_user(org, "admin")
    assert restrict(sign_in(boss), max_, project).status_code == 201


def test_what_is_another_organizations_answers_as_what_is_not_there(org, project, ann, eve, max_, sign_in):
    pk = restrict(sign_in(max_), ann, project).json()["id"]
    stranger = sign_in(eve)
    for path, body in ((f"{PATH}/%s/lift", None), (f"{PATH}/%s/decide", {"overturns": True, "text": "x"})):
        foreign, missing = (stranger.post(path % each, body) for each in (pk, 999_999_999))
        assert (foreign.status_code, foreign.content) == (404, missing.content)
    foreign, missing = (stranger.post(PATH, {"user": user, "kind": "suspend", **WHY}) for user in (ann.pk, 999_999_999))
    assert foreign.status_code == missing.status_code == 400
    assert stranger.get(PATH).json()["results"] == []
    theirs = make_project(make_org())
    assert restrict(sign_in(max_), make_user(org), theirs).status_code == 400


def test_a_late_answer_of_a_removed_person_is_still_taken(org, project, ann, max_, sign_in):
    task = make_task(project)
    turn = make_assignment(task, ann, expires_at=timezone.now())
    restrict(sign_in(max_), ann, project)
    reply = sign_in(ann).post(f"/api/v1/assignments/{turn.pk}/answer", {"answer": {"option": "good"}})
    assert (reply.status_code, reply.json()["status"]) == (201, "late")
