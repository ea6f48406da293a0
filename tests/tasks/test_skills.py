"""How good people are: from gold, from what others said, and what the rules see. Nothing happens to anybody by it."""

import random
from datetime import timedelta

import numpy as np
import pytest

from labeling.quality.skill import Judged
from labeling.quality.skill import Skill as Beta
from tasks.models import (
    AnnotatorCounts,
    ClaimCursor,
    Consensus,
    Gold,
    PaidTime,
    QualityState,
    Sign,
    Skill,
    Task,
    Verdict,
)
from tasks.selectors.skills import LULL, skills_due
from tasks.selectors.skills import Told as SkillTold
from tasks.services import gold, judging, pairs, signs, skilling
from tasks.services.consensus import update_project
from tasks.services.gold_reading import Told
from tests.factories import NOW, make_answer, make_user
from tests.tasks.crowd import COLORS, assert_counts_are_the_sum_of_the_rows, make_crowd_project
from workers.models import Membership

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def truth(place):
    return COLORS[place % 3]


def make_gold(project, tasks, kind="gold"):
    told = [Told(f"{n}", task.item.key, {"option": truth(n)}, kind) for n, task in enumerate(tasks)]
    gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW)
    for task in tasks:
        task.refresh_from_db()


def give(tasks, person, rights, *, seconds=5.0, wrong=None):
    """Right where `rights` says so; the place of a task tells what is right."""
    for place, (task, right) in enumerate(zip(tasks, rights, strict=True)):
        answer = truth(place) if right else (wrong or COLORS[(place + 1) % 3])
        made_at = NOW + timedelta(minutes=place)
        make_answer(task, person, {"option": answer}, at=made_at, active_ms=int(seconds * 1000))


def measured(project):
    update_project(project_id=project.pk)
    touched = judging.judge_project(project_id=project.pk, now=LATER)
    skilling.refresh(project=project, annotator_ids=touched, now=LATER)
    skilling.refresh_project(project_id=project.pk, now=LATER)


def test_skills_are_worked_out_again_once_the_consensus_rests_after_answers_or_a_fit():
    project, tasks, (ann,) = make_crowd_project(people=1, tasks=1)
    give(tasks, ann, [True])
    update_project(project_id=project.pk)
    state = QualityState.objects.filter(pk=project.pk)
    moved = state.get().settled_at
    assert skills_due(moved + LULL) == []
    assert skills_due(moved + 2 * LULL) == [project.pk]
    skilling.refresh_project(project_id=project.pk, now=moved + 2 * LULL)
    assert skills_due(moved + 9 * LULL) == []
    state.update(settled_at=moved + 3 * LULL)  # as an exact fit does
    assert skills_due(moved + 9 * LULL) == [project.pk]


def test_gold_counts_one_and_the_mean_and_the_low_quantile_are_the_posteriors():
    project, tasks, (good, bad) = make_crowd_project(people=2, tasks=12)
    make_gold(project, tasks)
    give(tasks, good, [True] * 12)
    give(tasks, bad, [True] * 3 + [False] * 9)
    measured(project)
    best, worst = (Skill.objects.get(annotator=who, label="") for who in (good, bad))
    assert (best.gold_right, best.gold_seen, worst.gold_right) == (12, 12, 3)
    assert best.low < best.mean < best.high
    assert worst.high < best.low
    assert best.a + best.b == pytest.approx(10 + 12, abs=0.3)  # a day has taken a little off
    per_label = {s.label: s.gold_seen for s in Skill.objects.filter(annotator=good).exclude(label="")}
    assert per_label == {"red": 4, "green": 4, "blue": 4}


