"""What the pages around the work show: numbers as people read them, and material as the reader wants to see it."""

from math import ceil
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from tasks.models import Project
from tasks.selectors.projects import risks_of
from tasks.web import words
from tasks.web.project_tabs import tabs_of
from workers import preferences

COLOURS = (
    _lazy("Blue"), _lazy("Orange"), _lazy("Green"), _lazy("Magenta"), _lazy("Amber"), _lazy("Cyan"), _lazy("Red"),
    _lazy("Violet"), _lazy("Olive"),
)  # fmt: skip
WRITTEN = 24  # characters: a longer answer is somebody's text, not a label

register = template.Library()


@register.simple_tag
def risk_words(named: list[str]) -> str:
    """The classes of sensitive material, by name."""
    return words.risks(named)


@register.inclusion_tag("requester/project_tabs.html", takes_context=True)
def project_tabs(context: dict[str, Any]) -> dict[str, Any]:
    return tabs_of(context["project"].pk, here=context.get("tab", ""), nav=context.get("nav", {}))


@register.simple_tag(takes_context=True)
def veil(context: dict[str, Any], about: Any) -> SafeString:
    """The attributes of a place whose material the reader wants veiled, or nothing. Of a project, or of risks."""
    user = getattr(context.get("request"), "user", None)
    chosen = preferences.complete(getattr(user, "preferences", None))["veil"]
    how = " ".join(name for name in ("blur", "grey") if chosen[name])
    if not how or chosen["when"] == "never":
        return SafeString()
    if chosen["when"] == "sensitive" and not (risks_of(about) if isinstance(about, Project) else about):
        return SafeString()
    hover = mark_safe(" data-veil-hover") if chosen["hover"] else ""  # noqa: S308 - ours
    return format_html('data-veil="{}"{}', how, hover)


@register.simple_tag(takes_context=True)
def own_keys(context: dict[str, Any]) -> dict[str, Any]:
    """Which keys the reader has given to commands."""
    return preferences.complete(getattr(context["request"].user, "preferences", None))["keys"]


@register.filter
def is_written(said: str) -> bool:
    """Whether an answer in words is long enough to repeat what the material says."""
    return len(said or "") > WRITTEN


@register.filter
def percent(share: float | None) -> str:
    """0.8333 is 83 %; 100 % only when nothing is missing."""
    if share is None:
        return "–"
    whole = int(share * 100 + 1e-9) if share > 0.995 else round(share * 100)
    return f"{whole} %"


@register.filter
def fine_percent(share: float | None) -> str:
    """0.0471 is 4.7 %, rounded up: for bounds, which must not look tighter than they are."""
    return "–" if share is None else f"{ceil(share * 1000 - 1e-9) / 10:g} %"


@register.filter
def span(seconds: int) -> str:
    """A time span in its largest fitting unit: 5400 is 1.5 hours."""
    if seconds < 5400:
        minutes = max(1, round(seconds / 60))
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    if seconds < 48 * 3600:
        return _("%(number)s hours") % {"number": f"{seconds / 3600:.1f}".removesuffix(".0")}
    days = round(seconds / 86400)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


@register.filter
def cell(cells: Any, name: str) -> str:
    """What is in this column; empty where the row is."""
    return cells.get(name, "") if isinstance(cells, dict) else ""


@register.simple_tag
def colour_name(number: int) -> str:
    """Of a label's colour, counted from 1."""
    return str(COLOURS[number - 1])
