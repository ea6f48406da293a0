"""Every type's sample, all the way: uploaded as a line of JSON, launched, answered, settled, looked at, exported."""

import json
from typing import Any

import pytest
from django.utils import timezone

from labeling.types import registry
from tasks.jobs.exports import run_export
from tasks.models import Consensus, Task
from tasks.services import launching
from tasks.services.consensus import update_project
from tests.factories import make_project
from tests.tasks.working import answer_to, exchange

pytestmark = pytest.mark.django_db
NAMES = [name for name, kind in registry.all().items() if kind.family in ("model", "form")]


@pytest.mark.parametrize("name", NAMES)
def test_a_line_of_json_becomes_a_consensus_in_an_export(
    name: str, imported: Any, dataset: Any, org: Any, ann: Any, bob: Any, max_: Any, sign_in: Any, client: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    kind = registry.get(name)
    sample = kind.samples()[0]
    config = kind.clean_config(sample["config"])
    upload = imported("items.jsonl", json.dumps(sample["item"]).encode() + b"\n")
    assert (upload["created"], upload["rejected"]) == (1, 0)
    project = make_project(org, name, config, overlap=2)
    assert launching.launch(project=project, dataset=dataset, actor=None, now=timezone.now()) == 1

    for person in (ann, bob):
        annotator = sign_in(person)
        (task,) = exchange(annotator, want=1)["tasks"]
        shown = {field: value for field, value in sample["item"].items() if field != "text"}
        assert task["item"]["data"] == shown
        reply = exchange(annotator, answers=[answer_to(task, {"nonsense": 1}), answer_to(task, sample["answer"])])
        assert [result["status"] for result in reply["results"]] == ["invalid", "stored"]
        assert reply["results"][0]["problems"][0]["path"]

    update_project(project_id=project.pk)
    consensus = Consensus.objects.get(project=project)
    assert consensus.value == sample["answer"]
    assert consensus.agreement in (None, 1)

    desk = sign_in(max_)
    for page in ("", "items/", f"tasks/{Task.objects.get().pk}/", "settings/", "exports/"):
        assert desk.get(f"/projects/{project.pk}/{page}").status_code == 200, page
    assert desk.get(f"/datasets/{dataset.pk}/").status_code == 200
    assert sign_in(ann).get("/work/history/").status_code == 200

    made = client.post(f"/api/v1/projects/{project.pk}/exports", {"format": "jsonl"})
    with django_capture_on_commit_callbacks(execute=True):
        run_export(made.json()["id"])
    done = client.get(f"/api/v1/projects/{project.pk}/exports/{made.json()['id']}").json()
    row = json.loads(client.get(done["download_url"]).getvalue())
    flat = kind.export_row(sample["answer"], config)
    assert {field: row[f"consensus.{field}"] for field in flat} == flat
