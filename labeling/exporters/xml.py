"""XML in which any text may stand."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from labeling.exporters.shapes import Note

FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONTROL = "control characters have no place in XML"


def words(text: str) -> str:
    """Content of an element."""
    return escape(FORBIDDEN.sub("\ufffd", text))


def attribute(text: str) -> str:
    """A value with its quotes; line ends are kept."""
    return quoteattr(FORBIDDEN.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def note_forbidden(note: Note, path: str, *texts: str) -> None:
    if any(FORBIDDEN.search(text) for text in texts):
        note(path, CONTROL)
