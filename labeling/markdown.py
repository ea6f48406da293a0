"""Markdown to HTML that may stand on our pages: no scripts, no styles, no frames, links that give nothing away."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

TAGS = {
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "s",
        "a",
        "img",
    ),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
}
MIXED = {
    *("b", "i", "u", "sub", "sup", "mark", "small", "kbd", "q", "cite", "ruby", "rt", "rp", "div", "span"),
    *("dl", "dt", "dd", "figure", "figcaption", "caption"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)


def _break(state: StateInline, silent: bool) -> bool:
    """`<br>`, without which a cell of a table has one line only: the one HTML tag that is not told as text."""
    found = BREAK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _renderer(*, mixed: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": mixed, "breaks": mixed}).enable(["table", "strikethrough"])
    made.inline.ruler.before("autolink", "break", _break)
    return made


_RENDERERS = {mixed: _renderer(mixed=mixed) for mixed in (False, True)}


@lru_cache(maxsize=256)
def to_html(text: str, *, mixed: bool = False) -> str:
    """The text as safe HTML; the same text is rendered once per process.

    In `mixed` text a line stays a line, and harmless HTML means what it says; all other HTML is left out.
    """
    return nh3.clean(
        _RENDERERS[mixed].render(text),
        tags=TAGS | MIXED if mixed else TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
