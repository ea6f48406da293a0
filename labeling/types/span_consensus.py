"""The consensus of marked spans: token by token, or span by span where spans may lie in each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from labeling.aggregation import existence, tokens
from labeling.aggregation.fitting import as_clean
from labeling.aggregation.settling import Case, Known, Part, Settled, Sums, crowd_of, in_order
from labeling.aggregation.tokens import Span
from labeling.aggregation.votes import Floats, Ints
from labeling.types import attribute_votes
from labeling.types.base import TaskType

Answer = dict[str, Any]
Found = list[tuple[Span, float]]
UNCONFIRMED = 0.5


def settle(task_type: TaskType, case: Case, config: dict[str, Any], known: Known) -> Settled:
    """For ``settling.learn``."""
    workers = in_order(case.answers)
    known = known.few(workers)
    given = {worker: spans_of(case.answers[worker]) for worker in workers}
    if case.truth is None and not workers:
        return Settled(None, 0.0, 0.0)
    truth = None if case.truth is None else spans_of(case.truth)
    everything = [*given.values(), *([] if truth is None else [truth])]
    more: dict[str, float] = {}
    if any(_overlap(spans) for spans in everything):
        found, sure, evidence, skills, more = _span_by_span(given, truth, known.within("span"))
        least = min([sure, *(share for _span, share in found)])
        evidence = {who: {f"span\x1f{name}": amount for name, amount in sums.items()} for who, sums in evidence.items()}
    else:
        text = case.item.get("text") or _blank(everything)
        found, sure, least, evidence, skills = _token_by_token(text, given, truth, known)
    crowd = crowd_of(evidence, **more)
    if case.truth is not None:
        return Settled(case.truth, 1.0, 1.0, {}, evidence, crowd, skills)
    if len(workers) == 1:
        sure, least = min(sure, UNCONFIRMED), min(least, UNCONFIRMED)
    answer, places = _answer(found, case, workers, skills, config)
    clean = as_clean(task_type, answer, case, config)
    parts = {}
    if clean["annotations"] and len(clean["annotations"]) == len(found):
        for n, place in enumerate(places):
            span, share = found[place]
            support = tuple(worker for worker in workers if span in given[worker])
            parts[f"annotations[{n}]"] = Part(round(share, 7), support)
    return Settled(clean, round(sure, 7), round(least, 7), parts, evidence, crowd, skills)


def spans_of(answer: Answer) -> list[Span]:
    return [(span["start"], span["end"], span["label"]) for span in answer["annotations"]]


def _overlap(spans: Sequence[Span]) -> bool:
    ordered = sorted(spans)
    return any(one[1] > other[0] for one, other in zip(ordered, ordered[1:], strict=False))


def _blank(answers: Sequence[Sequence[Span]]) -> str:
    """Where the text is not at hand: as much of it as is marked, without words."""
    return " " * max((end for spans in answers for _start, end, _label in spans), default=0)


def _token_by_token(
    text: str, given: Mapping[Hashable, list[Span]], truth: list[Span] | None, known: Known
) -> tuple[Found, float, float, dict[Hashable, Sums], dict[Hashable, float]]:
    """The spans, how sure of them two models are together and how sure the one that is less so, and what is learned."""
    workers = list(given)
    cut = tokens.cut(text, [*given.values(), *([truth] if truth is not None else [])])
    votes = np.array([cut.codes(given[worker]) for worker in workers]).reshape(len(workers), -1)
    posterior = tokens.posteriors(cut, votes, workers, known)
    other = tokens.by_accuracy(cut, votes, workers, known)
    if truth is not None:
        posterior = other = np.eye(cut.n_classes)[cut.codes(truth)]
    alone = truth is None and len(workers) == 1  # nobody says otherwise, whatever the models make of it
    path = votes[0] if alone else tokens.best_path(cut, (posterior + other) / 2)
    found, sure = _read(cut, path, (posterior + other) / 2, votes, given)
    _found, least = _read(cut, path, np.minimum(posterior, other), votes, given)
    evidence = tokens.evidence_of(cut, votes, workers, posterior)
    skills = {worker: tokens.accuracy(worker, known) for worker in workers}
    return found, sure, min([least, *(share for _span, share in _found)]), evidence, skills


def _read(
    cut: tokens.Tokens, path: Ints, shares: Floats, votes: Ints, given: Mapping[Hashable, list[Span]]
) -> tuple[Found, float]:
    """The path's spans, each as sure as its tokens are by ``shares`` [token, class], and the whole.

    The whole counts what is marked and should not be, and what should be and is not, as F1 does.
    """
    found = [
        (span, float(shares[place][np.arange(place.stop - place.start), path[place]].mean()))
        for span, place in cut.spans(path)
    ]
    marked = (votes > 0).any(axis=0)
    if not found:
        return [], float(shares[marked, 0].mean()) if marked.any() else 1 - 0.5 ** len(given)
    kept = sum(share for _span, share in found)
    there = (1 - shares[:, 0])[marked & (path == 0)].sum() / max(_mean_length(given), 1.0)
    return found, min(float(2 * kept / (len(found) + kept + there)), 1.0)


def _mean_length(given: Mapping[Hashable, list[Span]]) -> float:
    """Words of a span, roughly: so that what was missed is counted in spans."""
    lengths = [(end - start) / 6 for spans in given.values() for start, end, _label in spans]
    return sum(lengths) / len(lengths) if lengths else 1.0


def _span_by_span(
    given: Mapping[Hashable, list[Span]], truth: list[Span] | None, known: Known
) -> tuple[Found, float, dict[Hashable, Sums], dict[Hashable, float], Sums]:
    """Each span somebody marked is a candidate: there or not, by who marked exactly that."""
    workers = list(given)
    candidates = sorted({span for spans in [*given.values(), truth or []] for span in spans})
    marked = [{worker: True for worker in workers if span in given[worker]} for span in candidates]
    rates, _share = existence.rates(workers, known)
    there = existence.posteriors(marked, workers, known)
    if truth is not None:
        there = [float(span in truth) for span in candidates]
    found = [(span, share) for span, share in zip(candidates, there, strict=True) if round(share, 9) >= 0.5]
    right = sum(share for _span, share in found)
    sure = 2 * right / (len(found) + sum(there)) if found else 1 - max(there, default=0.0)
    evidence = existence.evidence_of(marked, workers, there, known)
    more = {"span\x1freal": sum(there), "span\x1fcandidates": float(len(there))}
    return found, min(sure, 1.0), evidence, {worker: existence.skill(rates[worker]) for worker in workers}, more


def _answer(
    found: Found, case: Case, workers: Sequence[Hashable], skills: Mapping[Hashable, float], config: dict[str, Any]
) -> tuple[Answer, list[int]]:
    """The spans with their attributes and links, and the place in ``found`` of each in the answer's order."""
    labels = {label["value"]: (place, label) for place, label in enumerate(config["labels"])}
    order = sorted(range(len(found)), key=lambda n: (*found[n][0][:2], labels[found[n][0][2]][0]))
    text = case.item.get("text")
    annotations: list[dict[str, Any]] = []
    for n, place in enumerate(order, 1):
        start, end, value = found[place][0]
        covered = text[start:end] if text is not None else _covered(case, start, end)
        span: dict[str, Any] = {"id": f"a{n}", "label": value, "start": start, "end": end, "text": covered}
        said = [
            (each.get("attributes", {}), max(skills[worker], 0.01))
            for worker in workers
            for each in case.answers[worker]["annotations"]
            if each["label"] == value and each["start"] < end and start < each["end"]
        ]
        if attributes := attribute_votes.elect(labels[value][1]["attributes"], said):
            span["attributes"] = attributes
        annotations.append(span)
    return {"annotations": annotations, "relationships": _links(annotations, case, workers, config)}, order


