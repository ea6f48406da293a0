"""The items page: its filters are its address, views of it are kept, and many items are changed at once."""

import re

import pytest

from tasks.models import Bulk, SavedView, Task
from tasks.services.bulk import run_bulk
from tasks.services.consensus import update_project
from tasks.services.consensus.leaving_out import leave_out
from tests.factories import CHOICE, NOW, make_answer, make_project, make_task, make_tasks
from tests.tasks.test_projects_results import make_consensus


@pytest.fixture
def sign_in(sign_in):
    """As a browser's form posts."""

    def client_of(user):
        client = sign_in(user)
        client.default_format = "multipart"
        return client

    return client_of


@pytest.fixture
def desk(sign_in, max_):
    return sign_in(max_)


@pytest.fixture
def project(org):
    return make_project(org, overlap=2)


def test_the_old_address_leads_here_with_its_filters(desk, project):
    reply = desk.get(f"/projects/{project.pk}/results/?label=good")
    assert reply.headers["Location"] == f"/projects/{project.pk}/items/?label=good"


def test_a_full_page_costs_as_many_queries_as_an_empty_one(desk, project, ann, bob, django_assert_num_queries):
    tasks = make_tasks(project, 60)
    for task in tasks[:20]:
        make_answer(task, ann)
        make_consensus(task)
    for show in ("table", "grid"):
        desk.get(f"/projects/{project.pk}/items/?show={show}")  # counts and names are kept for some seconds
        with django_assert_num_queries(14):  # among them: whether its material is to be veiled, who is left out
            reply = desk.get(f"/projects/{project.pk}/items/?show={show}")
        assert "60 items" in reply.text
    assert reply.text.count("data-row") == 60


def test_how_many_match_is_told_on_a_page_of_many_and_of_a_large_project_by_state(desk, project, ann, monkeypatch):
    tasks = make_tasks(project, 70)
    make_answer(tasks[0], ann)
    path = f"/projects/{project.pk}/items/"
    assert "70 items match" in desk.get(f"{path}?q=Sentence").text
    monkeypatch.setattr("tasks.web.items.COUNTED", 60)
    assert "items match" not in desk.get(f"{path}?q=Sentence").text
    assert "70 items match" in desk.get(f"{path}?state=open").text


def test_labels_are_called_as_people_see_them_and_a_bar_leads_to_just_its_tasks(desk, org, ann):
    config = CHOICE | {"options": [{"value": "pos", "label": "Rather good"}, {"value": "neg"}]}
    project = make_project(org, config=config, launched_at=NOW, state="running")
    done, open_one = make_task(project), make_task(project, overlap=2)
    for task in (done, open_one):
        make_answer(task, ann, {"option": "pos"})
        make_consensus(task, "pos")
    page = desk.get(f"/projects/{project.pk}/items/").text
    assert page.count("Rather good") == 5, "the filter, and result and votes of both"
    overview = desk.get(f"/projects/{project.pk}/").text
    assert "Rather good" in overview
    behind = re.search(r'href="([^"]*label=pos[^"]*)"', overview)[1].replace("&amp;", "&")
    assert desk.get(behind).text.count('scope="row"') == 1


