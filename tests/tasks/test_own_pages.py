"""The annotator's pages of their own answers."""

import pytest

from tasks.models import ProjectVersion
from tests.factories import make_project, make_tasks
from tests.tasks.working import answer_to, exchange

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("risks", "veil", "shown"),
    [
        (["violence"], {}, 'data-veil="blur grey" data-veil-hover'),
        (["violence"], {"blur": False, "hover": False}, 'data-veil="grey">'),
        (["violence"], {"when": "never"}, None),
        ([], {}, None),
        ([], {"when": "always"}, 'data-veil="blur grey" data-veil-hover'),
    ],
)
def test_sensitive_material_is_veiled_among_ones_answers_as_one_chose(org, ann, sign_in, risks, veil, shown):
    project = make_project(org)
    ProjectVersion.objects.filter(project=project).update(content_risks=risks)
    make_tasks(project, 1)
    ann.preferences = {"veil": veil}
    ann.save()
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    exchange(client, answers=[answer_to(task)])
    page = client.get("/work/history/").content.decode()
    assert "What became of it" in page
    assert (f"<tr {shown}" in page) if shown else '<tr data-veil="' not in page
