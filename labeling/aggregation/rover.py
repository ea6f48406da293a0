"""Transcripts word by word: all texts are laid beside each other, and every place goes to the word of most weight.

ROVER (Fiscus 1997), begun with the text nearest to all others and weighted by how near each worker's texts usually are
to the consensus. Words are compared without case and punctuation; of the spellings of a word that won, the one of most
weight is written.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

TITLE = "Word by word (ROVER)"
SKIP = ""
"""The word of a text that has none at a place."""
SPACELESS = 12
"""Characters in a text without spaces from which it is laid out by characters: not every script writes spaces."""


@dataclass
class Place:
    """One word of the consensus to be: the weight of each word, of each of its spellings, and whose texts have it."""

    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    spellings: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    voters: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, word: str, spelling: str, weight: float, voter: int) -> None:
        self.weights[word] += weight
        self.spellings[word, spelling] += weight
        self.voters[word].append(voter)

    def winner(self) -> str:
        """Of most weight; of equals a word before none, then the one that sorts first."""
        return min(self.weights, key=lambda word: (-round(self.weights[word], 9), word == SKIP, word))

    def spelled(self, word: str) -> str:
        """Of the spellings of most weight the one that came first: the text nearest to all is laid out first."""
        found = {spelling: weight for (each, spelling), weight in self.spellings.items() if each == word}
        return max(found, key=lambda spelling: round(found[spelling], 9))


@dataclass(frozen=True)
class Written:
    """``shares`` is the share of the weight behind each place that has a word."""

    text: str
    shares: tuple[float, ...]
    places: tuple[Place, ...]


def rover(texts: Sequence[str], weights: Sequence[float], *, first: int = 0) -> Written:
    """The consensus of the texts; ``first`` is the one that the others are laid beside. Lines keep their ends."""
    separator = "" if _is_spaceless(texts[first]) else " "
    cut = [list(text) if not separator else _words(text) for text in texts]
    places: list[Place] = []
    total = 0.0
    order = [first, *(n for n in range(len(texts)) if n != first)]
    for n in order:
        places = _beside(places, cut[n], weights[n], total, n, order)
        total += weights[n]
    won = [(place, place.winner()) for place in places]
    kept = [(place, word) for place, word in won if word != SKIP]
    text = _joined([place.spelled(word) for place, word in kept], separator)
    shares = tuple(place.weights[word] / total for place, word in kept)
    return Written(text, shares, tuple(place for place, _word in kept))


def normal(word: str) -> str:
    """A word without case and the punctuation around it; a word of punctuation alone as it is."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end] or folded


def _words(text: str) -> list[str]:
    """Words, and the end of a line as one."""
    lines = text.split("\n")
    found: list[str] = []
    for n, line in enumerate(lines):
        found += [*(["\n"] if n else []), *line.split()]
    return found


def _joined(words: Sequence[str], separator: str) -> str:
    text = separator.join(words)
    return text.replace(" \n", "\n").replace("\n ", "\n").strip()


def _is_spaceless(text: str) -> bool:
    return len(text) >= SPACELESS and not any(sign.isspace() for sign in text)


def _beside(
    places: list[Place], words: Sequence[str], weight: float, total: float, voter: int, order: Sequence[int]
) -> list[Place]:
    """The places with one more text laid beside them, at the least cost."""
    if not places and not total:
        first = [Place() for _ in words]
        for place, word in zip(first, words, strict=True):
            place.add(normal(word), word, weight, voter)
        return first
    names = [normal(word) for word in words]
    laid: list[Place] = []
    for known, at in _alignment(places, names):
        place = known or Place()
        if known is None:
            place.weights[SKIP] = place.spellings[SKIP, SKIP] = total
            place.voters[SKIP] = list(order[: order.index(voter)])
        if at is None:
            place.add(SKIP, SKIP, weight, voter)
        else:
            place.add(names[at], words[at], weight, voter)
        laid.append(place)
    return laid


def _alignment(places: Sequence[Place], names: Sequence[str]) -> list[tuple[Place | None, int | None]]:
    """Pairs in order. A word costs 0 beside itself, 1 beside another; a gap costs 1, or 0 where a text has none."""
    rows, columns = len(places), len(names)
    skip = [0.0 if SKIP in place.weights else 1.0 for place in places]
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        cost[i][0] = cost[i - 1][0] + skip[i - 1]
    cost[0] = [float(j) for j in range(columns + 1)]
    for i in range(1, rows + 1):
        has, above, here, gap = places[i - 1].weights, cost[i - 1], cost[i], skip[i - 1]
        for j in range(1, columns + 1):
            beside = above[j - 1] + (0.0 if names[j - 1] in has else 1.0)
            here[j] = min(beside, above[j] + gap, here[j - 1] + 1.0)
    pairs: list[tuple[Place | None, int | None]] = []
    i, j = rows, columns
    while i or j:
        if i and j:
            beside = cost[i - 1][j - 1] + (0.0 if names[j - 1] in places[i - 1].weights else 1.0)
            if cost[i][j] == beside:
                i, j = i - 1, j - 1
                pairs.append((places[i], j))
                continue
        if i and cost[i][j] == cost[i - 1][j] + skip[i - 1]:
            i -= 1
            pairs.append((places[i], None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]
