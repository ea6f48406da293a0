"""An export is a snapshot: what was there at its start, no more, no less, the same bytes through interruptions."""

import csv
import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from labeling import storage
from labeling.outbox.models import Event
from labeling.outbox.subscriptions import jobs_for
from labeling.pseudonym import annotator_pseudonym
from labeling.types import registry
from tasks.jobs.exports import begin_export, resume_stuck_exports, run_export
from tasks.models import Answer, Consensus, Export, ExportRow, Item, Project, Task
from tasks.services import exporting
from tests.factories import make_answer, make_comment, make_item, make_org, make_project, make_task, make_user
from tests.formats.coming_back import items as items_read
from tests.formats.coming_back import rows_of as all_read

pytestmark = pytest.mark.django_db
BASIS = {
    "tau": 0.93,
    "temperature": 1.25,
    "policy": 3,
    "calibration": 2,
    "calibrated_on": "audit",
    "schema": 1,
    "fitted_at": "2026-03-01T12:00:00+00:00",
}


def make_consensus(task: Task, option: str = "good", confidence: float = 0.75) -> Consensus:
    return Consensus.objects.create(
        task=task,
        project=task.project,
        value={"option": option},
        confidence=confidence,
        method="majority",
        by_method={
            "majority": {"value": {"option": option}, "confidence": confidence, "posterior": {}},
            "dawid_skene": {"value": {"option": "bad"}, "confidence": 0.9, "posterior": {}},
        },
        agreement=0.5,
        basis=BASIS,
    )


@pytest.fixture
def project(org, ann, bob) -> Project:
    """Three resolved tasks with two answers each, one open task with one answer."""
    project = make_project(org, overlap=2)
    for n in range(4):
        task = make_task(project, overlap=2)
        task.item.data = {"text": f"text {n}", "stars": n, "price": 1 if n else 2.5, "tags": ["a"], "=x": "=1+1"}
        task.item.save()
        make_answer(task, ann)
        if n < 3:
            make_answer(task, bob, {"option": "bad"})
            make_consensus(task)
    return project


@pytest.fixture
def export(client: Any, project: Project, django_capture_on_commit_callbacks: Any) -> Any:
    """`export(format=…)` asks for one, runs its job, and returns it as the API shows it."""

    def run(**wanted: Any) -> dict[str, Any]:
        made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl", **wanted})
        assert made.status_code == 201, made.content
        with django_capture_on_commit_callbacks(execute=True):
            run_export(made.json()["id"])
        return client.get(f"/api/v1/projects/{project.pk}/exports/{made.json()['id']}").json()

    return run


@pytest.fixture
def content(client: Any) -> Any:
    return lambda export: client.get(export["download_url"]).getvalue()


def rows_of(jsonl: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in jsonl.splitlines()]


def test_each_resolved_task_is_a_row_with_item_and_consensus(export, content):
    done = export()
    assert (done["state"], done["total"], done["rows"], done["error"]) == ("done", 3, 3, "")
    file = content(done)
    assert (len(file), hashlib.sha256(file).hexdigest()) == (done["size"], done["sha256"])
    row = rows_of(file)[0]
    task = Task.objects.order_by("id")[0]
    assert (row["task_id"], row["item_id"], row["item_key"]) == (task.pk, task.item_id, task.item.key)
    assert (row["item.text"], row["item.stars"], row["item.price"], row["item.tags"]) == ("text 0", 0, 2.5, ["a"])
    assert (row["consensus.option"], row["confidence"], row["method"]) == ("good", 0.75, "majority")
    assert (row["majority.option"], row["dawid_skene.option"], row["dawid_skene_confidence"]) == ("good", "bad", 0.9)
    assert (row["answer_count"], row["agreement"], row["schema_version"]) == (2, 0.5, 1)
    assert row["resolved_at"].endswith("Z") and "answers" not in row


