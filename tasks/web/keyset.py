"""Pages of a long table by position: as quick on the last page as on the first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Keyset:
    rows: list[Any]
    previous: int | None  # for `?before=`; None on the first page
    next: int | None  # for `?after=`; None on the last page

    @property
    def has_other_pages(self) -> bool:
        return self.previous is not None or self.next is not None


def keyset(request: HttpRequest, rows: QuerySet[Any], *, size: int, newest_first: bool = False) -> Keyset:
    """The page the address asks for by `after` or `before` a row's id; nonsense in the address is the first page."""
    after, before = _id(request.GET.get("after")), _id(request.GET.get("before"))
    forth, back = ("pk__lt", "pk__gt") if newest_first else ("pk__gt", "pk__lt")
    order, turned = ("-pk", "pk") if newest_first else ("pk", "-pk")
    if before is not None:
        found = list(rows.filter(**{back: before}).order_by(turned)[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return Keyset(found, found[0].pk if more else None, found[-1].pk if found else None)
    wanted = rows.filter(**{forth: after}) if after is not None else rows
    found = list(wanted.order_by(order)[: size + 1])
    more, found = len(found) > size, found[:size]
    first = found[0].pk if found and after is not None else None
    return Keyset(found, first, found[-1].pk if more else None)


def _id(given: str | None) -> int | None:
    if given and given.isascii() and given.isdecimal() and int(given) <= LARGEST:
        return int(given)
    return None
