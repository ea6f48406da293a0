"""What a claim costs somebody for whom the tasks ahead are not kept: `python -m tests.benchmarks.kept_tasks`.

A project with 100,000 open tasks of which none, then all, are kept for a group the annotator is not in, and a few
thousand behind them for everybody. On a private PostgreSQL, or SQLite with GW_TEST_DB=sqlite. Exit code 1 if the kept
ones make a claim more than half as dear again.
"""

import argparse
import os
import statistics
import sys
import time
from typing import Any

CLAIMS = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=int, default=100_000)
    kept = parser.parse_args().kept
    import django

    from tests.services import plugin

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    try:
        call_command("migrate", verbosity=0)
        (_, before), (member, other) = made(0), made(kept)
        people = {"behind none": before, f"behind {kept:,} kept for others": other, "of what is kept for them": member}
        taken = claims(people)
        for name, each in taken.items():
            print(f"{connection.vendor}: a claim {name:32} {each:.2f} ms")
        alone, beside, _ = taken.values()
        return int(beside > alone * 1.5)
    finally:
        plugin.stop()


def made(kept: int) -> tuple[Any, Any]:
    """Somebody for whom the first tasks are kept, and somebody else, each with their organization."""
    from django.db import connection

    from tasks.models import Batch, Task
    from tests.factories import make_org, make_project, make_tasks, make_user
    from workers.services import groups

    org = make_org()
    project, member, other = make_project(org), make_user(org), make_user(org)
    batch = Batch.objects.create(organization=org, work=project, name="Theirs")
    batch.groups.set([groups.create(organization=org, name="Night", user_ids=[member.pk], actor=None)])
    for start in range(0, kept, 20_000):
        make_tasks(project, min(20_000, kept - start))
    Task.objects.filter(project=project).update(kept_for=batch, batch=batch)
    make_tasks(project, 5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return (member, org), (other, org)


def claims(people: dict[str, Any]) -> dict[str, float]:
    """The middle of what a claim takes each, in turns: so that what else the machine does is the same for all."""
    from django.utils import timezone

    from tasks.services.claiming import claim_next
    from tests.tasks.working import at_work

    taken: dict[str, list[float]] = {name: [] for name in people}
    for _ in range(CLAIMS):
        for name, (person, org) in people.items():
            begun = time.perf_counter()
            assert claim_next(who=at_work(person, org), count=1, now=timezone.now())
            taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(each) for name, each in taken.items()}


if __name__ == "__main__":
    sys.exit(main())
