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
        alone, batch = claims(0)
        beside, batch = claims(kept)
        print(
            f"{connection.vendor}: a claim behind none {alone:.2f} ms, behind {kept:,} kept for others {beside:.2f} ms"
        )
        member = claims_of_a_member(batch)
        print(f"a claim of somebody they are kept for {member:.2f} ms")
        return int(beside > alone * 1.5)
    finally:
        plugin.stop()


def claims(kept: int) -> tuple[float, Any]:
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
    return middle_of_claims(other, org), (batch, member, org)


def claims_of_a_member(made: Any) -> float:
    _, member, org = made
    return middle_of_claims(member, org)


def middle_of_claims(person: Any, org: Any) -> float:
    from django.utils import timezone

    from tasks.services.claiming import claim_next
    from tests.tasks.working import at_work

    taken = []
    for _ in range(CLAIMS):
        begun = time.perf_counter()
        assert claim_next(who=at_work(person, org), count=1, now=timezone.now())
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
