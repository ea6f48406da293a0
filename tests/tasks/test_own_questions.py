"""A task may ask something else than its project does: it is given out, answered and settled under its own version."""

import pytest

from labeling.types import registry
from tasks.models import Assignment, Consensus, Export, ProjectVersion
from tasks.services.claiming import claim_next
from tasks.services.consensus import update_project
from tasks.services.export_rows import SnapshotReader
from tasks.services.projects import change_project, version_for_tasks
from tasks.services.snapshots import columns_of, fix_rows
from tests.factories import CHOICE, NOW, make_answer, make_project, make_task, make_user
from tests.tasks.working import answer_to, at_work, exchange, id_of

pytestmark = pytest.mark.django_db
OTHER = {"question": "Which animal?", "options": [{"value": "cat"}, {"value": "dog"}]}


def own_version(project, config=OTHER, guideline=""):
    clean = registry.get("choice").clean_config(config)
    return version_for_tasks(project=project, config=clean, guideline=guideline, overlap=1)


def test_the_same_question_is_one_version_and_the_projects_own_none(org):
    project = make_project(org)
    first = own_version(project)
    assert first.number == 2
    assert own_version(project).pk == first.pk
    assert own_version(project, CHOICE) is None
    assert own_version(project, CHOICE, "Read twice.").number == 3
    project.refresh_from_db()
    assert project.version == 1


def test_the_projects_next_version_has_a_number_of_its_own(org):
    project = make_project(org)
    own_version(project)
    changed = change_project(project=project, actor=None, now=NOW, guideline="New words.")
    assert changed.version == 3
    assert not ProjectVersion.objects.get(project=project, number=3).for_tasks


def test_the_page_gets_each_task_with_its_own_question(org, ann, sign_in):
    project = make_project(org)
    number = own_version(project).number
    usual, own = make_task(project), make_task(project, own_version=number)
    reply = exchange(sign_in(ann), want=5)
    asked = {id_of(task): reply["projects"][f"{project.pk}.{task['schema_version']}"] for task in reply["tasks"]}
    assert asked[usual.pk]["config"]["question"] == CHOICE["question"]
    assert asked[own.pk]["config"]["question"] == "Which animal?"


def test_an_answer_is_judged_by_the_tasks_own_question_and_no_other(org, ann, sign_in):
    project = make_project(org)
    make_task(project, own_version=own_version(project).number)
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    (wrong,) = exchange(client, answers=[answer_to(task, {"option": "good"})])["results"]
    (elsewhere,) = exchange(client, answers=[answer_to(task, {"option": "good"}, schema_version=1)])["results"]
    (right,) = exchange(client, answers=[answer_to(task, {"option": "cat"})])["results"]
    assert (wrong["status"], elsewhere["status"], right["status"]) == ("invalid", "refused", "stored")


def test_a_claim_by_each_way_keeps_the_tasks_version(org, ann, bob, sign_in):
    project = make_project(org, self_selection=True, overlap=2)
    number = own_version(project).number
    task = make_task(project, own_version=number)
    exchange(sign_in(ann), claim=[task.pk])
    claim_next(who=at_work(bob), count=1, now=NOW)
    assert set(Assignment.objects.values_list("schema_version", flat=True)) == {number}


def test_an_offer_that_changes_hands_keeps_it_too(org, ann, bob, sign_in):
    project = make_project(org)
    number = own_version(project).number
    make_task(project, own_version=number)
    claim_next(who=at_work(ann), count=1, now=NOW, state="offered")
    assert [task["schema_version"] for task in exchange(sign_in(bob), want=1)["tasks"]] == [number]


def test_consensus_settles_it_by_its_own_question_and_pools_equal_ones_only(org):
    project = make_project(org, overlap=3, aggregation="dawid_skene")
    people = [make_user(org) for _ in range(3)]
    own, words = own_version(project), own_version(project, CHOICE, "In other words.")
    usual, apart = make_task(project), make_task(project, own_version=own.number)
    reworded = make_task(project, own_version=words.number)
    for who, animal in zip(people, ["dog", "dog", "cat"], strict=True):
        make_answer(usual, who, {"option": "good"})
        make_answer(apart, who, {"option": animal}, schema_version=own.number)
        make_answer(reworded, who, {"option": "bad"}, schema_version=words.number)
    update_project(project_id=project.pk)
    found = {row.task_id: row for row in Consensus.objects.all()}
    assert [found[task.pk].value["option"] for task in (usual, apart, reworded)] == ["good", "dog", "bad"]
    assert [found[task.pk].method for task in (usual, apart, reworded)] == ["dawid_skene", "majority", "dawid_skene"]
    assert found[apart.pk].confidence == pytest.approx(2.5 / 4)


def test_an_export_reads_each_answer_by_its_own_question(org, ann):
    field = {"question": "Write it down.", "fields": [{"name": "one"}]}
    project = make_project(org, "writing", field)
    other = registry.get("writing").clean_config({"question": "And this.", "fields": [{"name": "two"}]})
    number = version_for_tasks(project=project, config=other, guideline="", overlap=1).number
    make_answer(make_task(project), ann, {"fields": {"one": "a"}})
    make_answer(make_task(project, own_version=number), ann, {"fields": {"two": "b"}}, schema_version=number)
    update_project(project_id=project.pk)
    export = Export.objects.create(project=project, format="jsonl", state="running", worked_at=NOW)
    fix_rows(export=export, now=NOW)
    export.columns = columns_of(export)
    rows = list(SnapshotReader(export, after=0).rows(most_rows=10, most_bytes=10**6))
    assert [(row["consensus.fields.one"], row["consensus.fields.two"]) for row in rows] == [("a", None), (None, "b")]
