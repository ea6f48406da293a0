"""How honest posteriors are: what they said against what was true."""

from __future__ import annotations

import numpy as np

from labeling.aggregation.votes import Floats, Ints

BINS = 10


def negative_log_likelihood(posterior: Floats, truth: Ints) -> float:
    """Mean of -log P(truth); a share below 1e-6 counts as that, for one such item would be all there is to see."""
    return float(-np.log(np.maximum(posterior[np.arange(len(truth)), truth], 1e-6)).mean())


def expected_calibration_error(confidence: Floats, right: Floats, *, bins: int = BINS) -> float:
    """Mean gap between confidence and accuracy, over bins of equal width (Naeini et al. 2015)."""
    confidence, right = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    gap = np.abs(np.bincount(place, confidence, minlength=bins) - np.bincount(place, right, minlength=bins))
    return float(gap.sum() / max(count.sum(), 1))
