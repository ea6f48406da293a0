"""How the consensus of one task came about: its posterior after each answer, by what is known of the people now."""

from dataclasses import dataclass, replace
from typing import Any

from labeling.quality.deciding import Next, decide
from tasks.models import Consensus, QualityState, Task
from tasks.services.consensus.cases import Posterior, read_cases
from tasks.services.consensus.rows import sure_of
from tasks.services.consensus.schema import read_schema
from tasks.services.consensus.scoring import score


@dataclass(frozen=True, slots=True)
class Step:
    """After one more answer. `next` is what the stop rule says then; None where the task has no ceiling."""

    answer_id: int
    posterior: Posterior
    sure: float
    next: Next | None


def steps_of(task: Task) -> list[Step]:
    """One for each answer that counts, the oldest first; nothing is written. Empty for types without votes.

    The last one is what is stored, and went by, unless an answer has come or gone since: a batch fit may ask more
    models than can be asked answer by answer.
    """
    state = QualityState.objects.filter(pk=task.project_id).first()
    if state is None or "parts" not in state.model:
        return []
    schema = read_schema(task.project_id)
    if schema.by_type or state.config_hash != schema.config_hash:
        return []
    (case,) = read_cases(schema, state, [task.pk])
    aim = schema.force.aim(task.ceiling) if task.ceiling else None
    steps = []
    for count, answer in enumerate(case.pooled, start=1):
        scored = score(schema, state, [replace(case, valid=case.pooled[:count])])
        posterior, sure = scored.posteriors[task.pk], scored.sure[task.pk]
        if count == len(case.pooled) and case.counted == case.pooled:
            posterior, sure = case.posterior, sure_of(Consensus.objects.get(task=task), schema.counted)
        then = decide(sure=sure, answers=count, aim=aim, is_audit=task.is_audit).next if aim else None
        steps.append(Step(answer.id, posterior, sure, then))
    return steps


def rule_of(task: Task) -> dict[str, Any]:
    """What the stop rule in force asks of this task."""
    force = read_schema(task.project_id).force
    if not task.ceiling:
        return {"is_adaptive": False, "wanted": task.wanted}
    aim = force.aim(task.ceiling)
    return {
        "is_adaptive": True,
        "floor": aim.floor,
        "ceiling": aim.ceiling,
        "tau": aim.tau,
        "review_below": aim.review_below,
        "policy": force.policy.number,
        "calibration": force.calibration.number,
    }