def test_what_others_said_counts_half_and_only_where_two_others_did():
    project, tasks, people = make_crowd_project(people=4, tasks=15)
    for person in people[:3]:
        give(tasks, person, [True] * 15)
    give(tasks, people[3], [False] * 15)
    measured(project)
    skills = {s.annotator_id: s for s in Skill.objects.filter(label="")}
    assert {s.compared for s in skills.values()} == {15}
    assert skills[people[0].pk].agreed > 0.8 > 0.3 > skills[people[3].pk].agreed
    assert skills[people[0].pk].a + skills[people[0].pk].b == pytest.approx(10 + 0.5 * 15, abs=0.3)
    alone, others, (single,) = make_crowd_project(people=1, tasks=5)
    give(others, single, [True] * 5)
    measured(alone)
    row = Skill.objects.get(annotator=single, label="")
    assert (row.agreed, row.compared, row.mean) == (None, 0, pytest.approx(0.7))


def test_one_other_answer_is_enough_where_equal_ones_end_the_asking():
    """Stop when sure: only where two disagree comes a third, and by those tasks alone everybody would look bad."""
    project, tasks, people = make_crowd_project(people=2, tasks=10)
    Task.objects.filter(project=project).update(ceiling=5)
    for person in people:
        give(tasks, person, [True] * 10)
    measured(project)
    skill = Skill.objects.get(annotator=people[0], label="")
    assert (skill.compared, skill.mean) == (10, pytest.approx(0.75, abs=0.05))


@pytest.mark.parametrize(("usual_gap", "is_seen"), [(0.0, True), (0.35, False), (None, False)])
def test_better_on_gold_is_a_sign_only_where_the_others_are_not(usual_gap, is_seen):
    gold = SkillTold(NOW, Judged(1.0, True), "", 5.0, "", 0)
    case = signs.Case([gold] * 20, Beta(9, 1), 0.6, {}, 3, 0.95, usual_gap)
    assert (signs.leak(case) is not None) is is_seen


def test_working_it_out_again_changes_nothing():
    project, tasks, people = make_crowd_project(people=3, tasks=9)
    make_gold(project, tasks[:3])
    for person in people:
        give(tasks, person, [True] * 8 + [False])
    measured(project)
    before = list(Skill.objects.order_by("pk").values("annotator", "label", "a", "b"))
    measured(project)
    assert list(Skill.objects.order_by("pk").values("annotator", "label", "a", "b")) == before
    assert Verdict.objects.count() == 9


@pytest.mark.parametrize("method", ["e4", "dawid_skene"])
def test_a_fit_holds_gold_fast_and_the_counts_stay_exact(method):
    """Three of four say otherwise, and still the known answer stands; who was wrong is known to be."""
    project, tasks, people = make_crowd_project(people=4, tasks=12, aggregation=method)
    make_gold(project, tasks[:6])
    for person in people[:3]:
        give(tasks, person, [False] * 6 + [True] * 6)
    give(tasks, people[3], [True] * 12)
    update_project(project_id=project.pk)
    rows = {row.task_id: row for row in Consensus.objects.filter(project=project)}
    for place, task in enumerate(tasks[:6]):
        assert rows[task.pk].by_method[method]["posterior"]["item"] == {truth(place): 1.0}
    assert_counts_are_the_sum_of_the_rows(project)
    right = {c.annotator_id: np.trace(np.array(c.counts["item"])) for c in AnnotatorCounts.objects.all()}
    assert max(right, key=right.get) == people[3].pk
    gold.drop_gold(gold=Gold.objects.get(task=tasks[0]), actor=None, now=NOW)
    update_project(project_id=project.pk)
    again = Consensus.objects.get(task=tasks[0]).by_method[method]["posterior"]["item"]
    assert again[truth(0)] < 1
    assert_counts_are_the_sum_of_the_rows(project)


def test_training_teaches_and_measures_nobody():
    project, tasks, (ann,) = make_crowd_project(people=1, tasks=4)
    make_gold(project, tasks, kind="training")
    give(tasks, ann, [False] * 4)
    measured(project)
    assert Verdict.objects.filter(is_right=False).count() == 4
    assert Skill.objects.filter(annotator=ann, label="").get().gold_seen == 0
    assert not Consensus.objects.filter(project=project).exists()
    assert [(p.kind, p.active_ms) for p in PaidTime.objects.all()] == [("training", 5000)] * 4


