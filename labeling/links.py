"""Signed links that end: who holds one may fetch the file, without signing in."""

import time

from django.core.signing import BadSignature, Signer


def sign(salt: str, name: str, *, seconds: int) -> str:
    """A token for `name` that works for `seconds` to twice as long.

    The end is rounded to whole windows, so that everybody gets the same link for a while and browsers' caches work.
    """
    ends = (int(time.time()) // seconds + 2) * seconds
    signature = Signer(salt=salt, sep=".").signature(f"{ends}.{name}")
    return f"{ends:x}.{signature}"


def check(salt: str, name: str, token: str) -> int | None:
    """Seconds the token still works for this name; None when it is forged or over."""
    end, _, signature = token.partition(".")
    try:
        ends = int(end, 16)
        Signer(salt=salt, sep=".").unsign(f"{ends}.{name}.{signature}")
    except (ValueError, BadSignature):
        return None
    left = ends - int(time.time())
    return left if left > 0 else None
