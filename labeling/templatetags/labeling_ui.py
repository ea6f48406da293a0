"""Template tags of the look: icons, key hints, charts, the types' widgets."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from labeling import charts, problem_words
from labeling.pseudonym import annotator_pseudonym

register = template.Library()
ARROWS = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}
ARROW = re.compile(r"Arrow(Up|Down|Left|Right)")
COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


@cache
def _icon(name: str) -> SafeString:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(f"not an icon's name: {name!r}")
    path = Path(settings.ROOT) / "templates/icons" / f"{name}.svg"
    source = COMMENT.sub("", path.read_text("utf-8"))
    inside = re.sub(r"\s*\n\s*", " ", source[source.index(">") + 1 : source.rindex("</svg>")]).strip()
    return mark_safe(  # noqa: S308 - our own file, and the name is checked
        f'<svg class="icon icon-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inside}</svg>'
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon from templates/icons/, as wide as the text is high. Says nothing to screen readers."""
    return _icon(name)


@register.simple_tag
def key(name: str, command: str = "") -> SafeString:
    """A key hint: the same look as the ones keys.js makes. Silent, as the name of the control follows it.

    With a command's id the script lets it follow the key that the person has chosen.
    """
    shown = ARROW.sub(lambda found: ARROWS[found[1]], name)
    if not command:
        return format_html('<kbd class="kbd" aria-hidden="true">{}</kbd>', shown)
    tag = '<kbd class="kbd" aria-hidden="true" data-key-of="{}" data-key="{}">{}</kbd>'
    return format_html(tag, command, name, shown)


@register.filter
def in_words(message: str) -> str:
    """A stored message of what was wrong, in the reader's language."""
    return problem_words.in_words(message)


@register.filter
def translated(text: str) -> str:
    """A text of the core, which knows no languages. (The tag `translate` would double its percent signs.)"""
    return gettext(text) if text else ""


@register.simple_tag
def person_uid(organization_id: int, user_id: int) -> str:
    """The name of this person's database in the browser, as the workbench gets it."""
    return annotator_pseudonym(organization_id=organization_id, user_id=user_id)


@register.simple_tag
def ui_field(field: BoundField) -> SafeString:
    """The control of a form field, with the class that fits it; Django links help and errors to it."""
    kinds = {"textarea": "textarea", "select": "select", "selectmultiple": "select", "checkbox": "", "radioselect": ""}
    css = kinds.get(field.widget_type, "input")
    given = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": given or css} if given or css else {})


@register.inclusion_tag("partials/chart.html")
def chart(
    kind: str, points: list[tuple[str, float] | tuple[str, float, str]], title: str = "", unit: str = ""
) -> dict[str, Any]:
    """A chart drawn here, with a table that says the same.

    ``kind`` is "bar" or "line"; ``points`` are (label, number), or (label, number, address of what is behind it).
    """
    return {"kind": kind, "title": title, "unit": unit, "drawn": charts.draw(kind, points)}


@register.simple_tag
def widget(type_name: str) -> SafeString:
    """The type's widget.html, once per page, as the <template> that the workbench clones for each task."""
    inside = render_to_string(f"{type_name}/widget.html")
    return format_html('<template id="widget-{}">{}</template>', type_name, inside)


@register.inclusion_tag("partials/heat_map.html")
def heat_map(
    drawn: charts.HeatMap, title: str, rows: list[str], columns: list[str], corner: str = ""
) -> dict[str, Any]:
    """Squares as a picture, and the same as a table whose cells link to the rows behind them."""
    by_place = {(cell.x, cell.y): cell for cell in drawn.cells}
    table = [
        (name, [by_place.get((drawn.side + c * drawn.size, drawn.head + r * drawn.size)) for c in range(len(columns))])
        for r, name in enumerate(rows)
    ]
    return {"drawn": drawn, "title": title, "table": table, "columns": columns, "corner": corner}