def test_the_rate_of_checks_falls_as_somebody_becomes_known():
    project, tasks, (ann,) = make_crowd_project(people=1, tasks=90)
    make_gold(project, tasks)
    give(tasks[:3], ann, [True] * 3)
    measured(project)
    assert ClaimCursor.objects.get(annotator=ann).check_rate == 0.4  # an exam
    give(tasks[3:20], ann, [True] * 12 + [False] * 5)
    measured(project)
    assert ClaimCursor.objects.get(annotator=ann).check_rate == 0.1
    for task in tasks[20:]:
        make_answer(task, ann, {"option": truth(tasks.index(task))}, at=NOW + timedelta(hours=2))
    measured(project)
    assert ClaimCursor.objects.get(annotator=ann).check_rate == 0.05


def test_the_rules_see_what_they_are_for_and_do_nothing_to_anybody():
    project, tasks, people = make_crowd_project(people=6, tasks=60)
    good, guessing, falling, constant, hasty, other = people
    make_gold(project, tasks[:15])
    rng = random.Random(3)
    give(tasks, good, [True] * 60)
    give(tasks, other, [True] * 60)
    give(tasks, guessing, [rng.random() < 1 / 3 for _ in tasks])
    give(tasks, falling, [place < 30 for place in range(60)])
    for place, task in enumerate(tasks):
        make_answer(task, constant, {"option": "red"}, at=NOW + timedelta(minutes=place), active_ms=4000)
    give(tasks, hasty, [True] * 60, seconds=0.1)
    measured(project)
    seen = {(s.annotator_id, s.rule) for s in Sign.objects.filter(ended_at=None)}
    assert {(guessing.pk, "low_accuracy"), (falling.pk, "drift"), (constant.pk, "repeats")} <= seen
    assert (hasty.pk, "too_fast") in seen
    assert not [rule for who, rule in seen if who in (good.pk, other.pk)]
    low = Sign.objects.get(annotator=guessing, rule="low_accuracy").figures
    assert set(low) == {"right", "of", "bad", "good", "advice"}
    assert Membership.objects.filter(is_active=False).count() == 0


def test_a_sign_ends_when_its_rule_sees_it_no_more_and_is_one_row_while_it_lasts():
    project, tasks, (ann,) = make_crowd_project(people=1, tasks=12)
    make_gold(project, tasks)
    give(tasks, ann, [False] * 12)
    measured(project)
    measured(project)
    assert Sign.objects.filter(rule="low_accuracy").count() == 1
    Verdict.objects.update(is_right=True)
    skilling.refresh(project=project, annotator_ids=[ann.pk], now=LATER)
    assert Sign.objects.get(rule="low_accuracy").ended_at == LATER


def test_two_who_make_the_same_mistakes_are_told_to_the_requester():
    project, tasks, people = make_crowd_project(people=6, tasks=60)
    rng = random.Random(5)
    for person in people[:4]:
        give(tasks, person, [rng.random() < 0.85 for _ in tasks])
    mistakes = [rng.random() < 0.7 for _ in tasks]
    for person in people[4:]:
        give(tasks, person, mistakes, wrong=None)
    update_project(project_id=project.pk)
    assert pairs.look_for_pairs(project=project, now=LATER) == 1
    found = {s.annotator_id: s.other_id for s in Sign.objects.filter(rule="collusion")}
    assert found == {people[4].pk: people[5].pk, people[5].pk: people[4].pk}


def test_a_person_nobody_knows_is_never_measured_by_ordinary_work_alone():
    project, tasks, (ann,) = make_crowd_project(people=1, tasks=3)
    give(tasks, ann, [False] * 3)
    measured(project)
    assert not Sign.objects.exists()
    assert Task.objects.filter(state="resolved").count() == 3
    assert make_user() is not None
