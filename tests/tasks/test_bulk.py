"""Many tasks changed at once: in the background, in chunks, once, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.errors import InvalidInput
from labeling.outbox.models import Event
from tasks.models import Assignment, Bulk, BulkChange, Gold, Project, Task
from tasks.services import bulk as services
from tasks.services.bulk import preview, request_bulk, run_bulk, undo_bulk
from tests.factories import NOW, make_answer, make_assignment, make_project, make_tasks
from tests.tasks.test_projects_results import make_consensus
from tests.tasks.working import counts_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(org):
    return make_project(org, overlap=1)


@pytest.fixture
def tasks(project, ann, bob):
    """Two finished, one held by Bob, one free."""
    tasks = make_tasks(project, 4)
    for task in tasks[:2]:
        make_answer(task, ann)
        make_consensus(task)
    make_assignment(tasks[2], bob, expires_at=timezone.now())
    return tasks


def change(project, kind, actor=None, filters=None, **more):
    made = request_bulk(project=project, kind=kind, filters=filters or {}, actor=actor, now=NOW, **more)
    run_bulk(bulk_id=made.pk)
    made.refresh_from_db()
    return made


def undo(made):
    undo_bulk(bulk=made, actor=None)
    run_bulk(bulk_id=made.pk)
    made.refresh_from_db()
    return made


def states(project):
    return list(Task.objects.filter(project=project).order_by("pk").values_list("state", flat=True))


def rows(project):
    fields = ("pk", "state", "priority", "wanted", "taken", "answered", "ceiling", "extra", "resolved_at")
    return list(Task.objects.filter(project=project).order_by("pk").values_list(*fields))


def test_canceling_takes_back_what_is_held_and_undo_asks_again(project, tasks, max_):
    before = states(project)
    made = change(project, "cancel", max_)
    assert (made.state, made.total, made.changed, made.skipped) == ("done", 4, 4, 0)
    assert states(project) == ["canceled"] * 4
    assert Assignment.objects.get(task=tasks[2]).state == "canceled"
    assert counts_hold()
    undone = undo(made)
    assert (undone.state, undone.undone) == ("undone", 4)
    assert states(project) == before
    told = Event.objects.filter(object_id=made.pk, kind__startswith="bulk").order_by("pk")
    assert list(told.values_list("kind", flat=True)) == [
        "bulk.requested", "bulk.canceled", "bulk.undo_requested", "bulk.undone",
    ]  # fmt: skip


def test_asking_again_opens_a_slot_only_where_none_is_free_and_undo_closes_it(project, tasks):
    before = rows(project)
    made = change(project, "reopen")
    assert (made.total, made.changed) == (2, 2)
    assert states(project) == ["open"] * 4
    assert list(Task.objects.order_by("pk").values_list("wanted", flat=True)) == [2, 2, 1, 1]
    undo(made)
    assert rows(project) == before


def test_undo_leaves_a_task_that_somebody_took_meanwhile(project, tasks, bob):
    made = change(project, "reopen")
    make_assignment(Task.objects.get(pk=tasks[0].pk), bob)
    assert undo(made).undone == 1
    assert states(project)[:2] == ["open", "resolved"]
    assert counts_hold()


def test_priorities_are_set_and_each_comes_back(project, tasks):
    Task.objects.filter(pk=tasks[0].pk).update(priority=3)
    epoch = Project.objects.get(pk=project.pk).epoch
    made = change(project, "prioritise", priority=7)
    assert set(Task.objects.values_list("priority", flat=True)) == {7}
    assert Project.objects.get(pk=project.pk).epoch > epoch
    Task.objects.filter(pk=tasks[1].pk).update(priority=9)  # somebody else's wish since
    assert undo(made).undone == 3
    assert list(Task.objects.order_by("pk").values_list("priority", flat=True)) == [3, 9, 0, 0]


def test_only_what_nobody_works_on_goes_to_review_and_back(project, tasks):
    made = change(project, "review")
    assert made.changed == 2
    assert states(project) == ["in_review", "in_review", "open", "open"]
    undo(made)
    assert states(project) == ["resolved", "resolved", "open", "open"]


def test_gold_is_made_of_results_and_dropped_again(project, tasks, max_):
    made = change(project, "gold", max_, {"only": [tasks[0].pk, tasks[3].pk]})
    assert (made.total, made.changed) == (1, 1)
    assert Gold.objects.get().answer == {"option": "good"}
    undo(made)
    assert not Gold.objects.exists()
    assert states(project)[0] == "resolved"


def test_a_preview_counts_and_writes_nothing(project, tasks):
    found = preview(project=project, kind="cancel", filters={"label": "good"})
    assert (found.matching, found.affected, found.is_more) == (2, 2, False)
    found = preview(project=project, kind="reopen", filters={})
    assert (found.matching, found.affected) == (4, 2)
    assert not Bulk.objects.exists()


@pytest.mark.parametrize(
    ("kind", "filters", "priority", "path"),
    [
        ("explode", {}, None, "kind"),
        ("prioritise", {}, None, "priority"),
        ("prioritise", {}, 5000, "priority"),
        ("cancel", {"only": list(range(6000))}, None, "tasks"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(project, kind, filters, priority, path):
    with pytest.raises(InvalidInput) as refused:
        preview(project=project, kind=kind, filters=filters, priority=priority)
    assert [problem.path for problem in refused.value.problems] == [path]


def test_a_killed_worker_loses_nothing_and_repeats_nothing(project, ann, monkeypatch):
    tasks = make_tasks(project, 7)
    monkeypatch.setattr(services, "CHUNK", 3)
    made = request_bulk(project=project, kind="cancel", filters={}, actor=None, now=NOW)
    whole, calls = services.KINDS["cancel"].do, []

    def dies(*args):
        calls.append(1)
        if len(calls) == 2:
            whole(*args)
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(services.KINDS["cancel"], "do", dies)
    with pytest.raises(KeyboardInterrupt):
        run_bulk(bulk_id=made.pk)
    assert Task.objects.filter(state="canceled").count() == BulkChange.objects.count() == 3
    run_bulk(bulk_id=made.pk)  # somebody seems to be at it still
    assert Task.objects.filter(state="canceled").count() == 3
    Bulk.objects.update(worked_at=timezone.now() - timedelta(minutes=2))
    assert [each.pk for each in services.stuck_bulks(timezone.now() - services.LEASE)] == [made.pk]
    run_bulk(bulk_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.changed, BulkChange.objects.count()) == ("done", len(tasks), len(tasks))


def test_it_goes_on_in_another_job_when_its_time_is_up(project, monkeypatch):
    make_tasks(project, 5)
    monkeypatch.setattr(services, "CHUNK", 2)
    made = request_bulk(project=project, kind="cancel", filters={}, actor=None, now=NOW)
    run_bulk(bulk_id=made.pk, seconds=0)
    assert Task.objects.filter(state="canceled").count() == 2
    assert Event.objects.filter(kind="bulk.continued", object_id=made.pk).count() == 1
    run_bulk(bulk_id=made.pk)
    assert Task.objects.filter(state="canceled").count() == 5


def test_tasks_that_come_after_it_was_asked_for_are_not_meant(project, tasks):
    made = request_bulk(project=project, kind="cancel", filters={}, actor=None, now=NOW)
    [late] = make_tasks(project, 1)
    run_bulk(bulk_id=made.pk)
    assert Task.objects.get(pk=late.pk).state == "open"


def test_max_may_change_mia_may_look_and_eve_finds_nothing(project, tasks, sign_in, max_, mia, eve):
    body = {"kind": "cancel", "tasks": [tasks[3].pk]}
    path = f"/api/v1/projects/{project.pk}/changes"
    assert sign_in(mia).post(path, body, format="json").status_code == 403
    assert sign_in(eve).post(path, body, format="json").status_code == 404
    client = sign_in(max_)
    assert client.post(f"{path}/preview", body, format="json").json() == {
        "matching": 1, "affected": 1, "is_more": False,
    }  # fmt: skip
    made = client.post(path, body, format="json")
    assert made.status_code == 201, made.content
    run_bulk(bulk_id=made.json()["id"])
    assert sign_in(mia).get(f"{path}/{made.json()['id']}").json()["changed"] == 1
    assert sign_in(mia).post(f"{path}/{made.json()['id']}/undo").status_code == 403
    assert client.post(f"{path}/{made.json()['id']}/undo").json()["state"] == "undoing"
    both = client.post(path, body | {"filters": {}}, format="json")
    assert both.status_code == 400 and "tasks" in both.content.decode()


def test_anothers_tasks_are_not_touched_by_their_ids(project, tasks, eve):
    theirs = make_tasks(make_project(eve.memberships.get().organization), 1)
    assert preview(project=project, kind="cancel", filters={"only": [theirs[0].pk]}).affected == 0
