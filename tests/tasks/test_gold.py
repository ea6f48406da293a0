"""Known answers: how they come in, that nobody can tell them apart, and what people are measured by."""

import json
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.errors import InvalidInput
from labeling.pseudonym import number_of
from tasks.models import Answer, Assignment, ClaimCursor, Gold, Project, Skill, Task, Verdict
from tasks.services import claim_gold, gold, judging
from tasks.services.claiming import claim_next
from tasks.services.exporting import request_export, run_export
from tasks.services.gold_reading import Told
from tasks.services.gold_sources import add_gold_of_column, add_gold_of_file, add_gold_of_result
from tasks.services.launching import launch
from tasks.services.leasing import expire_overdue
from tasks.services.offering import offer, reclaim
from tasks.services.projects import change_project
from tests.factories import (
    CHOICE,
    NOW,
    make_answer,
    make_dataset,
    make_item,
    make_project,
    make_task,
    make_tasks,
    make_user,
)
from tests.tasks.test_projects_results import make_consensus
from tests.tasks.working import answer_to, at_work, counts_hold, exchange, id_of, statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dice(monkeypatch):
    monkeypatch.setattr(claim_gold, "rng", Random(7))


def make_gold(project, number=1, answer=None, **fields):
    """Tasks with a known answer, as the service makes them."""
    tasks = make_tasks(project, number)
    told = [Told(f"items[{n}]", task.item.key, answer or {"option": "good"}, **fields) for n, task in enumerate(tasks)]
    gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW)
    project.refresh_from_db()
    return list(Gold.objects.filter(task__in=tasks).order_by("pk"))


def work(client, tasks, value=None):
    return exchange(client, answers=[answer_to(task, value) for task in tasks])


# --- coming in ---------------------------------------------------------------------------------------------------


def test_a_known_answer_takes_its_task_out_of_the_ordinary_work(org, ann, max_, sign_in):
    project = make_project(org)
    task = make_task(project)
    body = {"items": [{"item": task.item.key, "answer": {"option": "good"}, "explanation": "It says so."}]}
    client = sign_in(max_)
    reply = client.post(f"/api/v1/projects/{project.pk}/gold", body)
    assert (reply.status_code, reply.json()) == (201, {"added": 1})
    (row,) = client.get(f"/api/v1/projects/{project.pk}/gold").json()["results"]
    assert (row["item"], row["kind"], row["answer"]) == (task.item.key, "gold", {"option": "good"})
    task.refresh_from_db()
    project.refresh_from_db()
    assert (task.state, task.wanted, project.checks) == ("check", gold.WITHOUT_END, 1)
    assert client.get(f"/api/v1/projects/{project.pk}/progress").json()["tasks"]["total"] == 0


def test_every_problem_names_the_item_and_the_path_and_nothing_is_stored(org, max_, sign_in):
    project = make_project(org)
    one, two = make_tasks(project, 2)
    items = [
        {"item": one.item.key, "answer": {"option": "ugly"}},
        {"item": "no-such-key", "answer": {"option": "good"}},
        {"item": two.item.key, "answer": {"option": "good"}},
        {"item": two.item.key, "answer": {"option": "bad"}},
    ]
    reply = sign_in(max_).post(f"/api/v1/projects/{project.pk}/gold", {"items": items})
    found = {p["path"]: (p["code"], p["message"]) for p in reply.json()["problems"]}
    assert reply.status_code == 400
    assert set(found) == {"items[0].answer.option", "items[1].item", "items[3].answer"}
    assert one.item.key in found["items[0].answer.option"][1]
    assert found["items[3].answer"][0] == "contradiction"
    assert not Gold.objects.exists()


def test_another_answer_to_what_is_known_is_a_contradiction_unless_it_shall_replace(org):
    project = make_project(org)
    (known,) = make_gold(project)
    told = [Told("items[0]", known.task.item.key, {"option": "bad"})]
    with pytest.raises(InvalidInput, match="known already"):
        gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW)
    gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW, replace=True)
    assert Gold.objects.get().answer == {"option": "bad"}


def test_equal_items_with_different_answers_contradict_each_other(org):
    project = make_project(org)
    dataset = make_task(project).item.dataset
    twins = [make_item(dataset, "The same words.") for _ in range(2)]
    told = [
        Told(f"line {n}", item.key, value) for n, (item, value) in enumerate(zip(twins, ("good", "bad"), strict=True))
    ]
    stored, problems = gold.add_gold(project=project, told=told, source="file", actor=None, now=NOW, partly=True)
    assert stored == 1
    assert "same content" in problems[0].message


