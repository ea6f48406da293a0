"""The consensus of drawings: which things are there, where exactly, what they are called, and their attributes.

Drawings of one thing are found by likeness (``clusters``), whether it is there by who saw it (``existence``), its place
by merging the drawings (``shape_merge``), its label by the votes of those who drew it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from labeling.aggregation import ballot_scores, boxes, existence, medoid, points
from labeling.aggregation.ballot_scores import Group
from labeling.aggregation.clusters import Cluster, cluster
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import Case, Known, Part, Settled, Sums, crowd_of, in_order, merged, rounded
from labeling.types import attribute_votes
from labeling.types.attributes import applies
from labeling.types.base import TaskType
from labeling.types.geometry import likeness, outline
from labeling.types.shape_links import elect_links
from labeling.types.shape_merge import Shape, edges, merge
from labeling.types.shape_rounding import as_drawn
from labeling.types.shape_schema import MOST_VERTICES

OTHER_LABEL = 0.8
"""Likeness kept where two people call one thing by different names."""
TRUTH = ("truth",)
"""Stands for a worker: the drawings of gold."""
LABEL, EDGE, PLACE = "label", "edge", "place"


@dataclass
class Thing:
    """A candidate: who drew it, how likely it is there, what it is called, and the shape that they make together."""

    drawn: dict[Hashable, Shape]
    there: float = 0.0
    label: str = ""
    shares: dict[str, float] = field(default_factory=dict)
    shape: Shape = field(default_factory=dict)
    depth: float = 0.0

    @property
    def sure(self) -> float:
        return min(max(self.there * self.shares.get(self.label, 1.0), 0.0), 1.0)


def settle(task_type: TaskType, case: Case, config: dict[str, Any], known: Known, groups: Sequence[Cluster]) -> Settled:
    """For ``settling.learn``; ``groups`` are the case's ``candidates``, which no skill changes."""
    workers = in_order(case.answers)
    known = known.few(workers)
    rates, _share = existence.rates(workers, known)
    skills = {worker: existence.skill(rates[worker]) for worker in workers}
    things = [Thing(dict(group.members)) for group in groups]
    _see(things, workers, known, case.truth is not None)
    _name(things, workers, known.within(LABEL), config)
    weights = {kind: _weights(workers, known, kind) for kind in {_kind(thing) for thing in things}}
    for thing in things:
        thing.depth = _depth(thing, case)
        thing.shape = thing.drawn.get(TRUTH) or _merged(thing, weights[_kind(thing)], config)
    evidence = _evidence(things, workers, config, known, weights)
    crowd = _crowd(things, evidence)
    if case.truth is not None:
        return Settled(case.truth, 1.0, 1.0, {}, evidence, crowd, skills)
    if not workers:
        return Settled(None, 0.0, 0.0)
    kept = _kept(things, config)
    answer, parts = _answer(kept, case, workers, weights, config)
    clean = as_clean(task_type, answer, case, config)
    if len(clean["annotations"]) != len(kept):  # somebody's answer took its place
        parts = {}
    sure = _confidence(kept, things, [rates[worker][0] for worker in workers])
    return Settled(clean, sure, min([sure, *(part.confidence for part in parts.values())]), parts, evidence, crowd,
                   skills)  # fmt: skip


def candidates(case: Case, config: dict[str, Any]) -> list[Cluster]:
    """Drawings of one thing each, kind by kind; those of gold among them."""
    answers = {worker: case.answers[worker]["annotations"] for worker in in_order(case.answers)}
    if case.truth is not None:
        answers[TRUTH] = case.truth["annotations"]
    tolerance = config["tolerance"]

    def alike(one: Shape, other: Shape) -> float:
        near = likeness(one, other, tolerance)
        return near if one["label"] == other["label"] else OTHER_LABEL * near

    found: list[Cluster] = []
    for kind in dict.fromkeys(each["type"] for drawn in answers.values() for each in drawn):
        drawn = {worker: [each for each in shapes if each["type"] == kind] for worker, shapes in answers.items()}
        slack = 3 * tolerance if kind in ("point", "line", "keypoints") else 0.0
        bounds: dict[int, tuple[float, float, float, float]] = {}
        for each in (shape for shapes in drawn.values() for shape in shapes):
            corners = outline(each)
            low, high = corners.min(axis=0) - slack, corners.max(axis=0) + slack
            bounds[id(each)] = (*low.tolist(), *high.tolist())
        found += cluster(drawn, alike, boxes.LEAST_LIKENESS, partial(_bounds, bounds))
    return found


