"""Most votes win; the first class of the schema wins a tie; confidence is as if one more vote were spread evenly.

The plain share of the votes says 100 % of a single answer, and of any two that agree. With one vote more, in equal
parts on every class, a single answer counts 75 % of two classes and 55 % of ten. On recorded crowds a single answer is
right in .73 of entailments (rte) and .90 of sentences (SP_amt), of two classes each, and in .56 of songs (MS, ten).
With many answers it says too little rather than too much: it knows of no good and bad workers.
"""

from __future__ import annotations

import numpy as np

from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import Ints, Result, Votes, result_of, tally

NAME = "majority"
TITLE = "Majority"
SPREAD = 1.0
"""Votes of the prior, all classes together."""


def fit(votes: Votes, *, gold: Ints | None = None) -> Result:
    """The posterior is (v + 1/K) / (n + 1): the mean of a Dirichlet posterior; ``gold`` as in ``hierarchical``."""
    counts = tally(votes) + SPREAD / max(votes.n_classes, 1)
    total = np.bincount(votes.item, minlength=votes.n_items) + SPREAD
    return result_of(clamp(counts / total[:, None], gold))
