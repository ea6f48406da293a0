"""How long archives take, and how much memory: `python -m tests.benchmarks.archives [--answers 200000]`.

A private PostgreSQL is filled in bulk; its organization leaves with an archive, comes into an empty SQLite database,
leaves from there and comes into another PostgreSQL. Each step is a process of its own; told is its time, and its peak
of memory above one that does nothing. Exit code 1 if a step takes more memory than the limit, or if the last archive
says something else than the first.
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

LIMIT_MB = 150
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
        print(f"idle: {idle:.0f} MB")
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
    from labeling.outbox.models import Event
    from tests.benchmarks.filling import fill
    from tests.factories import make_dataset, make_org, make_project, make_user

    org = make_org()
    project, dataset, people = make_project(org), make_dataset(org), [make_user(org) for _ in range(20)]
    project.datasets.add(dataset)
    fill(project=project, dataset=dataset, people=people, count=count, value='{"option": "good"}')
    for start in range(0, count, 10_000):
        rows = [
            Event(kind="answer.submitted", organization_id=project.organization_id, project_id=project.pk,
                  actor=people[n % 20], payload={"task": n + 1})
            for n in range(start, min(count, start + 10_000))
        ]  # fmt: skip
        Event.objects.bulk_create(rows)
    return project.organization.slug


def _told(what: str, idle: float, env: dict[str, str], *command: str) -> float:
    seconds, peak = _manage(env, *command)
    print(f"{what:32} {seconds:6.1f} s  {peak - idle:6.0f} MB above idle", flush=True)
    return peak - idle


def _manage(env: dict[str, str], *command: str) -> tuple[float, float]:
    """Seconds, and the peak of memory in MB, of a process that starts small: a fork would have our own size."""
    begun = time.perf_counter()
    watch = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    watch += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", watch, sys.executable, "manage.py", *command],
        env=os.environ | env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return time.perf_counter() - begun, int(done.stderr.split()[-1]) / 1024


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
