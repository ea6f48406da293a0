"""Derive the bar for stopping and the temperature from the audit sample, when it has grown enough."""

import numpy as np
from django.db.models import F

from labeling.aggregation.votes import Ints
from labeling.quality import temperature
from labeling.quality.stopped import stop_at
from labeling.quality.stopping import TAU
from labeling.quality.target import tau_for
from tasks.models import Calibration, Task
from tasks.services.consensus.recorded import Recorded, recorded
from tasks.services.consensus.schema import Schema

FEWEST = 50  # audited tasks
GROWTH = 1.2


def calibrate(schema: Schema) -> Calibration | None:
    """A new calibration where there is new evidence or another target, else None. The newest is in force."""
    policy, before = schema.force.policy, schema.force.calibration
    if not schema.force.is_adaptive:
        return None
    done = Task.objects.filter(project_id=schema.project_id, is_audit=True, answered__gte=F("ceiling")).count()
    known = before.evidence.get("tasks", 0)
    if done < FEWEST or (done < GROWTH * known and before.evidence.get("target") == policy.target):
        return None
    played = recorded(schema, least=policy.floor, audited=True)
    if played is None or len(played.sure) < FEWEST:
        return None
    tau = _tau(played, policy.target, policy.floor)
    tau = round(max(tau, min(policy.review_below, TAU)), 4)  # what a reviewer should see is never sure enough
    stopped = stop_at(played.sure, played.right, tau=tau, floor=policy.floor)
    return Calibration.objects.create(
        project_id=schema.project_id,
        number=before.number + 1,
        tau=tau,
        temperature=_temperature(played, stopped.used),
        evidence={
            "policy": policy.number,
            "target": policy.target,
            "tasks": len(played.sure),
            "reviewed": played.reviewed,
            "right": int(stopped.right.sum()),
            "accuracy": round(stopped.accuracy, 4),
            "answers_each": round(float(stopped.used.mean()), 3),
        },
    )


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
