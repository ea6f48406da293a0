"""The pages of a project in groups: a row of a few tabs, and below it the pages of the group one is in."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Tab:
    name: str  # what a page says as `tab`
    title: Any
    view: str
    needs: str = "see"  # a flag of `nav`


GROUPS: tuple[tuple[Any, tuple[Tab, ...]], ...] = (
    (_("Overview"), (Tab("overview", _("Overview"), "project"),)),
    (
        _("Results"),
        (
            Tab("results", _("Items"), "project-items"),
            Tab("batches", _("Batches"), "project-batches"),
            Tab("exports", _("Exports"), "project-exports"),
            Tab("comments", _("Comments"), "project-comments"),
        ),
    ),
    (_("Review"), (Tab("review", _("Review"), "project-review", "review"),)),
    (
        _("Quality"),
        (
            Tab("quality", _("Agreement"), "project-quality"),
            Tab("people", _("People"), "project-people"),
            Tab("gold", _("Gold & training"), "project-gold"),
            Tab("machines", _("Machines"), "project-machines"),
        ),
    ),
    (_("Settings"), (Tab("settings", _("Settings"), "project-settings", "manage"),)),
)


def tabs_of(project_id: int, *, here: str, nav: dict[str, bool]) -> dict[str, Any]:
    """The groups this reader may open, each leading to its first page, and the pages of the one that `here` is in."""
    groups, pages, group = [], [], ""
    for title, tabs in GROUPS:
        mine = [tab for tab in tabs if nav.get(tab.needs)]
        if not mine:
            continue
        is_here = any(tab.name == here for tab in mine)
        current = ("page" if len(mine) == 1 else "true") if is_here else ""
        groups.append({"title": title, "url": reverse(mine[0].view, args=[project_id]), "current": current})
        if is_here and len(mine) > 1:
            group = title
            pages = [
                {"title": tab.title, "url": reverse(tab.view, args=[project_id]), "is_here": tab.name == here}
                for tab in mine
            ]
    return {"groups": groups, "group": group, "pages": pages}
