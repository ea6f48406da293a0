import pytest

from tasks.states import TaskState
from tests.factories import make_answer, make_project, make_task, make_tasks

pytestmark = pytest.mark.django_db


def test_an_answer_made_by_the_factory_counts_on_its_task(org, ann, bob):
    task = make_task(make_project(org, overlap=2))
    make_answer(task, ann)
    assert (task.taken, task.answered, task.state) == (1, 1, TaskState.OPEN)
    make_answer(task, bob)
    assert (task.taken, task.answered, task.state) == (2, 2, TaskState.RESOLVED)


def test_many_tasks_share_a_dataset(org):
    project = make_project(org, "multichoice", overlap=3)
    assert {task.wanted for task in make_tasks(project, 5)} == {3}
    assert project.datasets.count() == 1
