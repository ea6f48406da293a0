"""Training and test before live work: in order, with feedback, and paid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.errors import InvalidInput
from labeling.outbox.models import Event
from tasks.models import Answer, Assignment, Entry, Gold, PaidTime, Task
from tasks.selectors.gold import rules_of
from tasks.services import gold
from tasks.services.check_rules import set_rules
from tasks.services.gold_reading import Told
from tasks.services.offering import offer
from tests.factories import NOW, make_answer, make_project, make_tasks
from tests.tasks.working import answer_to, at_work, exchange, id_of

pytestmark = pytest.mark.django_db
GOOD, BAD = {"option": "good"}, {"option": "bad"}


@pytest.fixture
def project(org):
    project = make_project(org)
    make_tasks(project, 5)
    return project


def known(project, kind, answers, why=""):
    tasks = make_tasks(project, len(answers))
    told = [
        Told(f"{n}", t.item.key, answer, kind, why) for n, (t, answer) in enumerate(zip(tasks, answers, strict=True))
    ]
    gold.add_gold(project=project, told=told, source="api", actor=None, now=NOW)
    return [task.pk for task in tasks]


def rules(project, **changes):
    return set_rules(project=project, actor=None, now=timezone.now(), **changes)


def step(client, value=GOOD, **more):
    """Ask for three, get one lesson; answer it."""
    tasks = exchange(client, want=3)["tasks"]
    (result,) = exchange(client, answers=[answer_to(tasks[0], value)])["results"]
    return tasks, result


def test_a_training_comes_first_in_its_order_and_tells_what_was_expected_and_why(project, ann, sign_in):
    lessons = known(project, "training", [GOOD, BAD], why="Irony is bad.")
    rules(project, train_first=True)
    client = sign_in(ann)
    tasks, result = step(client, GOOD)
    assert [id_of(t) for t in tasks] == lessons[:1]
    assert tasks[0]["entry"] == {"kind": "training", "n": 1, "of": 2}
    assert result["feedback"] == {
        "kind": "training", "n": 1, "of": 2, "right": True, "expected": GOOD, "why": "Irony is bad.",
    }  # fmt: skip
    tasks, result = step(client, GOOD)
    assert (tasks[0]["entry"]["n"], result["feedback"]["right"], result["feedback"]["expected"]) == (2, False, BAD)
    live = exchange(client, want=3)["tasks"]
    assert len(live) == 3
    assert all("entry" not in task for task in live)
    assert Entry.objects.get().admitted_at
    assert [(row.kind, row.active_ms) for row in PaidTime.objects.all()] == [("training", 2000)] * 2
    assert Event.objects.filter(kind="entry.admitted").count() == 1


def test_a_repeat_of_an_answer_is_told_the_same_and_paid_once(project, ann, sign_in):
    known(project, "training", [GOOD, BAD])
    rules(project, train_first=True)
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    entry = answer_to(task)
    first, again = (exchange(client, answers=[entry])["results"][0] for _ in range(2))
    assert first["feedback"] == again["feedback"]
    assert PaidTime.objects.count() == 1


def test_a_lesson_stands_as_it_was_given(project, ann, sign_in):
    known(project, "training", [GOOD, BAD])
    rules(project, train_first=True)
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    (result,) = exchange(client, answers=[answer_to(task, BAD)])["results"]
    again = answer_to(task, GOOD, supersedes=result["answer_id"])
    (refused,) = exchange(client, answers=[again])["results"]
    assert refused["status"] == "refused"
    assert "stands as it was given" in refused["detail"]
    assert not client.get("/api/v1/work/history").json()["results"][0]["may_correct"]


def test_a_passed_test_lets_in_and_says_nothing_before_its_end(project, ann, sign_in):
    known(project, "qualification", [GOOD] * 4)
    rules(project, test_size=4, pass_mark=0.75, tries=1)
    client = sign_in(ann)
    for n in range(3):
        _, result = step(client, GOOD)
        assert result["feedback"] == {"kind": "qualification", "n": n + 1, "of": 4, "result": None}
    _, result = step(client, BAD)
    passed = result["feedback"]["result"]
    assert (passed["right"], passed["of"], passed["passed"]) == (3, 4, True)
    assert len(exchange(client, want=2)["tasks"]) == 2
    (row,) = client.get("/api/v1/work/projects").json()["results"]
    assert row["entry"]["is_admitted"]
    assert PaidTime.objects.filter(kind="qualification").count() == 4


def test_a_failed_test_may_be_tried_again_after_the_cool_down_with_other_items(project, ann, sign_in):
    known(project, "qualification", [GOOD] * 4)
    rules(project, test_size=2, pass_mark=1.0, tries=2, cool_down_hours=24)
    client = sign_in(ann)
    step(client, GOOD)
    failed = step(client, BAD)[1]["feedback"]["result"]
    assert (failed["passed"], failed["tries_left"]) == (False, 1)
    assert failed["again_at"]
    assert exchange(client, want=3)["tasks"] == []
    Entry.objects.update(failed_at=timezone.now() - timedelta(hours=25))
    first = set(Assignment.objects.values_list("task_id", flat=True))
    step(client, GOOD)
    step(client, BAD)
    assert len(set(Assignment.objects.values_list("task_id", flat=True)) - first) == 2
    Entry.objects.update(failed_at=timezone.now() - timedelta(hours=25))
    assert exchange(client, want=3)["tasks"] == []  # no try is left
    (row,) = client.get("/api/v1/work/projects").json()["results"]
    assert (row["entry"]["test"]["tries_left"], row["entry"]["is_admitted"]) == (0, False)


def test_a_skipped_test_item_is_not_right(project, ann, sign_in):
    known(project, "qualification", [GOOD] * 2)
    rules(project, test_size=2, pass_mark=1.0, tries=1)
    client = sign_in(ann)
    step(client, GOOD)
    (task,) = exchange(client, want=1)["tasks"]
    exchange(client, skips=[{"assignment": task["assignment"], "reason": "unclear"}])
    assert exchange(client, want=1)["tasks"] == []
    assert Entry.objects.get().scores[0]["passed"] is False


def test_a_test_has_every_class_in_turn(project, ann, sign_in):
    known(project, "qualification", [GOOD] * 9 + [BAD])
    rules(project, test_size=2, tries=1)
    exchange(sign_in(ann), want=1)
    answers = Gold.objects.filter(task__in=Entry.objects.get().test).values_list("answer", flat=True)
    assert sorted(a["option"] for a in answers) == ["bad", "good"]


def test_nobody_gets_round_it_by_offers_or_by_choosing_tasks(org, ann, sign_in):
    project = make_project(org, self_selection=True)
    task = make_tasks(project, 1)[0]
    known(project, "training", [GOOD])
    rules(project, train_first=True)
    assert offer(who=at_work(ann), count=3, now=NOW) == 0
    reply = sign_in(ann).post(f"/api/v1/tasks/{task.pk}/claim")
    assert reply.status_code == 403
    assert "comes first" in reply.json()["detail"]


def test_who_works_on_the_project_already_goes_on_unless_everybody_shall_go_through_it(project, ann, bob, sign_in):
    known(project, "training", [GOOD])
    make_answer(Task.objects.filter(state="open").first(), ann)
    rules(project, train_first=True)
    assert "entry" not in exchange(sign_in(ann), want=1)["tasks"][0]
    assert exchange(sign_in(bob), want=1)["tasks"][0]["entry"]["kind"] == "training"
    Assignment.objects.filter(state="leased").update(state="expired")
    rules(project, everybody_again=True)
    assert exchange(sign_in(ann), want=1)["tasks"][0]["entry"]["kind"] == "training"


def test_rules_that_cannot_be_kept_are_refused_with_the_reason(project):
    with pytest.raises(InvalidInput) as told:
        rules(project, train_first=True, test_size=3, tries=2, pass_mark=1.5, tolerance=-1)
    found = {p.path: p.message for p in told.value.problems}
    assert set(found) == {"train_first", "test_size", "pass_mark", "tolerance"}
    assert "need 6 test items" in found["test_size"]


def test_a_lesson_given_back_comes_again(project, ann, sign_in):
    known(project, "training", [GOOD, BAD])
    rules(project, train_first=True)
    client = sign_in(ann)
    (task,) = exchange(client, want=1)["tasks"]
    exchange(client, returns=[task["assignment"]])
    assert exchange(client, want=1)["tasks"][0]["assignment"] == task["assignment"]
    assert not Answer.objects.exists()


def test_a_test_passed_in_another_project_lets_in_and_without_one_of_its_own_nobody_else(org, ann, bob, sign_in):
    first, second = make_project(org, name="First"), make_project(org, name="Second")
    known(first, "qualification", [GOOD])
    set_rules(project=first, actor=None, now=timezone.now(), test_size=1, tries=1)
    make_tasks(second, 3)
    set_rules(project=second, actor=None, now=timezone.now(), accepted_tests=[first.pk])
    client = sign_in(ann)
    assert len(exchange(sign_in(bob), want=3, project=second.pk)["tasks"]) == 0
    step(client, GOOD)
    assert len(exchange(client, want=3, project=second.pk)["tasks"]) == 3
    assert Entry.objects.get(project=second, annotator=ann).admitted_at
    (row,) = [r for r in sign_in(bob).get("/api/v1/work/projects").json()["results"] if r["id"] == second.pk]
    assert row["entry"]["elsewhere"] == ["First"]
    assert "passed the test of First" in sign_in(bob).get("/work/").content.decode()
    with pytest.raises(InvalidInput, match="no other project"):
        set_rules(project=second, actor=None, now=timezone.now(), accepted_tests=[second.pk])


def test_which_tests_count_is_seen_and_changed_beside_the_other_rules(org, max_, sign_in):
    first, second = make_project(org, name="First"), make_project(org, name="Second")
    client, page = sign_in(max_), f"/projects/{second.pk}/gold/"
    assert "that count here" not in client.get(page).text, "there is none"
    known(first, "qualification", [GOOD])
    set_rules(project=first, actor=None, now=timezone.now(), test_size=1, tries=1)
    set_rules(project=second, actor=None, now=timezone.now(), accepted_tests=[first.pk])
    shown = client.get(page)
    assert "First · 0 people passed" in shown.text and shown.context["forms"]["rules"]["accepted_tests"].initial
    rules = {"form": "rules", "r-test_size": 0, "r-pass_percent": 87.5, "r-tries": 2, "r-cool_down_hours": 24}
    assert client.post(page, rules | {"r-accepted_tests": first.pk}, format="multipart").status_code == 302
    assert list(second.accepted_tests.all()) == [first]
    assert rules_of(second).pass_mark == 0.875 and 'value="87.5"' in client.get(page).text
    assert client.post(page, rules, format="multipart").status_code == 302
    assert not second.accepted_tests.exists() and not type(second).objects.get(pk=second.pk).has_entry
    own = client.post(page, rules | {"r-accepted_tests": second.pk}, format="multipart")
    assert own.status_code == 422
