"""Answers of every type, live: settled by the type's own method, with exact sums about people."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.aggregation.settling import Known, Settled
from labeling.types import registry
from tasks.models import AnnotatorCounts, Answer, Consensus, Item, QualityState
from tasks.services.consensus import by_type, update_project
from tasks.services.consensus.leaving_out import leave_out, take_back_in
from tasks.services.policies import change_policy
from tests.factories import NOW, make_answer, make_org, make_project, make_task, make_user

pytestmark = pytest.mark.django_db

TYPES = sorted(registry.all())
LABELS = ["cat", "dog", "bird", "fish"]
MULTI = {"question": "What is in it?", "options": [{"value": label} for label in LABELS]}


def crowd_on(type_name, tasks=6, people=4, **fields):
    """A project of the type's samples: most give the sample's answer, and each person now and then another's."""
    org = make_org()
    task_type = registry.get(type_name)
    sample = task_type.samples()[0]
    project = make_project(org, type_name, sample["config"], overlap=people, aggregation="e4", **fields)
    crowd = [make_user(org) for _ in range(people)]
    for _ in range(tasks):
        task = make_task(project, overlap=people)
        item = {name: value for name, value in sample["item"].items() if name != "image"}
        Item.objects.filter(pk=task.item_id).update(data=item, media=media_of(sample["item"]))
        for person in crowd:
            make_answer(task, person, sample["answer"])
    return project, crowd, sample


def media_of(item):
    if "image" not in item:
        return {}
    size = item["image"] if isinstance(item["image"], dict) else {}
    return {"image": {"key": "k", "thumb": "t", "width": size.get("width", 800), "height": size.get("height", 600)}}


def assert_sums_are_the_rows(project):
    settled = [
        Settled(None, 0, 0, evidence=row.evidence.get("workers", {}), crowd=row.evidence.get("crowd", {}))
        for row in Consensus.objects.filter(project=project)
    ]
    known = Known().plus(settled)
    counts = AnnotatorCounts.objects.filter(project=project).values_list("annotator_id", "counts")
    assert {str(who): kept["sums"] for who, kept in counts if kept["sums"]} == known.workers
    assert QualityState.objects.get(project=project).model["crowd"] == known.crowd


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_gets_a_consensus_a_confidence_and_a_word_on_stopping(type_name):
    project, _, sample = crowd_on(type_name, tasks=2, people=3)
    update_project(project_id=project.pk)
    for row in Consensus.objects.filter(project=project):
        found = row.by_method[row.method]
        distance = registry.get(type_name).distance(row.value, sample["answer"], project.versions.get().config)
        assert distance < 0.1
        assert 0 <= row.confidence <= 1
        assert 0 <= found["sure"] <= 1
        assert len(row.answers) == 3
    assert Consensus.objects.filter(project=project).count() == 2


def multi_crowd(tasks=15, people=5, skill=0.85, seed=1):
    org = make_org()
    project = make_project(org, "multichoice", MULTI, overlap=people, aggregation="e4")
    crowd, rng = [make_user(org) for _ in range(people)], random.Random(seed)
    truth = {}
    for place in range(tasks):
        task = make_task(project, overlap=people)
        truth[task.pk] = [label for n, label in enumerate(LABELS) if (place + n) % 3 == 0]
        for person in crowd:
            said = [label for label in LABELS if (label in truth[task.pk]) == (rng.random() < skill)]
            make_answer(task, person, {"options": said})
    return project, crowd, truth


def everything(project):
    rows = Consensus.objects.filter(project=project).order_by("task_id")
    counts = AnnotatorCounts.objects.filter(project=project).order_by("annotator_id")
    return (
        list(rows.values("value", "confidence", "by_method", "evidence", "answers")),
        [pair for pair in counts.values_list("annotator_id", "counts") if pair[1]["sums"]],
        QualityState.objects.get(project=project).model["crowd"],
    )


def at_rest(project):
    update_project(project_id=project.pk)
    QualityState.objects.filter(pk=project.pk).update(settled_at=timezone.now() - timedelta(minutes=1))
    update_project(project_id=project.pk)


def test_sums_are_those_of_the_rows_whatever_the_portions():
    project, _, truth = multi_crowd()
    update_project(project_id=project.pk, chunk=7)
    assert_sums_are_the_rows(project)
    rows = list(Consensus.objects.filter(project=project))
    by_votes = sum(row.by_method["majority"]["value"]["options"] == truth[row.task_id] for row in rows)
    assert sum(row.value["options"] == truth[row.task_id] for row in rows) >= by_votes > 0
    Answer.objects.filter(project=project).update(is_applied=False)
    update_project(project_id=project.pk)
    assert_sums_are_the_rows(project)


def test_leaving_out_and_taking_back_in_is_exact_here_too():
    project, crowd, _ = multi_crowd(tasks=8, people=4)
    at_rest(project)
    before = everything(project)
    leave_out(project=project, annotator=crowd[1], actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert_sums_are_the_rows(project)
    assert everything(project) != before
    assert str(crowd[1].pk) not in {who for row in everything(project)[0] for who in row["evidence"]["workers"]}
    take_back_in(project=project, annotator=crowd[1], actor=None, now=NOW)
    update_project(project_id=project.pk)
    assert everything(project) == before


def test_a_project_too_large_for_one_fit_is_passed_over_in_chunks(monkeypatch):
    project, _, truth = multi_crowd(tasks=12, people=4)
    monkeypatch.setattr(by_type, "WHOLE", 10)
    update_project(project_id=project.pk, chunk=5)
    state = QualityState.objects.get(project=project)
    assert state.fitted_at
    assert "passed" not in state.model
    assert_sums_are_the_rows(project)
    right = sum(row.value["options"] == truth[row.task_id] for row in Consensus.objects.filter(project=project))
    assert right >= 9


@pytest.mark.parametrize("type_name", [name for name in ("spans", "boxes", "writing", "multichoice") if name in TYPES])
def test_the_rule_to_stop_works_for_any_type(type_name):
    project, crowd, sample = crowd_on(type_name, tasks=8, people=4)
    update_project(project_id=project.pk)
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=3)
    template = project.tasks.first().item
    for _ in range(4):
        task = make_task(project, overlap=2, ceiling=3)
        Item.objects.filter(pk=task.item_id).update(data=template.data, media=template.media)
        for person in crowd[:2]:
            make_answer(task, person, sample["answer"])
    update_project(project_id=project.pk)
    states = Counter(project.tasks.filter(ceiling=3).values_list("state", "wanted"))
    assert set(states) <= {("resolved", 2), ("open", 3)}
    assert sum(states.values()) == 4
