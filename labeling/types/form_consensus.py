"""The consensus of the fields of a form that are no matter of votes: texts, numbers, ranges, dates and orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from labeling.aggregation import medoid, numeric, texts
from labeling.aggregation.settling import Case, Known, Part, Settled, add, crowd_of, in_order, merged, under
from labeling.types import edit_distance, form_votes, order_consensus
from labeling.types.field_values import Field, values_of

Values = list[Any]
Given = Mapping[Hashable, Values]


def not_voted(fields: Sequence[Field]) -> list[Field]:
    """The fields that are settled here; those of a set of one entry by themselves, a set of many as one."""
    leaves = [each for field in fields for each in (field["fields"] if form_votes.is_single(field) else [field])]
    return [field for field in leaves if not any(form_votes.parts_of(field))]


def flat(fields: Sequence[Field], annotations: Mapping[str, Values]) -> dict[str, Values]:
    """With the fields of sets of one entry beside all others: names are unique in the whole form."""
    found: dict[str, Values] = {}
    for field in fields:
        values = annotations.get(field["field_id"])
        if values is not None:
            found |= values[0] if form_votes.is_single(field) else {field["field_id"]: values}
    return found


def nested(fields: Sequence[Field], found: Mapping[str, Values]) -> dict[str, Values]:
    """The way back."""
    annotations: dict[str, Values] = {}
    for field in fields:
        name = field["field_id"]
        if form_votes.is_single(field):
            entry = {each["field_id"]: found[each["field_id"]] for each in field["fields"] if each["field_id"] in found}
            if entry:
                annotations[name] = [entry]
        elif name in found:
            annotations[name] = found[name]
    return annotations


def settle(case: Case, form: Sequence[Field], known: Known) -> Settled:
    """For ``settling.learn``: the answer, flat, has what most of those who answered the form have filled in."""
    fields = not_voted(form)
    filled_in = {worker: flat(form, each["annotations"]) for worker, each in case.answers.items()}
    true = None if case.truth is None else flat(form, case.truth["annotations"])
    known = known.few(case.answers)
    annotations: dict[str, Values] = {}
    parts: dict[str, Part] = {}
    found: list[Settled] = []
    for field in fields:
        name = field["field_id"]
        given = {worker: each.get(name) for worker, each in filled_in.items()}
        filled = {worker: values for worker, values in given.items() if values is not None}
        truth = None if true is None else true.get(name)
        if not filled or true is not None and truth is None:
            continue
        one = under(name, _settle_field(field, filled, truth, known.within(name)))
        found.append(one)
        assert one.answer is not None
        if truth is not None or field["required"] or 2 * len(filled) >= len(given):
            annotations[name] = one.answer["values"]
            parts[name] = Part(round(one.confidence, 7), one.parts[""].support, spread=one.parts[""].spread)
    crowd: dict[str, float] = {}
    for one in found:
        add(crowd, one.crowd)
    sure = [part.confidence for part in parts.values()]
    mean = round(sum(sure) / len(sure), 7) if sure else 1.0
    evidence = merged(one.evidence for one in found)
    weights: dict[Hashable, float] = {}
    for worker in case.answers:
        known_for = [one.weights[worker] for one in found if worker in one.weights]
        weights[worker] = sum(known_for) / len(known_for) if known_for else 0.5
    return Settled({"annotations": annotations}, mean, min(sure, default=1.0), parts, evidence, crowd, weights)


def _settle_field(field: Field, given: Given, truth: Values | None, known: Known) -> Settled:
    return KINDS.get(field["type"], _nearest)(field, given, truth, known)


def _text(field: Field, given: Given, truth: Values | None, known: Known) -> Settled:
    case = Case(
        {worker: {texts.TEXT: values[0]} for worker, values in given.items()},
        truth=None if truth is None else {texts.TEXT: truth[0]},
    )
    found = texts.settle(case, known, edit_distance.normalized)
    assert found.answer is not None
    text = found.answer[texts.TEXT]
    if not field["min_length"] <= len(text) <= field["max_length"]:
        return _nearest(field, given, truth, known)
    return _with(found, [text])


def _numbers(field: Field, given: Given, truth: Values | None, known: Known) -> Settled:
    """One number, or the two ends of a range, each end by itself."""
    workers = in_order({worker: {"": values} for worker, values in given.items()})
    ends = range(len(given[workers[0]]))
    is_whole = field["type"] == "range" or field.get("is_integer", False)
    values, sure, spreads = [], [], []
    evidence: list[Mapping[Hashable, dict[str, float]]] = []
    for end in ends:
        answers = {worker: float(given[worker][end]) for worker in workers}
        numbers = list(answers.values())
        estimate = numeric.estimate(numbers, numeric.variances(workers, known, numbers))
        shares = dict(zip(workers, estimate.weights, strict=True))
        value = estimate.value if truth is None else float(truth[end])
        if is_whole:
            value = float(int(value + 0.5) if value >= 0 else -int(-value + 0.5))
        low, high = field["min"], field["max"]
        value = max(low, value) if low is not None else value
        value = min(high, value) if high is not None else value
        values.append(_plain(value))
        sure.append(numeric.confidence(estimate, low=low, high=high))
        spreads.append(estimate.error or 0.0)
        evidence.append(numeric.evidence_of(answers, value, shares=shares, is_truth=truth is not None))
    if len(values) == 2 and values[0] > values[1]:
        values.reverse()
    support = tuple(worker for worker in workers if given[worker] == values)
    part = Part(min(sure), support, spread=round(max(spreads), 7))
    together = merged(evidence)
    skills = {worker: _exactness(worker, known) for worker in workers}
    return Settled({"values": values}, min(sure), min(sure), {"": part}, together, crowd_of(together), skills)


def _order(field: Field, given: Given, truth: Values | None, known: Known) -> Settled:
    """The choices by their strengths over all orders."""
    workers = in_order({worker: {"": values} for worker, values in given.items()})
    choices = values_of(field)
    nearest = _nearest(field, given, truth, known)
    if truth is not None or len(workers) < 2:
        return nearest
    ranks = [[given[worker].index(choice) + 1 for choice in choices] for worker in workers]
    weights = [medoid.weight_of(worker, known)[0] for worker in workers]
    mean = sum(weights) / len(weights)
    found, sure = order_consensus.merge(ranks, [weight / mean for weight in weights], ties=False)
    values = [choice for _rank, choice in sorted(zip(found, choices, strict=True))]
    confidence = sum(sure) / len(sure)
    apart = {worker: form_votes.apart(field, list(given[worker]), values) for worker in workers}
    evidence = medoid.evidence_of(apart)
    support = tuple(worker for worker in workers if list(given[worker]) == values)
    return Settled(
        {"values": values}, confidence, min(sure), {"": Part(confidence, support)}, evidence, crowd_of(evidence),
        nearest.weights,
    )  # fmt: skip


def _nearest(field: Field, given: Given, truth: Values | None, known: Known) -> Settled:
    """Dates and whatever else: the value of most weight; of several, the one that sorts in their middle."""
    workers = in_order({worker: {"": values} for worker, values in given.items()})
    weighed = {worker: medoid.weight_of(worker, known) for worker in workers}
    mass: dict[str, float] = defaultdict(float)
    by_key = {str(values): list(values) for values in given.values()}
    for worker in workers:
        mass[str(given[worker])] += weighed[worker][0]
    best = max(mass.values())
    top = sorted(key for key, weight in mass.items() if weight >= best - 1e-9)
    chosen = by_key[top[(len(top) - 1) // 2]] if truth is None else list(truth)
    sure = mass.get(str(chosen), 0.0) / sum(mass.values()) if len(workers) > 1 else medoid.UNCONFIRMED
    apart = {worker: form_votes.apart(field, list(given[worker]), chosen) for worker in workers}
    evidence = medoid.evidence_of(apart) if len(workers) > 1 or truth is not None else {}
    support = tuple(worker for worker in workers if list(given[worker]) == chosen)
    skills = {worker: skill for worker, (_weight, skill) in weighed.items()}
    return Settled({"values": chosen}, sure, sure, {"": Part(sure, support)}, evidence, crowd_of(evidence), skills)


def _medoid(field: Field, given: Given, truth: Values | None, known: Known) -> Settled:
    """Stretches of time and the entries of a set: somebody's value, the one nearest to all."""
    workers = in_order({worker: {"": values} for worker, values in given.items()})
    weighed = {worker: medoid.weight_of(worker, known) for worker in workers}
    answers = [list(given[worker]) for worker in workers]

    def apart(one: Values, other: Values) -> float:
        return form_votes.apart(field, one, other)

    place, sure = medoid.nearest(answers, apart, [weighed[worker][0] for worker in workers])
    chosen = answers[place] if truth is None else list(truth)
    far = {worker: apart(answer, chosen) for worker, answer in zip(workers, answers, strict=True)}
    evidence = medoid.evidence_of(far) if len(workers) > 1 or truth is not None else {}
    part = Part(sure, tuple(worker for worker, each in far.items() if each == 0))
    skills = {worker: skill for worker, (_weight, skill) in weighed.items()}
    return Settled({"values": chosen}, sure, sure, {"": part}, evidence, crowd_of(evidence), skills)


def _exactness(worker: Hashable, known: Known) -> float:
    """The share of the crowd's variance that the worker has less, as 0 to 1; .5 is as exact as the others."""
    own = numeric.variances([worker], known)
    if own is None:
        return 0.5
    crowd = known.crowd.get("sq", 0.0) / max(known.crowd.get("n", 0.0), 1e-9)
    return float(crowd / max(crowd + own[0], 1e-12))


def _with(found: Settled, values: Values) -> Settled:
    return Settled(
        {"values": values}, found.confidence, found.sure, found.parts, found.evidence, found.crowd, found.weights
    )


def _plain(value: float) -> float:
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


KINDS: dict[str, Callable[[Field, Given, Values | None, Known], Settled]] = {
    "text": _text,
    "number": _numbers,
    "range": _numbers,
    "ranking_order": _order,
    "time_range": _medoid,
    "field_set": _medoid,
}