def _bounds(known: dict[int, tuple[float, float, float, float]], shape: Shape) -> tuple[float, float, float, float]:
    return known[id(shape)]


def _depth(thing: Thing, case: Case) -> float:
    """How far to the front it is, 0 to 1, in the mean of those who drew it."""
    ranks = []
    for who, shape in thing.drawn.items():
        if who != TRUTH:
            drawn = case.answers[who]["annotations"]
            ranks.append(next(n for n, each in enumerate(drawn) if each is shape) / len(drawn))
    return sum(ranks) / len(ranks) if ranks else 0.0


def _kind(thing: Thing) -> str:
    kind: str = next(iter(thing.drawn.values()))["type"]
    return kind


def _see(things: list[Thing], workers: Sequence[Hashable], known: Known, is_gold: bool) -> None:
    sure = existence.posteriors([thing.drawn for thing in things], workers, known)
    for thing, there in zip(things, sure, strict=True):
        thing.there = float(TRUTH in thing.drawn) if is_gold else there


def _name(things: list[Thing], workers: Sequence[Hashable], known: Known, config: dict[str, Any]) -> None:
    """Labels by votes; where the schema has one, there is nothing to vote on."""
    values = tuple(label["value"] for label in config["labels"])
    if len(values) == 1:
        for thing in things:
            thing.label, thing.shares = values[0], {values[0]: 1.0}
        return
    group = Group(LABEL, values, None, False)
    for n, thing in enumerate(things):
        group.rows.append((n, ""))
        group.votes.append([(who, shape["label"]) for who, shape in thing.drawn.items() if who != TRUTH])
        group.truth.append(thing.drawn[TRUTH]["label"] if TRUTH in thing.drawn else None)
    if not things:
        return
    scores = ballot_scores.score({LABEL: group}, known, "e4")
    for n, thing in enumerate(things):
        row = scores.row(n, "")
        thing.label, thing.shares = row.label, row.shares()


def _weights(workers: Sequence[Hashable], known: Known, kind: str) -> dict[Hashable, float]:
    """How much the drawing of each counts for the place."""
    if kind == "box":
        precise = boxes.precisions(workers, known.within(EDGE))
        return dict(zip(workers, precise, strict=True)) if precise else dict.fromkeys(workers, 1.0)
    near = known.within(PLACE)
    return {worker: medoid.weight_of(worker, near)[0] for worker in workers}


def _evidence(
    things: list[Thing],
    workers: Sequence[Hashable],
    config: dict[str, Any],
    known: Known,
    weights: Mapping[str, Mapping[Hashable, float]],
) -> dict[Hashable, Sums]:
    if not workers:
        return {}
    seen = existence.evidence_of([thing.drawn for thing in things], workers, [thing.there for thing in things], known)
    more: dict[Hashable, Sums] = {worker: defaultdict(float) for worker in workers}
    for thing in things:
        drawn = {worker: shape for worker, shape in thing.drawn.items() if worker != TRUTH}
        for worker, shape in drawn.items():
            for true, share in thing.shares.items():
                if share * thing.there > ballot_scores.SMALLEST and len(config["labels"]) > 1:
                    more[worker][f"{LABEL}\x1f{LABEL}\t{true}\t{shape['label']}"] += share * thing.there
        if len(thing.drawn) < 2 or thing.there < 0.5:
            continue
        if _kind(thing) == "box":
            for worker, sums in boxes.evidence_of(
                {worker: edges(shape) for worker, shape in drawn.items()},
                edges(thing.shape),
                weights["box"],
                is_truth=TRUTH in thing.drawn,
            ).items():
                for name, amount in sums.items():
                    more[worker][f"{EDGE}\x1f{name}"] += amount
        else:
            for worker, shape in drawn.items():
                more[worker][f"{PLACE}\x1ffar"] += 1 - likeness(shape, thing.shape, config["tolerance"])
                more[worker][f"{PLACE}\x1fseen"] += 1
    return merged([seen, {worker: rounded(sums) for worker, sums in more.items()}])


