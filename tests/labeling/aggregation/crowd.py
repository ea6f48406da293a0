"""A made-up crowd with known truth and known skill."""

from __future__ import annotations

import numpy as np

from labeling.aggregation.votes import Ints, Votes


def made_up_crowd(*, n_items: int, n_workers: int, n_classes: int, each: int, seed: int) -> tuple[Votes, Ints]:
    """Votes and truth: every item is asked of ``each`` workers, who are right .45 to .95 of the time."""
    random = np.random.default_rng(seed)
    truth = random.integers(n_classes, size=n_items)
    skill = random.uniform(0.45, 0.95, size=n_workers)
    item = np.repeat(np.arange(n_items), each)
    worker = np.concatenate([random.choice(n_workers, each, replace=False) for _ in range(n_items)])
    right = random.random(len(item)) < skill[worker]
    wrong = (truth[item] + random.integers(1, n_classes, size=len(item))) % n_classes
    return Votes(item, worker, np.where(right, truth[item], wrong), n_items, n_workers, n_classes), truth


def some_of(votes: Votes, picked: Ints) -> Votes:
    """Only these votes, with the same codes."""
    sizes = (votes.n_items, votes.n_workers, votes.n_classes)
    return Votes(votes.item[picked], votes.worker[picked], votes.value[picked], *sizes)