def _covered(case: Case, start: int, end: int) -> str:
    spans = [span for answer in case.answers.values() for span in answer["annotations"]]
    return next((span["text"] for span in spans if (span["start"], span["end"]) == (start, end)), "")


def _links(
    annotations: list[dict[str, Any]], case: Case, workers: Sequence[Hashable], config: dict[str, Any]
) -> list[dict[str, Any]]:
    """Those that most of the people have who marked something at both ends."""
    if not config["relations"]:
        return []
    both_ways = {relation["value"] for relation in config["relations"] if not relation["directed"]}
    votes: dict[tuple[str, int, int], int] = defaultdict(int)
    ends: dict[int, set[Hashable]] = defaultdict(set)
    for worker in workers:
        near = {span["id"]: _nearest(span, annotations) for span in case.answers[worker]["annotations"]}
        for place in near.values():
            if place is not None:
                ends[place].add(worker)
        drawn = set()
        for link in case.answers[worker]["relationships"]:
            source, target = near[link["source_ref"]], near[link["target_ref"]]
            if source is not None and target is not None and source != target:
                swap = link["name"] in both_ways and source > target
                drawn.add((link["name"], *((target, source) if swap else (source, target))))
        for each in drawn:
            votes[each] += 1
    places = [relation["value"] for relation in config["relations"]]
    kept = [each for each, count in votes.items() if 2 * count >= len(ends[each[1]] & ends[each[2]])]
    kept.sort(key=lambda each: (each[1], each[2], places.index(each[0])))
    return [
        {"id": f"r{n}", "name": name, "source_ref": f"a{source + 1}", "target_ref": f"a{target + 1}"}
        for n, (name, source, target) in enumerate(kept, 1)
    ]


def _nearest(span: dict[str, Any], annotations: list[dict[str, Any]]) -> int | None:
    """The place of the consensus span of the same label that shares most with it, half of the longer at least."""

    def shared(other: dict[str, Any]) -> float:
        both = min(span["end"], other["end"]) - max(span["start"], other["start"])
        return both / max(span["end"] - span["start"], other["end"] - other["start"])

    near = [(shared(each), -n) for n, each in enumerate(annotations) if each["label"] == span["label"]]
    best = max(near, default=(0.0, 0))
    return -best[1] if best[0] >= 0.5 else None