def test_unresolved_tasks_come_on_request_and_canceled_ones_never(export, content, project):
    Task.objects.filter(pk=Task.objects.order_by("id")[0].pk).update(state="canceled")
    rows = rows_of(content(export(include_unresolved=True)))
    assert len(rows) == 3
    assert (rows[-1]["consensus.option"], rows[-1]["answer_count"], rows[-1]["resolved_at"]) == (None, 1, None)


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_each_label_comes_with_what_it_was_judged_by(export, content, format):
    file = content(export(format=format))
    row = {
        "jsonl": lambda: rows_of(file)[0],
        "csv": lambda: next(csv.DictReader(io.StringIO(file.decode()))),
        "parquet": lambda: pq.read_table(io.BytesIO(file)).to_pylist()[0],
    }[format]()
    assert (float(row["tau"]), float(row["temperature"]), int(row["calibration"])) == (0.93, 1.25, 2)
    assert (int(row["policy"]), row["calibrated_on"]) == (3, "audit")
    fitted_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert row["fitted_at"] == (fitted_at if format == "parquet" else "2026-03-01T12:00:00Z")


def test_a_label_that_nothing_is_said_about_leaves_those_columns_empty(export, content):
    Consensus.objects.update(basis={})
    row = rows_of(content(export()))[0]
    assert [row[name] for name in ("tau", "temperature", "calibration", "fitted_at")] == [None] * 4


@pytest.mark.parametrize("format", ["jsonl", "csv", "croissant"])
def test_those_who_answered_elsewhere_are_in_no_export(export, content, format):
    for item in Item.objects.all():
        said = {"worker": "A1MTURKWORKER", "answer": {"option": "good"}}
        Item.objects.filter(pk=item.pk).update(data=item.data | {"worker_answers": [said], "note": "kept"})
    file = content(export(format=format, include_answers=True))
    if file.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            file = b"".join(archive.read(name) for name in archive.namelist())
    assert b"A1MTURKWORKER" not in file and b"worker_answers" not in file and b"kept" in file


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_a_table_is_imported_as_what_it_was_made_of(export, content, format):
    first = Task.objects.order_by("id")[0].item
    Item.objects.filter(pk=first.pk).update(data=first.data | {"note": "=1+1"})
    file = content(export(format=format, include_answers=True))
    row = items_read(all_read(file, f"x.{format}", labels_as="answers"))[0]
    assert row.key == first.key
    assert (row.data["text"], row.data["note"]) == ("text 0", "=1+1")
    assert not [name for name in row.data if "." in name or name in ("task_id", "confidence", "hypothesis")]
    assert [each["answer"] for each in row.data["worker_answers"]] == [{"option": "good"}, {"option": "bad"}]
    row = items_read(all_read(file, f"x.{format}", labels_as="known"))[0]
    assert row.data["known_answer"] == {"option": "good"} and "worker_answers" not in row.data


def test_raw_answers_come_on_request_under_pseudonyms(export, content, org, ann, bob):
    row = rows_of(content(export(include_answers=True)))[0]
    names = [annotator_pseudonym(organization_id=org.pk, user_id=person.pk) for person in (ann, bob)]
    assert [answer["annotator"] for answer in row["answers"]] == names
    assert [answer["value"] for answer in row["answers"]] == [{"option": "good"}, {"option": "bad"}]
    assert set(row["answers"][0]) == {"annotator", "value", "schema_version", "created_at", "active_ms"}
    assert annotator_pseudonym(organization_id=make_org().pk, user_id=ann.pk) != names[0]


def test_csv_is_safe_in_a_spreadsheet_and_holds_answers_as_json(export, content):
    rows = list(csv.DictReader(io.StringIO(content(export(format="csv", include_answers=True)).decode())))
    assert len(rows) == 3
    assert rows[0]["item.=x"] == "'=1+1"
    assert orjson.loads(rows[0]["answers"])[0]["value"] == {"option": "good"}


