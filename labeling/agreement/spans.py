"""Agreement on marked spans: F1 of exact and of overlapping spans, and alpha over the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.aggregation import tokens
from labeling.aggregation.tokens import Span
from labeling.agreement.krippendorff import alpha_nominal
from labeling.agreement.objects import f1


def exact_f1(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Of spans that both have with the same ends and label; 1 where neither has any."""
    both = len(set(one) & set(other))
    count = len(set(one)) + len(set(other))
    return 2 * both / count if count else 1.0


def overlap_f1(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Of spans of one label that share any text, each paired once."""
    return f1(one, other, shared, 1e-9)


def shared(one: Span, other: Span) -> float:
    """The share of the text either covers that both cover; 0 under different labels."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return max(both, 0) / (max(one[1], other[1]) - min(one[0], other[0])) if one[2] == other[2] else 0.0


def token_alpha(texts: Sequence[str], answers: Sequence[Sequence[Sequence[Span]]]) -> float | None:
    """Alpha over words, whose values are the label they are in, or none; ``answers`` [text][person] are their spans."""
    rows: list[list[str]] = []
    for text, given in zip(texts, answers, strict=True):
        cut = tokens.cut(text, given)
        coded = np.array([cut.codes(spans) for spans in given]).reshape(len(given), -1)
        rows += [[_label(cut, int(code)) for code in column] for column in coded.T]
    values = {value: n for n, value in enumerate(sorted({value for row in rows for value in row}))}
    counts = np.zeros((len(rows), len(values)))
    for n, row in enumerate(rows):
        for value in row:
            counts[n, values[value]] += 1
    return alpha_nominal(counts)


def _label(cut: tokens.Tokens, code: int) -> str:
    return "" if not code else cut.labels[(code - 1) // 2]
