"""Most votes win; the first class of the schema wins a tie; confidence is the winner's share of the votes."""

from __future__ import annotations

from labeling.aggregation.gold import clamp
from labeling.aggregation.votes import Ints, Result, Votes, result_of, vote_shares

NAME = "majority"
TITLE = "Majority"


def fit(votes: Votes, *, gold: Ints | None = None) -> Result:
    """The posterior of this method is the vote shares; ``gold`` as in ``hierarchical``."""
    return result_of(clamp(vote_shares(votes), gold))
