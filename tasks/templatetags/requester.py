"""Numbers as people read them."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.web import words
from workers import preferences

register = template.Library()


@register.simple_tag
def risk_words(named: list[str]) -> str:
    """The classes of sensitive material, by name."""
    return words.risks(named)


@register.simple_tag(takes_context=True)
def veil_of(context: Mapping[str, Any], risks: list[str]) -> str:
    """How the reader wants material of such a project veiled: "blur grey hover", some of that, or nothing."""
    veil = preferences.complete(context["request"].user.preferences)["veil"]
    is_wanted = veil["when"] == "always" or (veil["when"] == "sensitive" and risks)
    looks = [name for name in ("blur", "grey") if is_wanted and veil[name]]
    return " ".join([*looks, "hover"] if looks and veil["hover"] else looks)


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
