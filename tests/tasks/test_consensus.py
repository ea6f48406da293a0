import uuid

import pytest
from django.utils import timezone

from tasks.models import Answer, Consensus, QualityState
from tasks.selectors import quality as selectors
from tasks.services.consensus import update_project
from tests.factories import make_answer, make_org, make_project, make_task, make_tasks, make_user, make_version
from tests.tasks.crowd import (
    CHOICE,
    answer_all,
    assert_counts_are_the_sum_of_the_rows,
    in_batch,
    majority_by_hand,
    make_crowd_project,
    stored,
)

pytestmark = pytest.mark.django_db


def correct(old: Answer, value: dict) -> Answer:
    Answer.objects.filter(pk=old.pk).update(is_live=False)
    return Answer.objects.create(
        client_id=uuid.uuid4(),
        content_hash="corrected",
        assignment=old.assignment,
        task=old.task,
        project=old.project,
        annotator=old.annotator,
        schema_version=old.schema_version,
        value=value,
        supersedes=old,
    )


def test_majority_and_dawid_skene_equal_the_count_by_hand_and_the_batch_fit():
    project, tasks, people = make_crowd_project(people=5, tasks=30)
    answer_all(tasks, people, skill=0.6)
    assert update_project(project_id=project.pk) is False
    by_hand = {task: (label, pytest.approx(share)) for task, (label, share) in majority_by_hand(project).items()}
    assert stored(project, "majority") == by_hand
    assert {task: label for task, (label, _) in stored(project, "dawid_skene").items()} == in_batch(project)
    assert_counts_are_the_sum_of_the_rows(project)


@pytest.mark.parametrize("method", ["one_coin", "glad"])
def test_each_method_scores_new_answers_by_itself_and_ends_at_its_batch_fit(method):
    project, tasks, people = make_crowd_project(people=5, tasks=30, aggregation=method)
    answer_all(tasks[:20], people, skill=0.6)
    update_project(project_id=project.pk)
    QualityState.objects.update(fitted_at_applied=10_000, fitted_at=timezone.now())  # no fit is due: scored one by one
    answer_all(tasks[20:], people, skill=0.6, seed=2)
    update_project(project_id=project.pk)
    assert Consensus.objects.filter(project=project, method=method).count() == 30
    assert_counts_are_the_sum_of_the_rows(project)
    QualityState.objects.update(must_refit=True)
    update_project(project_id=project.pk)
    assert {task: label for task, (label, _) in stored(project, method).items()} == in_batch(project, method)
    assert_counts_are_the_sum_of_the_rows(project)


def test_e4_keeps_its_own_posteriors_and_says_how_sure_its_models_are():
    project, tasks, people = make_crowd_project(people=5, tasks=30, aggregation="e4")
    answer_all(tasks[:20], people, skill=0.6)
    update_project(project_id=project.pk)
    answer_all(tasks[20:], people, skill=0.6, seed=2)
    update_project(project_id=project.pk)
    assert {task: label for task, (label, _) in stored(project, "e4").items()} == in_batch(project, "e4")
    assert_counts_are_the_sum_of_the_rows(project)
    for row in Consensus.objects.filter(project=project):
        assert row.method == "e4" and "dawid_skene" not in row.by_method
        assert 0 < row.by_method["e4"]["sure"] <= 1


def test_the_first_option_of_the_schema_wins_a_tie():
    project, (task, *_), (ann, bob, *_) = make_crowd_project(people=4, tasks=1)
    make_answer(task, ann, {"option": "blue"})
    make_answer(task, bob, {"option": "green"})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=task)
    assert (row.value, row.confidence, row.label) == ({"option": "green"}, pytest.approx(4 / 9), "green")
    assert row.agreement == 0


def test_agreement_is_the_share_of_pairs_that_agree():
    project, (task, *_), people = make_crowd_project(people=4, tasks=1)
    for person, color in zip(people, ["red", "red", "red", "blue"], strict=True):
        make_answer(task, person, {"option": color})
    update_project(project_id=project.pk)
    assert Consensus.objects.get(task=task).agreement == pytest.approx(3 / 6)


def test_answers_in_small_portions_end_where_one_portion_ends():
    whole, tasks, people = make_crowd_project(people=4, tasks=12)
    answer_all(tasks, people)
    update_project(project_id=whole.pk)
    parts, tasks, people = make_crowd_project(people=4, tasks=12)
    answer_all(tasks, people)
    update_project(project_id=parts.pk, chunk=5)
    for (label, sure), (other, as_sure) in zip(
        stored(whole, "dawid_skene").values(), stored(parts, "dawid_skene").values(), strict=True
    ):
        assert (label, sure) == (other, pytest.approx(as_sure, abs=0.04))
    assert list(stored(whole, "majority").values()) == list(stored(parts, "majority").values())
    assert_counts_are_the_sum_of_the_rows(parts)


