"""Tasks, results and progress through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tasks.models import Consensus, Task
from tasks.selectors import progress
from tests.factories import make_answer, make_assignment, make_item, make_project, make_task, make_tasks


def make_consensus(task, option="good", confidence=1.0, **fields):
    value = {"option": option}
    return Consensus.objects.create(
        **{
            "task": task,
            "project": task.project,
            "value": value,
            "confidence": confidence,
            "method": "majority",
            "label": option,
        }
        | fields
    )


@pytest.fixture
def api(org, with_key):
    return with_key(org)


@pytest.fixture
def project(org):
    return make_project(org, overlap=2)


def test_results_are_the_tasks_with_a_consensus(project, ann, api):
    asked, answered = make_tasks(project, 2)
    make_answer(answered, ann)
    make_consensus(answered, confidence=0.75)
    [row] = api.get(f"/api/v1/projects/{project.pk}/results").json()["results"]
    assert (row["task"], row["consensus"]["label"], row["consensus"]["confidence"]) == (answered.pk, "good", 0.75)
    assert row["consensus"]["basis"] is None
    Consensus.objects.update(basis={"tau": 0.93, "temperature": 1.25, "calibration": 2, "calibrated_on": "audit"})
    [row] = api.get(f"/api/v1/projects/{project.pk}/results").json()["results"]
    basis = row["consensus"]["basis"]
    assert (basis["tau"], basis["temperature"], basis["calibrated_on"]) == (0.93, 1.25, "audit")
    assert row["item"]["data"]["text"].startswith("Sentence")
    rows = api.get(f"/api/v1/projects/{project.pk}/tasks").json()["results"]
    assert [(row["id"], row["consensus"] is None) for row in rows] == [(asked.pk, True), (answered.pk, False)]


def test_filters_narrow_by_state_label_confidence_and_item(project, api):
    tasks = make_tasks(project, 4)
    make_consensus(tasks[0], "good", 0.9)
    make_consensus(tasks[1], "bad", 0.9)
    make_consensus(tasks[2], "good", 0.5)
    Task.objects.filter(pk=tasks[3].pk).update(state="canceled")

    def ids(query):
        reply = api.get(f"/api/v1/projects/{project.pk}/tasks?{query}")
        assert reply.status_code == 200, reply.json()
        return [row["id"] for row in reply.json()["results"]]

    assert ids("label=good") == [tasks[0].pk, tasks[2].pk]
    assert ids("label=good&min_confidence=0.8") == [tasks[0].pk]
    assert ids("max_confidence=0.6") == [tasks[2].pk]
    assert ids("state=canceled") == [tasks[3].pk]
    assert ids(f"item={tasks[1].item.key}") == [tasks[1].pk]


@pytest.mark.parametrize(
    "query", ["state=lost", "min_confidence=2", "min_confidence=nan", "order=id", "item__key=a", "limit=9999"]
)
def test_a_filter_that_makes_no_sense_is_refused(project, api, query):
    assert api.get(f"/api/v1/projects/{project.pk}/tasks?{query}").status_code == 400


def test_pages_follow_each_other_without_gap_or_repeat(project, api, django_assert_max_num_queries):
    tasks = make_tasks(project, 7)
    api.get("/api/v1/projects")
    url, seen = f"/api/v1/projects/{project.pk}/tasks?limit=3", []
    while url:
        with django_assert_max_num_queries(4):
            page = api.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert seen == [task.pk for task in tasks]


def test_a_task_shows_its_answers_under_pseudonyms(project, ann, bob, api):
    task = make_task(project)
    make_answer(task, ann)
    make_answer(task, bob, {"option": "bad"})
    body = api.get(f"/api/v1/tasks/{task.pk}").json()
    assert [row["answer"]["option"] for row in body["answers"]] == ["good", "bad"]
    names = {row["annotator"] for row in body["answers"]}
    assert len(names) == 2
    assert all(name.startswith("a_") for name in names)
    assert ann.email not in str(body)


def test_a_raised_priority_resets_the_annotators_cursors(project, api):
    task = make_task(project)
    assert api.patch(f"/api/v1/tasks/{task.pk}", {"priority": 7}).json()["priority"] == 7
    project.refresh_from_db()
    assert project.epoch == 1
    assert api.patch(f"/api/v1/tasks/{task.pk}", {"priority": 7}).status_code == 200
    project.refresh_from_db()
    assert project.epoch == 1
    assert api.patch(f"/api/v1/tasks/{task.pk}", {"wanted": 7}).status_code == 400
    assert api.patch(f"/api/v1/tasks/{task.pk}", {"priority": 70000}).status_code == 400


def test_a_canceled_task_is_taken_back_and_keeps_its_answers(project, ann, bob, api):
    task = make_task(project)
    make_answer(task, ann)
    lease = make_assignment(task, bob)
    body = api.post(f"/api/v1/tasks/{task.pk}/cancel").json()
    assert (body["state"], len(body["answers"])) == ("canceled", 1)
    lease.refresh_from_db()
    task.refresh_from_db()
    assert (lease.state, task.taken, task.answered) == ("canceled", 1, 1)
    assert api.post(f"/api/v1/tasks/{task.pk}/cancel").status_code == 409


def test_progress_counts_agreement_labels_and_time_left(org, project, ann, bob, api):
    good, split, waiting = make_tasks(project, 3)
    for task, second in ((good, "good"), (split, "bad")):
        make_answer(task, ann)
        make_answer(task, bob, {"option": second})
        make_consensus(task, agreement=float(second == "good"))
    body = api.get(f"/api/v1/projects/{project.pk}/progress").json()
    assert body["tasks"] == {"total": 3, "open": 1, "resolved": 2, "in_review": 0, "paused": 0, "canceled": 0}
    assert body["answers"] == {"given": 4, "wanted": 6, "percent": 66}
    assert body["answers_per_hour"] == 4
    assert body["seconds_left"] == 1800
    assert body["labels"] == [{"label": "good", "tasks": 2}]
    assert body["agreement"]["mean"] == 0.5
    assert body["agreement"]["measured_on"] == 2
    assert body["agreement"]["alpha"] == pytest.approx(0.0)
    assert sum(hour["answers"] for hour in body["hours"]) == 4
    assert len(body["hours"]) == 24


def test_the_pace_of_a_quiet_hour_is_the_days_average(project, ann):
    now = timezone.now()
    make_answer(make_task(project), ann, at=now - timedelta(hours=5))
    assert progress.rate(project, now=now) == pytest.approx(1 / 24)


def test_a_draft_has_nothing_to_show_yet(org, api):
    body = api.get(f"/api/v1/projects/{make_project(org, state='draft').pk}/progress").json()
    assert body["tasks"]["total"] == 0
    assert body["seconds_left"] is None
    assert body["agreement"] == {"mean": None, "alpha": None, "measured_on": 0}


def test_images_of_items_come_as_signed_links(project, api):
    media = {"image": {"key": "i/a.png", "thumb": "i/t.webp", "width": 4, "height": 3, "format": "png", "bytes": 9}}
    make_task(project, make_item(project.datasets.first() or make_task(project).item.dataset, media=media))
    rows = api.get(f"/api/v1/projects/{project.pk}/tasks").json()["results"]
    image = rows[-1]["item"]["image"]
    assert (image["width"], image["height"]) == (4, 3)
    assert "i/a.png" in image["url"]


def test_a_colleague_who_only_looks_reads_and_changes_nothing(project, mia, sign_in):
    task, api = make_task(project), sign_in(mia)
    assert api.get(f"/api/v1/tasks/{task.pk}").status_code == 200
    assert api.patch(f"/api/v1/tasks/{task.pk}", {"priority": 1}).status_code == 403
