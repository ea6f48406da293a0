import pytest

from tasks.models import Assignment
from tasks.services import offering
from tests.factories import NOW, make_project, make_tasks, make_user

pytestmark = pytest.mark.django_db


def test_a_project_with_self_selection_fills_nobodys_inbox(org):
    """A recorded crowd of which everybody takes their own tasks would else find the slots held by offers."""
    chosen = make_project(org, overlap=2, self_selection=True)
    given_out = make_project(org, overlap=2)
    make_tasks(chosen, 5)
    make_tasks(given_out, 5)
    make_user(org, seen_at=NOW)
    offering.distribute(organization_id=org.pk, now=NOW)
    assert set(Assignment.objects.values_list("project_id", flat=True)) == {given_out.pk}
