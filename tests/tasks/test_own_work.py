from datetime import timedelta

import pytest
from django.utils import timezone

from tasks.models import Answer, Assignment
from tasks.selectors.session import session_figures
from tests.factories import make_answer, make_org, make_project, make_task, make_tasks, make_user
from tests.tasks.working import answer_to, at_work, counts_hold, exchange, id_of

pytestmark = pytest.mark.django_db
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def claim(client, task):
    return client.post(f"/api/v1/tasks/{task.pk}/claim")


def test_a_named_task_is_leased_where_the_project_allows_it(org, ann, bob, eve, sign_in):
    task = make_task(make_project(org, self_selection=True))
    client = sign_in(ann)
    first, again = claim(client, task), claim(client, task)
    assert (first.status_code, again.status_code) == (201, 200)
    assert id_of(first.json()["task"]) == task.pk
    assert first.json()["task"]["assignment"] == again.json()["task"]["assignment"]
    assert claim(sign_in(bob), task).status_code == 409  # full
    assert claim(sign_in(eve), task).status_code == 404
    exchange(client, answers=[answer_to(first.json()["task"])])
    assert claim(client, task).status_code == 409  # done by her
    assert counts_hold()


def test_nobody_chooses_tasks_by_default(org, ann, sign_in):
    task = make_task(make_project(org))
    assert claim(sign_in(ann), task).status_code == 403


def test_a_paused_project_lets_nobody_choose(org, ann, sign_in):
    task = make_task(make_project(org, self_selection=True, state="paused"))
    assert claim(sign_in(ann), task).status_code == 409


def test_named_tasks_may_be_claimed_in_an_exchange(org, ann, sign_in):
    project = make_project(org, self_selection=True)
    one, two = make_tasks(project, 2)
    fixed = make_task(make_project(org))
    reply = exchange(sign_in(ann), claim=[two.pk, fixed.pk, 999_999])
    assert [entry["status"] for entry in reply["claimed"]] == ["leased", "refused", "refused"]
    assert [id_of(task) for task in reply["tasks"]] == [two.pk]


def test_a_returned_task_can_be_chosen_again(org, ann, sign_in):
    task = make_task(make_project(org, self_selection=True))
    client = sign_in(ann)
    pk = claim(client, task).json()["task"]["assignment"]
    exchange(client, returns=[pk])
    assert claim(client, task).status_code == 201
    assert Assignment.objects.get().pk == pk
    assert counts_hold()


def test_the_projects_one_may_work_on_with_what_is_left(org, ann, sign_in):
    project = make_project(org, guideline="# Hi", end_use="Research", priority=2)
    make_tasks(project, 3)
    make_answer(project.tasks.first(), ann)
    make_tasks(make_project(org, open_to_all=False), 3)
    make_tasks(make_project(make_org()), 3)
    make_project(org, state="paused")
    (shown,) = sign_in(ann).get("/api/v1/work/projects").json()["results"]
    assert (shown["id"], shown["left"], shown["left_is_more"], shown["done"]) == (project.pk, 2, False, 1)
    assert (shown["guideline_html"], shown["end_use"]) == ("<h1>Hi</h1>\n", "Research")


def test_history_is_ones_own_and_goes_back_page_by_page(org, ann, bob, sign_in):
    tasks = make_tasks(make_project(org, overlap=2), 3)
    answers = [make_answer(task, ann) for task in tasks]
    make_answer(tasks[0], bob)
    client = sign_in(ann)
    page = client.get("/api/v1/work/history?limit=2").json()
    assert [entry["answer_id"] for entry in page["results"]] == [answers[2].pk, answers[1].pk]
    assert page["results"][0]["answer"] == {"option": "good"}
    page = client.get(f"/api/v1/work/history?limit=2&before={page['before']}").json()
    assert [entry["answer_id"] for entry in page["results"]] == [answers[0].pk]
    assert page["before"] is None
    wrong = client.get("/api/v1/work/history?limit=1000&order=x")
    assert [p["path"] for p in wrong.json()["problems"]] == ["order", "limit"]


def test_an_archived_projects_answers_may_not_be_corrected(org, ann, sign_in):
    project = make_project(org)
    answer = make_answer(make_task(project), ann)
    client = sign_in(ann)
    assert client.get("/api/v1/work/history").json()["results"][0]["may_correct"]
    project.state = "archived"
    project.save()
    assert not client.get("/api/v1/work/history").json()["results"][0]["may_correct"]
    path = f"/api/v1/assignments/{answer.assignment_id}/answer"
    reply = client.post(path, {"answer": {"option": "bad"}, "supersedes": answer.pk}, format="json")
    assert reply.status_code == 409


def test_the_days_figures_count_own_live_work_in_this_organization(org, ann, bob, settings):
    settings.SESSION_GOAL = 10
    project, yesterday = make_project(org, overlap=2), NOON - timedelta(days=1)
    for number in range(3):
        make_answer(make_task(project), ann, at=NOON - timedelta(minutes=number), active_ms=(number + 1) * 1000)
    make_answer(make_task(project), ann, at=yesterday, active_ms=2000)
    make_answer(make_task(project), bob, at=NOON)
    other = make_org()
    make_user(other).memberships.update(is_active=True)
    make_answer(make_task(make_project(other)), ann, at=NOON)
    figures = {"done": 3, "goal": 10, "eta_s": 14, "active_s": 6, "limit": None, "break_due": False}
    assert session_figures(at_work(ann), NOON) == figures


def test_a_break_is_due_after_long_work_and_not_after_a_rest(org, ann, settings):
    project = make_project(org)
    for minute in range(55):
        make_answer(make_task(project), ann, at=NOON - timedelta(minutes=minute), active_ms=58_000)
    assert session_figures(at_work(ann), NOON)["break_due"]
    assert not session_figures(at_work(ann), NOON + timedelta(minutes=20))["break_due"]
    settings.BREAK_MINUTES = 0
    assert not session_figures(at_work(ann), NOON)["break_due"], "0 is never"
    assert Answer.objects.count() == 55


def test_tasks_on_one_s_own_desk_count_as_open_and_those_on_another_s_do_not(org, ann, bob, sign_in):
    make_tasks(make_project(org), 3)
    exchange(sign_in(ann), want=1)
    left = {one: sign_in(one).get("/api/v1/work/projects").json()["results"][0]["left"] for one in (ann, bob)}
    assert left == {ann: 3, bob: 2}
