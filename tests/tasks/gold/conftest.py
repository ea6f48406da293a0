"""Projects with known answers, and people who meet them."""

from random import Random

import pytest

from tasks.models import Gold
from tasks.services import claim_gold, gold
from tasks.services.gold_reading import Told
from tests.factories import NOW, make_tasks
from tests.tasks.working import answer_to, exchange


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
