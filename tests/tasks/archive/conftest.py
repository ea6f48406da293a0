"""An organization that has done a bit of everything, by the services that people use."""

import io
from typing import Any
from uuid import uuid4

import pytest

from labeling import storage
from labeling.sealing import seal
from labeling.types import registry
from tasks.models import (
    Acceptance,
    AcceptedTask,
    Answer,
    Batch,
    Calibration,
    CheckRules,
    Consensus,
    Entry,
    Export,
    FedObject,
    Feed,
    GoldProblem,
    MachineAnswer,
    Order,
    PaidTime,
    Rejection,
    SchemaBefore,
    SentExport,
    Setup,
    Sign,
    StorageConnection,
    SuggestionProblem,
    Upload,
    UploadProblem,
)
from tasks.services import appealing, bulk, exporting, judging, skilling, views, webhooks
from tasks.services.consensus import update_project
from tasks.services.consensus.leaving_out import leave_out
from tasks.services.machine_answers import Said, store_answers
from tasks.services.machine_policies import change_machine_policy
from tasks.services.machines import register_machine
from tasks.services.policies import change_policy
from tasks.services.rejecting import Rejected
from tasks.services.restricting import restrict
from tasks.services.review_rules import set_review_rules
from tasks.services.schema_changing import change_schema
from tasks.services.schema_following import SHOWN, run_change
from tests.factories import (
    NOW,
    make_answer,
    make_comment,
    make_dataset,
    make_item,
    make_project,
    make_task,
    make_tasks,
    make_user,
)
from tests.labeling.pictures import picture
from tests.tasks.crowd import CHOICE, answer_all
from tests.tasks.gold.conftest import make_gold
from tests.tasks.review.conftest import decide, unsure
from tests.tasks.scale.conftest import labeled, live, picture_url, storage_folder  # noqa: F401  (fixtures)
from tests.tasks.scale.test_tasks import BOXES, NER, ordered
from workers.models import Group, Organization


@pytest.fixture
def rich(org: Organization, live: Any, labeled: Any, picture_url: str, ann: Any, bob: Any, max_: Any) -> Organization:  # noqa: F811
    ria, people = make_user(org, "reviewer", "Ria"), [ann, bob, make_user(org, name="Cat")]
    Group.objects.create(organization=org, name="Night shift").users.set([ann, bob])
    _ordered(live, labeled, picture_url, ann)
    _crowd(org, people, max_)
    _checked(org, ann, max_)
    _reviewed(org, ria, ann, bob, max_)
    _machines(org, ann, max_)
    _bucket(org, max_)
    people[0].memberships.update(most_answers=50)
    return org


def _bucket(org: Organization, max_: Any) -> None:
    """A picture that stays in a bucket, its thumbnail here; an export on its way there."""
    connection = StorageConnection.objects.create(
        organization=org, name="Pictures", bucket="b", access_key_id="AKIAKEY", sealed_secret=seal("very secret"),
        endpoint="https://s3.h.example", created_by=max_,
    )  # fmt: skip
    project = make_project(org, name="From a bucket")
    Setup.objects.create(project=project, purpose="sort", passed=["data"])
    dataset = make_dataset(org, name="Fed")
    feed = Feed.objects.create(dataset=dataset, connection=connection, kinds=["images"], state="running")
    seen = FedObject.objects.create(feed=feed, key="cow.png", etag="e", kind="images", is_bare=True)
    storage.save("images/t/thumb.webp", b"RIFF....")
    about = {"key": f"bucket/{seen.pk}/{'ab' * 8}.png", "thumb": "images/t/thumb.webp", "width": 9, "height": 9}
    FedObject.objects.filter(pk=seen.pk).update(item=make_item(dataset, media={"image": about}))
    Upload.objects.create(dataset=dataset, state="done", filename="rows.csv", source=seen)
    batch = Batch.objects.create(organization=org, work=project, name="Our own")
    make_task(project, batch=batch, kept_for=batch)
    SentExport.objects.create(export=Export.objects.all()[0], connection=connection, key="out.jsonl", upload_id="u")


def _crowd(org: Organization, people: list[Any], max_: Any) -> None:
    """Answers, a model of the people, one who is left out, a label renamed, an export."""
    project = make_project(org, "choice", CHOICE, name="Colors", overlap=3, aggregation="dawid_skene", created_by=max_)
    tasks = make_tasks(project, 9)
    project.members.set(people)
    project.groups.set(Group.objects.all())
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    leave_out(project=project, annotator=people[2], actor=max_, now=NOW, reason="A test.")
    change_policy(project=project, actor=max_, now=NOW, rule="agree", ceiling=4)
    Calibration.objects.create(project=project, number=1, tau=0.9, temperature=1.2, evidence={"on": "audit"})
    operations = [{"op": "rename", "value": "red", "to": "crimson"}]
    change = change_schema(project=project, operations=operations, actor=max_, now=NOW)
    row = Consensus.objects.filter(project=project)[0]
    run_change(change_id=change.pk)
    before = {"consensus": {name: getattr(row, name) for name in SHOWN}}
    SchemaBefore.objects.create(change=change, task=row.task, before=before)
    update_project(project_id=project.pk)
    skilling.refresh(project=project, annotator_ids=[person.pk for person in people], now=NOW)
    sample = registry.get("multichoice").samples()[0]
    rated = make_project(org, "multichoice", sample["config"], overlap=2, name="Many", aggregation="e4")
    for task in make_tasks(rated, 3):
        for person in people[:2]:
            make_answer(task, person, sample["answer"])
    update_project(project_id=rated.pk)
    export = exporting.request_export(project=project, format="jsonl", include_answers=True, created_by=max_)
    exporting.run_export(export_id=export.pk)


