"""A zip of very many files: written straight on, its directory not in memory, and read by others."""

import io
import subprocess
import sys
import tracemalloc
import zipfile

import pytest

from labeling.exporters import zip_directory
from labeling.exporters.folders import Names, ZipFolder


class Sink:
    """A file of which only the length is kept."""

    def __init__(self):
        self.size = 0

    def write(self, content):
        self.size += len(content)
        return len(content)

    def flush(self):
        pass


def zipped(files):
    kept = io.BytesIO()
    folder = ZipFolder(kept)
    for name, content in files.items():
        folder.write(name, content)
    with folder.open("large.bin") as file:
        file.write(b"x" * 300_000)
    folder.close()
    return kept


@pytest.mark.parametrize("many", [0xFFFF, 2], ids=["as it is", "with the records of a large one"])
def test_others_read_what_was_written(monkeypatch, tmp_path, many):
    monkeypatch.setattr(zip_directory, "MANY", many)
    files = {"a.txt": b"one", "deep/er/ä b.json": b"{}" * 1000, "空.png": b"\x89PNG", "empty": b""}
    kept = zipped(files)
    with zipfile.ZipFile(kept) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in files} == files
        assert read.namelist() == [*files, "large.bin"]
        assert read.getinfo("a.txt").external_attr >> 16 == 0o644
    (tmp_path / "a.zip").write_bytes(kept.getvalue())
    subprocess.run([sys.executable, "-m", "zipfile", "-t", tmp_path / "a.zip"], check=True, capture_output=True)
    assert zipped(files).getvalue() == kept.getvalue()


def test_its_memory_does_not_grow_with_its_entries(monkeypatch):
    monkeypatch.setattr(zip_directory, "IN_MEMORY", 1 << 12)

    def peak_of(entries):
        folder = ZipFolder(Sink())
        tracemalloc.start()
        for n in range(entries):
            folder.write(f"labels/{n}.txt", b"0 0.5 0.5 0.1 0.1\n")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        folder.close()
        return peak

    few, many = peak_of(300), peak_of(3000)
    assert many - few < 20_000, (few, many)


def test_names_are_told_apart_in_a_table_of_a_few_bytes_each():
    names = Names()
    given = [names.unique(f"{n}.jpg", n) for n in range(20_000)]
    assert given == [f"{n}.jpg" for n in range(20_000)]
    assert [names.unique(name, n) for n, name in enumerate(("5.jpg", "6.JPG", "5-0.jpg"))] == [
        "5-0.jpg",
        "6-1.JPG",
        "5-0-2.jpg",
    ]
    assert len(names._table) * names._table.itemsize <= 20_000 * 32
