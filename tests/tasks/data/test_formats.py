"""Labels of other tools, in through an upload and out through an export: what the API and the page show of them."""

import io
import zipfile
from typing import Any

import orjson
import pytest

from labeling.exporters.snapshot import OTHER_ANSWERS, UNFINISHED
from tasks.jobs.exports import run_export
from tasks.models import Answer, Consensus, Export, Gold, Project, SuggestionProblem, Task
from tasks.selectors import payload
from tasks.services import exporting, launching
from tests.factories import NOW, make_answer, make_assignment, make_dataset, make_item, make_project, make_task
from tests.labeling.importers.test_images import zipped
from tests.labeling.pictures import picture

pytestmark = pytest.mark.django_db
COCO = {
    "images": [{"id": 1, "file_name": "a b.png", "width": 40, "height": 20}, {"id": 2, "file_name": "gone.png"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
    "categories": [{"id": 1, "name": "cat"}],
}
BOX = {"uuid": "1", "type": "box", "label": "cat", "left": 1, "top": 2, "width": 3, "height": 4, "attributes": {}}
SPANS = {"question": "Mark.", "labels": [{"value": "name"}]}
FOUND = {"annotations": [BOX], "global_attributes": {}}


@pytest.fixture
def upload(imported: Any) -> dict[str, Any]:
    return imported("coco.zip", zipped({"instances.json": orjson.dumps(COCO), "a b.png": picture()}))


@pytest.fixture
def project(org: Any, dataset: Any, upload: dict[str, Any]) -> Project:
    return make_project(org, upload["schema"]["type"], upload["schema"]["config"])


def launched(project: Project, dataset: Any) -> list[Task]:
    launching.launch(project=project, dataset=dataset, actor=None, now=NOW)
    return list(Task.objects.filter(project=project).order_by("pk"))


def exported(client: Any, project: Project, **wanted: Any) -> dict[str, Any]:
    made = client.post(f"/api/v1/projects/{project.pk}/exports", wanted)
    assert made.status_code == 201, made.content
    run_export(made.json()["id"])
    return client.get(f"/api/v1/projects/{project.pk}/exports/{made.json()['id']}").json()


def test_an_upload_brings_items_labels_and_a_schema_and_tells_what_was_wrong(upload, report, project, dataset):
    assert (upload["format"], upload["created"], upload["rejected"]) == ("coco", 1, 1)
    assert [line[1] for line in report(upload)] == ["gone.png"]
    assert upload["schema"]["config"]["labels"] == [{"value": "cat", "geometries": ["box"]}]
    (task,) = launched(project, dataset)
    assert task.suggestion["value"] == FOUND
    assert task.item.data["image"] == "a b.png" and task.item.media["image"]["width"] == 40


def test_labels_that_are_known_to_be_right_become_gold(imported, org, dataset):
    content = zipped({"instances.json": orjson.dumps(COCO), "a b.png": picture()})
    upload = imported("coco.zip", content, labels_as="known")
    project = make_project(org, upload["schema"]["type"], upload["schema"]["config"])
    (task,) = launched(project, dataset)
    assert task.suggestion is None and task.state == "check"
    assert Gold.objects.get().answer == FOUND


def test_a_label_column_is_never_shown_to_annotators(org, ann):
    task = make_task(make_project(org))
    task.item.data = {"text": "x", "known_answer": {"option": "good"}, "worker_answers": [], "note": "shown"}
    task.item.save()
    turn = make_assignment(task, ann)
    assert payload.tasks_of([turn.pk])[0]["item"]["data"] == {"note": "shown"}


def test_answers_given_elsewhere_become_answers_of_their_workers(org):
    dataset, project = make_dataset(org), make_project(org, overlap=2)
    good, bad = {"option": "good"}, {"option": "bad"}
    ways = [
        [{"worker": "A1", "answer": good}, {"worker": "A2", "answer": bad}, {"worker": "A3", "answer": good}],
        [{"worker": "A1", "answer": good}, {"worker": "A1", "answer": bad}, {"answer": good}],
        [{"worker": "A2", "answer": {"option": "ugly"}}],
    ]
    for n, each in enumerate(ways):
        make_item(dataset, data={"text": f"text {n}", "worker_answers": each}, key=f"k{n}")
    tasks = launched(project, dataset)
    assert [(t.state, t.answered, t.taken, t.wanted) for t in tasks] == [
        ("resolved", 3, 3, 3), ("open", 1, 1, 2), ("open", 0, 0, 2),
    ]  # fmt: skip
    given = Answer.objects.order_by("pk").values_list("annotator__name", "value", "annotator__is_active")
    assert list(given) == [("A1", good, False), ("A2", bad, False), ("A3", good, False), ("A1", good, False)]
    assert Answer.objects.filter(annotator__name="A1").values("annotator").distinct().count() == 1
    assert [each.path for each in SuggestionProblem.objects.order_by("pk")] == [
        "worker_answers[1].worker", "worker_answers[2].worker", "worker_answers[0].answer.option",
    ]  # fmt: skip


def test_an_export_of_labels_tells_what_it_lost_and_where_the_report_is(client, project, dataset, ann, bob):
    (task,) = launched(project, dataset)
    make_answer(task, ann, FOUND)
    Consensus.objects.create(task=task, project=project, value=FOUND, confidence=1, method="boxes", by_method={})
    done = exported(client, project, format="coco", include_answers=True)
    assert (done["state"], done["error"], done["rows"]) == ("done", "", 1)
    assert done["losses"] == {"total": 1, "records": 1, "reasons": {OTHER_ANSWERS: 1}}
    written = client.get(done["download_url"])
    assert written["Content-Type"] == "application/json" and written["Content-Disposition"].endswith('.json"')
    document = orjson.loads(written.getvalue())
    assert document["images"][0]["file_name"] == "a b.png" and document["annotations"][0]["bbox"] == [1, 2, 3, 4]
    (line,) = client.get(done["losses_url"]).getvalue().splitlines()
    assert orjson.loads(line) == {"item": "a b.png", "task": task.pk, "path": "answers", "reason": OTHER_ANSWERS}
    assert exported(client, project, format="coco")["losses"] is None


def test_pictures_come_along_in_a_zip_when_asked_for(client, project, dataset):
    launched(project, dataset)
    done = exported(client, project, format="coco", include_files=True, include_unresolved=True)
    reply = client.get(done["download_url"])
    assert reply["Content-Type"] == "application/zip" and reply["Content-Disposition"].endswith('.zip"')
    with zipfile.ZipFile(io.BytesIO(reply.getvalue())) as archive:
        assert archive.namelist() == ["annotations.json", "images/a b.png", "losses.jsonl"]
        assert archive.read("images/a b.png") == picture()
    assert done["losses"]["reasons"] == {UNFINISHED: 1}


def test_a_format_that_cannot_hold_the_type_is_refused_with_those_that_can(client, org):
    project = make_project(org)
    reply = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "coco"})
    assert reply.status_code == 400
    assert "those that can: csv, jsonl, parquet" in reply.content.decode()
    reply = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "csv", "include_files": True})
    assert reply.status_code == 400 and "include_files" in reply.content.decode()