def _checked(org: Organization, ann: Any, max_: Any) -> None:
    """Gold, what people are measured by, training and tests."""
    project = make_project(org, name="Checked", overlap=1)
    gold, practice = make_gold(project, 2)
    answer = make_answer(gold.task, ann, {"option": "bad"}, at=NOW)
    judging.judge_project(project_id=project.pk, now=NOW)
    CheckRules.objects.create(project=project, test_size=2)
    Entry.objects.create(project=project, annotator=ann, tries=1, test=[gold.task_id, practice.task_id])
    PaidTime.objects.create(answer=answer, project=project, annotator=ann, kind="training", active_ms=900, at=NOW)
    task = make_task(project, suggestion={"value": {"option": "good"}, "schema_version": 1}, priority=5)
    GoldProblem.objects.create(project=project, item=task.item, path="gold", message="No option.")
    SuggestionProblem.objects.create(project=project, task=task, path="hypothesis", message="No option.")
    figures = {"with": max_.pk, "answer": answer.pk}
    Sign.objects.create(project=project, annotator=ann, rule="copying", other=max_, figures=figures)
    upload = Upload.objects.create(
        dataset=project.datasets.get(), state="running", filename="rows.csv", created_by=max_, storage_key="uploads/x"
    )
    UploadProblem.objects.create(upload=upload, line=3, reason="no text")


def _reviewed(org: Organization, ria: Any, ann: Any, bob: Any, max_: Any) -> None:
    """A fix, a rejection with its appeal, comments, a person paused, a view, many tasks changed at once."""
    project = make_project(org, name="Reviewed", overlap=2)
    set_review_rules(project=project, actor=max_, now=NOW, second_reviews=0)
    decide(ria, unsure(project, {ann: "good", bob: "bad"}), "fix", {"option": "good"})
    task = unsure(project, {ann: "good", bob: "bad"})
    said = Rejected(Answer.objects.get(task=task, annotator=bob).pk, "against_guideline", "3.2", "Irony.")
    decide(ria, task, "reject", rejections=(said,))
    appealing.appeal(rejection=Rejection.objects.get(), text="It is not.", now=NOW)
    make_comment(task, ann, reply="Yes.", replied_by=max_)
    views.save_view(project=project, name="Bob's", query=f"annotator={bob.pk}&state=open", actor=max_)
    last = make_task(project)
    many = bulk.request_bulk(
        project=project, kind="prioritise", filters={"only": [last.pk]}, actor=max_, now=NOW, priority=3
    )
    bulk.run_bulk(bulk_id=many.pk)
    restrict(
        organization=org, user_id=bob.pk, kind="remove", reason="care", text="Too fast.", actor=max_,
        actor_role="manager", now=NOW, project=project, leaves_out=True,
    )  # fmt: skip


def _machines(org: Organization, ann: Any, max_: Any) -> None:
    project = make_project(org, name="With a model", overlap=2)
    task, other = make_tasks(project, 2)
    about: dict[str, Any] = {"name": "Sorter", "version": "1", "kind": "classifier", "mode": "live"}
    machine = register_machine(organization=org, actor=max_, now=NOW, **about)
    said = [Said(id=uuid4(), answer={"option": "good"}, confidence=0.9, task=one.pk) for one in (task, other)]
    results = store_answers(project=project, machine=machine, purpose="vote", said=said, now=NOW)
    assert [one.status for one in results] == ["stored", "stored"], results
    change_machine_policy(project=project, actor=max_, now=NOW, accepts=machine)
    acceptance = Acceptance.objects.create(project=project, machine=machine, threshold=0.8)
    AcceptedTask.objects.create(task=task, acceptance=acceptance, said=MachineAnswer.objects.get(task=task))
    make_answer(other, ann)


def _ordered(live: Any, labeled: Any, picture_url: str, ann: Any) -> None:  # noqa: F811
    """Tasks of the Scale API: answered with a picture, waiting, with a known answer, in a batch, audited."""
    live.post("projects", {"name": "p", "type": "namedentityrecognition", "params": {"instruction": "Mark."}})
    live.post("batches", {"project": "p", "name": "b", "callback": "http://127.0.0.1:9/done?token=1"})
    file = io.BytesIO(picture(size=(50, 40)))
    file.name = "cow.png"
    url = live.client.post("/v1/files/upload", {"file": file}, format="multipart").json()["attachment_url"]
    empty = (ann, {"annotations": [], "global_attributes": {}})
    for each in (url, picture_url):
        labeled(live, live.post("task/imageannotation", {"attachment": each, "geometries": BOXES}), empty)
    span = {"annotations": [{"label": "person", "start": 0, "end": 3}], "relationships": []}
    done = labeled(live, ordered(live, batch="b", tags=["x"], unique_id="1"), (ann, span))
    live.post(f"task/{done['task_id']}/audit", {"accepted": True, "comments": "fine"})
    ordered(live)
    live.post("evaluation_tasks/namedentityrecognition", NER | {"expected_response": {"annotations": []}})
    org = Order.objects.all()[0].organization
    account = webhooks.callback_account(organization=org, mode="live")
    webhooks.change_callbacks(account=account, actor=None, default_url="http://127.0.0.1:9/all?token=abc")
    webhooks.create_webhook(organization=org, mode="live", actor=None, url="http://127.0.0.1:9/x?token=abc")
