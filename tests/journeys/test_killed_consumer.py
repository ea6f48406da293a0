"""kill -9 of the worker that makes consensus, in the middle of a stream: no answer is lost, none counted twice."""

import os
import random
import signal
from contextlib import contextmanager, nullcontext, suppress

import numpy as np
import orjson
import psycopg
import pytest

from labeling import aggregation
from labeling.aggregation.votes import from_triples
from tasks.replay.client import Api
from tasks.replay.run import fill_dataset
from tests.services.servers import until

OPTIONS = ["billing", "delivery", "other"]
TASKS = 100
SKILLS = [0.95, 0.9, 0.85, 0.8, 0.7, 0.5]
CONFIG = {"question": "What is it about?", "options": [{"value": option} for option in OPTIONS]}
KEY = """
from workers.models import Organization
from workers.services.keys import create_key
org, _ = Organization.objects.get_or_create(slug="killed", defaults={"name": "Killed"})
print(create_key(organization=org, mode="live", name="journey", scope="admin")[1])
"""


@pytest.mark.only("postgresql")  # the embedded mode runs the same worker; this is about its death
def test_a_consumer_killed_again_and_again_in_midstream_loses_nothing_and_counts_nothing_twice(stack):
    api = Api(stack.base_url, key=stack.manage("shell", "-v", "0", "-c", KEY).split()[-1])
    project, tasks = launched(api)
    rng = random.Random(3)
    truth = {task: rng.choice(OPTIONS) for task in tasks}
    for n, skill in enumerate(SKILLS):  # votes of machines: a quick way to send answers over HTTP
        machine = api.post("/machines", {"name": "Voter", "version": str(n), "kind": "classifier"})["id"]
        votes = [
            {"task": task, "answer": {"option": truth[task] if rng.random() < skill else rng.choice(OPTIONS)}}
            for task in tasks
        ]
        with killed_at_work(stack, project) if n in (1, 3) else nullcontext():
            rows = api.post(f"/projects/{project}/machines/{machine}/answers", {"as": "vote", "answers": votes})
            assert {row["status"] for row in rows["results"]} == {"stored"}
    until(lambda: api.get(f"/projects/{project}/progress")["consensus"]["fitted"], "all is applied and fitted", 60)
    change(stack, "settled_at = settled_at - interval '1 minute'", project)  # a lull, after which rows become exact
    until(lambda: stack.query(f"SELECT 1 FROM {STATE} AND is_exact", project), "the last fit", 60)
    check(stack, project)


WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'tasks_annotatorcounts'::regclass"
STATE = "tasks_qualitystate WHERE project_id = %s"


def launched(api):
    items = b"".join(orjson.dumps({"id": f"n{n}", "text": f"Message {n}"}) + b"\n" for n in range(TASKS))
    dataset = fill_dataset(api, "Messages of the killed", "items.jsonl", items, lambda text: None)
    body = {"name": "Killed", "type": "choice", "config": CONFIG, "overlap": 1, "aggregation": "e4"}
    project = api.post("/projects", body)["id"]
    api.post(f"/projects/{project}/launch", {"dataset": dataset})
    until(lambda: api.get(f"/projects/{project}/progress")["tasks"]["total"] == TASKS, "the tasks are there")
    return project, [row["id"] for row in api.pages(f"/projects/{project}/tasks")]


@contextmanager
def killed_at_work(stack, project):
    """kill -9 of the worker while it writes what follows from the answers sent within; then its lease runs out.

    A lock of ours stops it after its first writes, so that it dies with some of them made and none committed.
    """
    workers = stack.processes()["gw-work"]
    with psycopg.connect(stack.env["DATABASE_URL"]) as brake:
        brake.execute("LOCK TABLE tasks_annotatorcounts IN SHARE ROW EXCLUSIVE MODE")
        yield
        until(lambda: stack.query(WAITS), "the consumer is in the middle of its writes", 60)
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        brake.rollback()
    until(lambda: set(stack.processes().get("gw-work", [])) - set(workers), "another worker is there", 60)
    change(stack, "consumer_until = now() - interval '1 second'", project)


def change(stack, what, project):
    with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"UPDATE tasks_qualitystate SET {what} WHERE project_id = %s", [project])


def check(stack, project):
    """By the database alone: every answer once in the state and once in its row, and the rows are what a fit says."""
    of_project = "FROM tasks_answer WHERE project_id = %s AND is_live"
    said = stack.query(f"SELECT id, annotator_id, task_id, value, is_applied {of_project}", project)
    assert len(said) == len(SKILLS) * TASKS and all(applied for *_, applied in said)
    assert stack.query(f"SELECT applied FROM {STATE}", project) == [(len(said),)], "each was applied once"
    rows = stack.query("SELECT task_id, answers, by_method FROM tasks_consensus WHERE project_id = %s", project)
    in_rows = [answer for _, answers, _ in rows for answer in answers]
    assert sorted(in_rows) == sorted(row[0] for row in said), "each is in its task's row once"
    votes = from_triples([(who, task, value["option"]) for _, who, task, value, _ in sorted(said)], classes=OPTIONS)
    fit = aggregation.get("e4").fit(votes)
    stored = {task: by_method["e4"]["posterior"]["item"] for task, _, by_method in rows}
    live = np.array([[stored[task].get(option, 0.0) for option in OPTIONS] for task in votes.items])
    np.testing.assert_allclose(live, fit.posterior, atol=2e-3)
    per_person = stack.query("SELECT counts FROM tasks_annotatorcounts WHERE project_id = %s", project)
    total = sum(np.array(counts["item"]).sum() for (counts,) in per_person)
    assert total == pytest.approx(len(said), abs=0.5), "people's counts hold every answer once"
