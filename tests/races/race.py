"""Thirty-two browser tabs of twenty-eight annotators, one pool of tasks, and gold among them.

`test_claim_race` runs this as a process with a database of its own.

python -m tests.races.race      prints what happened as JSON
"""

import json
from collections import Counter
from threading import Barrier, Thread
from typing import Any

THREADS, TASKS, OVERLAP = 32, 80, 3


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from labeling.outbox import bell

    call_command("migrate", verbosity=0)
    bell.ring = lambda: None  # no broker here
    print(json.dumps({kind: run(kind) for kind in ("claim", "mixed")} | {"vendor": connection.vendor}))


def run(kind: str) -> dict[str, Any]:
    """In an organization of its own; what came of it."""
    from tasks.models import Assignment, Task
    from tests.factories import make_org, make_project, make_tasks, make_user

    org = make_org()
    project = make_project(org, overlap=OVERLAP)
    make_tasks(project, TASKS)
    known = make_gold(project) if kind == "claim" else []
    people = [make_user(org) for _ in range(THREADS - 4)]
    people += people[:4]  # with a second tab
    errors: list[str] = []
    race(work_of(kind), [(person.pk, org.pk) for person in people], errors)

    asked = Assignment.objects.filter(project=project)
    held = asked.filter(state__in=["offered", "leased", "submitted"]).exclude(task__in=known)
    checks = asked.filter(task__in=known)
    per_task = Counter(held.values_list("task_id", flat=True))
    pairs = Counter(held.values_list("task_id", "annotator_id"))
    tasks = list(project.tasks.exclude(pk__in=known).values_list("pk", "taken", "answered"))
    return {
        "errors": errors,
        "held": held.count(),
        "checks": checks.count(),
        "checks_taken": sum(Task.objects.filter(pk__in=known).values_list("taken", flat=True)),
        "most_on_a_task": max(per_task.values()),
        "most_per_person_and_task": max(pairs.values()),
        "counters_hold": all(taken == per_task[pk] for pk, taken, _ in tasks),
        "answered": sum(answered for *_, answered in tasks),
        "resolved": project.tasks.filter(state="resolved").count(),
    }


def make_gold(project: Any) -> list[int]:
    from django.utils import timezone

    from tasks.services.gold import add_gold
    from tasks.services.gold_reading import Told
    from tests.factories import make_tasks

    tasks = make_tasks(project, 10)
    told = [Told(task.item.key, task.item.key, {"option": "good"}) for task in tasks]
    add_gold(project=project, told=told, source="api", actor=None, now=timezone.now())
    return [task.pk for task in tasks]


def work_of(kind: str) -> Any:
    """`claim`: take until nothing is left. `mixed`: answer, skip, return, expire and offer meanwhile."""
    from datetime import timedelta
    from uuid import uuid4

    from django.utils import timezone

    from tasks.models import Assignment
    from tasks.selectors.answering import load
    from tasks.selectors.eligibility import Annotator
    from tasks.services import answering, leasing, offering
    from tasks.services.claiming import EXHAUSTED, claim_next

    def claim(user: int, org: int) -> None:
        who, now = Annotator(user, org), timezone.now()
        while claim_next(who=who, count=1 + user % 3, now=now):
            now += timedelta(milliseconds=1)

    def mixed(user: int, org: int) -> None:
        who, now = Annotator(user, org), timezone.now()
        for turn in range(400):
            now += EXHAUSTED
            if turn % 10 == user % 10:
                offering.offer(who=who, count=2, now=now)
                mine = Assignment.objects.filter(annotator=user, state="offered")
                leasing.lease_offers(who=who, assignment_ids=list(mine.values_list("pk", flat=True)[:1]), now=now)
            found = claim_next(who=who, count=2, now=now) or offering.reclaim(who=who, count=2, now=now)
            found = found or list(
                Assignment.objects.filter(annotator=user, state="leased").values_list("pk", flat=True)
            )
            for place, pk in enumerate(found):
                lease = Assignment.objects.get(pk=pk)
                gives_back = lease.state == "leased" and turn < 5 and (turn + place) % 4 == 0
                sent = answering.Sent(uuid4(), pk, 1, {"option": "good"})
                loaded = load(who, {pk}, {sent.id})
                try:
                    if gives_back:
                        leasing.return_lease(assignment=lease, now=now)
                    else:
                        answering.submit_answer(sent=sent, who=who, loaded=loaded, now=now)
                except answering.StaleState:
                    continue  # by the same person's other tab
            if turn % 7 == user % 7:
                leasing.expire_overdue(now=now - timedelta(seconds=60))
            if not found:
                break

    return {"claim": claim, "mixed": mixed}[kind]


def race(work: Any, people: list[tuple[int, int]], errors: list[str]) -> None:
    from django.db import connection

    start = Barrier(len(people))

    def run(user: int, org: int) -> None:
        try:
            start.wait()
            work(user, org)
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            errors.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=person) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
