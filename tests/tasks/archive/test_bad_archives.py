"""Archives from strangers: what is wrong is told with its place, and nothing of them stays."""

import hashlib
import io
import zipfile
from pathlib import Path

import orjson
import pytest

from labeling import storage
from labeling.errors import BadFile, StaleState
from labeling.outbox.models import Event
from tasks.models import Dataset
from tasks.services.archive.restoring import restore_archive
from tests.factories import NOW, make_answer, make_dataset, make_item, make_org, make_project, make_task, make_user
from tests.labeling.pictures import picture
from tests.tasks.archive.comparing import archived
from workers.models import Organization, User

pytestmark = pytest.mark.django_db


MADE: dict[str, bytes] = {}


@pytest.fixture
def members(db, storage_folder) -> dict[str, bytes]:
    """A small archive, by the names in it. Made once: the tests only need its bytes."""
    if not MADE:
        MADE.update(made())
    return dict(MADE)


def made() -> dict[str, bytes]:
    org = make_org()
    ann = make_user(org)
    project = make_project(org, guideline="Look twice.")
    make_answer(make_task(project), ann)
    storage.save("images/1/a.png", picture())
    about = {"key": "images/1/a.png", "thumb": "images/1/a.png", "width": 8, "height": 8, "format": "PNG", "bytes": 1}
    make_item(make_dataset(org), media={"image": about})
    with zipfile.ZipFile(io.BytesIO(archived(org))) as zip:
        return {name: zip.read(name) for name in zip.namelist()}


