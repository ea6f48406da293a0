"""The consensus rows of the tasks at hand, each made anew as a whole."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from django.utils import timezone

from labeling.aggregation import majority, medoid
from labeling.aggregation.e4 import heated
from labeling.aggregation.settling import Settled
from labeling.aggregation.votes import Floats, result_of
from labeling.types.base import Ballot
from tasks.models import Consensus
from tasks.services.consensus.cases import Case, Posterior, encode
from tasks.services.consensus.schema import Schema
from tasks.services.consensus.scoring import Scored

JOINED = ", "
LONGEST_LABEL = Consensus._meta.get_field("label").max_length or 200


def build_rows(schema: Schema, cases: Sequence[Case], scored: Scored, *, fitted_at: datetime | None) -> list[Consensus]:
    """One row for each case that has an answer to go by."""
    votes = encode([case.ballot.votes for case in cases], {}, schema.classes)
    shares = {part: majority.fit(votes[part]).posterior for part in schema.classes}
    basis = schema.force.basis(schema=schema.version, fitted_at=fitted_at)
    rows = []
    for place, case in enumerate(cases):
        if not case.valid:
            continue
        settled = scored.settled.get(case.task_id)
        if not schema.classes:
            by_method = {schema.counted: _own(settled, scored)} if settled else {medoid.NAME: _nearest(schema, case)}
            rows.append(_row(schema, case, by_method, basis, settled, scored))
            continue
        by_majority = {part: shares[part][place] for part in schema.classes}
        by_method = {majority.NAME: outcome_of(schema, case.ballot, by_majority)}
        if case.void:
            by_method[majority.NAME]["left_out"] = case.void
        if settled:
            by_method[schema.counted] = _own(settled, scored)
        elif case.task_id in scored.posteriors:
            scores = _arrays(schema, scored.posteriors[case.task_id])
            temperature = schema.force.calibration.temperature
            by_method[schema.counted] = outcome_of(schema, case.pooled_ballot, scores, temperature) | {
                "epoch": scored.model["epoch"],
                "sure": round(scored.sure[case.task_id], 7),
            }
        rows.append(_row(schema, case, by_method, basis, settled, scored))
    return rows


def sure_of(row: Consensus, counted: str) -> float:
    """What the rule to stop goes by: how sure the models are of the very label that the row shows.

    Where nothing is known of the people, as for a question of the task's own, the method's own confidence before known
    answers corrected it.
    """
    found = row.by_method.get(counted)
    if found is None:
        return float(row.by_method.get(row.method, {}).get("raw", row.confidence))
    sure: float = found["sure"]
    return sure if found["value"] == row.value else 0.0


def _row(
    schema: Schema,
    case: Case,
    by_method: dict[str, Any],
    basis: dict[str, Any],
    settled: Settled | None,
    scored: Scored,
) -> Consensus:
    for name, one in by_method.items():
        if curve := schema.force.curve(name):
            one["raw"] = one["confidence"]
            one["confidence"] = round(curve.at(one["raw"]), 7)
    method = schema.method if schema.method in by_method else next(iter(by_method))
    outcome = by_method[method]
    return Consensus(
        task_id=case.task_id,
        project_id=schema.project_id,
        value=outcome["value"],
        confidence=outcome["confidence"],
        method=method,
        by_method=by_method,
        answers=[given.id for given in case.valid],
        basis=basis | _curve(schema, method),
        evidence=evidence_of(settled, scored.model["epoch"]) if settled else {},
        agreement=_agreement(schema, [given.value for given in case.valid]),
        label=in_words(schema.type.export_row(outcome["value"], schema.config)),
        updated_at=timezone.now(),
    )


def _curve(schema: Schema, method: str) -> dict[str, float]:
    curve = schema.force.curve(method)
    return {"curve_slope": curve.slope, "curve_shift": curve.shift} if curve else {}


def evidence_of(settled: Settled, epoch: int) -> dict[str, Any]:
    workers = {str(who): sums for who, sums in settled.evidence.items()}
    return {"epoch": epoch, "workers": workers, "crowd": settled.crowd}


def _own(settled: Settled, scored: Scored) -> dict[str, Any]:
    """What the type itself made of the answers: how sure of each part, who is behind it, and what each one counted."""
    parts = {
        path: {
            "confidence": round(part.confidence, 7),
            "support": list(part.support),
            **({} if part.spread is None else {"spread": part.spread}),
        }
        for path, part in settled.parts.items()
    }
    return {
        "value": settled.answer,
        "confidence": round(settled.confidence, 7),
        "posterior": {path: part.posterior for path, part in settled.parts.items() if part.posterior},
        "epoch": scored.model["epoch"],
        "sure": round(settled.sure, 7),
        "parts": parts,
        "weights": {str(who): round(weight, 4) for who, weight in settled.weights.items()},
    }


def outcome_of(schema: Schema, ballot: Ballot, shares: dict[str, Floats], temperature: float = 1.0) -> dict[str, Any]:
    """As sure as the least sure part. The temperature is for the confidence: posteriors are kept as they count."""
    won, sure, posterior = {}, 1.0, {}
    for part, names in schema.classes.items():
        result = result_of(heated(shares[part][None, :], temperature))
        won[part] = names[int(result.labels[0])]
        sure = min(sure, float(result.confidence[0]))
        pairs = zip(names, shares[part].round(7).tolist(), strict=True)
        posterior[part] = {name: share for name, share in pairs if share}
    return {"value": ballot.rebuild(won), "confidence": round(sure, 7), "posterior": posterior}


def _nearest(schema: Schema, case: Case) -> dict[str, Any]:
    values = [given.value for given in case.valid]
    place, sure = medoid.nearest(values, lambda one, other: schema.type.distance(one, other, schema.config))
    outcome = {"value": values[place], "confidence": round(sure, 7), "posterior": {}}
    return outcome | ({"left_out": case.void} if case.void else {})


def _arrays(schema: Schema, posterior: Posterior) -> dict[str, Floats]:
    return {
        part: np.array([posterior.get(part, {}).get(name, 0.0) for name in names])
        for part, names in schema.classes.items()
    }


def _agreement(schema: Schema, values: Sequence[dict[str, Any]]) -> float | None:
    """Mean closeness of two answers; distances are asked once for each pair of different ones."""
    if len(values) < 2:
        return None
    often = Counter(orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values)
    distinct = [(orjson.loads(key), times) for key, times in often.items()]
    apart = 0.0
    for n, (one, times) in enumerate(distinct):
        for other, other_times in distinct[:n]:
            apart += times * other_times * schema.type.distance(one, other, schema.config)
    return round(1 - apart / (len(values) * (len(values) - 1) / 2), 7)


def in_words(columns: dict[str, Any]) -> str:
    """The flat columns of an answer as one short text: what is said, or which boxes are ticked."""
    return JOINED.join(said_in(columns))[:LONGEST_LABEL]


def said_in(columns: dict[str, Any]) -> list[str]:
    return [
        column.split(".", 1)[-1] if value is True else str(value)
        for column, value in columns.items()
        if value is not None and value is not False
    ]
