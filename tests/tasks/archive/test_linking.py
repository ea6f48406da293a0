"""A member takes the place of somebody whom an archive told of; machines and strangers do not."""

import io

import pytest

from labeling.errors import NotAllowed, StaleState
from labeling.pseudonym import annotator_pseudonym
from tasks.models import Answer, Assignment, Consensus, Machine
from tasks.services.archive.linking import link_person
from tasks.services.archive.restoring import restore_archive
from tasks.services.consensus import update_project
from tests.factories import NOW, make_answer, make_org, make_user
from tests.tasks.archive.comparing import archived, ranked
from tests.tasks.crowd import answer_all, make_crowd_project
from workers.models import Group, Placeholder

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(storage_folder):
    project, tasks, people = make_crowd_project(people=3, tasks=6, aggregation="dawid_skene")
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    Group.objects.create(organization=project.organization, name="Night").users.set(people)
    return restore_archive(io.BytesIO(archived(project.organization)), now=NOW).organization


def test_a_member_gets_the_history_and_the_pseudonym_and_no_figure_moves(there, sign_in):
    boss, member = make_user(there, "admin"), make_user(there, "labeler", "Ann again")
    placeholder = Placeholder.objects.filter(organization=there).exclude(role="")[0]
    stood_in, before = placeholder.user, ranked(archived(there))
    body = {"form": "link", "pseudonym": placeholder.pseudonym, "member": member.memberships.get().pk}
    assert sign_in(boss).post("/settings/data/", body, format="multipart").status_code == 302
    assert annotator_pseudonym(organization_id=there.pk, user_id=member.pk) == placeholder.pseudonym
    assert Answer.objects.filter(annotator=member).count() == Assignment.objects.filter(annotator=member).count() == 6
    assert not Answer.objects.filter(annotator=stood_in).exists()
    assert member in Group.objects.get(organization=there).users.all()
    after = ranked(archived(there))
    for name in before:
        if name not in ("people", "events"):
            assert after[name] == before[name], name
    count = Consensus.objects.filter(project__organization=there).count()
    update_project(project_id=there.projects.get().pk)
    assert Consensus.objects.filter(project__organization=there).count() == count
    page = sign_in(boss).get("/settings/data/").text
    assert "2 people came with an archive" in page and "Ann again" not in page.partition("<main")[2]


def test_who_has_worked_there_already_or_is_no_member_takes_nobodys_place(there):
    boss, member = make_user(there, "admin"), make_user(there, "labeler")
    placeholder = Placeholder.objects.filter(organization=there)[0]
    elsewhere = make_user(make_org(), "labeler").memberships.get()
    with pytest.raises(NotAllowed):
        link_person(placeholder=placeholder, membership=elsewhere, actor=boss)
    machine = Machine.objects.create(organization=there, name="Sorter", version="1", kind="llm", user=placeholder.user)
    with pytest.raises(NotAllowed):
        link_person(placeholder=placeholder, membership=member.memberships.get(), actor=boss)
    machine.delete()
    task = Answer.objects.filter(annotator=placeholder.user_id)[0].task
    task.wanted = task.wanted + 1
    task.save()
    make_answer(task, member, {"option": "red"})
    with pytest.raises(StaleState, match="before they begin"):
        link_person(placeholder=placeholder, membership=member.memberships.get(), actor=boss)
    assert Placeholder.objects.get(pk=placeholder.pk).user_id == placeholder.user_id
