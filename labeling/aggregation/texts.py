"""Texts that several people wrote about one thing: word by word where they nearly agree, else the nearest to all.

A transcript has one truth, and mistakes fall on different words: ``rover``. Long or free texts have no common words to
vote on, and a patchwork of several authors is nobody's text: the weighted medoid.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from labeling.aggregation import medoid
from labeling.aggregation.rover import SKIP, normal, rover
from labeling.aggregation.settling import Case, Known, Part, Settled, crowd_of, in_order

TITLE = "Skill-weighted transcripts"
LONGEST_VOTED = 400
"""Words of a text above which it is not laid out word by word: the table of an alignment grows with the square."""
FREE_WORDS = 40
"""Words above which a text is taken as free unless the texts nearly agree."""
NEAR, FAR = 0.25, 0.5
"""Mean distance of a pair up to which long texts are transcripts of one thing, and from which short ones are not."""
TEXT = "text"

Distance = Callable[[str, str], float]


def settle(case: Case, known: Known, distance: Distance) -> Settled:
    """For ``settling.learn``: answers are ``{"text": …}``, ``distance`` 0 to 1."""
    workers = in_order(case.answers)
    texts = [case.answers[worker][TEXT] for worker in workers]
    weighed = {worker: medoid.weight_of(worker, known) for worker in workers}
    skills = {worker: skill for worker, (_weight, skill) in weighed.items()}
    if case.truth is not None:
        truth = case.truth[TEXT]
        return _settled(truth, 1.0, workers, [distance(text, truth) for text in texts], skills)
    if not texts:
        return Settled(None, 0.0, 0.0)
    if len(texts) == 1:
        part = Part(medoid.UNCONFIRMED, tuple(workers))
        return Settled({TEXT: texts[0]}, part.confidence, part.confidence, {"": part}, weights=skills)
    weights = [weighed[worker][0] for worker in workers]
    means = medoid.mean_distances(texts, distance, weights)
    first = min(range(len(texts)), key=lambda n: (round(means[n], 12), texts[n]))
    text = texts[first]
    if len(texts) > 2 and is_transcript(texts, means):
        text = rover(texts, weights, first=first).text or text
    apart = [distance(each, text) for each in texts]
    total = sum(weights)
    near = 1 - sum(weight * far for weight, far in zip(weights, apart, strict=True)) / total
    sure = medoid.confirmed(min(max(near, 0.0), 1.0), len(texts))
    return _settled(text, sure, workers, apart, skills)


def is_transcript(texts: Sequence[str], means: Sequence[float]) -> bool:
    """Whether the texts are versions of one text. ``means`` are their mean distances from the others."""
    words = max(len(text.split()) for text in texts)
    apart = sorted(means)[len(means) // 2]
    if words > LONGEST_VOTED:
        return False
    return apart <= (NEAR if words > FREE_WORDS else FAR)


def _settled(
    text: str, sure: float, workers: Sequence[Hashable], apart: Sequence[float], skills: dict[Hashable, float]
) -> Settled:
    evidence = medoid.evidence_of(dict(zip(workers, apart, strict=True)))
    least = min(apart, default=0.0)
    near = tuple(who for who, far in zip(workers, apart, strict=True) if far <= max(least, 0.1))
    return Settled({TEXT: text}, sure, sure, {"": Part(sure, near)}, evidence, crowd_of(evidence), skills)


__all__ = ["SKIP", "TITLE", "is_transcript", "normal", "settle"]
