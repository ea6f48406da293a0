"""Pairs of people who make the same mistakes, in projects where an answer is one vote. Evidence, as all signs are."""

from datetime import datetime
from typing import Any

import numpy as np

from labeling.aggregation.votes import from_triples
from labeling.quality import collusion
from labeling.types import registry
from tasks.models import Answer, Consensus, Project, Sign
from tasks.selectors.projects import current_version
from tasks.selectors.skills import posterior_of
from tasks.services import signs

MOST = 20_000  # answers, the newest


def look_for_pairs(*, project: Project, now: datetime) -> int:
    """Write a sign for each of the two, naming the other; how many pairs there are."""
    config = current_version(project).config
    classes = registry.get(project.type).ballot({}, config).classes
    if len(classes) != 1:
        return 0
    ((part, names),) = classes.items()
    triples = []
    newest = Answer.objects.filter(project=project, is_live=True, is_applied=True, annotator__machine=None)
    for who, task, value in newest.order_by("-pk").values_list("annotator_id", "task_id", "value")[:MOST]:
        ballot = registry.get(project.type).ballot({who: value}, config)
        triples += [(who, task, vote.value) for vote in ballot.votes if vote.value in names]
    if not triples:
        return 0
    votes = from_triples(triples, classes=list(names))
    rows = {row.task_id: row for row in Consensus.objects.filter(task__in={task for _, task, _ in triples})}
    posterior = np.full((votes.n_items, len(names)), 1 / len(names))
    tasks: list[Any] = list(votes.items)
    workers: list[Any] = list(votes.workers)
    for place, one_task in enumerate(tasks):
        row = rows.get(one_task)
        if row and (shares := posterior_of(row).get(part)):
            posterior[place] = [shares.get(name, 0.0) for name in names]
    pairs = collusion.pairs(votes, posterior)
    found: dict[int, signs.Figures] = {}
    for pair in pairs:
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            found.setdefault(
                workers[one],
                {"with": workers[other], "together": pair.together, "same_wrong": pair.same_wrong,
                 "by_chance": pair.by_chance, "chance": float(f"{pair.chance:.1e}")},
            )  # fmt: skip
    seen = Sign.objects.filter(project=project, rule="collusion", ended_at=None).values_list("annotator_id", flat=True)
    for who in {*found, *seen}:
        figures = {"collusion": found[who]} if who in found else {}
        signs.keep_signs(project=project, annotator_id=who, found=figures, now=now, rules=("collusion",))
    return len(pairs)
