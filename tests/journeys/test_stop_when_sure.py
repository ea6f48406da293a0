"""A crowd of simulated people on real processes: stop when sure against a fixed number of answers."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from tasks.replay.client import Api
from tasks.replay.people import join, read_secret
from tasks.replay.run import fill_dataset
from tasks.simulation.annotators import CROWD, Annotator, World

OPTIONS = ["billing", "delivery", "other"]
ITEMS, MOST = 240, 5
SKILLS = [0.95, 0.95, 0.95, 0.9, 0.9, 0.9, 0.85, 0.6]
CONFIG = {"question": "What is it about?", "options": [{"value": option} for option in OPTIONS]}
KEY = """
from workers.models import Organization
from workers.services.keys import create_key
org, _ = Organization.objects.get_or_create(slug="sure", defaults={"name": "Sure"})
print(create_key(organization=org, mode="live", name="journey", scope="admin")[1])
"""
HELD = """
SELECT t.id, t.state, t.wanted, t.taken, t.answered, array_agg(a.state || ' ' || coalesce(a.finished_at, a.offered_at))
FROM tasks_task t JOIN tasks_assignment a ON a.task_id = t.id
WHERE t.project_id = %s AND (t.answered > t.ceiling OR (t.state <> 'open' AND t.answered <> t.taken)) GROUP BY t.id
"""
PATIENCE = 180  # seconds without an end


@pytest.mark.only("postgresql")  # the rule itself is tested on both; this is about the processes together
def test_a_crowd_that_stops_when_sure_gives_fewer_answers_of_equal_quality(stack):
    api = Api(stack.base_url, key=stack.manage("shell", "-v", "0", "-c", KEY).split()[-1])
    rng = random.Random(7)
    truth = {f"n{n}": rng.choice(OPTIONS) for n in range(ITEMS)}
    items = b"".join(orjson.dumps({"id": name, "text": f"Message {name}"}) + b"\n" for name in truth)
    dataset = fill_dataset(api, "Messages", "items.jsonl", items, lambda text: None)
    secret, world = read_secret(stack.var), World(truth)
    with ThreadPoolExecutor(len(SKILLS)) as pool:
        names = [f"sure{n}" for n in range(len(SKILLS))]
        sessions = list(pool.map(lambda name: join(api, worker=name, crowd=CROWD, secret=secret), names))
    crowd = [Annotator(*one, world) for one in zip(names, SKILLS, sessions, strict=True)]
    fixed = run(api, dataset, truth, crowd, {})
    agree = run(api, dataset, truth, crowd, {"rule": "agree", "floor": 2, "ceiling": MOST, "cost_per_answer": "0.1"})
    assert fixed["answers"] == ITEMS * MOST
    assert agree["answers"] <= 0.7 * fixed["answers"]
    assert agree["accuracy"] >= fixed["accuracy"] - 0.07
    saved = api.get(f"/projects/{agree['project']}/quality")["saved"]
    assert saved["saved"] >= 0.3 * ITEMS * MOST * (saved["tasks"] / ITEMS)
    # a fit after the last answer may have opened a task again
    assert stack.query(HELD, agree["project"]) == [], "more answers than the ceiling, or a slot on a settled task"


def run(api, dataset, truth, crowd, policy):
    """Everybody works until every task is settled; how many answers it took, and how many labels are right."""
    body = {"name": "Sure" if policy else "Fixed", "type": "choice", "config": CONFIG, "overlap": MOST}
    project = api.post("/projects", body | {"aggregation": "e4"})["id"]
    if policy:
        api.call("PATCH", f"/projects/{project}/quality", json=policy)
    api.post(f"/projects/{project}/launch", {"dataset": dataset})
    end = time.monotonic() + PATIENCE
    while is_under_way(api.get(f"/projects/{project}/progress")):
        assert time.monotonic() < end, api.get(f"/projects/{project}/progress")
        with ThreadPoolExecutor(len(crowd)) as pool:
            list(pool.map(lambda one: one.work(project, lambda: True, lambda number: None), crowd))
    rows = list(api.pages(f"/projects/{project}/results"))
    right = sum(row["consensus"]["value"]["option"] == truth[row["item"]["key"]] for row in rows)
    given = api.get(f"/projects/{project}/progress")["answers"]["given"]
    return {"project": project, "answers": given, "accuracy": right / len(rows)}


def is_under_way(progress):
    return progress["tasks"]["open"] or progress["consensus"]["waiting"]
