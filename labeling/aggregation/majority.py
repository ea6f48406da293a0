"""Most votes win; the first class of the schema wins a tie; confidence is the winner's share of the votes."""

from __future__ import annotations

from labeling.aggregation.votes import Result, Votes, result_of, vote_shares

NAME = "majority"
TITLE = "Majority"


def fit(votes: Votes) -> Result:
    """The posterior of this method is the vote shares."""
    return result_of(vote_shares(votes))