@pytest.mark.parametrize(("victim", "at"), [("_renew", 2), ("_renew", 3), ("build_labels", 1), ("forget_rows", 1)])
def test_a_worker_killed_at_any_point_changes_no_byte(client, project, dataset, monkeypatch, victim, at):
    launched(project, dataset)
    wanted = {"format": "yolo_detect", "include_unresolved": True}
    whole = exported(client, project, **wanted)
    made = client.post(f"/api/v1/projects/{project.pk}/exports", wanted).json()
    real, calls = getattr(exporting, victim), []

    def die_at_the_nth(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == at:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    with monkeypatch.context() as killing:
        killing.setattr(exporting, victim, die_at_the_nth)
        with pytest.raises(KeyboardInterrupt):
            run_export(made["id"])
    Export.objects.filter(pk=made["id"]).update(worked_at=NOW)
    run_export(made["id"])
    done = Export.objects.get(pk=made["id"])
    assert (done.state, done.sha256) == ("done", whole["sha256"])


def test_the_pages_offer_what_fits_and_show_what_was_lost(client, sign_in, max_, project, dataset, upload):
    launched(project, dataset)
    exported(client, project, format="coco", include_unresolved=True)
    browser = sign_in(max_)
    page = browser.get(f"/projects/{project.pk}/exports/").content.decode()
    assert "COCO" in page and "1 record lost something" in page and "With the pictures" in page
    other = browser.get(f"/projects/{make_project(project.organization, 'spans', SPANS).pk}/exports/").content.decode()
    assert "COCO" not in other and "With the pictures" not in other
    there = browser.get(f"/datasets/{dataset.pk}/").content.decode()
    assert f"upload={upload['id']}" in there
    form = browser.get(f"/projects/new/?dataset={dataset.pk}&upload={upload['id']}").content.decode()
    assert "Mark every object." in form and '<option value="image_annotation" selected>' in form