def test_parquet_is_read_by_pyarrow_with_types(export, content):
    table = pq.read_table(io.BytesIO(content(export(format="parquet", include_answers=True))))
    assert table.num_rows == 3
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["task_id"], kinds["item.stars"], kinds["item.price"]) == ("int64", "int64", "double")
    assert kinds["resolved_at"] == "timestamp[us, tz=UTC]"
    assert table.column("consensus.option").to_pylist() == ["good"] * 3
    assert orjson.loads(table.column("answers")[0].as_py())[1]["value"] == {"option": "bad"}


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_the_same_snapshot_has_the_same_bytes(export, format):
    first, second = export(format=format, include_answers=True), export(format=format, include_answers=True)
    assert first["sha256"] == second["sha256"] and first["id"] != second["id"]


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize(("victim", "at"), [("_renew", 2), ("_renew", 3), ("_parts", 1), ("forget_rows", 1)])
def test_a_worker_killed_at_any_point_changes_no_byte(client, export, project, monkeypatch, format, victim, at):
    monkeypatch.setattr(exporting, "PART_ROWS", 1)
    whole = export(format=format, include_answers=True)
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": format, "include_answers": True}).json()
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
    path = f"/api/v1/projects/{project.pk}/exports/{made['id']}"
    assert client.get(path).json()["download_url"] is None
    Consensus.objects.update(value={"option": "bad"})  # the world goes on
    Export.objects.filter(pk=made["id"]).update(worked_at=timezone.now() - 2 * exporting.LEASE)
    run_export(made["id"])
    done = client.get(path).json()
    assert (done["state"], done["sha256"], done["rows"]) == ("done", whole["sha256"], 3)


def test_what_happens_after_the_start_is_not_in_the_file(client, project, ann, bob, content):
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl", "include_answers": True}).json()
    exporting.run_export(export_id=made["id"], seconds=0)  # the snapshot is taken, no row is written
    started = Export.objects.get()
    assert (started.state, started.total, started.rows, started.worked_at) == ("running", 3, 0, None)
    open_task = Task.objects.get(state="open")
    make_answer(open_task, bob)
    make_consensus(open_task)
    Consensus.objects.update(value={"option": "bad"}, confidence=0.1)
    Answer.objects.filter(task=Task.objects.order_by("id")[0]).update(is_live=False)
    run_export(made["id"])
    rows = rows_of(content(client.get(f"/api/v1/projects/{project.pk}/exports/{made['id']}").json()))
    assert len(rows) == 3
    assert {row["consensus.option"] for row in rows} == {"good"}
    assert {len(row["answers"]) for row in rows} == {2}


def test_an_export_waits_for_the_results_of_what_was_answered_before_but_not_for_ever(project, monkeypatch):
    """Right after the last answer its item is finished, and has no result for another second."""
    called: list[str] = []
    monkeypatch.setattr(begin_export, "apply_async", lambda **_: called.append("later"))
    monkeypatch.setattr(run_export, "delay", lambda _pk: called.append("now"))
    monkeypatch.setattr(run_export, "apply_async", lambda **_: called.append("forgotten"))
    made = exporting.request_export(project=project, format="jsonl")
    assert [job.name for job in jobs_for([Event.objects.get(kind="export.requested")]).values()] == [begin_export.name]

    def look(*, asked: timedelta, answered: timedelta, applied: bool) -> str:
        Export.objects.update(created_at=timezone.now() - asked)
        Answer.objects.update(created_at=timezone.now() - answered, is_applied=applied)
        begin_export(made.pk)
        return called.pop()

    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    assert look(asked=second, answered=2 * second, applied=False) == "later"
    assert look(asked=second, answered=2 * second, applied=True) == "now"
    assert look(asked=2 * second, answered=second, applied=False) == "now", "what came in later is not waited for"
    assert look(asked=5 * minute, answered=6 * minute, applied=False) == "later"
    assert (resume_stuck_exports(), called) == (0, []), "nor does the sweeper begin it"
    assert look(asked=11 * minute, answered=12 * minute, applied=False) == "now"
    assert (resume_stuck_exports(), called) == (1, ["forgotten"])


