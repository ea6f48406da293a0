"""Figures of a whole project: those of now, or, of a large one, kept ones that a job works out anew."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.outbox.models import Event
from tasks.models import Task
from tasks.selectors import figures, overview
from tasks.selectors.progress import label_distribution
from tasks.services import measuring
from tests.factories import make_answer, make_project, make_tasks
from tests.tasks.test_projects_results import make_consensus

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(org):
    return make_project(org, overlap=1)


@pytest.fixture
def large(project, monkeypatch):
    """A project whose figures are dear, and old as soon as they are known."""
    monkeypatch.setattr(figures, "LARGE", 2)
    monkeypatch.setattr(figures, "DEAR", -1)
    monkeypatch.setattr(figures, "WORTH", 0)
    make_tasks(project, 4)
    return project


def test_a_small_projects_figures_are_those_of_now(project):
    make_tasks(project, 3)
    assert figures.figure("progress", project)["tasks"]["total"] == 3
    make_tasks(project, 1)
    assert figures.figure("progress", project)["tasks"]["total"] == 4
    assert figures.counts_of_all([project])[project.pk].total == 4
    assert (figures.outdated(project), figures.as_of(project)) == ([], None)


def test_a_large_projects_figures_are_as_they_were_until_a_job_has_worked_them_out(large):
    assert figures.figure("counts", large).total == 4
    make_tasks(large, 1)
    with CaptureQueriesContext(connection) as captured:
        assert figures.figure("counts", large).total == 4
    assert not captured.captured_queries, "a page does not wait for them"
    measuring.count_anew(project=large)
    assert figures.figure("counts", large).total == 5


def test_new_figures_are_asked_for_once_and_leave_no_trace_in_the_projects_history(large):
    measuring.ask_for_new_counts(project=large)
    assert not Event.objects.filter(kind="figures.asked").exists(), "nobody has looked at any"
    figures.figure("counts", large)
    measuring.ask_for_new_counts(project=large)
    measuring.ask_for_new_counts(project=large)
    event = Event.objects.get(kind="figures.asked")
    assert (event.payload, event.project_id, event.trail) == ({"project": large.pk}, None, False)


def test_a_list_of_projects_counts_the_small_ones_at_once(org, large):
    small = [make_project(org) for _ in range(3)]
    for one in small:
        make_tasks(one, 1)
    assert figures.counts_of_all([large, *small])[large.pk].total == 4
    make_tasks(large, 1)
    make_tasks(small[0], 1)
    with CaptureQueriesContext(connection) as captured:
        found = figures.counts_of_all([large, *small])
    assert [found[one.pk].total for one in (large, *small)] == [4, 2, 1, 1]
    assert len(captured) == 1


def test_the_overview_shows_new_figures_as_soon_as_they_are_known(large, max_, ann, sign_in, monkeypatch):
    monkeypatch.setattr(overview, "TICK", 10**12)  # no matter of the clock
    browser, address = sign_in(max_), f"/projects/{large.pk}/live/"

    def resolved(reply):
        return reply.context["progress"]["tasks"]["resolved"]

    assert resolved(browser.get(address)) == 0
    make_answer(Task.objects.filter(project=large)[0], ann)
    before = browser.get(address)
    assert resolved(before) == 0, "as it was"
    assert browser.get(address, headers={"If-None-Match": before["ETag"]}).status_code == 304
    measuring.count_anew(project=large)
    after = browser.get(address, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, resolved(after)) == (200, 1)


def test_the_first_look_at_a_large_project_waits_for_no_figures(large, max_, sign_in, monkeypatch):
    counted = []
    for name, count in figures.FIGURES.items():
        monkeypatch.setitem(
            figures.FIGURES, name, lambda project, name=name, count=count: (counted.append(name), count(project))[1]
        )
    browser, address = sign_in(max_), f"/projects/{large.pk}/"
    first = browser.get(address)
    assert "its figures are being counted" in first.text and "data-live-now" in first.text
    assert counted == []
    assert "its figures" not in browser.get(f"{address}live/").text, "the part that its script asks for"
    assert set(counted) == set(figures.OF_OVERVIEW)
    again = browser.get(address)
    assert "its figures" not in again.text and "data-live-now" not in again.text
    monkeypatch.setattr(figures, "DEAR", 60)
    for name in figures.OF_OVERVIEW:
        cache.delete(figures._key(name, large.pk))
    assert "its figures" not in browser.get(address).text, "what is not kept was cheap: one does not wait for that"


def test_without_a_script_one_may_wait_for_them(large, max_, sign_in):
    assert "Annotators" in sign_in(max_).get(f"/projects/{large.pk}/?counted").text


def test_labels_are_counted_in_finished_tasks_only(project, ann):
    tasks = make_tasks(project, 5)
    for n, task in enumerate(tasks):
        make_consensus(task, ["good", "bad"][n % 2], 0.9)
    for task in tasks[:3]:
        make_answer(task, ann)
    make_consensus(make_tasks(make_project(project.organization), 1)[0], "bad", 0.9)
    assert label_distribution(project) == [{"label": "good", "tasks": 2}, {"label": "bad", "tasks": 1}]
    assert figures.labels_of(project) == ["good", "bad"]


def test_people_are_those_who_answered_most_first(project, ann, bob, eve):
    tasks = make_tasks(project, 3)
    make_answer(tasks[0], ann)
    for task in tasks[1:]:
        make_answer(task, bob)
    assert figures.people_of(project) == [(bob.pk, bob.name), (ann.pk, ann.name)]
