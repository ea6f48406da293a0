"""The figures page: measured by a job, stored, and every number leads to the tasks behind it."""

import pytest

from labeling.outbox.models import Event
from tasks.jobs.quality import measure_agreement
from tasks.models import AgreementReport, Task
from tasks.selectors.agreement import is_stale, newest_report
from tasks.selectors.progress import alpha_of_newest
from tasks.services.consensus.leaving_out import leave_out
from tests.factories import NOW, make_answer, make_project, make_task, make_user, make_version
from tests.tasks.test_projects_results import make_consensus
from workers.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def measured(org):
    """Six tasks that Ann and Bob answered; they differ on the last two."""
    project = make_project(org, overlap=2)
    ann, bob = make_user(org, "labeler", "Ann"), make_user(org, "labeler", "Bob")
    for n in range(6):
        task = make_task(project)
        make_answer(task, ann, {"option": "bad" if n % 2 else "good"}, at=NOW)
        make_answer(task, bob, {"option": "bad" if n % 2 or n > 3 else "good"}, at=NOW)
        make_consensus(task, "bad" if n % 2 else "good")
    measure_agreement(project.pk)
    return project


def test_the_page_asks_for_a_measurement_and_shows_it_when_it_is_there(org, mia, sign_in):
    project = make_project(org, overlap=2)
    task = make_task(project)
    for _ in range(2):
        make_answer(task, make_user(org))
    page = f"/projects/{project.pk}/quality/"
    client = sign_in(mia)
    assert "Being measured" in client.get(page).content.decode()
    client.get(page)
    assert Event.objects.filter(kind="agreement.asked", project_id=project.pk).count() == 1, "asked for once"
    measure_agreement(project.pk)
    measure_agreement(project.pk)
    assert AgreementReport.objects.count() == 1, "nothing new, nothing measured"
    assert "Krippendorff" in client.get(page).content.decode()


def test_figures_of_an_older_way_to_work_them_out_are_measured_anew(measured):
    report = newest_report(measured)
    assert not is_stale(measured, report)
    report.figures.pop("way")
    assert is_stale(measured, report)


def test_alpha_of_the_newest_tasks_includes_those_in_which_people_differ_too_much(measured):
    alpha, count = alpha_of_newest(measured)
    Task.objects.filter(pk__in=Task.objects.order_by("-pk").values("pk")[:2]).update(state="in_review")
    assert alpha_of_newest(measured) == (alpha, count)


def test_a_number_leads_to_the_tasks_behind_it(measured, mia, sign_in):
    client = sign_in(mia)
    page = client.get(f"/projects/{measured.pk}/quality/").content.decode()
    fifth = Task.objects.order_by("pk")[4]
    link = f"/projects/{measured.pk}/items/?cell=confusion.0.0.1"
    assert link in page
    shown = client.get(link).content.decode()
    assert f"/tasks/{fifth.pk}/" in shown and shown.count("item-cell") == 1
    differ = client.get(f"/projects/{measured.pk}/items/?cell=pair.0").content.decode()
    assert differ.count("item-cell") == 1
    for nonsense in ("pair.99", "confusion.x.0.1", "what"):
        assert "Nothing matches" in client.get(f"/projects/{measured.pk}/items/?cell={nonsense}").content.decode()


def test_people_are_named_for_managers_only(measured, max_, mia, sign_in):
    page = f"/projects/{measured.pk}/quality/"
    assert "Ann" in sign_in(max_).get(page).content.decode()
    assert "Ann" not in sign_in(mia).get(page).content.decode()


def test_the_figures_are_there_for_programs_too(measured, with_key, eve, sign_in):
    reply = with_key(measured.organization, "read").get(f"/api/v1/projects/{measured.pk}/agreement")
    told = reply.json()
    assert (told["units"], told["is_stale"], told["overall"]["percent"]["value"]) == (6, False, 0.8333)
    assert told["confusions"][0]["counts"] == [[5, 1], [0, 6]]
    assert sign_in(eve).get(f"/api/v1/projects/{measured.pk}/agreement").status_code == 404


def test_the_page_is_for_who_may_see_results(measured, ann, eve, sign_in, client):
    page = f"/projects/{measured.pk}/quality/"
    assert [sign_in(user).get(page).status_code for user in (ann, eve)] == [403, 404]
    assert client.get(page).status_code == 302


def test_two_people_who_always_agree_agree_in_a_hundred_of_a_hundred(org, max_, sign_in):
    project = make_project(org, overlap=2)
    people = [make_user(org), make_user(org)]
    for _ in range(4):
        task = make_task(project)
        for person in people:
            make_answer(task, person)
    measure_agreement(project.pk)
    assert ">100</text>" in sign_in(max_).get(f"/projects/{project.pk}/quality/").content.decode()


def test_who_is_left_out_is_in_no_figure(measured):
    bob = User.objects.get(name="Bob")
    cat = make_user(measured.organization, "labeler", "Cat")
    Task.objects.filter(project=measured).update(wanted=3)
    for n, task in enumerate(Task.objects.filter(project=measured).order_by("pk")):
        make_answer(task, cat, {"option": "bad" if n % 2 else "good"}, at=NOW)
    leave_out(project=measured, annotator=bob, actor=None, now=NOW)
    assert is_stale(measured, newest_report(measured))
    measure_agreement(measured.pk)
    figures = newest_report(measured).figures
    assert (figures["people"], figures["overall"]["percent"]["value"]) == (2, 1.0)
    Task.objects.filter(project=measured).update(state="resolved")
    assert alpha_of_newest(measured) == (1.0, 6)


def test_the_overviews_alpha_is_of_answers_to_the_question_of_now(measured):
    Task.objects.filter(project=measured).update(state="resolved")
    assert alpha_of_newest(measured)[1] == 6
    make_version(measured, {"question": "Another?", "options": [{"value": "good"}, {"value": "odd"}]}, 2)
    assert alpha_of_newest(measured) == (None, 0)
    task = make_task(measured, overlap=2)
    for person in User.objects.filter(name__in=("Ann", "Bob")):
        make_answer(task, person, {"option": "odd"}, at=NOW)
    assert alpha_of_newest(measured)[1] == 1
