"""Training and test items out of what is known of a project's items already."""

from collections import defaultdict
from datetime import datetime
from typing import Any, TypeVar

import orjson
from django.db import transaction
from django.db.models import QuerySet

from labeling.errors import InvalidInput, Problem
from labeling.importers.found import KNOWN
from tasks.models import Gold, Item, Project, ProjectVersion
from tasks.models.gold import GoldKind, GoldSource
from tasks.selectors.setup import with_value
from tasks.services import gold
from tasks.services.gold_reading import Told, read_gold
from tasks.states import GoldState
from workers.models import User

MOST_READ = 2000  # items of a column that are looked at
T = TypeVar("T")
PRACTICE = (GoldKind.TRAINING, GoldKind.QUALIFICATION)


def known_of_column(project: Project) -> QuerySet[Item]:
    """Items with a known answer in the project's column that are not gold yet: a draft reads them at its launch."""
    field = project.gold_field or KNOWN
    items = with_value(Item.objects.filter(dataset__projects=project, dataset__deleted_at=None), field)
    return items.exclude(tasks__in=Gold.objects.filter(project=project).values("task"))


@transaction.atomic
def take_for_practice(*, project: Project, kind: str, number: int, actor: User | None, now: datetime) -> int:
    """Make training or test items of known answers: as many of each answer as there can be. How many were taken.

    First what the items' column says, then hidden checks, which are checks no more.
    """
    if kind not in PRACTICE:
        raise InvalidInput(Problem("kind", f"must be one of {', '.join(PRACTICE)}, not {kind!r}", "choice"))
    if not 1 <= number <= gold.MOST:
        raise InvalidInput(Problem("number", f"must be between 1 and {gold.MOST}", "range"))
    taken = _of_column(project, kind, number, actor, now)
    checks = Gold.objects.filter(project=project, kind=GoldKind.GOLD, state=GoldState.ACTIVE)
    piles: dict[str, list[Gold]] = defaultdict(list)
    for one in checks.select_related("task__item", "project").order_by("pk")[:MOST_READ] if taken < number else ():
        piles[one.label].append(one)
    for one in _in_turn(piles, number - taken):
        gold.change_gold(gold=one, actor=actor, kind=kind)
        taken += 1
    if not taken:
        raise InvalidInput(Problem("number", "no other item has a known answer", "missing"))
    return taken


def _of_column(project: Project, kind: str, number: int, actor: User | None, now: datetime) -> int:
    field = project.gold_field or KNOWN
    version = ProjectVersion.objects.get(project=project, number=project.version)
    rows = known_of_column(project).order_by("pk")[:MOST_READ]
    told = [Told(f"item {one.pk}", one.key, one.data[field], kind, item_id=one.pk) for one in rows]
    ready, _problems = read_gold(project=project, version=version, told=told)
    piles: dict[str, list[Any]] = defaultdict(list)
    for each in ready:
        piles[orjson.dumps(each.answer, option=orjson.OPT_SORT_KEYS).decode()].append(each)
    chosen = _in_turn(piles, number)
    if chosen:
        gold.store_gold(project=project, version=version, ready=chosen, source=GoldSource.COLUMN, actor=actor, now=now)
    return len(chosen)


def _in_turn(piles: dict[str, list[T]], number: int) -> list[T]:
    """One of each pile, and again, until there are enough."""
    chosen: list[T] = []
    left = [list(reversed(pile)) for pile in piles.values()]
    while len(chosen) < number and any(left):
        chosen += [pile.pop() for pile in left if pile]
    return chosen[:number]