def test_the_page_says_what_an_export_waits_for(project, max_, sign_in):
    make = exporting.request_export(project=project, format="jsonl")
    page, said = f"/projects/{project.pk}/exports/", "when the results of the last answers are worked out"
    assert said in sign_in(max_).get(page).text
    Answer.objects.update(is_applied=True)
    assert make.state == "waiting" and said not in sign_in(max_).get(page).text


def test_exported_answers_are_locked_and_others_are_not(export):
    export()
    assert Answer.objects.filter(is_locked=True).count() == 6
    assert Answer.objects.get(is_locked=False).task.state == "open"


def test_snapshot_rows_and_parts_go_when_the_file_is_there(export, storage_folder):
    done = export()
    assert not ExportRow.objects.exists()
    assert [path.name for path in storage_folder.rglob("*") if path.is_file()] == [
        Export.objects.get(pk=done["id"]).storage_key.rpartition("/")[2]
    ]


def test_parts_left_by_a_dead_process_are_swept(client, project, storage_folder):
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl"}).json()
    run_export(made["id"])  # in a test nothing commits, so nothing is deleted after it
    assert len([path for path in storage_folder.rglob("*") if path.is_file()]) == 2
    resume_stuck_exports()
    assert len([path for path in storage_folder.rglob("*") if path.is_file()]) == 1


def test_the_sweeper_calls_the_job_of_a_forgotten_export(client, project, monkeypatch):
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl"}).json()
    called: list[Any] = []
    monkeypatch.setattr(run_export, "apply_async", lambda args, **_: called.append(args))
    Export.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert resume_stuck_exports() == 1 and called == [(made["id"],)]


def test_a_project_without_labels_gives_a_file_with_a_header(client, org, content):
    project = make_project(org)
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "csv"}).json()
    run_export(made["id"])
    done = client.get(f"/api/v1/projects/{project.pk}/exports/{made['id']}").json()
    assert (done["state"], done["rows"]) == ("done", 0)
    assert content(done).startswith(b"task_id,item_id,item_key,")


def test_very_many_columns_become_one(client, org, ann, content):
    project = make_project(org)
    task = make_task(project)
    Item.objects.filter(pk=task.item_id).update(data={"text": "x"} | {f"c{n}": n for n in range(300)})
    make_answer(task, ann)
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl"}).json()
    run_export(made["id"])
    [row] = rows_of(content(client.get(f"/api/v1/projects/{project.pk}/exports/{made['id']}").json()))
    assert row["item"]["c299"] == 299 and "item.text" not in row


@pytest.mark.parametrize("number", [2**62, 2**64 - 1])
def test_a_very_long_number_spoils_no_parquet_file(client, org, ann, content, number):
    project = make_project(org)
    for value in (number, 1):
        item = make_item(make_task(project).item.dataset, data={"text": "x", "n": value})
        make_answer(make_task(project, item), ann)
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "parquet"}).json()
    run_export(made["id"])
    table = pq.read_table(io.BytesIO(content(client.get(f"/api/v1/projects/{project.pk}/exports/{made['id']}").json())))
    assert str(number) in table.column("item.n").to_pylist()


def test_an_unknown_format_or_field_is_refused(client, project):
    reply = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "xlsx"})
    assert reply.status_code == 400 and "csv, jsonl, parquet" in reply.json()["problems"][0]["message"]
    reply = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "csv", "include_all": True})
    assert reply.status_code == 400 and reply.json()["problems"][0]["path"] == "include_all"


def test_who_may_look_may_not_export_and_strangers_find_nothing(with_key, sign_in, org, mia, ann, eve, project, export):
    done = export()
    path = f"/api/v1/projects/{project.pk}/exports"
    for who in (with_key(org, scope="read"), sign_in(mia)):
        assert who.get(path).status_code == 200
        assert who.post(path, {"format": "csv"}).status_code == 403
    assert sign_in(ann).get(path).status_code == 403
    for who in (with_key(eve.memberships.get().organization), with_key(org, mode="test")):
        assert who.get(path).status_code == 404
        assert who.get(f"{path}/{done['id']}").status_code == 404
        assert who.post(path, {"format": "csv"}).status_code == 404


