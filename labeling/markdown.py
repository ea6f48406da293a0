"""Markdown to HTML that may stand on our pages: no scripts, no styles, no frames, links that give nothing away."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

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
LEFT_OUT = {
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "canvas",
    "template", "html", "head", "body", "title", "meta", "link", "base", "noscript", "form", "input", "button",
    "textarea", "select", "option", "label", "fieldset", "audio", "video", "source", "track", "picture", "map",
    "area", "font", "center", "big", "tt", "strike", "nobr", "wbr", "del", "ins", "section", "article", "header",
    "footer", "main", "nav", "aside", "details", "summary", "address", "abbr", "time", "dfn", "var", "samp", "bdi",
    "bdo", "colgroup", "col", "tfoot", "dialog", "marquee", "blink",
}  # fmt: skip
OF_HTML = TAGS | MIXED | LEFT_OUT
TAG = re.compile(r"</?([A-Za-z][\w:.-]*)[^<>]*>")
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


def _kept(_: object, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
    """HTML as it is, but for tags that are none of HTML's: `List<String>` is somebody's code, and is read as such."""

    def told(tag: re.Match[str]) -> str:
        return tag[0] if tag[1].lower() in OF_HTML else escape(tag[0])

    return TAG.sub(told, tokens[place].content)


def _renderer(*, mixed: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": mixed, "breaks": mixed}).enable(["table", "strikethrough"])
    for kind in ("html_inline", "html_block"):
        made.add_render_rule(kind, _kept)
    made.inline.ruler.before("autolink", "break", _break)
    return made


_RENDERERS = {mixed: _renderer(mixed=mixed) for mixed in (False, True)}


@lru_cache(maxsize=256)
def to_html(text: str, *, mixed: bool = False) -> str:
    """The text as safe HTML; the same text is rendered once per process.

    In `mixed` text a line stays a line, and harmless HTML means what it says; other HTML is left out. What looks like
    a tag and is none of HTML's stays in sight.
    """
    return nh3.clean(
        _RENDERERS[mixed].render(text),
        tags=TAGS | MIXED if mixed else TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