def packed(members: dict[str, bytes], *, true_sums: bool = True) -> io.BytesIO:
    """As a zip; the manifest tells of what is in it now."""
    manifest = orjson.loads(members["manifest.json"])
    for told in manifest["records"].values():
        content = members.get(told.get("file", ""), b"")
        if true_sums:
            told |= {
                "count": content.count(b"\n"),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zip:
        for name, content in members.items():
            zip.writestr(name, orjson.dumps(manifest) if name == "manifest.json" else content)
    return made


def edited(file: str, line: int = 1, /, **changes):
    """A change of one record."""

    def edit(members: dict[str, bytes]) -> None:
        lines = members[file].splitlines()
        record = orjson.loads(lines[line - 1])
        lines[line - 1] = orjson.dumps({key: value for key, value in (record | changes).items() if value is not ...})
        members[file] = b"\n".join(lines) + b"\n"

    return edit


def manifest(**changes):
    def edit(members: dict[str, bytes]) -> None:
        members["manifest.json"] = orjson.dumps(orjson.loads(members["manifest.json"]) | changes)

    return edit


def with_member(name: str, content: bytes = b"x"):
    return lambda members: members.update({name: content})


def raw(name: str, content: bytes):
    return lambda members: members.update({name: content})


def swap_media(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("media/"))
    members[name] = b"\x89PNG\r\n\x1a\n another picture"


def key_of_another(members: dict[str, bytes]) -> None:
    """A record that names a file of the storage by itself, as another organization's are called."""
    lines = members["items.jsonl"].splitlines()
    record = orjson.loads(lines[1])
    record["media"]["image"]["key"] = "images/1/a.png"
    members["items.jsonl"] = lines[0] + b"\n" + orjson.dumps(record) + b"\n"


BAD = {
    "a newer format": (manifest(version=2), "version 2 of the format is newer"),
    "another zip": (manifest(format="photos"), '"format" is not'),
    "kinds we do not know": (manifest(records={"spells": {}}), "no records of the kind 'spells'"),
    "a path that leaves": (with_member("../../etc/passwd"), "leaves the zip"),
    "a file no archive holds": (with_member("run.sh"), "run.sh: no archive holds such a file"),
    "a file under no hash": (with_member("media/cow.png"), "no archive holds such a file"),
    "a bomb": (with_member("media/" + "0" * 64, b"\0" * 50_000_000), "decompression bomb"),
    "no records where the manifest names some": (lambda m: m.pop("tasks.jsonl"), "tasks.jsonl: is missing"),
    "a line that is no JSON": (raw("tasks.jsonl", b"{\n"), "tasks.jsonl line 1: not JSON"),
    "a list for a record": (raw("tasks.jsonl", b"[]\n"), "tasks.jsonl line 1: not an object"),
    "an id twice": (edited("items.jsonl", 2, id=1), "items.jsonl line 2: id: 1 does not come after"),
    "a field we do not know": (edited("answers.jsonl", mood="good"), "answers.jsonl line 1: mood: unknown field"),
    "a field that is missing": (edited("answers.jsonl", content_hash=...), "answers.jsonl line 1: content_hash: is"),
    "a row that is not there": (edited("answers.jsonl", task=9999999), "task: there is no 9999999 in tasks.jsonl"),
    "nobody we know": (edited("answers.jsonl", annotator="a_x"), "annotator: 'a_x' is nobody of people.jsonl"),
    "a state there is not": (edited("tasks.jsonl", state="lost"), "tasks.jsonl line 1: state: 'lost' is none of"),
    "text for a number": (edited("tasks.jsonl", wanted="1"), "tasks.jsonl line 1: wanted: must be a whole number"),
    "a number out of range": (edited("tasks.jsonl", wanted=99999), "wanted: 99999 is out of range"),
    "a NUL": (edited("datasets.jsonl", name="a\0b"), "datasets.jsonl line 1: holds a NUL"),
    "a time without zone": (edited("tasks.jsonl", created_at="2026-01-01T00:00:00"), "a time with its zone"),
    "what the database refuses": (edited("tasks.jsonl", taken=5), "tasks.jsonl line 1: the database refuses it"),
    "a type we lack": (edited("projects.jsonl", type="smell"), "projects.jsonl line 1: type: this installation"),
    "a schema that is none": (edited("project_versions.jsonl", config={"options": 3}), "project_versions.jsonl line 1"),
    "a version that is not there": (edited("projects.jsonl", version=7), "is at version 7, which is not there"),
    "another picture under the hash": (swap_media, "its content is another one than its name says"),
    "a file of the storage by its name": (key_of_another, "the archive has no file 'images/1/a.png'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_archive_is_refused_with_its_place_and_nothing_stays(members, storage_folder: Path, case):
    edit, message = BAD[case]
    edit(members)
    before = (Organization.objects.count(), User.objects.count(), Dataset.objects.count(), Event.objects.count())
    files = sorted(path for path in storage_folder.rglob("*") if path.is_file())
    with pytest.raises(BadFile) as error:
        restore_archive(packed(members), now=NOW)
    assert message in str(error.value)
    after = (Organization.objects.count(), User.objects.count(), Dataset.objects.count(), Event.objects.count())
    assert after == before
    assert sorted(path for path in storage_folder.rglob("*") if path.is_file()) == files


def test_what_was_changed_on_the_way_is_found_by_its_sum(members):
    edited("answers.jsonl", active_ms=9)(members)
    with pytest.raises(BadFile, match="answers.jsonl: (there is more in it|not what) the manifest says"):
        restore_archive(packed(members, true_sums=False), now=NOW)


def test_a_file_that_was_cut_short_is_no_archive(members):
    whole = packed(members).getvalue()
    with pytest.raises(BadFile, match="cut short"):
        restore_archive(io.BytesIO(whole[: len(whole) // 2]), now=NOW)


def test_an_archive_of_an_older_release_lacks_fields_that_have_a_usual_value(members):
    edited("tasks.jsonl", is_audit=..., extra=...)(members)
    there = restore_archive(packed(members), now=NOW).organization
    assert not there.projects.get().tasks.get().is_audit


def test_no_archive_comes_where_there_is_something(members, org):
    other = make_org()
    make_dataset(other)
    make_user(other)
    with pytest.raises(StaleState, match="is not empty: it has datasets"):
        restore_archive(packed(members), now=NOW, into=other)