def test_an_export_belongs_to_its_project_only(client, org, export):
    done, other = export(), make_project(org)
    assert client.get(f"/api/v1/projects/{other.pk}/exports/{done['id']}").status_code == 404


def test_a_correction_in_the_middle_takes_the_snapshot_again(client, project, monkeypatch):
    """Between the statement that fixes the rows and the one that locks their answers, on a server with many writers."""
    from tasks.services import snapshots

    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl"}).json()
    corrected = Answer.objects.order_by("id")[0]
    real = snapshots.LOCK
    monkeypatch.setattr(
        snapshots, "LOCK", f"UPDATE tasks_answer SET is_live = (1 = 0) WHERE id = {corrected.pk} AND id IN ({{listed}})"
    )
    with pytest.raises(exporting.StaleState):
        exporting.fix_rows(export=exporting.take_export(export_id=made["id"], now=timezone.now()), now=timezone.now())
    assert not ExportRow.objects.exists() and Answer.objects.get(pk=corrected.pk).is_live
    monkeypatch.setattr(snapshots, "LOCK", real)
    Export.objects.update(worked_at=None)
    run_export(made["id"])
    assert Export.objects.get().state == "done"


def test_writing_a_part_takes_few_queries(client, org, django_assert_max_num_queries):
    project = make_project(org)
    person = make_user(org)
    for _ in range(60):
        make_answer(make_task(project), person)
    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl", "include_answers": True}).json()
    with django_assert_max_num_queries(40):
        run_export(made["id"])
    assert storage.exists(Export.objects.get().storage_key)


def test_what_became_of_suggestions_and_comments_is_exported(export, content, project, ann):
    task = Task.objects.order_by("id")[0]
    assert not {"suggestion", "comment_count"} & set(rows_of(content(export()))[0])
    Task.objects.filter(pk=task.pk).update(suggestion={"value": {"option": "good"}, "schema_version": 1})
    for answer, outcome in zip(Answer.objects.filter(task=task).order_by("id"), ("accepted", "rejected"), strict=True):
        Answer.objects.filter(pk=answer.pk).update(suggestion_outcome=outcome)
    make_comment(task, ann, text="Why?")
    first, second = rows_of(content(export()))[:2]
    assert (first["suggestion"], second["suggestion"]) == ({"option": "good"}, None)
    names = [f"suggestion_{outcome}" for outcome in ("accepted", "changed", "rejected")]
    assert [first[name] for name in names] == [1, 0, 1]
    assert [second[name] for name in names] == [0, 0, 0]
    assert (first["comment_count"], second["comment_count"]) == (1, 0)
    assert not {"comments", "answers"} & set(first)
    whole = rows_of(content(export(include_answers=True)))[0]
    assert [answer["suggestion_outcome"] for answer in whole["answers"]] == ["accepted", "rejected"]
    assert [(each["kind"], each["text"]) for each in whole["comments"]] == [("edge_case", "Why?")]
    table = pq.read_table(io.BytesIO(content(export(format="parquet"))))
    assert table.column("suggestion_accepted").to_pylist() == [1, 0, 0]


def test_what_an_answer_lists_is_exported_as_a_list_and_not_as_text_in_text(client, org, ann, content):
    sample = registry.get("spans").samples()[0]
    project = make_project(org, "spans", sample["config"])
    task = make_task(project, make_item(make_task(project).item.dataset, data=sample["item"]))
    make_answer(task, ann, sample["answer"])
    Consensus.objects.create(
        task=task, project=project, value=sample["answer"], confidence=1, method="medoid", by_method={}
    )
    found = {}
    for name in ("jsonl", "csv"):
        made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": name}).json()
        run_export(made["id"])
        found[name] = content(client.get(f"/api/v1/projects/{project.pk}/exports/{made['id']}").json())
    (row,) = rows_of(found["jsonl"])
    (cells,) = csv.DictReader(io.StringIO(found["csv"].decode()))
    listed = sample["answer"]["annotations"]
    assert row["consensus.annotations"] == orjson.loads(cells["consensus.annotations"]) == listed
