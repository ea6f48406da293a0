"""How long the items page takes on a large project: `python -m tests.benchmarks.items_page [--tasks 200000]`.

A private PostgreSQL (or SQLite with GW_TEST_DB=sqlite), its tables filled in bulk; the first page, one in the middle
and the last one in every order, filters, a search, the overview's figures, and a change of all tasks. Exit code 1 if
a page takes longer than the limit.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

LIMIT_MS = 150
ROUNDS = 5


def fill(count: int) -> Any:
    from django.db import connection
    from django.utils import timezone

    from tasks.models import Answer, Assignment, Consensus, Item, Task
    from tests.factories import make_dataset, make_org, make_project, make_user

    rng, now = random.Random(1), timezone.now()
    org = make_org()
    project, dataset = make_project(org), make_dataset(org)
    project.datasets.add(dataset)
    people = [make_user(org) for _ in range(20)]
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(5000)]
    for start in range(0, count, 10_000):
        some = range(start, min(count, start + 10_000))
        items = Item.objects.bulk_create(
            Item(dataset=dataset, key=f"k{n}", data={"text": " ".join(rng.choices(words, k=15))}, content_hash="x")
            for n in some
        )
        common = {"project": project, "wanted": 1, "taken": 1, "answered": 1, "state": "resolved", "resolved_at": now}
        tasks = Task.objects.bulk_create(Task(item=item, **common) for item in items)
        turns = Assignment.objects.bulk_create(
            Assignment(organization_id=org.pk, project=project, task=task, annotator=people[task.pk % 20],
                       state="submitted", schema_version=1)
            for task in tasks
        )  # fmt: skip
        Answer.objects.bulk_create(
            Answer(client_id=f"00000000-0000-0000-0000-{turn.pk:012}", content_hash="x", assignment=turn,
                   task_id=turn.task_id, project=project, annotator_id=turn.annotator_id, schema_version=1,
                   value={"option": "good"}, active_ms=rng.randint(900, 90_000), is_applied=True)
            for turn in turns
        )  # fmt: skip
        Consensus.objects.bulk_create(
            Consensus(task=task, project=project, value={"option": "good"}, method="majority",
                      confidence=round(rng.random(), 4), agreement=round(rng.random(), 4),
                      label="bad" if rng.random() < 0.001 else "good")
            for task in tasks
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return project, people


def timed(name: str, run: Callable[[], Any]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        taken.append((time.perf_counter() - begun) * 1000)
    middle = statistics.median(taken)
    print(f"{name:44} {middle:8.1f} ms")
    return middle


def pages(project: Any, people: list[Any], count: int) -> list[float]:
    from tasks.models import Task
    from tasks.selectors import items

    middle = Task.objects.filter(project=project).order_by("pk")[count // 2].pk
    found = []
    for order in items.ORDERS:
        last = items.page_of(project, {}, order=order, before=_far(order), size=50)
        places = {"first": "", "middle": _at(order, middle), "last": last.previous or ""}
        for place, after in places.items():
            found.append(timed(f"{order}, {place}", lambda: items.page_of(project, {}, order=order, after=after)))  # noqa: B023
    for filters in ({"label": "bad"}, {"annotator": people[3].pk}, {"min_confidence": 0.9995}, {"min_seconds": 89.9}):
        found.append(timed(str(filters)[:40], lambda: items.page_of(project, filters)))  # noqa: B023
    return found


def _far(order: str) -> str:
    told = {"confidence": "2.0~", "-confidence": "-1.0~", "agreement": "2.0~", "-agreement": "-1.0~"}
    value = told.get(order, "1990-01-01T00:00:00+00:00~" if order == "-ended" else "")
    return f"{value}{0 if order.startswith('-') else 2**62}"


def _at(order: str, pk: int) -> str:
    if "ended" in order:
        return ""
    return f"{'0.5~' if 'c' in order or 'g' in order else ''}{pk}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=200_000)
    count = parser.parse_args().tasks
    import django

    from tests.services import plugin

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()
    from django.core.management import call_command

    try:
        call_command("migrate", verbosity=0)
        begun = time.perf_counter()
        project, people = fill(count)
        print(f"{count:,} tasks made in {time.perf_counter() - begun:.0f} s")
        found = pages(project, people, count)
        others(project, count)
        return int(max(found) > LIMIT_MS)
    finally:
        plugin.stop()


def others(project: Any, count: int) -> None:
    """Told, without a limit."""
    from django.utils import timezone

    from tasks.selectors import items, overview, progress
    from tasks.services import bulk

    timed("a search that finds nothing, one part", lambda: items.page_of(project, {"q": "zzzzzzzz"}))
    timed("counts of all states", lambda: progress.counts_of([project.pk]))
    timed("answers of each day", lambda: overview.answers_by_day(project, now=timezone.now()))
    timed("preview of a change of everything", lambda: bulk.preview(project=project, kind="cancel", filters={}))
    made = bulk.request_bulk(project=project, kind="cancel", filters={}, actor=None, now=timezone.now())
    for name, ask in (("cancel", lambda: None), ("undo", lambda: bulk.undo_bulk(bulk=made, actor=None))):
        made.refresh_from_db()
        ask()
        begun = time.perf_counter()
        bulk.run_bulk(bulk_id=made.pk, seconds=3600)
        print(f"{name} {count:,} tasks: {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