def _crowd(things: list[Thing], evidence: Mapping[Hashable, Sums]) -> Sums:
    mass: Sums = defaultdict(float)
    for thing in things:
        for true, share in thing.shares.items():
            mass[f"{LABEL}\x1f{LABEL}\t{true}"] += share * thing.there
    return crowd_of(evidence, real=sum(thing.there for thing in things), candidates=float(len(things)), **mass)


def _kept(things: list[Thing], config: dict[str, Any]) -> list[Thing]:
    """Those that are likelier there than not, within the limits of the schema, from the back to the front."""
    ranked = sorted(things, key=lambda thing: (-round(thing.there, 9), _key(thing.shape)))
    count = sum(round(thing.there, 9) >= 0.5 for thing in ranked)
    chosen = ranked[: min(max(count, config["min_objects"]), config["max_objects"])]
    return sorted(chosen, key=lambda thing: (round(thing.depth, 9), _key(thing.shape)))


def _merged(thing: Thing, weights: Mapping[Hashable, float], config: dict[str, Any]) -> Shape:
    """Out of all drawings; where that has more or fewer vertices than its label wants, the one that weighs most."""
    found = merge(thing.drawn, weights, config["tolerance"])
    label = next(each for each in config["labels"] if each["value"] == thing.label)
    limits = label.get("limits", {}).get(found["type"], {})
    count = len(found.get("vertices", ()))
    if limits.get("min_vertices", 0) <= count <= limits.get("max_vertices", MOST_VERTICES):
        return found
    same = {who: shape for who, shape in thing.drawn.items() if shape["label"] == thing.label}
    best = min(same, key=lambda who: (-round(weights[who], 9), _key(same[who])))
    return {name: part for name, part in same[best].items() if name not in ("uuid", "label", "attributes")}


def _key(shape: Shape) -> str:
    return json.dumps(shape, sort_keys=True, default=float)


def _answer(
    kept: list[Thing],
    case: Case,
    workers: Sequence[Hashable],
    weights: Mapping[str, Mapping[Hashable, float]],
    config: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Part]]:
    labels = {label["value"]: label for label in config["labels"]}
    annotations, parts = [], {}
    for n, thing in enumerate(kept):
        mine = weights[_kind(thing)]
        same = {who: shape for who, shape in thing.drawn.items() if shape["label"] == thing.label} or thing.drawn
        given = [(shape["attributes"], mine[who]) for who, shape in same.items()]
        attributes = attribute_votes.elect(labels[thing.label]["attributes"], given, applies)
        shape = {name: part for name, part in thing.shape.items() if name not in ("uuid", "label", "attributes")}
        shape = as_drawn(shape, config, case.item)
        kind = shape.pop("type")
        annotations.append({"uuid": str(n + 1), "type": kind, "label": thing.label, **shape, "attributes": attributes})
        parts[f"annotations[{n}]"] = Part(
            round(thing.sure, 7), tuple(thing.drawn), {k: v for k, v in thing.shares.items() if v}, _spread(thing)
        )
    whole = [(case.answers[worker]["global_attributes"], 1.0) for worker in workers]
    answer = {
        "annotations": annotations,
        "global_attributes": attribute_votes.elect(config["attributes"], whole, applies),
    }
    if config.get("links"):
        drawn = [thing.drawn for thing in kept]
        answer["links"] = elect_links(drawn, [each["label"] for each in annotations], case.answers, config)
    return answer, parts


def _spread(thing: Thing) -> float | None:
    """The standard error of the place in pixels."""
    corners = [outline(shape) for shape in thing.drawn.values()]
    return points.spread(np.array([(each.min(axis=0) + each.max(axis=0)) / 2 for each in corners]))


def _confidence(kept: list[Thing], things: list[Thing], recalls: Sequence[float]) -> float:
    """Expected F measure: the things kept that are right, against those kept and those that are there."""
    if not kept:
        missed = float(np.prod([1 - recall for recall in recalls])) if recalls else 1.0
        return round(min(1 - missed, 1 - max((thing.there for thing in things), default=0.0)), 7)
    right = sum(thing.sure for thing in kept)
    return round(min(1.0, 2 * right / (len(kept) + sum(thing.there for thing in things))), 7)
