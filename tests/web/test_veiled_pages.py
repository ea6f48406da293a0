"""Pages around the work show material as the reader wants to see it: of sensitive projects veiled, always, or never."""

from typing import Any

import pytest
from django.utils import timezone

from tasks.models import ProjectVersion, Task
from tasks.selectors.reviews import Reviewer
from tasks.services import reviewing
from tasks.services.rejecting import Rejected
from tasks.services.reviewing import Decision
from tests.factories import make_answer, make_project, make_task, make_user
from tests.tasks.test_projects_results import make_consensus

VEIL = 'data-veil="blur grey" data-veil-hover'


def pages_of(project: Any, task: Task) -> list[str]:
    return [
        f"/projects/{project.pk}/items/",
        f"/projects/{project.pk}/tasks/{task.pk}/",
        f"/projects/{project.pk}/tasks/{task.pk}/why/",
        f"/projects/{project.pk}/comments/",
        f"/datasets/{task.item.dataset_id}/",
    ]


@pytest.fixture
def returned(org, ann) -> Task:
    """A task whose answer came back to its annotator."""
    project = make_project(org)
    task = make_task(project)
    project.datasets.add(task.item.dataset)
    answer = make_answer(task, ann)
    make_consensus(task, confidence=0.7)
    Task.objects.update(state="in_review")
    who = Reviewer(make_user(org, "reviewer").pk, org.pk, "reviewer")
    review = reviewing.take_review(who=who, task=task, source="queue", now=timezone.now())
    said = Rejected(answer.pk, "wrong_label", "", "")
    reviewing.decide(review=review, decision=Decision("reject", rejections=(said,)), now=timezone.now())
    return task


def test_material_of_a_sensitive_project_begins_veiled_wherever_it_is_shown(returned, sign_in, ann, max_):
    project = returned.project
    shown = [(sign_in(max_), each) for each in pages_of(project, returned)]
    shown.append((sign_in(ann), "/work/returned/"))
    for client, address in shown:
        assert VEIL not in client.get(address).text, address
    ProjectVersion.objects.filter(project=project).update(content_risks=["violence"])
    for client, address in shown:
        page = client.get(address).text
        assert VEIL in page, address
        assert "data-veil-show" in page, address


def test_the_veil_is_the_readers_choice(returned, sign_in, max_):
    address = f"/projects/{returned.project_id}/tasks/{returned.pk}/"
    max_.preferences = {"veil": {"when": "always", "grey": False, "hover": False}}
    max_.save()
    page = sign_in(max_).get(address).text
    assert 'data-veil="blur"' in page
    assert "data-veil-hover" not in page
    ProjectVersion.objects.update(content_risks=["violence"])
    max_.preferences = {"veil": {"when": "never"}}
    max_.save()
    assert "data-veil" not in sign_in(max_).get(address).text


def test_a_list_of_several_projects_is_veiled_row_by_row(sign_in, ann, org):
    other = make_project(org)
    for project in (other, make_project(org)):
        make_answer(make_task(project), ann)
    ProjectVersion.objects.filter(project=other).update(content_risks=["hate"])
    page = sign_in(ann).get("/work/history/").text
    assert page.count("<tr data-veil") == 1
    assert page.count("item-text") == 2
