"""A claim costs the same in a huge project, and after many own answers: told by its plan and the rows it reads."""

from dataclasses import replace

import pytest
from django.db import connection

from tasks.models import Assignment, Batch, Task
from tasks.selectors.eligibility import open_projects
from tasks.services import claim_sqlite
from tasks.services.claim_order import START
from tasks.services.claim_postgres import CLAIM
from tasks.services.claiming import claim_next
from tests.factories import NOW, make_project, make_tasks
from tests.tasks.working import at_work
from workers.services import groups

pytestmark = pytest.mark.django_db
OWN = 1500


@pytest.fixture
def cursor_after_many_answers(org, ann):
    """Ann has answered 1500 tasks that stay open for others, and her cursor lies behind them."""
    project = make_project(org, overlap=3)
    tasks = make_tasks(project, OWN + 500)
    for task in tasks[: OWN - 1]:
        task.taken = task.answered = 1
    Task.objects.bulk_update(tasks[: OWN - 1], ["taken", "answered"], batch_size=500)
    row = {"organization_id": org.pk, "project": project, "annotator": ann, "schema_version": 1, "state": "submitted"}
    Assignment.objects.bulk_create([Assignment(task=task, **row) for task in tasks[: OWN - 1]])
    assert claim_next(who=at_work(ann), count=1, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return open_projects(at_work(ann))[0]


def test_a_claim_reads_one_open_task(ann, cursor_after_many_answers):
    if connection.vendor == "sqlite":
        check_sqlite(ann, cursor_after_many_answers)
    else:
        check_postgresql(ann, cursor_after_many_answers)


def test_a_claim_does_not_look_at_what_is_kept_for_others(org, ann, bob):
    """A thousand kept tasks come first in the order; to Bob, who is in no group, they are not there."""
    project = make_project(org)
    batch = Batch.objects.create(organization=org, work=project, name="Night")
    batch.groups.set([groups.create(organization=org, name="Night", user_ids=[ann.pk], actor=None)])
    make_tasks(project, 1000, kept_for=batch, batch=batch)
    make_tasks(project, 50)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    (own,) = [each for each in open_projects(at_work(bob)) if each.id == project.pk]
    start = replace(own, position=START)
    if connection.vendor == "sqlite":
        check_sqlite(bob, start)
    else:
        check_postgresql(bob, start)
    (pk,) = claim_next(who=at_work(bob), count=1, now=NOW)
    assert Assignment.objects.get(pk=pk).task.kept_for is None
    (pk,) = claim_next(who=at_work(ann), count=1, now=NOW)
    assert Assignment.objects.get(pk=pk).task.kept_for == batch


def check_postgresql(ann, project):
    rank, taken, task = project.position
    values = {"project": project.id, "organization": 1, "annotator": ann.pk, "version": 1, "epoch": 0, "count": 1}
    values |= {"rank": rank, "taken": taken, "task": task, "state": "leased", "until": NOW, "offered": None}
    values |= {"leased": NOW, "rewound": None}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + CLAIM.format(locked="SKIP LOCKED"), values)
        (plan,) = cursor.fetchone()
    nodes = list(walk(plan[0]["Plan"]))
    (scan,) = [node for node in nodes if node.get("Index Name") == "task_open"]
    assert "ROW(" in scan["Index Cond"]
    assert scan["Actual Rows"] == 1
    assert scan.get("Rows Removed by Filter", 0) == 0
    read = [n["Relation Name"] for n in nodes if n["Actual Loops"] and n["Node Type"] == "Seq Scan"]
    assert not {"tasks_task", "tasks_assignment", "tasks_batch"} & set(read)


def check_sqlite(ann, project):
    for behind, order, part in claim_sqlite.RANGES:
        sql = claim_sqlite.CANDIDATES.format(behind=behind, order=order)
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql, [project.id, 0, *project.position[part], ann.pk, 1])
            steps = [row[3] for row in cursor.fetchall()]
        assert "SEARCH t USING INDEX task_open" in steps[0], steps
        assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")], steps


def test_the_next_candidate_is_right_behind_the_cursor(ann, cursor_after_many_answers):
    project = cursor_after_many_answers
    (pk,) = claim_next(who=at_work(ann), count=1, now=NOW)
    assert Assignment.objects.get(pk=pk).task_id == project.position[2] + 1


def walk(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from walk(inner)
