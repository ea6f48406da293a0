"""A whole organization leaves in one file, and comes in again as it was."""

import io
import zipfile

import orjson
import pytest
from django.apps import apps

from labeling import storage
from tasks.models import Answer, Dataset, Item, Project
from tasks.services import exporting, launching
from tasks.services.archive.kinds import KINDS, LEFT_OUT
from tasks.services.archive.restoring import restore_archive
from tests.factories import NOW, make_dataset, make_item, make_project
from tests.tasks.archive.comparing import archived, ranked, records_of
from workers.models import User

pytestmark = pytest.mark.django_db


def test_every_table_is_a_kind_of_record_or_left_out_for_a_reason():
    ours = ("labeling", "workers", "tasks")
    models = apps.get_models()
    tables = {model._meta.label for model in models if model._meta.app_label in ours}
    kinds = {kind.label for kind in KINDS}
    assert tables == kinds | {label for label in LEFT_OUT if "." in label}
    assert not kinds & LEFT_OUT.keys()
    assert {model._meta.app_label for model in models} - set(ours) <= LEFT_OUT.keys()


def test_an_organization_comes_back_as_it_was(rich):
    first = archived(rich)
    lacking = [kind.name for kind in KINDS if not records_of(first)[kind.name]]
    assert not lacking, "the organization of this test has some of everything"
    there = restore_archive(io.BytesIO(first), now=NOW, name="There").organization
    before, after = ranked(first, without_public_ids=True), ranked(archived(there), without_public_ids=True)
    for name in before:
        assert after[name] == before[name], f"beside the original: {name}"
    exports = exported(rich)
    first = archived(rich)
    forget_everything()
    there = restore_archive(io.BytesIO(first), now=NOW, name="There").organization
    before, after = records_of(first), records_of(archived(there))
    for name in before:
        assert after[name] == before[name], f"in an empty instance, where ids stay: {name}"
    assert exported(there) == exports
    assert make_project(there).pk > max(project["id"] for project in before["projects"])


def test_records_that_are_much_alike_are_no_bomb(org):
    make_item(make_dataset(org), data={"text": "x" * 3_000_000})
    there = restore_archive(io.BytesIO(archived(org)), now=NOW, name="There").organization
    assert len(Item.objects.get(dataset__organization=there).data["text"]) == 3_000_000


def test_those_who_answered_elsewhere_have_pseudonyms_and_stay_the_same_people(org):
    config = {"question": "?", "options": [{"value": "good"}, {"value": "bad"}]}
    said = [{"worker": who, "answer": {"option": "good"}} for who in ("ann@example.org", "A1MTURK")]
    dataset = make_dataset(org)
    make_item(dataset, data={"text": "x", "worker_answers": said}, key="one")
    text = orjson.dumps([said[0], {"worker": "9"}]).decode()
    make_item(dataset, data={"text": "y", "worker_answers": text}, key="two")
    project = make_project(org, "choice", config)
    launching.launch(project=project, dataset=dataset, actor=None, now=NOW)
    first = archived(org)
    with zipfile.ZipFile(io.BytesIO(first)) as zip:
        everything = b"".join(zip.read(name) for name in zip.namelist())
    assert b"ann@example.org" not in everything and b"A1MTURK" not in everything
    there = restore_archive(io.BytesIO(first), now=NOW, name="There").organization
    assert records_of(archived(there))["people"] == records_of(first)["people"]
    again = make_project(there, "choice", config)
    people = User.objects.count()
    launching.launch(project=again, dataset=Dataset.objects.get(organization=there), actor=None, now=NOW)
    assert User.objects.count() == people and Answer.objects.filter(project=again).count() == 3


def forget_everything() -> None:
    for kind in reversed(KINDS):
        rows = kind.model._base_manager.all()
        for name in kind.many:
            through = kind.model._meta.get_field(name).remote_field.through._base_manager.all()
            through._raw_delete(through.db)
        rows._raw_delete(rows.db)


def exported(org) -> dict[str, list[str]]:
    """The lines of a JSONL export of every project, with all answers and gold."""
    found = {}
    for project in Project.objects.filter(organization=org).order_by("pk"):
        wanted = {"include_answers": True, "include_gold": True, "include_unresolved": True}
        export = exporting.request_export(project=project, format="jsonl", **wanted)
        exporting.run_export(export_id=export.pk)
        export.refresh_from_db()
        with storage.open_file(export.storage_key) as file:
            found[project.name] = file.read().decode().splitlines()
    return found
