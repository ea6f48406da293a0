"""How much each annotator's word weighs in a project, by what the consensus has learned of them."""

from collections.abc import Collection
from typing import Any

from tasks.models import AnnotatorCounts

RIGHT, WRONG = 2.0, 1.0  # pseudo-votes: somebody of whom nothing is known is right two times in three


def weights_of(project_id: int, annotators: Collection[int]) -> dict[int, float]:
    """{annotator: share of their votes that were right, by the posteriors}; for types without votes empty."""
    rows = AnnotatorCounts.objects.filter(project_id=project_id, annotator_id__in=annotators)
    return {who: weight for who, counts in rows.values_list("annotator_id", "counts") if (weight := _right(counts))}


def _right(counts: dict[str, list[list[float]]]) -> float | None:
    """Over all parts: the diagonals against everything."""
    if "sums" in counts:
        return None  # of a type that settles itself: named sums, which are no table
    right = sum(row[n] for table in counts.values() for n, row in enumerate(table))
    given = sum(sum(row) for table in counts.values() for row in table)
    return round((right + RIGHT) / (given + RIGHT + WRONG), 4) if given > 0 else None


def posterior_of(by_method: dict[str, Any]) -> dict[str, dict[str, float]]:
    """By the method that counts (it is the one with an epoch), else by any that has one: {part: {class: p}}."""
    scores = sorted(by_method.values(), key=lambda one: "epoch" in one, reverse=True)
    return next((one["posterior"] for one in scores if one.get("posterior")), {})
