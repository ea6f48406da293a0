"""Which things that some people marked are there: each person sees a share of what is there, and imagines some more.

A worker marks a thing that is there with probability r (recall) and one that is not with probability f; both are learnt
with the things' existence by EM (two-state Dawid-Skene over candidate things), leaning on the crowd's. Candidates are
only what somebody marked, so both states are conditioned on a mark at least: without that, every lonely invention
would tell that a third of such things are marked by anybody, and things that two of three saw would be lost.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import exp, log

from labeling.aggregation.settling import Known, Sums, rounded

TITLE = "Recall and false marks"
RECALL, FALSE, THERE = 0.85, 0.15, 0.75
"""Of a crowd of which nothing is known: the two rates, and the share of candidates that are there."""
PSEUDO = 20.0
"""Things that everybody is taken to have judged at the crowd's rates."""
CROWD = 20.0
"""And a new crowd at the usual ones."""
EDGE = 0.01


def rates(workers: Sequence[Hashable], known: Known) -> tuple[dict[Hashable, tuple[float, float]], float]:
    """Recall and false rate of each worker, and the share of candidates that are there."""
    crowd = known.crowd
    there, empty = crowd.get("there", 0.0), crowd.get("empty", 0.0)
    recall = (crowd.get("hit", 0.0) + CROWD * RECALL) / (there + CROWD)
    false = (crowd.get("false", 0.0) + CROWD * FALSE) / (empty + CROWD)
    real, candidates = crowd.get("real", 0.0), crowd.get("candidates", 0.0)
    share = (real + CROWD * THERE) / (candidates + CROWD)
    found = {}
    for worker in workers:
        mine = known.of(worker)
        r = (mine.get("hit", 0.0) + PSEUDO * recall) / (mine.get("there", 0.0) + PSEUDO)
        f = (mine.get("false", 0.0) + PSEUDO * false) / (mine.get("empty", 0.0) + PSEUDO)
        found[worker] = (_clipped(r), min(_clipped(f), _clipped(r)))
    return found, _clipped(share)


def posteriors(marked: Sequence[Mapping[Hashable, object]], workers: Sequence[Hashable], known: Known) -> list[float]:
    """How likely each candidate is there, by who of the workers marked it."""
    found, share = rates(workers, known)
    start = log(share / (1 - share)) + log(1 - unseen(workers, found, 1)) - log(1 - unseen(workers, found, 0))
    sure = []
    for marks in marked:
        score = start
        for worker in workers:
            r, f = found[worker]
            score += log(r / f) if worker in marks else log((1 - r) / (1 - f))
        sure.append(1 / (1 + exp(-max(min(score, 500.0), -500.0))))
    return sure


def unseen(workers: Sequence[Hashable], found: Mapping[Hashable, tuple[float, float]], state: int) -> float:
    """The chance that none of them marks a thing that is there (state 0) or not (1); well below 1."""
    chance = 1.0
    for worker in workers:
        chance *= 1 - found[worker][state]
    return min(chance, 0.98)


def evidence_of(
    marked: Sequence[Mapping[Hashable, object]], workers: Sequence[Hashable], there: Sequence[float], known: Known
) -> dict[Hashable, Sums]:
    """What the candidates' existence tells about each worker: things they could have marked, those unseen with them."""
    found, _share = rates(workers, known)
    all_there = sum(there) / (1 - unseen(workers, found, 0))
    all_empty = (len(there) - sum(there)) / (1 - unseen(workers, found, 1))
    evidence = {}
    for worker in workers:
        hit = sum(share for marks, share in zip(marked, there, strict=True) if worker in marks)
        false = sum(1 - share for marks, share in zip(marked, there, strict=True) if worker in marks)
        evidence[worker] = rounded({"hit": hit, "false": false, "there": all_there, "empty": all_empty, "seen": 1})
    return evidence


def skill(worker_rates: tuple[float, float]) -> float:
    """One number: recall, and how seldom a mark is an invention, evenly."""
    r, f = worker_rates
    return (r + 1 - f) / 2


def _clipped(share: float) -> float:
    return min(max(share, EDGE), 1 - EDGE)
