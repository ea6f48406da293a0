"""The requester's pages of a project: forms keep what was typed, errors stand beside their fields."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.types import registry
from tasks.models import Dataset, Export, Project, QualityPolicy, Skill, Task
from tasks.selectors import overview
from tests.factories import make_answer, make_dataset, make_org, make_project, make_task, make_tasks
from tests.tasks.test_projects_results import make_consensus

FORM = {
    "name": "Reviews",
    "type": "choice",
    "question": "How does it sound?",
    "options": "good\nbad | Not good | b",
    "guideline": "Read *all* of it.",
    "end_use": "A benchmark.",
    "overlap": "3",
    "more": "",
}


@pytest.fixture
def desk(sign_in, max_):
    return sign_in(max_)


def test_the_list_of_an_empty_organization_says_what_to_do(desk):
    reply = desk.get("/projects/")
    assert reply.status_code == 200
    assert "No projects yet" in reply.text
    assert "/projects/start/" in reply.text


def test_the_list_counts_its_queries(desk, org, django_assert_max_num_queries):
    for _ in range(6):
        make_tasks(make_project(org), 2)
    desk.get("/projects/")
    with django_assert_max_num_queries(8):
        reply = desk.get("/projects/")
    assert reply.text.count("project-card") == 6


def test_a_project_is_made_and_started_without_json(desk, org):
    dataset = make_dataset(org, items=2)
    reply = desk.post("/projects/new/", FORM | {"dataset": dataset.pk, "start": "1"}, format="multipart")
    project = Project.objects.get()
    assert reply.headers["Location"] == f"/projects/{project.pk}/"
    assert (project.state, Task.objects.filter(project=project, wanted=3).count()) == ("running", 2)
    options = project.versions.get().config["options"]
    assert [(one["value"], one["label"], one["key"]) for one in options] == [
        ("good", "good", "1"),
        ("bad", "Not good", "b"),
    ]
    assert "2 tasks are open." in desk.get(reply.headers["Location"]).text


def test_a_refused_form_keeps_everything_and_names_the_fields(desk, org):
    bad = FORM | {"options": "good\ngood\nfine | Fine | s", "more": '{"min": 1}', "name": "Kept name"}
    reply = desk.post("/projects/new/", bad, format="multipart")
    assert reply.status_code == 422
    for shown in (
        "Kept name",
        "Option 2: ",
        "is already the value",
        "Option 3: ",
        "fine | Fine | s",
        "Read *all* of it.",
    ):
        assert shown in reply.text, shown
    assert 'aria-invalid="true"' in reply.text
    assert not Project.objects.exists()


def test_a_type_without_options_begins_with_its_example_and_keeps_what_was_typed(desk):
    assert "Which response is better?" in desk.get("/projects/new/?type=comparison").text
    empty = desk.post("/projects/new/", FORM | {"type": "comparison"}, format="multipart")
    assert empty.status_code == 422
    assert "takes its schema as JSON" in empty.text and "Which response is better?" in empty.text
    bad = '{"question": "Which?", "scale": 99}'
    refused = desk.post("/projects/new/", FORM | {"type": "comparison", "more": bad}, format="multipart")
    assert refused.status_code == 422
    assert "Scale: is 99; must be from 2 to 8" in refused.text and "&quot;Which?&quot;" in refused.text


def test_every_type_can_be_made_on_the_page_from_its_example_and_changed(desk):
    for name, kind in registry.all().items():
        if kind.asks_options:
            continue
        raw = json.dumps(kind.samples()[0]["config"])
        reply = desk.post("/projects/new/", FORM | {"name": name, "type": name, "more": raw}, format="multipart")
        assert reply.status_code == 302, name
        project = Project.objects.get(name=name)
        assert project.versions.get().config == kind.clean_config(kind.samples()[0]["config"])
        page = desk.get(f"/projects/{project.pk}/settings/")
        assert page.status_code == 200
        changed = {"form": "version", "v-more": json.dumps(kind.samples()[1]["config"]), "v-overlap": "2"}
        assert desk.post(f"/projects/{project.pk}/settings/", changed, format="multipart").status_code == 302, name
        assert project.versions.count() == 2


def test_starting_needs_a_dataset(desk):
    reply = desk.post("/projects/new/", FORM | {"start": "1"}, format="multipart")
    assert "Choose what to start with" in reply.text


def test_another_organizations_dataset_is_no_choice(desk):
    theirs = make_dataset(make_org(), items=1)
    reply = desk.post("/projects/new/", FORM | {"dataset": theirs.pk}, format="multipart")
    assert reply.status_code == 422
    assert theirs.name not in desk.get("/projects/new/").text


def test_the_overview_shows_progress_and_its_buttons_work(desk, org, ann):
    project = make_project(org)
    task, _open = make_tasks(project, 2)
    make_answer(task, ann)
    make_consensus(task)
    text = desk.get(f"/projects/{project.pk}/").text
    for shown in ("1 of 2 answers", "Ann", "Pause", "How does it sound?"):
        assert shown in text, shown
    assert desk.post(f"/projects/{project.pk}/pause/").status_code == 302
    assert "Paused" in desk.get(f"/projects/{project.pk}/").text
    assert "1 of 2 answers" in desk.get(f"/projects/{project.pk}/live/").text
    desk.post(f"/projects/{project.pk}/resume/")
    desk.post(f"/projects/{project.pk}/archive/")
    assert project.name not in desk.get("/projects/").text
    assert project.name in desk.get("/projects/?state=archived").text
    assert desk.post(f"/projects/{project.pk}/explode/").status_code == 404


def test_every_state_has_a_word_and_its_actions(desk, org):
    for state in ("draft", "running", "paused", "completed", "archived"):
        project = make_project(org, state=state)
        assert desk.get(f"/projects/{project.pk}/").status_code == 200, state


def test_results_show_votes_in_words_and_filter(desk, org, ann, bob, django_assert_max_num_queries):
    project = make_project(org, overlap=2)
    tasks = make_tasks(project, 60, overlap=2)
    make_answer(tasks[0], ann)
    make_answer(tasks[0], bob, {"option": "bad"})
    make_consensus(tasks[0], confidence=0.5, agreement=0.0)
    desk.get(f"/projects/{project.pk}/items/")  # counts and names are kept for some seconds
    with django_assert_max_num_queries(14):
        reply = desk.get(f"/projects/{project.pk}/items/")
    assert "50 %" in reply.text
    assert "?after=" in reply.text
    second = desk.get(f"/projects/{project.pk}/items/?after={tasks[49].pk}").text
    assert "?before=" in second
    assert second.count('scope="row"') == 10
    one = desk.get(f"/projects/{project.pk}/items/?label=good&max_confidence=0.6").text
    assert one.count('scope="row"') == 1
    assert "Nothing matches" in desk.get(f"/projects/{project.pk}/items/?min_confidence=0.9").text
    refused = desk.get(f"/projects/{project.pk}/items/?min_confidence=lots").text
    assert "Enter a number." in refused
    assert "lots" in refused


def test_a_task_shows_its_item_and_answers_and_is_called_off(desk, org, ann):
    project = make_project(org, overlap=2)
    task = make_task(project)
    make_answer(task, ann)
    path = f"/projects/{project.pk}/tasks/{task.pk}/"
    text = desk.get(path).text
    assert task.item.data["text"] in text
    assert "a_" in text
    assert ">Ann<" not in text.split("<main")[1]
    desk.post(f"{path}change/", {"priority": "9"}, format="multipart")
    desk.post(f"{path}change/", {"cancel": "1"}, format="multipart")
    task.refresh_from_db()
    assert (task.priority, task.state) == (9, "canceled")
    assert desk.get(f"/projects/{make_project(org).pk}/tasks/{task.pk}/").status_code == 404


def test_settings_make_a_version_and_keep_what_was_typed(desk, org):
    project = make_project(org)
    path = f"/projects/{project.pk}/settings/"
    fields = {"form": "version", "expected": "1"} | {f"v-{name}": value for name, value in FORM.items()}
    assert desk.post(path, fields, format="multipart").status_code == 302
    project.refresh_from_db()
    assert project.version == 2
    late = desk.post(path, fields | {"v-question": "Mine?"}, format="multipart")
    assert late.status_code == 422
    assert "at version 2 by now" in late.text
    assert "Mine?" in late.text
    assert "Version 1" in desk.get(path).text


def test_settings_choose_who_works_on_it(desk, org, ann, eve):
    project = make_project(org)
    path = f"/projects/{project.pk}/settings/"
    fields = {"form": "people", "p-name": "Renamed", "p-priority": "4", "p-aggregation": "dawid_skene"}
    fields |= {"p-most_answers": "40"}
    assert desk.post(path, fields | {"p-members": [ann.pk]}, format="multipart").status_code == 302
    project.refresh_from_db()
    assert (project.name, project.priority, project.open_to_all) == ("Renamed", 4, False)
    assert project.most_answers == 40
    assert [one.pk for one in project.members.all()] == [ann.pk]
    assert desk.post(path, fields | {"p-members": [eve.pk]}, format="multipart").status_code == 422


def test_an_export_is_asked_for_and_listed(desk, org):
    project = make_project(org)
    path = f"/projects/{project.pk}/exports/"
    assert desk.post(path, {"format": "jsonl", "include_answers": "on"}, format="multipart").status_code == 302
    export = Export.objects.get()
    assert export.include_answers
    Export.objects.filter(pk=export.pk).update(state="done", sha256="ab" * 32, rows=3, size=100)
    text = desk.get(path).text
    assert "ab" * 32 in text
    assert f"/media/exports/{export.pk}/" in text
    assert desk.post(path, {"format": "floppy"}, format="multipart").status_code == 422


def paths(project, dataset, task):
    reads = [f"/projects/{project}/", f"/projects/{project}/live/", f"/projects/{project}/items/"]
    reads += [
        f"/projects/{project}/tasks/{task}/",
        f"/projects/{project}/exports/",
        f"/projects/{project}/exports/live/",
    ]
    reads += [f"/datasets/{dataset}/", f"/datasets/{dataset}/live/"]
    writes = [f"/projects/{project}/settings/", f"/datasets/{dataset}/delete/"]
    posts = [f"/projects/{project}/pause/", f"/projects/{project}/launch/", f"/projects/{project}/tasks/{task}/change/"]
    return reads, writes, posts


def test_pages_open_for_those_who_may(org, max_, mia, ann, eve, sign_in, client):
    project, dataset = make_project(org), make_dataset(org, items=1)
    task = make_task(project)
    reads, writes, posts = paths(project.pk, dataset.pk, task.pk)
    for path in reads + ["/projects/", "/datasets/"]:
        assert sign_in(mia).get(path).status_code == 200, path
        assert sign_in(ann).get(path).status_code == 403, path
        assert client.get(path).status_code == 302, path
    for path in writes + ["/projects/new/", "/datasets/new/"]:
        assert sign_in(max_).get(path).status_code == 200, path
        assert sign_in(mia).get(path).status_code == 403, path
    for path in posts + writes:
        assert sign_in(mia).post(path).status_code == 403, path
        assert sign_in(eve).post(path).status_code == 404, path
    for path in reads + writes:
        assert sign_in(eve).get(path).status_code == 404, path
    for path in [f"/projects/{project.pk}/exports/", f"/datasets/{dataset.pk}/"]:
        assert sign_in(mia).post(path, {"format": "jsonl"}, format="multipart").status_code == 403
    assert Project.objects.get(pk=project.pk).state == "running"
    assert Dataset.objects.get(pk=dataset.pk).deleted_at is None
    assert not Export.objects.exists()


def test_test_data_is_not_on_the_pages(desk, org):
    assert desk.get(f"/projects/{make_project(org, mode='test').pk}/").status_code == 404


def test_every_figure_of_the_overview_leads_to_the_rows_behind_it(desk, org, ann, bob):
    project = make_project(org, overlap=2)
    tasks = make_tasks(project, 3)
    for task in tasks[:2]:
        make_answer(task, ann, active_ms=3000)
        make_answer(task, bob, {"option": "bad"}, active_ms=70_000, at=timezone.now() - timedelta(days=2))
        make_consensus(task, agreement=0.0)
    Skill.objects.create(project=project, annotator=ann, a=8, b=2, mean=0.83, low=0.6, high=0.9)
    QualityPolicy.objects.create(project=project, number=1, cost_per_answer="0.05")
    reply = desk.get(f"/projects/{project.pk}/")
    assert "0.20" in reply.text  # four answers at five cents
    assert [number for _, number, _ in reply.context["accuracies"]] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert [number for _, number, _ in reply.context["days"]] == [2, 0, 2]
    expected = {"labels": 2, "seconds": 2, "hours": 2, "days": 2}
    for name, number in expected.items():
        for link in [link for _, value, link in reply.context[name] if value]:
            assert desk.get(link).text.count('scope="row"') == number, (name, link)
    for name, number in {"resolved": 2, "all": 3, "open": 1, "last_hour": 2}.items():
        assert desk.get(reply.context["links"][name]).text.count('scope="row"') == number, name
    assert f"annotator={ann.pk}" in reply.text


def test_the_overview_is_not_made_anew_while_nothing_happens(
    desk, org, ann, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(overview, "TICK", 10**10)
    project = make_project(org)
    tasks = make_tasks(project, 2)
    path = f"/projects/{project.pk}/live/"
    first = desk.get(path)
    tag = first.headers["ETag"]
    with django_assert_max_num_queries(7):
        again = desk.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    make_answer(tasks[0], ann)
    changed = desk.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag


def test_a_project_whose_type_is_not_installed_any_more_says_so(desk, org):
    project = make_project(org)
    make_task(project)
    Project.objects.filter(pk=project.pk).update(type="stars")
    desk.raise_request_exception = False
    assert desk.get("/projects/").status_code == 200
    for page in "", "settings/":
        reply = desk.get(f"/projects/{project.pk}/{page}")
        assert (reply.status_code, "the type “stars”" in reply.text) == (503, True), page
