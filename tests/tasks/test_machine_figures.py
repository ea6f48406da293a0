"""A machine measured against people who did not see it, and people with and without its suggestion."""

import pytest

from tasks.models import Answer, Gold, MachineAnswer, Task
from tasks.selectors import machine_figures as figures
from tasks.services.machine_answers import Said, store_answers
from tasks.services.machine_policies import change_machine_policy
from tests.factories import NOW, make_answer, make_project, make_tasks
from tests.tasks.test_machines import BAD, GOOD, make_machine, said, send
from tests.tasks.test_projects_results import make_consensus
from tests.tasks.working import answer_to, exchange, tasks_of

pytestmark = pytest.mark.django_db


def say(project, machine, tasks, value=GOOD, purpose="vote", **fields):
    rows = [Said(answer=value, task=task.pk, **fields) for task in tasks]
    results = store_answers(project=project, machine=machine, purpose=purpose, said=rows, now=NOW)
    assert {row.status for row in results} == {"stored"}
    for task in tasks:
        task.refresh_from_db()


def figures_of(project, machine):
    judged = figures.judged_answers(project, machine)
    return figures.skill_of(judged), {label: (s.hits, s.total) for label, s in figures.by_label(project, judged)}


def test_its_skill_is_measured_by_people_and_its_own_vote_does_not_help_it(org, ann, bob):
    project = make_project(org, overlap=1)
    machine, twin = make_machine(org), make_machine(org, version="2")
    right, wrong, open_ = make_tasks(project, 3)
    for one in (machine, twin):
        say(project, one, [right, wrong, open_])  # two machines against one person
    make_answer(right, ann, GOOD)
    make_answer(wrong, ann, BAD)
    skill, labels = figures_of(project, machine)
    assert (skill.hits, skill.total) == (1, 2)
    assert labels == {"good": (1, 1), "bad": (0, 1)}
    make_consensus(wrong, "good", method="review")
    assert figures_of(project, machine)[0].hits == 2


def test_people_who_saw_the_suggestion_prove_nothing(org, ann):
    project, machine = make_project(org), make_machine(org)
    seen, unseen = make_tasks(project, 2)
    say(project, machine, [seen, unseen], purpose="suggestion")
    make_answer(seen, ann, GOOD, suggestion_outcome="accepted")
    make_answer(unseen, ann, BAD)
    skill, _ = figures_of(project, machine)
    assert (skill.hits, skill.total) == (0, 1)


def test_a_share_of_the_tasks_hides_the_suggestion(org, ann, max_, sign_in):
    project, machine = make_project(org), make_machine(org)
    change_machine_policy(project=project, actor=None, now=NOW, control_share=0.5)
    tasks = make_tasks(project, 16)
    send(sign_in(max_), project, machine, *[said(task) for task in tasks], purpose="suggestion")
    kept = set(MachineAnswer.objects.filter(is_control=True).values_list("task_id", flat=True))
    assert 2 < len(kept) < 14
    client = sign_in(ann)
    given = exchange(client, want=10)["tasks"]
    seen = set(tasks_of([task["assignment"] for task in given]))
    assert set(tasks_of([task["assignment"] for task in given if task["suggestion"] is None])) == kept & seen
    exchange(client, answers=[answer_to(task, GOOD if task["suggestion"] else BAD) for task in given])
    found = figures.reliance(project, machine)
    assert (found.shown.agree.share, found.hidden.agree.share) == (1, 0)
    assert found.agree.is_clear and found.shown.seconds == 2.0 and found.saved == 0
    text = sign_in(max_).get(f"/projects/{project.pk}/machines/").text
    assert "agree with the machine 100 points more often" in text
    row = sign_in(max_).get(f"/api/v1/projects/{project.pk}/machines").json()[0]
    assert row["reliance"]["agree"]["mean"] == 1
    assert row["right"]["total"] == len(kept & seen)


def test_gold_measures_a_machine_and_takes_no_vote(org):
    project, machine = make_project(org), make_machine(org)
    tasks = make_tasks(project, 2)
    for task, value in zip(tasks, (GOOD, BAD), strict=True):
        Task.objects.filter(pk=task.pk).update(state="check")
        Gold.objects.create(task=task, project=project, source="api", answer=value, schema_version=1)
    say(project, machine, tasks)
    assert not Answer.objects.exists()
    assert figures_of(project, machine)[0].hits == 1


def test_the_pages_are_for_those_who_see_projects(org, max_, mia, ann, eve, sign_in):
    project = make_project(org)
    page, api = f"/projects/{project.pk}/machines/", f"/api/v1/projects/{project.pk}"
    for person, looks, changes in ((max_, 200, 200), (mia, 200, 403), (ann, 403, 403), (eve, 404, 404)):
        client = sign_in(person)
        assert client.get(page).status_code == looks, person
        assert client.get(f"{api}/machines").status_code == looks
        assert client.get(f"{api}/machine-policy").status_code == looks
        assert client.patch(f"{api}/machine-policy", {"level": 0.9}, format="json").status_code == changes
        assert client.post(f"{api}/machine-policy/reopen").status_code == changes
        assert client.post(page, {}).status_code == {200: 422}.get(changes, changes)
