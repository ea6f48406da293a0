"""The consensus of rankings: one order, with the reason and the screen of the answer nearest to it."""

from __future__ import annotations

from typing import Any

from labeling.aggregation import medoid
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import Case, Known, Part, Settled, crowd_of, in_order
from labeling.types import order_consensus
from labeling.types.base import TaskType


def settle(task_type: TaskType, case: Case, config: dict[str, Any], known: Known) -> Settled:
    """For ``settling.learn``."""
    workers = in_order(case.answers)
    weighed = {worker: medoid.weight_of(worker, known) for worker in workers}
    skills = {worker: skill for worker, (_weight, skill) in weighed.items()}
    if case.truth is not None:
        apart = {worker: task_type.distance(case.answers[worker], case.truth, config) for worker in workers}
        evidence = medoid.evidence_of(apart)
        return Settled(case.truth, 1.0, 1.0, {}, evidence, crowd_of(evidence), skills)
    if not workers:
        return Settled(None, 0.0, 0.0)
    mean = sum(weight for weight, _skill in weighed.values()) / len(workers)
    ranks = [case.answers[worker]["ranks"] for worker in workers]
    if len({len(each) for each in ranks}) > 1:  # answers to other responses than these: nothing to merge
        return medoid.aggregate(task_type, [case], config, known=known)[0]
    merged, sure = order_consensus.merge(ranks, [weighed[worker][0] / mean for worker in workers], ties=config["ties"])
    near = {worker: task_type.distance(case.answers[worker], {"ranks": merged}, config) for worker in workers}
    like = case.answers[min(workers, key=lambda worker: round(near[worker], 12))]
    answer = {"ranks": merged, "order": like["order"], "justification": like["justification"]}
    parts = {
        f"ranks[{n}]": Part(round(chance, 7), tuple(who for who, each in zip(workers, ranks, strict=True)
                                                    if each[n] == merged[n]))
        for n, chance in enumerate(sure)
    }  # fmt: skip
    confidence = round(sum(sure) / len(sure), 7) if len(workers) > 1 else min(0.5, round(sum(sure) / len(sure), 7))
    evidence = medoid.evidence_of(near) if len(workers) > 1 else {}
    clean = as_clean(task_type, answer, case, config)
    return Settled(clean, confidence, min(confidence, round(min(sure), 7)), parts, evidence, crowd_of(evidence), skills)
