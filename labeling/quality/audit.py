"""Which items form the audit sample: asked of as many people as allowed, whatever the rule to stop says."""

from __future__ import annotations

import hashlib

WHOLE = 1 << 64


def is_sampled(share: float, *names: object) -> bool:
    """Whether the thing of these names belongs to a sample of that share.

    The same names always get the same answer, names tell nothing about it, and a larger share only adds to a smaller
    one: nobody can choose what is audited, or see it coming.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}; must be between 0 and 1")
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * WHOLE
