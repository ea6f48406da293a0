"""Which Chromium the tests drive, and how it is started."""

import os
import shutil

_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", *_QUIET]  # it talks to us only

PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
"""Settles when the page has been painted."""


def program() -> str | None:
    """`CHROMIUM`, else Debian's, in place of a downloaded one.

    Its build without windows comes first: a fresh page costs it a third of the processor time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