def test_a_column_of_the_items_holds_known_answers_and_is_never_shown(org, ann, sign_in):
    dataset = make_dataset(org)
    values = ["good", '{"option": "bad"}', "ugly", "", None]
    for n, value in enumerate(values):
        make_item(dataset, key=f"k{n}", data={"text": f"Item {n}", "truth": value})
    project = make_project(org, gold_field="truth", state="draft")
    launch(project=project, dataset=dataset, actor=None, now=NOW)
    assert {g.task.item.key: g.answer["option"] for g in Gold.objects.all()} == {"k0": "good", "k1": "bad"}
    (problem,) = project.gold_problems.all()
    assert (problem.item.key, problem.path) == ("k2", "truth")
    assert set(Task.objects.filter(state="open").values_list("item__key", flat=True)) == {"k2", "k3", "k4"}
    tasks = exchange(sign_in(ann), want=5)["tasks"]
    assert len(tasks) >= 3
    assert all("truth" not in json.dumps(task) for task in tasks)


def test_a_column_can_be_chosen_after_the_launch(org):
    dataset = make_dataset(org)
    make_item(dataset, data={"text": "One", "truth": "bad"})
    make_item(dataset, data={"text": "Two"})
    project = make_project(org, state="draft")
    launch(project=project, dataset=dataset, actor=None, now=NOW)
    assert add_gold_of_column(project=project, field="truth", actor=None, now=NOW) == 1
    assert sorted(Task.objects.values_list("state", flat=True)) == ["check", "open"]
    for field in ("text", "nothing"):
        with pytest.raises(InvalidInput):
            add_gold_of_column(project=project, field=field, actor=None, now=NOW)


def test_a_file_stores_its_good_lines_and_names_the_others(org):
    project = make_project(org)
    one, two, three = make_tasks(project, 3)
    rows = [f"{one.item.key},good,,", f"{two.item.key},ugly,,", f"{three.item.key},bad,training,Mind the tone."]
    content = "\n".join(["item,answer,kind,explanation", *rows])
    stored, problems = add_gold_of_file(project=project, content=content.encode(), actor=None, now=NOW)
    assert stored == 2
    assert [p.path for p in problems] == ["line 3.answer"]
    trained = Gold.objects.get(kind="training")
    assert (trained.explanation, trained.task.state) == ("Mind the tone.", "practice")
    lines = "\n".join(json.dumps({"item": t.item.key, "answer": {"option": "good"}}) for t in (one, two))
    assert add_gold_of_file(project=project, content=lines.encode(), actor=None, now=NOW) == (2, [])


def test_a_result_becomes_a_check_and_stays_data(org, ann, bob, max_, sign_in):
    project = make_project(org)
    task = make_task(project)
    make_answer(task, ann, at=NOW)
    make_consensus(task)
    add_gold_of_result(task=task, actor=max_, now=NOW)
    assert Gold.objects.get().answer == {"option": "good"}
    make_gold(project)
    client = sign_in(max_)
    listed = client.get(f"/api/v1/projects/{project.pk}/results").json()["results"]
    assert [row["task"] for row in listed] == [task.pk]
    assert rows_of(project) == [task.item.key]
    assert len(rows_of(project, include_gold=True)) == 2
    assert judging.judge_project(project_id=project.pk, now=NOW) == {ann.pk}  # what was answered before counts too


def rows_of(project, **options):
    export = request_export(project=project, format="jsonl", **options)
    run_export(export_id=export.pk)
    export.refresh_from_db()
    from labeling import storage

    with storage.open_file(export.storage_key) as file:
        return [json.loads(line)["item_key"] for line in file]


# --- being given out ---------------------------------------------------------------------------------------------


def test_nobody_can_tell_a_check_from_the_work(org, ann, sign_in):
    """Fields, order, numbers, priority, history: the same for both, and the ids of the rows are not told."""
    project = make_project(org)
    make_tasks(project, 60)
    known = {g.task_id for g in make_gold(project, 20)}
    client = sign_in(ann)
    shapes, rows = {True: set(), False: set()}, []
    for _ in range(20):
        tasks = exchange(client, want=3)["tasks"]
        assert len(tasks) == 3
        assert [t["assignment"] for t in tasks] == sorted(t["assignment"] for t in tasks)
        rows += [(task, id_of(task) in known) for task in tasks]
        results = work(client, tasks)["results"]
        for task, result in zip(tasks, results, strict=True):
            shapes[id_of(task) in known].add((shape(task), shape(result)))
    assert 5 <= sum(is_known for _, is_known in rows) <= 20
    assert shapes[True] == shapes[False]
    assert len(shapes[True]) == 1
    history = client.get("/api/v1/work/history?limit=60").json()["results"]
    assert len({shape(row) for row in history}) == 1 or len({shape(r | {"may_correct": True}) for r in history}) == 1
    numbers = {is_known: [t["task"] for t, known_ in rows if known_ == is_known] for is_known in (True, False)}
    assert number_of("task", rows[0][0]["task"]) != rows[0][0]["task"]
    assert not {t["task"] for t, _ in rows} & set(Task.objects.values_list("pk", flat=True))
    assert min(numbers[False]) < max(numbers[True]) and min(numbers[True]) < max(
        numbers[False]
    )  # mixed, not in a block


