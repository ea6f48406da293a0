"""How long the items page takes on a large project: `python -m tests.benchmarks.items_page [--tasks 1000000]`.

A private PostgreSQL (or SQLite with GW_TEST_DB=sqlite), its tables filled in bulk; the first page, one in the middle
and the last one in every order, every filter, and searches: the whole page as a browser asks for it, through the
middleware and with its template; told beside a page that shows next to nothing, for on a busy machine both are slow.
Then what is told without a limit: filters in all orders without the page around them, where one is slow; figures of
the overview, and a change of all tasks. Exit code 1 if a page takes longer than the limit at its 95th percentile.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

LIMIT_MS = 200
ROUNDS = 20


def make(count: int) -> tuple[Any, list[Any]]:
    from django.db import connection

    from tasks.models import Batch, Task
    from tests.benchmarks import filling
    from tests.factories import make_dataset, make_org, make_project, make_user

    org = make_org()
    project, dataset = make_project(org), make_dataset(org)
    project.datasets.add(dataset)
    people = [make_user(org, "admin"), *(make_user(org) for _ in range(20))]
    value = '{"option": "good"}'
    if connection.vendor == "postgresql":
        filling.fill(project=project, dataset=dataset, people=people[1:], count=count, value=value)
    else:
        slow_fill(project, dataset, people[1:], count)
    first = Task.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)[0]
    batch = Batch.objects.create(organization=org, work=project, name="A tenth")
    Task.objects.filter(project=project, pk__lt=first + count // 10).update(batch=batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return project, people


def slow_fill(project: Any, dataset: Any, people: list[Any], count: int) -> None:
    import random

    from django.utils import timezone

    from tasks.models import Answer, Assignment, Consensus, Item, Task

    rng, now = random.Random(1), timezone.now()
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
            Assignment(organization_id=project.organization_id, project=project, task=task, state="submitted",
                       annotator=people[task.pk % 20], schema_version=1)
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


def timed(name: str, run: Callable[[], Any], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        taken.append((time.perf_counter() - begun) * 1000)
    worst = sorted(taken)[max(0, round(rounds * 0.95) - 1)]
    told = f"{name:44} best {min(taken):8.1f}  median {statistics.median(taken):8.1f}  p95 {worst:8.1f} ms"
    print(told, flush=True)
    return worst


def pages(project: Any, people: list[Any], count: int) -> list[float]:
    from django.test import Client
    from django.urls import reverse

    from tasks.models import Batch, Item, Task
    from tasks.selectors import items

    client = Client()
    client.force_login(people[0])
    address = reverse("project-items", args=[project.pk])

    def ask(**query: Any) -> None:
        reply = client.get(f"{address}?{urlencode(query)}")
        assert reply.status_code == 200, reply.status_code

    ask()  # templates, counts that are kept
    exports = reverse("project-exports", args=[project.pk])
    timed(f"next to nothing, at a load of {os.getloadavg()[0]:.1f}", lambda: client.get(exports))
    middle = Task.objects.filter(project=project).order_by("pk")[count // 2].pk
    found = []
    for order in items.ORDERS:
        last = items.page_of(project, {}, order=order, before=_far(order), size=50)
        for place, after in {"first": "", "middle": _at(order, middle), "last": last.previous or ""}.items():
            found.append(timed(f"{order}, {place}", lambda: ask(order=order, after=after)))  # noqa: B023
    word = str(Item.objects.order_by("pk").values_list("data", flat=True)[count // 3]["text"]).split()[0]
    batch = Batch.objects.get(work=project).pk
    filters: list[dict[str, Any]] = [
        {"label": "bad"}, {"label": "good"}, {"state": "resolved"}, {"state": "open"}, {"annotator": people[3].pk},
        {"min_confidence": 0.9995}, {"max_confidence": 0.0005, "order": "confidence"}, {"min_agreement": 0.9995},
        {"gold": "yes"}, {"gold": "no"}, {"batch": batch}, {"batch": batch, "state": "resolved"},
        {"item": f"k{count // 2}"}, {"min_seconds": 89.85}, {"method": "majority"}, {"comments": "any"},
        {"answered_from": "2000-01-01"}, {"label": "bad", "annotator": people[3].pk, "order": "-confidence"},
        {"q": word}, {"q": f"{word} {word}"}, {"q": "zzzzzzzz"}, {"show": "grid"},
    ]  # fmt: skip
    for query in filters:
        found.append(timed(str(query)[:44], lambda: ask(**query)))  # noqa: B023
    return found


def _far(order: str) -> str:
    told = {"confidence": "2.0~", "-confidence": "-1.0~", "agreement": "2.0~", "-agreement": "-1.0~"}
    value = told.get(order, "1990-01-01T00:00:00+00:00~" if order == "-ended" else "")
    return f"{value}{0 if order.startswith('-') else 2**62}"


def _at(order: str, pk: int) -> str:
    if "ended" in order:
        from django.utils import timezone

        return f"{(timezone.now() - timezone.timedelta(days=15)).isoformat()}~{pk}"  # type: ignore[attr-defined]
    return f"{'0.5~' if 'c' in order or 'g' in order else ''}{pk}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=200_000)
    count = parser.parse_args().tasks
    import django

    from tests.services import plugin

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ALLOWED_HOSTS.append("testserver")
    try:
        call_command("migrate", verbosity=0)
        begun = time.perf_counter()
        project, people = make(count)
        print(f"{count:,} tasks made in {time.perf_counter() - begun:.0f} s", flush=True)
        found = pages(project, people, count)
        everywhere(project, people, count)
        others(project, count)
        return int(max(found) > LIMIT_MS)
    finally:
        plugin.stop()


def everywhere(project: Any, people: list[Any], count: int) -> None:
    """Filters, alone and together, in every order, at four places: those that take more than half the limit."""
    from datetime import timedelta
    from itertools import product

    from django.utils import timezone

    from tasks.models import Batch, Task
    from tasks.selectors import items

    middle = Task.objects.filter(project=project).order_by("pk")[count // 2].pk
    now, who, batch = timezone.now(), people[3].pk, Batch.objects.get(work=project).pk
    filters: list[dict[str, Any]] = [
        {"label": "bad"}, {"label": "good"}, {"annotator": who}, {"min_confidence": 0.5}, {"max_agreement": 0.3},
        {"batch": batch}, {"method": "majority"}, {"method": "review"}, {"min_seconds": 89.85}, {"max_seconds": 1.0},
        {"min_seconds": 30.0, "max_seconds": 60.0}, {"answered_from": now - timedelta(days=9000)},
        {"answered_from": now - timedelta(hours=1)}, {"answered_to": now - timedelta(days=29)}, {"has": "good"},
        {"label": "bad", "annotator": who}, {"batch": batch, "annotator": who}, {"q": "zzzzzzzz"},
        {"annotator": who, "min_seconds": 80.0, "label": "good"},
    ]  # fmt: skip
    number = slow = 0
    for query, order in product(filters, items.ORDERS):
        for place, where in {
            "first": {},
            "middle": {"after": _at(order, middle)},
            "last": {"before": _far(order)},
        }.items():
            taken = []
            for _ in range(3):
                begun = time.perf_counter()
                items.page_of(project, query, order=order, **where)  # type: ignore[arg-type]
                taken.append((time.perf_counter() - begun) * 1000)
            number += 1
            if min(taken) > LIMIT_MS / 2:
                slow += 1
                print(f"{min(taken):8.1f} ms  {order}, {place}, {query}", flush=True)
    print(f"{number} ways to look, {slow} of them slow, at a load of {os.getloadavg()[0]:.1f}", flush=True)


def others(project: Any, count: int) -> None:
    """Told, without a limit."""
    from django.utils import timezone

    from tasks.selectors import batches, overview, progress
    from tasks.services import bulk

    listed = list(batches.in_order(batches.batches_of(project)))
    timed("figures of batches", lambda: batches.figures_of(project, listed, now=timezone.now()), 3)
    timed("counts of all states", lambda: progress.counts_of([project.pk]), 3)
    timed("answers of each day", lambda: overview.answers_by_day(project, now=timezone.now()), 3)
    timed("preview of a change of everything", lambda: bulk.preview(project=project, kind="cancel", filters={}), 3)
    made = bulk.request_bulk(project=project, kind="cancel", filters={}, actor=None, now=timezone.now())
    for name, ask in (("cancel", lambda: None), ("undo", lambda: bulk.undo_bulk(bulk=made, actor=None))):
        made.refresh_from_db()
        ask()
        begun = time.perf_counter()
        bulk.run_bulk(bulk_id=made.pk, seconds=3600)
        print(f"{name} {count:,} tasks: {time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
