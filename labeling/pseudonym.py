"""Names for people in exported data: the same person always gets the same one, in one organization only."""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings
from django.utils.crypto import salted_hmac

MADE = re.compile(r"a_[a-z2-7]{16}")
KEPT_SECONDS = 30
"""How long a process may not know of names that came with an archive meanwhile."""

Kept = Mapping[tuple[int, int], str]
_read_kept: Callable[[], Kept] = dict
_kept: Kept = {}
_kept_until = 0.0


def annotator_pseudonym(*, organization_id: int, user_id: int) -> str:
    """Not to be turned back without SECRET_KEY, nor linked between organizations.

    Whoever came with an archive keeps the one they had, so that what was exported before and what comes now agree.
    """
    if kept := _kept_names().get((organization_id, user_id)):
        return kept
    digest = salted_hmac("groundwork.annotator", f"{organization_id}:{user_id}", algorithm="sha256").digest()
    return "a_" + base64.b32encode(digest[:10]).decode().lower()


def worker_pseudonym(*, organization_id: int, worker: str) -> str:
    """For whoever answered elsewhere and has no account here. A pseudonym stays what it is."""
    if MADE.fullmatch(worker):
        return worker
    digest = salted_hmac("groundwork.worker", f"{organization_id}:{worker}", algorithm="sha256").digest()
    return "a_" + base64.b32encode(digest[:10]).decode().lower()


def keep_names_of(read: Callable[[], Kept]) -> None:
    """Who is asked for the names that were kept, by organization and account."""
    global _read_kept
    _read_kept = read


def look_again() -> None:
    """Names were kept, or may have been: what is known of them is old."""
    global _kept_until
    _kept_until = 0.0


def _kept_names() -> Kept:
    global _kept, _kept_until
    if time.monotonic() >= _kept_until:
        _kept = _read_kept()
        _kept_until = time.monotonic() + KEPT_SECONDS
    return _kept


SMALL = 1 << 32


def number_of(kind: str, pk: int) -> int:
    """A number for a row, always the same and no two alike, that tells nothing of when the row was made.

    Annotators see these: by an id they could tell the tasks that came from elsewhere, such as checks. A Feistel network
    of four rounds: a keyed permutation, of the numbers below 2^32 and of those above (below 2^52, as exact in
    JavaScript).
    """
    half, above = (16, 0) if pk < SMALL else (26, SMALL)
    key, mask = _key(kind), (1 << half) - 1
    left, right = (pk - above) >> half, (pk - above) & mask
    for n in range(4):
        digest = hashlib.blake2b(b"%d %d" % (n, right), key=key, digest_size=4).digest()
        left, right = right, left ^ (int.from_bytes(digest) & mask)
    return above + (left << half | right)


@cache
def _key(kind: str) -> bytes:
    return hashlib.blake2b(f"groundwork.number.{kind}".encode(), key=settings.SECRET_KEY.encode()[:64]).digest()
