"""Confidence and the bar for stopping, from tasks whose answer is known: any method, any kind of answer."""

import pytest

from labeling.quality.confidence import Curve
from labeling.types import registry
from tasks.models import Calibration, Consensus, Gold, Task
from tasks.services.consensus import update_project
from tasks.services.policies import change_policy
from tests.factories import NOW, make_answer, make_task
from tests.tasks.crowd import COLORS, answer_all, make_crowd_project
from tests.tasks.test_consensus_by_type import crowd_on

pytestmark = pytest.mark.django_db


def review_all(project, other, *, right):
    """Reviewers settled these tasks: the first `right` as the consensus has them, the others as `other`."""
    rows = Consensus.objects.filter(project=project).order_by("task_id")
    for place, row in enumerate(rows):
        row.method, row.value = "review", row.value if place < right else other
        row.save()
    return rows.count()


@pytest.mark.parametrize("method", ["majority", "one_coin", "dawid_skene", "glad", "e4"])
def test_each_method_is_as_confident_as_it_is_right_on_reviewed_tasks(method):
    project, tasks, people = make_crowd_project(people=3, tasks=30, aggregation=method)
    answer_all(tasks, people, skill=1)
    update_project(project_id=project.pk)
    before = Consensus.objects.get(task=tasks[0])
    assert before.confidence > 0.8 and before.basis["calibrated_on"] == "nothing"
    for row in Consensus.objects.filter(project=project).order_by("task_id")[15:]:
        row.method, row.value = "review", {"option": "red" if row.value["option"] != "red" else "blue"}
        row.save()
    for row in Consensus.objects.filter(project=project).order_by("task_id")[:15]:
        row.method = "review"
        row.save()
    extra = make_task(project, overlap=3)
    answer_all([extra], people, skill=1)
    update_project(project_id=project.pk)
    found = Calibration.objects.get(project=project)
    assert found.curves[method]["tasks"] == 30 and found.evidence["on"] == "truth"
    last = make_task(project, overlap=3)
    answer_all([last], people, skill=1)
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=last)
    assert row.method == method and row.basis["calibrated_on"] == "truth"
    assert row.confidence < row.by_method[method]["raw"] - 0.1
    assert row.basis["curve_slope"] == found.curves[method]["slope"]


@pytest.mark.parametrize("type_name", ["spans", "boxes", "multichoice", "rating", "writing"])
def test_any_kind_of_answer_learns_its_bar_and_its_confidence_from_reviews(type_name):
    project, crowd, sample = crowd_on(type_name, tasks=52, people=2)
    change_policy(project=project, actor=None, now=NOW, rule="agree", floor=2, ceiling=2, target=0.9)
    update_project(project_id=project.pk)
    assert Consensus.objects.filter(project=project, basis__calibrated_on="nothing").count() == 52
    kind = registry.get(type_name)
    other = other_answer(kind, sample)
    assert review_all(project, other, right=26) == 52
    extra = make_task(project, overlap=2, ceiling=2)
    for person in crowd:
        make_answer(extra, person, sample["answer"])
    update_project(project_id=project.pk)
    found = Calibration.objects.get(project=project)
    assert found.evidence["on"] == "truth" and found.evidence["known"] == 52
    assert found.tau > 0.95, "half of what looked sure was wrong"
    (curve,) = [curve for method, curve in found.curves.items() if method != "majority"]
    assert curve["tasks"] == 52


def other_answer(kind, sample):
    """A clean answer that is far from the sample's."""
    config = kind.clean_config(sample["config"])
    return {
        "spans": lambda: {"annotations": [], "relationships": []},
        "boxes": lambda: {"annotations": [], "global_attributes": {}},
        "multichoice": lambda: {"options": [one["value"] for one in config["options"]][-1:]},
        "rating": lambda: {"ratings": {"helpful": 1, "style": "poor"}, "justifications": {}},
        "writing": lambda: {"fields": dict.fromkeys(sample["answer"]["fields"], "Something else altogether.")},
    }[kind.name]()


def test_gold_is_judged_without_the_method_being_told_its_answer():
    """In the consensus its answer is certain; as evidence it is what people alone would have made of it."""
    project, tasks, people = make_crowd_project(people=3, tasks=30, aggregation="e4")
    answer_all(tasks, people, skill=1)
    for place, task in enumerate(tasks[:24]):
        said = COLORS[place % 3]
        known = said if place < 12 else COLORS[(place + 1) % 3]
        Gold.objects.create(
            task=task, project=project, source="api", answer={"option": known}, schema_version=1, state="active"
        )
    Task.objects.filter(project=project).update(answered=3)
    update_project(project_id=project.pk)
    assert Consensus.objects.get(task=tasks[20]).value == {"option": COLORS[(20 + 1) % 3]}
    found = Calibration.objects.get(project=project)
    assert found.curves["e4"]["tasks"] == 24
    assert Curve(found.curves["e4"]["slope"], found.curves["e4"]["shift"]).at(0.95) < 0.8


def test_too_few_known_answers_change_nothing():
    project, tasks, people = make_crowd_project(people=3, tasks=10)
    answer_all(tasks, people, skill=1)
    update_project(project_id=project.pk)
    review_all(project, {"option": "red"}, right=0)
    answer_all([make_task(project, overlap=3)], people, skill=1)
    update_project(project_id=project.pk)
    assert not Calibration.objects.filter(project=project).exists()