def test_running_again_changes_nothing():
    project, tasks, people = make_crowd_project(people=3, tasks=9)
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    before = list(Consensus.objects.order_by("pk").values()), QualityState.objects.values().get()
    update_project(project_id=project.pk)
    assert (list(Consensus.objects.order_by("pk").values()), QualityState.objects.values().get()) == before


def test_an_answer_applied_twice_counts_once():
    project, tasks, people = make_crowd_project(people=3, tasks=9)
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    Answer.objects.filter(project=project).update(is_applied=False)
    update_project(project_id=project.pk)
    assert_counts_are_the_sum_of_the_rows(project)


def test_a_correction_takes_the_old_answer_out_and_scores_the_task_again():
    project, tasks, people = make_crowd_project(people=3, tasks=9)
    answer_all(tasks, people, skill=1)
    update_project(project_id=project.pk)
    for old in list(Answer.objects.filter(task=tasks[0]))[:2]:
        correct(old, {"option": "blue"})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=tasks[0])
    assert (row.value, row.confidence) == ({"option": "blue"}, pytest.approx(7 / 12))
    assert set(row.answers) == set(Answer.objects.filter(task=tasks[0], is_live=True).values_list("pk", flat=True))
    assert_counts_are_the_sum_of_the_rows(project)


def test_the_project_decides_which_method_settles_a_task():
    project, tasks, people = make_crowd_project(people=3, tasks=9, aggregation="dawid_skene")
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    row = Consensus.objects.filter(project=project).first()
    assert row.method == "dawid_skene"
    assert row.value == row.by_method["dawid_skene"]["value"]
    project.aggregation = "majority"
    project.save()
    make_answer(make_task(project), people[0], {"option": "red"})
    update_project(project_id=project.pk)
    assert set(Consensus.objects.filter(project=project).values_list("method", flat=True)) == {"majority"}
    assert_counts_are_the_sum_of_the_rows(project)


def test_every_option_of_a_multichoice_is_voted_on_by_itself():
    org = make_org()
    project = make_project(org, "multichoice", overlap=3)
    task = make_task(project)
    for options in (["cat", "dog"], ["cat"], ["cat", "bird"]):
        make_answer(task, make_user(org), {"options": options})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=task)
    assert (row.value, row.label) == ({"options": ["cat"]}, "cat")
    assert row.confidence == pytest.approx(2.5 / 4)  # as sure as of the least sure option
    assert row.by_method["majority"]["posterior"]["dog"] == {
        "yes": pytest.approx(1.5 / 4),
        "no": pytest.approx(2.5 / 4),
    }
    assert set(row.by_method["dawid_skene"]["posterior"]) == {"cat", "dog", "bird"}


def test_answers_under_an_older_schema_count_for_the_majority_while_their_label_is_still_there():
    project, (task, *rest), people = make_crowd_project(people=3, tasks=4)
    kept = make_answer(task, people[0], {"option": "red"})
    gone = make_answer(task, people[1], {"option": "blue"})
    update_project(project_id=project.pk)
    make_version(project, CHOICE | {"options": [{"value": "green"}, {"value": "red"}]}, 2, overlap=3)
    make_answer(rest[0], people[0], {"option": "green"})
    update_project(project_id=project.pk)
    row = Consensus.objects.get(task=task)
    assert row.answers == [kept.pk]
    assert row.by_method["majority"]["left_out"] == [gone.pk]
    assert "dawid_skene" not in row.by_method  # nobody was asked the new question about it
    assert Consensus.objects.get(task=rest[0]).by_method["dawid_skene"]["value"] == {"option": "green"}


def test_a_task_whose_answers_all_became_void_has_no_consensus():
    project, (task, *_), (ann, *_) = make_crowd_project(people=1, tasks=1)
    make_answer(task, ann, {"option": "red"})
    update_project(project_id=project.pk)
    make_version(project, CHOICE | {"options": [{"value": "black"}, {"value": "white"}]}, 2)
    make_answer(make_tasks(project, 1)[0], ann, {"option": "black"})
    update_project(project_id=project.pk)
    assert not Consensus.objects.filter(task=task).exists()


def test_the_pages_can_tell_how_far_it_is():
    project, tasks, people = make_crowd_project(people=3, tasks=6)
    answer_all(tasks, people)
    assert selectors.consensus_progress(project) | {"fitted_at": None} == {
        "applied": 0,
        "waiting": 18,
        "fitted": False,
        "fitted_at": None,
    }
    update_project(project_id=project.pk)
    assert selectors.consensus_progress(project)["fitted"]
