import pytest

from labeling.errors import InvalidInput, StaleState
from labeling.outbox.models import Event
from tasks.models import Task
from tasks.services import launching
from tests.factories import NOW, make_answer, make_dataset, make_items, make_org, make_project, make_task

pytestmark = pytest.mark.django_db


def launch(project, dataset, **more):
    return launching.launch(project=project, dataset=dataset, actor=None, now=NOW, **more)


def test_a_launch_opens_a_task_per_item_and_starts_the_project(org, monkeypatch):
    monkeypatch.setattr(launching, "CHUNK", 3)
    project, dataset = make_project(org, overlap=2, state="draft"), make_dataset(org, items=7)
    make_dataset(org, items=2)
    assert launch(project, dataset, priority=4) == 7
    project.refresh_from_db()
    assert (project.state, project.launched_at) == ("running", NOW)
    assert set(Task.objects.values_list("wanted", "priority", "state", "taken")) == {(2, 4, "open", 0)}
    assert [e.payload["count"] for e in Event.objects.filter(kind="tasks.opened").order_by("pk")] == [3, 3, 1]
    assert Event.objects.filter(kind="project.launched").count() == 1


def test_a_second_launch_adds_only_what_is_new(org):
    project, dataset = make_project(org), make_dataset(org, items=3)
    assert launch(project, dataset) == 3
    make_items(dataset, 2)
    assert launch(project, dataset) == 2
    make_items(dataset, 1)
    assert launching.open_new_items(project, now=NOW) == 1
    assert launching.open_new_items(project, now=NOW) == 0
    assert project.tasks.count() == 6


def test_a_foreign_or_deleted_dataset_does_not_exist(org):
    project = make_project(org)
    gone = make_dataset(org, 1, deleted_at=NOW)
    for dataset in (make_dataset(make_org(), 1), make_dataset(org, 1, mode="test"), gone):
        with pytest.raises(InvalidInput, match="dataset"):
            launch(project, dataset)


def test_an_archived_project_cannot_be_launched(org):
    with pytest.raises(StaleState, match="archived"):
        launch(make_project(org, state="archived"), make_dataset(org, 1))


def test_more_overlap_opens_slots_of_unresolved_tasks(org, ann):
    project = make_project(org, overlap=1)
    resolved, open_task = make_task(project), make_task(project)
    make_answer(resolved, ann)
    assert launching.raise_overlap(project=project, overlap=3, now=NOW) == 1
    resolved.refresh_from_db()
    open_task.refresh_from_db()
    assert (resolved.wanted, open_task.wanted) == (1, 3)


def test_less_overlap_never_goes_under_what_is_taken(org, ann, bob):
    project = make_project(org, overlap=3)
    twice, once, none = make_task(project), make_task(project), make_task(project)
    make_answer(twice, ann)
    make_answer(twice, bob)
    make_answer(once, ann)
    launching.raise_overlap(project=project, overlap=1, now=NOW)
    found = {t.pk: (t.wanted, t.state) for t in Task.objects.all()}
    assert found == {twice.pk: (2, "resolved"), once.pk: (1, "resolved"), none.pk: (1, "open")}
