"""A CSV of a million rows in, exports out: what the worker needs beside what it needs at rest, and that a killed one
resumes. `python -m tests.benchmarks.big_files [--rows 1000000] [--formats jsonl,csv,parquet,coco,yolo,voc]`.

On a private PostgreSQL. Each import and export is the work of a process of its own, as in a worker: job after job of
at most 30 seconds, killed about half-way and begun again once its lease is over. The peak is the kernel's (VmHWM),
above what the same process held before its first job. Exit code 1 where a peak is over 100 MB or progress goes back.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LIMIT_MB = 100
POLL = 0.25
BOX = {"type": "box", "top": 20, "width": 60, "height": 40, "attributes": {}}
BOXES_SAID = [BOX | {"uuid": str(n), "label": "person", "left": 40 * n} for n in range(1, 4)]
SHAPES = json.dumps({"annotations": BOXES_SAID, "global_attributes": {}})
BOXES = {"question": "Where?", "labels": [{"value": "person"}, {"value": "car"}]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default="jsonl,csv,parquet,hugging_face,coco,yolo_detect,voc")
    parser.add_argument("--worker", nargs=2, metavar=("KIND", "ID"))
    given = parser.parse_args()
    if given.worker:
        return work(given.worker[0], int(given.worker[1]))
    begin()
    from django.core.management import call_command

    from tests.services import plugin

    try:
        call_command("migrate", verbosity=0)
        return int(not everything(given.rows, given.formats.split(",")))
    finally:
        plugin.stop()


def begin() -> None:
    import django

    from tests.services import plugin  # noqa: F401 - sets where the database is

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()


# --- the worker -----------------------------------------------------------------------------------------------------
def work(kind: str, pk: int) -> int:
    """Job after job until it is done, told by its rest and its peak in kB."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    django.setup()
    from tasks.jobs import exports, ingest  # noqa: F401 - as a worker has them
    from tasks.models import Export, Upload
    from tasks.services.exporting import run_export
    from tasks.services.ingesting import ingest as run_upload

    rows: Any = (Upload if kind == "upload" else Export).objects.filter(pk=pk)
    rows.get()  # the connection is there
    print("rest", memory("VmRSS"), flush=True)
    longest = 0.0
    while rows.get().state in ("waiting", "running"):
        begun = time.monotonic()
        if kind == "upload":
            run_upload(upload_id=pk)
        else:
            run_export(export_id=pk)
        longest = max(longest, time.monotonic() - begun)
        if rows.get().worked_at and rows.get().state == "running":
            time.sleep(1)  # the lease of one that was killed
    print("peak", memory("VmHWM"), f"{longest:.0f}", flush=True)
    return 0


def memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


# --- who watches it -------------------------------------------------------------------------------------------------
def everything(rows: int, formats: list[str]) -> bool:
    from tests.benchmarks import filling
    from tests.factories import make_dataset, make_org, make_project, make_user

    org = make_org()
    dataset = make_dataset(org)
    fine = import_csv(dataset, rows)
    project = make_project(org)
    project.datasets.add(dataset)
    people = [make_user(org) for _ in range(20)]
    filling.answer_all(project=project, dataset=dataset, people=people, value='{"option": "good"}')
    of_rows = [name for name in formats if not takes_shapes(name)]
    for name in of_rows:
        fine = export(project, name) and fine
    if len(of_rows) == len(formats):
        return fine
    pictures = make_project(org, type="boxes", config=BOXES)
    album = make_dataset(org)
    pictures.datasets.add(album)
    filling.fill(project=pictures, dataset=album, people=people, count=rows, value=SHAPES, pictures=True)
    for name in formats:
        if takes_shapes(name):
            fine = export(pictures, name) and fine
    return fine


def takes_shapes(name: str) -> bool:
    from labeling import exporters

    return exporters.of_labels(exporters.get(name)) and "boxes" in exporters.get(name).TYPES


def import_csv(dataset: Any, rows: int) -> bool:
    from labeling import storage
    from tasks.models import Item, Upload

    key = storage.new_key("uploads")
    with storage.writing(key) as file:
        file.write(b"id,text,source\r\n")
        for n in range(rows):
            file.write(
                f'{n},"Sentence {n}, with a comma and ""quotes"", of some length, as reviews are",web\r\n'.encode()
            )
    upload = Upload.objects.create(
        dataset=dataset, state="waiting", filename="big.csv", format="csv", storage_key=key, size=file.size
    )
    print(f"CSV: {rows:,} rows, {file.size / 1e6:.0f} MB", flush=True)
    fine = watched("upload", upload, lambda: Upload.objects.values_list("rows", flat=True).get(pk=upload.pk), rows)
    upload.refresh_from_db()
    told = (upload.state, upload.rows, upload.created, upload.rejected, Item.objects.filter(dataset=dataset).count())
    assert told == ("done", rows, rows, 0, rows), told
    return fine


def export(project: Any, name: str) -> bool:
    from tasks.models import Export
    from tasks.services.exporting import request_export

    made = request_export(project=project, format=name)
    rows = project.tasks.count()
    fine = watched("export", made, lambda: Export.objects.values_list("rows", flat=True).get(pk=made.pk), rows)
    made.refresh_from_db()
    assert (made.state, made.rows) == ("done", rows), (made.state, made.rows, made.error)
    print(f"    {made.size / 1e6:.0f} MB", flush=True)
    return fine


def watched(kind: str, one: Any, progress: Any, total: int) -> bool:
    """One run that is killed half-way, and a second one that ends; what both needed."""
    begun, seen, killed_at = time.monotonic(), [0], 0
    first = start(kind, one.pk)
    while first.poll() is None:
        seen.append(progress())
        if seen[-1] >= total // 2:
            first.send_signal(signal.SIGKILL)
            killed_at = seen[-1]
            break
        time.sleep(POLL)
    first.wait()
    second = start(kind, one.pk)
    while second.poll() is None:
        seen.append(progress())
        time.sleep(POLL)
    told = dict(line.split(" ", 1) for line in (second.stdout.read() if second.stdout else "").splitlines())
    assert second.returncode == 0, told
    peak, longest = told["peak"].split()
    above = (int(peak) - int(told["rest"])) / 1024
    is_monotone = all(a <= b for a, b in zip(seen, seen[1:], strict=False))
    steps = len(set(seen))
    name = getattr(one, "format", kind) if kind == "export" else kind
    took = f"{time.monotonic() - begun:5.0f} s with the pause, longest job {longest} s"
    held = f"peak {above:5.0f} MB above {int(told['rest']) // 1024} MB"
    moved = f"killed at {killed_at:,}, {steps} steps of progress{'' if is_monotone else ' THAT WENT BACK'}"
    print(f"{name:14} {held}; {took}; {moved}", flush=True)
    return is_monotone and above <= LIMIT_MB


def start(kind: str, pk: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.big_files", "--worker", kind, str(pk)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    sys.exit(main())
