"""The pages of a project's people, and of why a task is as it is, where somebody has been left out."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tasks.selectors.project_people import trend
from tasks.services import restricting
from tests.factories import make_user
from tests.tasks.crowd import make_crowd_project
from tests.tasks.test_skills import NOW, give, make_gold, measured

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd():
    """Ten checks and thirty other tasks for four people, the last of whom is good at first and not later."""
    project, tasks, people = make_crowd_project(people=4, tasks=40)
    make_gold(project, tasks[:10])
    for person in people[:3]:
        give(tasks, person, [True] * 40)
    give(tasks, people[3], [place < 20 for place in range(40)])
    measured(project)
    return project, tasks, people


def test_a_day_of_work_is_drawn_by_ten_answers_at_a_time(crowd):
    project, _, people = crowd
    drawn = trend(project, people[3].pk, NOW + timedelta(days=1))
    assert [label for label, _ in drawn] == ["1–10", "11–20", "21–30", "31–40"]
    assert drawn[0][1] > 0.9 > 0.3 > drawn[-1][1]


def test_confusions_of_a_person_are_a_picture_with_its_table_and_shares_are_told_in_per_cent(crowd, sign_in):
    project, _, people = crowd
    boss = make_user(project.organization, "manager", "Max")
    page = sign_in(boss).get(reverse("project-person", args=[project.pk, people[3].pk]))
    text = page.content.decode()
    assert "heat-map" in text and "As a table" in text
    assert " % of the time at first" in text


def test_why_says_whose_answers_do_not_count_and_tells_the_basis_in_words(crowd, sign_in):
    project, tasks, people = crowd
    boss = make_user(project.organization, "manager", "Max")
    restricting.restrict(
        organization=project.organization, user_id=people[3].pk, kind="remove", reason="gold", text="Read it.",
        actor=boss, actor_role="manager", now=NOW, project=project, leaves_out=True,
    )  # fmt: skip
    measured(project)
    text = sign_in(boss).get(reverse("project-task-why", args=[project.pk, tasks[30].pk])).content.decode()
    assert text.count("Left out") == 1
    assert "Version of the question" in text and "fitted_at" not in text
