"""Imports and exports of any size: in parts that do not grow, with progress that moves, and going on where one died."""

import tracemalloc

import pytest
from django.utils import timezone

from labeling import storage
from tasks.models import Export, Item, Upload
from tasks.services import exporting, ingesting
from tests.factories import make_dataset, make_project, make_tasks
from tests.tasks.test_projects_results import make_consensus

pytestmark = pytest.mark.django_db
LATER = 2 * ingesting.LEASE


def uploaded(org, rows):
    key = storage.new_key("uploads")
    with storage.writing(key) as file:
        file.write(b"id,text\r\n" + b"".join(b"%d,Sentence %d of some length\r\n" % (n, n) for n in range(rows)))
    fields = {"filename": "a.csv", "format": "csv", "storage_key": key, "size": file.size, "state": "waiting"}
    return Upload.objects.create(dataset=make_dataset(org), **fields)


def jobs(run, one, field="rows"):
    """One job after the other, each with time for one part; what the page shows after each."""
    seen = []
    while one.state in ("waiting", "running"):
        run(one.pk)
        one.refresh_from_db()
        seen.append(getattr(one, field))
    return seen


def import_once(pk):
    ingesting.ingest(upload_id=pk, seconds=0)


def peak_of(run):
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def died(one):
    """Its worker is gone for so long that its lease is over."""
    type(one).objects.filter(pk=one.pk).update(worked_at=timezone.now() - LATER)


def test_an_import_moves_chunk_by_chunk_and_its_memory_does_not_grow(org, monkeypatch):
    monkeypatch.setattr(ingesting, "CHUNK_ROWS", 100)
    few, many = uploaded(org, 200), uploaded(org, 1000)
    jobs(import_once, uploaded(org, 200))  # whatever is loaded once
    small = peak_of(lambda: jobs(import_once, few))
    shown = []
    large = peak_of(lambda: shown.extend(jobs(import_once, many)))
    assert (many.state, many.created, shown) == ("done", 1000, [*range(100, 1001, 100), 1000])
    assert large < small + 200_000, (small, large)


def test_an_import_that_died_goes_on_behind_its_last_chunk(org, monkeypatch):
    monkeypatch.setattr(ingesting, "CHUNK_ROWS", 100)
    upload = uploaded(org, 450)
    import_once(upload.pk)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ingesting, "_renew", lambda *args, **changes: (_ for _ in ()).throw(KeyboardInterrupt))
        import_once(upload.pk)
    assert Item.objects.filter(dataset=upload.dataset).count() == 100
    died(upload)
    upload.refresh_from_db()
    assert jobs(import_once, upload) == [200, 300, 400, 450]
    assert (upload.created, upload.duplicates) == (450, 0)
    assert Item.objects.filter(dataset=upload.dataset).count() == 450


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_an_export_moves_part_by_part_and_goes_on_where_it_died(org, monkeypatch, format):
    monkeypatch.setattr(exporting, "PART_ROWS", 20)
    project = make_project(org)
    for task in make_tasks(project, 90):
        make_consensus(task)
    project.tasks.update(state="resolved")
    whole = exporting.request_export(project=project, format=format)
    assert moves(monkeypatch, whole) == [20, 40, 60, 80, 90]
    broken = exporting.request_export(project=project, format=format)
    with pytest.raises(KeyboardInterrupt):
        moves(monkeypatch, broken, until=60)
    died(broken)
    assert moves(monkeypatch, broken) == [80, 90]
    for each in (whole, broken):
        each.refresh_from_db()
    assert (broken.state, broken.rows, broken.size) == ("done", 90, whole.size)


def moves(monkeypatch, export, until=None):
    """Run it; the rows told after each part. With `until`, its worker is killed while it writes the part behind."""
    seen, write = [], exporting.write_part

    def recorded(*, export, reader, number):
        if seen and seen[-1] == until:
            raise KeyboardInterrupt
        found = write(export=export, reader=reader, number=number)
        seen.append(Export.objects.values_list("rows", flat=True).get(pk=export.pk))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "write_part", recorded)
        exporting.run_export(export_id=export.pk, seconds=3600)
    return seen