def shape(value):
    """Names and kinds, all the way down."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(each)) for name, each in value.items()))
    if isinstance(value, list):
        return tuple(shape(each) for each in value)
    return type(value).__name__


def test_what_is_left_falls_with_a_check_as_with_work(org, ann, sign_in):
    project = make_project(org)
    make_tasks(project, 10)
    make_gold(project, 10)
    client = sign_in(ann)

    def figures():
        (row,) = client.get("/api/v1/work/projects").json()["results"]
        return row["left"] + row["done"]

    before = figures()
    for _ in range(6):
        work(client, exchange(client, want=1)["tasks"])
        assert figures() == before
    assert Answer.objects.filter(task__state="check").exists()


def test_a_check_is_given_once_to_each_and_uses_up_no_overlap(org, sign_in):
    project = make_project(org)
    tasks = make_tasks(project, 40)
    known = make_gold(project, 4)
    people = [make_user(org) for _ in range(2)]
    for person in people:
        client = sign_in(person)
        for _ in range(20):
            work(client, exchange(client, want=1)["tasks"])
    given = Counter(Assignment.objects.filter(task__state="check").values_list("task_id", "annotator_id"))
    assert set(given.values()) == {1}
    assert {pk for pk, _ in given} == {g.task_id for g in known}
    assert Answer.objects.filter(task__in=tasks).count() == 40 - given.total()
    assert counts_hold()


def test_a_check_that_was_opened_never_comes_back_but_one_only_offered_does(org, ann):
    project = make_project(org)
    make_tasks(project, 30)
    make_gold(project, 1)
    who, now = at_work(ann), NOW
    for _ in range(12):
        claim_next(who=who, count=1, now=now)
    assert Assignment.objects.filter(task__state="check").count() == 1
    now += timedelta(hours=2)
    expire_overdue(now=now)
    for _ in range(12):
        claim_next(who=who, count=1, now=now)
    assert Assignment.objects.get(task__state="check").state == "expired"
    Assignment.objects.filter(task__state="check").update(leased_at=None)
    for _ in range(12):
        claim_next(who=who, count=1, now=now)
    assert Assignment.objects.get(task__state="check").state == "leased"


def test_where_the_work_has_run_out_the_checks_are_not_used_up(org, ann):
    project = make_project(org)
    make_tasks(project, 1)
    make_gold(project, 10)
    now = NOW
    for _ in range(40):
        claim_next(who=at_work(ann), count=3, now=now)
        now += timedelta(minutes=1)
    assert Assignment.objects.filter(task__state="check").count() <= 2


def test_offers_carry_checks_too_and_nobody_takes_them_over(org, ann, bob):
    project = make_project(org)
    make_tasks(project, 5)
    make_gold(project, 10)
    offer(who=at_work(ann), count=5, now=NOW)
    offered = Assignment.objects.filter(state="offered", annotator=ann)
    assert offered.filter(task__state="check").exists()
    assert offered.count() == 5
    Task.objects.filter(state="open").update(state="canceled")
    offered.exclude(task__state="check").delete()
    assert reclaim(who=at_work(bob), count=5, now=NOW) == []


def test_a_claim_without_gold_is_one_statement_and_one_with_gold_does_not_grow(org, ann):
    project = make_project(org)
    make_tasks(project, 20)
    plain = claim_statements(ann)
    make_gold(project, 3)
    ClaimCursor.objects.update(check_rate=0.4, checked=False)
    few = max(claim_statements(ann) for _ in range(5))
    make_gold(project, 60)
    ClaimCursor.objects.update(checked=False)
    many = max(claim_statements(ann) for _ in range(5))
    assert plain <= (4 if connection.vendor == "postgresql" else 9)
    assert many <= few <= plain + 6


def claim_statements(person):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        claim_next(who=at_work(person), count=1, now=NOW)
    return len(statements(captured))


# --- measuring ---------------------------------------------------------------------------------------------------


def test_an_answer_is_measured_once_and_a_correction_takes_its_place(org, ann):
    project = make_project(org)
    (known,) = make_gold(project)
    wrong = make_answer(known.task, ann, {"option": "bad"}, at=NOW)
    assert judging.judge_project(project_id=project.pk, now=NOW) == {ann.pk}
    assert judging.judge_project(project_id=project.pk, now=NOW) == set()
    known.refresh_from_db()
    assert (Verdict.objects.get().is_right, known.judged, known.failed) == (False, 1, 1)
    Answer.objects.filter(pk=wrong.pk).update(is_live=False)
    Answer.objects.create(
        client_id="7d8f2f5e-0000-4000-8000-000000000001", content_hash="x", assignment=wrong.assignment,
        task=known.task, project=project, annotator=ann, schema_version=1, value={"option": "good"},
        supersedes=wrong, created_at=NOW,
    )  # fmt: skip
    judging.judge_project(project_id=project.pk, now=NOW)
    known.refresh_from_db()
    assert (Verdict.objects.get().is_right, known.judged, known.failed) == (True, 1, 0)


def test_near_enough_is_right_where_nobody_answers_twice_the_same(org, ann, bob):
    project = make_project(org, "multichoice", overlap=3)
    (known,) = make_gold(project, answer={"options": ["cat", "dog"]})
    make_answer(known.task, ann, {"options": ["cat"]}, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert not Verdict.objects.get().is_right
    Verdict.objects.all().delete()
    from tasks.models import CheckRules

    CheckRules.objects.create(project=project, tolerance=0.5)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert (Verdict.objects.get().is_right, Verdict.objects.get().distance) == (True, 0.5)


def test_gold_that_good_people_fail_is_retired_and_measures_nobody(org):
    project = make_project(org)
    (known,) = make_gold(project)
    for n in range(4):
        person = make_user(org)
        Skill.objects.create(project=project, annotator=person, a=90, b=10, mean=0.9, low=0.85, high=0.95)
        make_answer(known.task, person, {"option": "good" if n == 0 else "bad"}, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    known.refresh_from_db()
    project.refresh_from_db()
    assert (known.state, known.failed_by_good, project.checks) == ("retired", 3, 0)
    assert "3 people who are usually right" in known.why
    assert not Verdict.objects.filter(counts=True).exists()
    gold.change_gold(gold=known, actor=None, answer={"option": "bad"})
    judging.judge_project(project_id=project.pk, now=NOW)
    assert Verdict.objects.filter(counts=True, is_right=True).count() == 3
    assert Gold.objects.get().state == "active"


def test_gold_that_many_have_seen_is_retired(org):
    project = make_project(org)
    (known,) = make_gold(project)
    for _ in range(11):
        make_answer(known.task, make_user(org), at=NOW)
    Assignment.objects.update(leased_at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert Gold.objects.get().state == "retired"
    assert "11 of 11 people have seen it" in Gold.objects.get().why
    assert Verdict.objects.filter(counts=True).count() == 11


def test_a_schema_that_refuses_a_known_answer_puts_it_aside_until_it_fits_again(org, ann):
    project = make_project(org)
    known = make_gold(project, 2)
    gold.change_gold(gold=known[1], actor=None, answer={"option": "bad"})
    options = [{"value": "good"}, {"value": "awful"}]
    change_project(project=project, actor=None, now=NOW, config=CHOICE | {"options": options})
    project.refresh_from_db()
    assert gold.recheck(project=project, now=NOW) == 1
    states = dict(Gold.objects.values_list("pk", "state"))
    assert states == {known[0].pk: "active", known[1].pk: "invalid"}
    assert Project.objects.get(pk=project.pk).checks == 1
    change_project(project=project, actor=None, now=NOW, config=CHOICE)
    project.refresh_from_db()
    assert gold.recheck(project=project, now=NOW) == 0
    assert set(Gold.objects.values_list("state", flat=True)) == {"active"}


def test_dropped_gold_is_ordinary_work_again(org, ann, sign_in, max_):
    project = make_project(org, overlap=2)
    (known,) = make_gold(project)
    make_answer(known.task, ann, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    assert sign_in(max_).delete(f"/api/v1/projects/{project.pk}/gold/{known.pk}").status_code == 204
    task = Task.objects.get()
    assert (task.state, task.wanted, task.answered) == ("open", 2, 1)
    assert Verdict.objects.get().counts is False
    assert Project.objects.get(pk=project.pk).checks == 0
    assert counts_hold()


def test_the_event_of_an_answer_tells_whether_there_is_something_to_measure(org, ann, sign_in):
    from labeling.outbox.models import Event
    from tasks.jobs.checks import _checked

    project = make_project(org)
    make_tasks(project, 3)
    make_gold(project, 3)
    client = sign_in(ann)
    for _ in range(5):
        work(client, exchange(client, want=1)["tasks"])
    events = list(Event.objects.filter(kind="answer.submitted"))
    known = set(Answer.objects.filter(task__state="check").values_list("pk", flat=True))
    assert known
    assert {event.object_id for event in events if _checked(event)} == known
