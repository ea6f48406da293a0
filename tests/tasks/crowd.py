"""Projects with a simulated crowd, and what their consensus must be."""

import random
from collections import Counter
from typing import Any

import numpy as np

from labeling import aggregation
from labeling.aggregation import live
from labeling.aggregation.votes import from_triples
from tasks.models import AnnotatorCounts, Answer, Consensus, Project, QualityState, Task
from tests.factories import make_answer, make_org, make_project, make_tasks, make_user
from workers.models import User

COLORS = ["red", "green", "blue"]
CHOICE = {"question": "Which color?", "options": [{"value": color} for color in COLORS]}


def make_crowd_project(people: int = 5, tasks: int = 20, **fields: Any) -> tuple[Project, list[Task], list[User]]:
    org = make_org()
    project = make_project(org, "choice", CHOICE, overlap=people, **fields)
    return project, make_tasks(project, tasks), [make_user(org) for _ in range(people)]


def answer_all(tasks: list[Task], people: list[User], *, skill: float = 0.75, seed: int = 1) -> None:
    """Everybody answers everything; the true color of a task follows from its place."""
    rng = random.Random(seed)
    for place, task in enumerate(tasks):
        truth = COLORS[place % 3]
        for person in people:
            make_answer(task, person, {"option": truth if rng.random() < skill else rng.choice(COLORS)})


def live_triples(project: Project) -> list[tuple[int, int, str]]:
    answers = Answer.objects.filter(project=project, is_live=True).order_by("task_id", "id")
    return [(a.annotator_id, a.task_id, a.value["option"]) for a in answers]


def majority_by_hand(project: Project) -> dict[int, tuple[str, float]]:
    votes: dict[int, Counter[str]] = {}
    for _, task_id, option in live_triples(project):
        votes.setdefault(task_id, Counter())[option] += 1
    won = {
        task: max(counted.items(), key=lambda vote: (vote[1], -COLORS.index(vote[0])))
        for task, counted in votes.items()
    }
    return {task: (color, (n + 1 / 3) / (votes[task].total() + 1)) for task, (color, n) in won.items()}


def in_batch(project: Project, method: str = "dawid_skene") -> dict[int, str]:
    votes = from_triples(live_triples(project), classes=COLORS)
    return dict(zip(votes.items, [COLORS[n] for n in aggregation.get(method).fit(votes).labels], strict=True))


def stored(project: Project, method: str) -> dict[int, tuple[str, float]]:
    rows = Consensus.objects.filter(project=project).order_by("task_id")
    return {
        row.task_id: (row.by_method[method]["value"]["option"], row.by_method[method]["confidence"]) for row in rows
    }


def assert_counts_are_the_sum_of_the_rows(project: Project) -> None:
    """Every applied answer is in the annotators' counts once, with its task's stored posterior."""
    expected: dict[int, np.ndarray] = {}
    counted = project.aggregation if project.aggregation in live.PROBABLE else "dawid_skene"
    for row in Consensus.objects.filter(project=project):
        shares = row.by_method[counted]["posterior"]["item"]
        posterior = np.array([shares.get(color, 0.0) for color in COLORS])
        for answer in Answer.objects.filter(pk__in=row.answers):
            table = expected.setdefault(answer.annotator_id, np.zeros((3, 3)))
            table[:, COLORS.index(answer.value["option"])] += posterior
    found = {c.annotator_id: np.array(c.counts["item"]) for c in AnnotatorCounts.objects.filter(project=project)}
    found = {who: table for who, table in found.items() if table.any()}
    assert found.keys() == expected.keys()
    for who, table in expected.items():
        np.testing.assert_allclose(found[who], table, atol=1e-6)
    pooled = np.array(QualityState.objects.get(project=project).model["parts"]["item"]["pooled"])
    np.testing.assert_allclose(pooled, sum(expected.values()), atol=1e-6)
