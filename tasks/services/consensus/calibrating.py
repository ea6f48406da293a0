"""Derive the bar for stopping, the temperature and the curves of confidence, when there is new evidence.

Two kinds of it: the audit sample, which tells of single votes what the rule would have done, and tasks whose answer is
known (gold, and what reviewers settled), which tell of any kind of answer whether its method was right.
"""

from typing import Any

import numpy as np
from django.db.models import F

from labeling.aggregation.votes import Ints
from labeling.quality import confidence, temperature
from labeling.quality.stopped import stop_at
from labeling.quality.stopping import TAU
from labeling.quality.target import tau_for
from tasks.models import Calibration, Task
from tasks.services.consensus.recorded import Recorded, recorded
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.truths import count_known, judged_methods

FEWEST = 50  # audited tasks
GROWTH = 1.2


def calibrate(schema: Schema) -> Calibration | None:
    """A new calibration where there is new evidence or another target, else None. The newest is in force.

    What the audit sample tells goes before what known answers tell of the same thing.
    """
    before = schema.force.calibration
    by_audit = _by_audit(schema, before)
    by_truth = _by_truth(schema, before, is_audited=bool(by_audit) or "tasks" in before.evidence)
    if not by_audit and not by_truth:
        return None
    new = {"tau": before.tau, "temperature": before.temperature, "curves": before.curves} | by_truth | by_audit
    evidence = before.evidence | by_truth.get("evidence", {}) | by_audit.get("evidence", {})
    new["evidence"] = evidence | {"on": "audit" if "tasks" in evidence else "truth"}
    if by_audit:
        new["curves"] = {method: curve for method, curve in new["curves"].items() if method != schema.counted}
    return Calibration.objects.create(project_id=schema.project_id, number=before.number + 1, **new)


def _by_truth(schema: Schema, before: Calibration, *, is_audited: bool) -> dict[str, Any]:
    """A curve for each method, and the bar where no audit sample tells it; empty without new evidence."""
    count, known = count_known(schema), before.evidence.get("known", 0)
    policy = schema.force.policy
    is_same = before.evidence.get("known_target", policy.target) == policy.target
    if count < confidence.LEAST_ITEMS or (count < GROWTH * known and is_same):
        return {}
    found = judged_methods(schema)
    curves = {}
    for method, judged in found.items():
        if len(judged) >= confidence.LEAST_ITEMS and not (is_audited and method == schema.counted):
            curve = confidence.curve_of([one.confidence for one in judged], [one.is_right for one in judged])
            curves[method] = {"slope": curve.slope, "shift": curve.shift, "tasks": len(judged)}
    new: dict[str, Any] = {"curves": curves, "evidence": {"known": count, "known_target": policy.target}}
    counted = found.get(schema.counted, [])
    if schema.force.is_adaptive and not is_audited and len(counted) >= FEWEST:
        tau = tau_for(policy.target, [one.sure for one in counted], [one.is_right for one in counted])
        new["tau"] = round(max(tau, min(policy.review_below, TAU)), 4)
    return new


def _by_audit(schema: Schema, before: Calibration) -> dict[str, Any]:
    """The bar and the temperature; empty without new evidence."""
    policy = schema.force.policy
    if not schema.force.is_adaptive:
        return {}
    done = Task.objects.filter(project_id=schema.project_id, is_audit=True, answered__gte=F("ceiling")).count()
    known = before.evidence.get("tasks", 0)
    if done < FEWEST or (done < GROWTH * known and before.evidence.get("target") == policy.target):
        return {}
    played = recorded(schema, least=policy.floor, audited=True)
    if played is None or len(played.sure) < FEWEST:
        return {}
    tau = _tau(played, policy.target, policy.floor)
    tau = round(max(tau, min(policy.review_below, TAU)), 4)  # what a reviewer should see is never sure enough
    stopped = stop_at(played.sure, played.right, tau=tau, floor=policy.floor)
    return {
        "tau": tau,
        "temperature": _temperature(played, stopped.used),
        "evidence": {
            "policy": policy.number,
            "target": policy.target,
            "tasks": len(played.sure),
            "reviewed": played.reviewed,
            "right": int(stopped.right.sum()),
            "accuracy": round(stopped.accuracy, 4),
            "answers_each": round(float(stopped.used.mean()), 3),
        },
    }


def _tau(played: Recorded, target: float, floor: int) -> float:
    """Every moment at which the rule could have stopped an item is a case; after its last answer there is no choice."""
    total = (~np.isnan(played.sure)).sum(axis=1)
    places = np.arange(played.sure.shape[1])[None, :]
    moments = (places >= floor - 1) & (places < total[:, None] - 1)
    return tau_for(target, played.sure[moments].tolist(), played.right[moments].tolist()) if moments.any() else TAU


def _temperature(played: Recorded, used: Ints) -> float:
    """From the posteriors that items would have been delivered with."""
    if played.posterior is None or played.truth is None:
        return 1.0
    return temperature.from_gold(played.posterior[np.arange(len(used)), used - 1], played.truth)