def test_a_view_is_kept_for_everybody_and_its_address_tells_everything(desk, sign_in, mia, project):
    path = f"/projects/{project.pk}/items/"
    query = "order=confidence&label=good&after=12&nonsense=1&min_confidence=lots"
    assert desk.post(path + "views/", {"name": " Doubtful ", "query": query}).status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Doubtful", "label=good&order=confidence")
    make_consensus(make_task(project), "good")
    seen = sign_in(mia).get(path).text
    assert "?label=good&amp;order=confidence" in seen and "Doubtful" in seen
    assert sign_in(mia).post(path + "views/", {"name": "Mine", "query": ""}).status_code == 403
    desk.post(path + "views/", {"name": "Doubtful", "query": "label=bad"})
    assert SavedView.objects.get().query == "label=bad"
    assert desk.post(path + "views/", {"name": "", "query": ""}, follow=True).text.count("must have 1 to 100") == 1
    desk.post(f"{path}views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_many_items_are_changed_after_a_preview_and_changed_back(desk, project, ann):
    tasks = make_tasks(project, 3)
    path = f"/projects/{project.pk}/items/"
    chosen = {"kind": "cancel", "scope": "chosen", "task": [tasks[0].pk, tasks[1].pk], "query": "state=open"}
    preview = desk.post(path + "change/", chosen)
    assert "2 of 2 items would be changed." in preview.text
    assert not Bulk.objects.exists()
    assert desk.post(path + "change/", chosen | {"confirm": "1"}).headers["Location"] == path + "changes/"
    made = Bulk.objects.get()
    run_bulk(bulk_id=made.pk)
    assert Task.objects.filter(state="canceled").count() == 2
    assert "Undo" in desk.get(path + "changes/").text
    desk.post(f"{path}changes/{made.pk}/undo/")
    run_bulk(bulk_id=made.pk)
    assert not Task.objects.filter(state="canceled").exists()
    assert "2 taken back" in desk.get(path + "changes/live/").text


def test_all_that_match_are_those_of_the_address(desk, project):
    tasks = make_tasks(project, 4)
    make_consensus(tasks[2], "bad")
    body = {"kind": "prioritise", "priority": "5", "scope": "matching", "query": "label=bad", "confirm": "1"}
    desk.post(f"/projects/{project.pk}/items/change/", body)
    run_bulk(bulk_id=Bulk.objects.get().pk)
    assert list(Task.objects.filter(priority=5).values_list("pk", flat=True)) == [tasks[2].pk]


def test_a_change_of_nothing_or_without_a_number_is_refused(desk, project):
    [task] = make_tasks(project, 1)
    path = f"/projects/{project.pk}/items/change/"
    assert "Choose items first." in desk.post(path, {"kind": "cancel", "scope": "chosen"}, follow=True).text
    body = {"kind": "prioritise", "priority": "much", "task": task.pk, "scope": "chosen"}
    assert "between -1000 and 1000" in desk.post(path, body, follow=True).text
    assert not Bulk.objects.exists()


def test_one_item_shows_its_answers_side_by_side_and_the_way_on(desk, sign_in, mia, eve, project, ann, bob):
    tasks = make_tasks(project, 3)
    make_answer(tasks[1], ann)
    make_answer(tasks[1], bob, {"option": "bad"})
    for task in tasks:
        make_consensus(task)
    path = f"/projects/{project.pk}/items/{tasks[1].pk}/?label=good"
    seen = desk.get(path)
    assert [one["value"]["option"] for one in seen.context["look"]["review"]["answers"]] == ["good", "bad"]
    assert f"/items/{tasks[0].pk}/?label=good" in seen.text and f"/items/{tasks[2].pk}/?label=good" in seen.text
    assert "Ann" in seen.text
    assert "Ann" not in sign_in(mia).get(path).text
    assert sign_in(eve).get(path).status_code == 404


def test_votes_of_who_is_left_out_are_told_apart_from_those_that_count(desk, project, ann, bob):
    task = make_task(project)
    make_answer(task, ann, {"option": "good"})
    make_answer(task, bob, {"option": "bad"})
    make_consensus(task, "good")
    path = f"/projects/{project.pk}/items/"
    assert "Left out" not in desk.get(path).text
    leave_out(project=project, annotator=bob, actor=None, now=NOW)
    page = desk.get(path).text
    assert '<span dir="auto">good</span> 1' in page
    assert '<span dir="auto">bad</span>' not in page and "Left out 1" in page
    assert desk.get(f"/projects/{project.pk}/tasks/{task.pk}/").text.count("Left out") == 1


def test_things_in_a_picture_are_counted_by_label_and_found_by_it(desk, org, ann, bob, with_key):
    schema = {"question": "Draw.", "labels": [{"value": "car", "label": "Car"}, {"value": "cart"}]}
    project = make_project(org, "boxes", schema, overlap=2)
    box = {"uuid": "1", "type": "box", "left": 1, "top": 1, "width": 9, "height": 9, "attributes": {}}
    tasks = make_tasks(project, 2)
    for task, label in zip(tasks, ("car", "cart"), strict=True):
        for person in (ann, bob):
            make_answer(task, person, {"annotations": [box | {"label": label}], "global_attributes": {}})
    update_project(project_id=project.pk)
    page = desk.get(f"/projects/{project.pk}/items/?label=car").text
    assert page.count('scope="row"') == 1
    assert '<strong dir="auto">Car</strong>' in page
    Task.objects.update(state="resolved", resolved_at=NOW)
    overview = desk.get(f"/projects/{project.pk}/")
    assert [row[:2] for row in overview.context["labels"]] == [("Car", 1), ("cart", 1)]
    assert desk.get(overview.context["labels"][0][2]).text.count('scope="row"') == 1, "it leads to the task behind it"
    told = with_key(org).get(f"/api/v1/projects/{project.pk}/progress").json()
    assert told["labels"][0] == {"label": "car", "tasks": 1, "objects": 1} and told["labels_measured_on"] == 2
    found = with_key(org).get(f"/api/v1/projects/{project.pk}/results?label=car").json()["results"]
    assert [row["task"] for row in found] == [tasks[0].pk], "programs find it likewise"
    seen = desk.get(f"/projects/{project.pk}/items/{tasks[0].pk}/")
    assert seen.status_code == 200  # with what is known of the people, which are no tables here
