"""How long archives take, and how much memory: `python -m tests.benchmarks.archives [--answers 200000]`.

A private PostgreSQL is filled in bulk; its organization leaves with an archive, comes into an empty SQLite database,
leaves from there and comes into another PostgreSQL. Each step is a process of its own; told is its time, and its peak
of memory above one that does nothing. Pages of a file that SQLite maps are no memory of the process: the system takes
them back when it needs to. Exit code 1 if a step takes more memory than the limit, or if the last archive says
something else than the first.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from uuid import uuid4

LIMIT_MB = 100
LOOK = 0.02  # seconds between two looks at its memory
OF_THE_JOURNEY = ('"kind":"archive.', '"kind":"organization.imported"', '"kind":"invitation.')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=200_000)
    count = parser.parse_args().answers
    import django

    from tests.services import plugin

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()
    from django.core.management import call_command

    folder = Path(tempfile.mkdtemp(prefix="gw-archives-"))
    try:
        call_command("migrate", verbosity=0)
        slug = _fill(count)
        first, second = folder / "first.zip", folder / "second.zip"
        sqlite, other = {"DATABASE_URL": "", "VAR": str(folder / "var")}, {"DATABASE_URL": plugin.unit.create("other")}
        for env in (sqlite, other):
            _manage(env, "migrate", "--verbosity=0")
        idle = _manage({}, "showmigrations", "labeling")[1]
        print(f"idle: {idle:.0f} MB", flush=True)
        peaks = [
            _told("PostgreSQL -> archive", idle, {}, "export_archive", slug, str(first)),
            _told("archive -> SQLite", idle, sqlite, "import_archive", str(first), "--admin", "a@example.org"),
            _told("SQLite -> archive", idle, sqlite, "export_archive", slug, str(second)),
            _told("archive -> PostgreSQL", idle, other, "import_archive", str(second), "--admin", "a@example.org"),
        ]
        third = folder / "third.zip"
        peaks.append(_told("PostgreSQL -> archive, again", idle, other, "export_archive", slug, str(third)))
        print(f"{first.stat().st_size / 1e6:.1f} MB")
        names = zipfile.ZipFile(first).namelist()
        differing = [name for name in names if _lines(first, name) != _lines(third, name)]
        print(f"DIFFERING: {', '.join(differing)}" if differing else "the first and the last archive say the same")
        return int(bool(differing) or max(peaks) > LIMIT_MB)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        plugin.stop()


def _fill(count: int) -> str:
    """Items with a task, a turn, an answer, a consensus and an event each."""
    from django.utils import timezone

    from labeling.outbox.models import Event
    from tasks.models import Answer, Assignment, Consensus, Task
    from tests.factories import make_dataset, make_items, make_org, make_project, make_user

    org, now = make_org(), timezone.now()
    project, dataset, people = make_project(org), make_dataset(org), [make_user(org) for _ in range(20)]
    project.datasets.add(dataset)
    done = {"project": project, "wanted": 1, "taken": 1, "answered": 1, "state": "resolved", "resolved_at": now}
    for start in range(0, count, 5000):
        items = make_items(dataset, min(5000, count - start))
        tasks = Task.objects.bulk_create([Task(item=item, **done) for item in items])
        turns = Assignment.objects.bulk_create(
            Assignment(organization_id=org.pk, project=project, task=task, annotator=people[task.pk % 20],
                       state="submitted", schema_version=1)
            for task in tasks
        )  # fmt: skip
        answers = Answer.objects.bulk_create(
            Answer(client_id=uuid4(), content_hash="x", assignment=turn, task_id=turn.task_id, project=project,
                   annotator_id=turn.annotator_id, schema_version=1, value={"option": "good"}, is_applied=True)
            for turn in turns
        )  # fmt: skip
        Consensus.objects.bulk_create(
            Consensus(task_id=answer.task_id, project=project, value=answer.value, method="majority", confidence=0.9,
                      answers=[answer.pk], label="good")
            for answer in answers
        )  # fmt: skip
        Event.objects.bulk_create(
            Event(kind="answer.submitted", organization_id=org.pk, project_id=project.pk, object_id=answer.pk,
                  actor_id=answer.annotator_id, payload={"task": answer.task_id}, relayed_at=now)
            for answer in answers
        )  # fmt: skip
    return org.slug


def _told(what: str, idle: float, env: dict[str, str], *command: str) -> float:
    seconds, peak = _manage(env, *command)
    print(f"{what:32} {seconds:6.1f} s  {peak - idle:6.0f} MB above idle", flush=True)
    return peak - idle


def _manage(env: dict[str, str], *command: str) -> tuple[float, float]:
    """Seconds, and the peak of memory in MB."""
    begun, peak = time.perf_counter(), 0.0
    command = (sys.executable, "manage.py", *command)
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            peak = max(peak, _own_memory(process.pid))
            time.sleep(LOOK)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(said.read())
    return time.perf_counter() - begun, peak


def _own_memory(pid: int) -> float:
    """In MB, without files that are mapped."""
    told = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("RssAnon")), 0.0)


def _lines(archive: Path, name: str) -> object:
    if not name.endswith(".jsonl"):
        return None
    with zipfile.ZipFile(archive) as zip:
        lines = [line for line in zip.read(name).decode().splitlines() if not any(k in line for k in OF_THE_JOURNEY)]
    if name == "events.jsonl":
        return [json.dumps(json.loads(line) | {"id": 0}, sort_keys=True) for line in lines]
    return [json.loads(line) for line in lines]


if __name__ == "__main__":
    sys.exit(main())
