"""A project's labels change while it runs: consensus, verdicts and gold follow, answers stay, and all comes back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from labeling.errors import InvalidConfig, InvalidInput, StaleState
from labeling.types import registry
from tasks.models import Answer, Consensus, Gold, Project, QualityState, SchemaChange, Task
from tasks.selectors import payload
from tasks.selectors.answering import load
from tasks.selectors.eligibility import Annotator
from tasks.selectors.machine_figures import judged_answers
from tasks.selectors.results import task_of
from tasks.selectors.review_payload import look_at
from tasks.selectors.reviews import Reviewer
from tasks.services.answering import Sent, kept_of
from tasks.services.consensus import update_project
from tasks.services.gold import recheck
from tasks.services.gold_sources import add_gold_of_result
from tasks.services.machine_answers import Said, store_answers
from tasks.services.machine_policies import change_machine_policy
from tasks.services.policies import change_policy
from tasks.services.projects import change_project
from tasks.services.schema_changing import change_schema, preview_change, undo_change
from tasks.services.schema_following import run_change
from tests.factories import NOW, make_answer, make_assignment, make_project, make_tasks
from tests.tasks.crowd import COLORS, answer_all, make_crowd_project
from tests.tasks.test_machines import make_machine

pytestmark = pytest.mark.django_db
RENAME = [{"op": "rename", "value": "red", "to": "crimson"}]
MERGE = [{"op": "merge", "values": ["red", "green"], "to": "warm"}]
SPLIT = [{"op": "split", "value": "red", "to": ["light red", "dark red"]}]
RETIRE = [{"op": "retire", "value": "red"}]


@pytest.fixture
def crowd(db):
    project, tasks, people = make_crowd_project(people=3, tasks=9, aggregation="dawid_skene")
    answer_all(tasks, people)
    update_project(project_id=project.pk)
    return project, tasks, people


def rows(project):
    fields = ("task_id", "value", "confidence", "method", "label", "agreement")
    return list(Consensus.objects.filter(project=project).order_by("task_id").values_list(*fields))


def changed(project, operations, **more):
    change = change_schema(project=project, operations=operations, actor=None, now=NOW, **more)
    follow(project, change)
    return change


def undone(project, change):
    change.refresh_from_db()
    back = undo_change(change=change, actor=None, now=NOW)
    follow(project, back)
    return back


def follow(project, change):
    run_change(change_id=change.pk)
    recheck(project=Project.objects.get(pk=project.pk), now=NOW)
    update_project(project_id=project.pk)
    change.refresh_from_db()
    assert change.state == "done", change.error


def test_a_renamed_label_is_renamed_everywhere_and_no_figure_moves(crowd):
    project, tasks, _ = crowd
    before, answers = rows(project), list(Answer.objects.order_by("pk").values_list("value", "schema_version"))
    change = changed(project, RENAME)
    renamed = [
        (task, {"option": "crimson" if value["option"] == "red" else value["option"]}, sure, method,
         "crimson" if label == "red" else label, alike)
        for task, value, sure, method, label, alike in before
    ]  # fmt: skip
    assert rows(project) == renamed
    assert list(Answer.objects.order_by("pk").values_list("value", "schema_version")) == answers
    assert change.answers == sum(value == {"option": "red"} for value, _ in answers)
    assert QualityState.objects.get(project=project).applied == len(answers)


def test_merged_labels_are_one_and_undo_parts_them_again(crowd):
    project, tasks, _ = crowd
    before = rows(project)
    change = changed(project, MERGE)
    assert {row[4] for row in rows(project)} == {"warm", "blue"}
    undone(project, change)
    assert rows(project) == before
    assert [v.config["options"][0]["value"] for v in project.versions.order_by("number")] == ["red", "warm", "red"]


def test_answers_given_while_a_change_was_in_force_are_read_after_its_undo(crowd, ann):
    project, tasks, people = crowd
    change = changed(project, MERGE)
    project.refresh_from_db()
    [late] = make_tasks(project, 1, overlap=1)
    make_answer(late, people[0], {"option": "warm"})
    update_project(project_id=project.pk)
    undone(project, change)
    assert Consensus.objects.get(task=late).label == "red"


def test_a_split_label_is_asked_again_where_that_is_wanted(crowd):
    project, tasks, _ = crowd
    found = preview_change(project=project, operations=SPLIT)
    red = Answer.objects.filter(value={"option": "red"})
    assert (found.unreadable, found.tasks) == (red.count(), red.values("task").distinct().count())
    before = {task.pk: (task.state, task.wanted) for task in Task.objects.filter(project=project)}
    change = changed(project, SPLIT, requeue=True)
    assert (change.unreadable, change.reopened) == (found.unreadable, found.tasks)
    for task in Task.objects.filter(project=project):
        lost = red.filter(task=task).count()
        assert (task.state, task.wanted) == ("open" if lost else "resolved", 3 + lost)
    assert not Consensus.objects.filter(label__contains="red").exists()
    undone(project, change)
    assert {task.pk: (task.state, task.wanted) for task in Task.objects.filter(project=project)} == before


def test_what_is_asked_again_stays_asked_where_the_project_has_a_policy(crowd):
    """As every project of the wizard has; and saving the number of answers as it was changes nothing either."""
    project, _, _ = crowd
    change_policy(project=project, actor=None, now=NOW, rule="fixed", cost_per_answer="0.05")
    changed(project, SPLIT, requeue=True)
    project.refresh_from_db()
    change_project(project=project, actor=None, now=NOW, overlap=3)
    red = Answer.objects.filter(value={"option": "red"})
    assert red.exists()
    for task in Task.objects.filter(project=project):
        lost = red.filter(task=task).count()
        assert (task.state, task.wanted) == ("open" if lost else "resolved", 3 + lost)


def test_a_retired_label_counts_for_another_where_one_is_named(crowd):
    project, _, _ = crowd
    changed(project, [{"op": "retire", "value": "red", "instead": "blue"}])
    assert {row[4] for row in rows(project)} <= {"green", "blue"}
    assert Consensus.objects.filter(project=project).count() == 9


def test_a_reviewers_verdict_and_gold_follow_and_come_back(crowd, max_):
    project, tasks, _ = crowd
    row = Consensus.objects.filter(label="green").first()
    Consensus.objects.filter(pk=row.pk).update(value={"option": "red"}, label="red", method="review", confidence=1.0)
    known = (
        Task.objects.select_related("item", "project", "consensus")
        .exclude(pk=row.task_id)
        .filter(consensus__label="red")
        .first()
    )
    add_gold_of_result(task=known, actor=None, now=NOW)
    before = rows(project)
    change = changed(project, RENAME)
    assert (Consensus.objects.get(pk=row.pk).label, Consensus.objects.get(pk=row.pk).method) == ("crimson", "review")
    gold = Gold.objects.get()
    assert (gold.answer, gold.state, gold.schema_version) == ({"option": "crimson"}, "active", 2)
    undone(project, change)
    gold.refresh_from_db()
    assert (gold.answer, gold.state, gold.schema_version) == ({"option": "red"}, "active", 3)
    assert [each for each in rows(project) if each[0] == row.task_id] == [e for e in before if e[0] == row.task_id]


def test_a_verdict_in_a_label_that_is_gone_goes_back_to_a_reviewer(crowd):
    project, tasks, _ = crowd
    row = Consensus.objects.filter(label="green").first()
    Consensus.objects.filter(pk=row.pk).update(value={"option": "red"}, label="red", method="review", confidence=1.0)
    change = changed(project, RETIRE)
    assert Task.objects.get(pk=row.task_id).state == "in_review"
    undone(project, change)
    assert Task.objects.get(pk=row.task_id).state == "resolved"
    assert Consensus.objects.get(task=row.task_id).method == "review"


def test_gold_that_cannot_be_said_any_more_is_put_aside_and_comes_back(crowd):
    project, tasks, _ = crowd
    known = Task.objects.select_related("item", "project", "consensus").filter(consensus__label="red").first()
    add_gold_of_result(task=known, actor=None, now=NOW)
    assert preview_change(project=project, operations=SPLIT).gold_lost == 1
    change = changed(project, SPLIT)
    assert Gold.objects.get().state == "invalid"
    undone(project, change)
    assert (Gold.objects.get().state, Gold.objects.get().answer) == ("active", {"option": "red"})


def test_changes_add_up(crowd):
    project, _, _ = crowd
    before = rows(project)
    changed(project, RENAME)
    change = changed(project, [{"op": "merge", "values": ["crimson", "green"], "to": "crimson"}])
    assert {row[4] for row in rows(project)} == {"crimson", "blue"}
    undone(project, change)
    assert [row[:1] + row[2:4] for row in rows(project)] == [row[:1] + row[2:4] for row in before]
    assert {row[4] for row in rows(project)} == {"crimson", "green", "blue"}


def test_the_page_of_one_item_shows_an_older_answer_in_the_labels_of_now(crowd, max_):
    project, tasks, _ = crowd
    changed(project, RENAME)
    answer = Answer.objects.filter(value={"option": "red"}).first()
    task = task_of(organization_id=project.organization_id, mode="live", task_id=answer.task_id)
    shown = look_at(Reviewer(max_.pk, project.organization_id, "manager"), task)["review"]["answers"]
    [mine] = [each for each in shown if each["id"] == answer.pk]
    assert (mine["value"], mine["is_older"]) == ({"option": "crimson"}, True)


def test_suggestions_and_the_measure_of_their_machine_follow_and_come_back(crowd, org):
    project, _, people = crowd
    machine = make_machine(project.organization)
    change_machine_policy(project=project, actor=None, now=NOW, control_share=0)
    judged, shown = make_tasks(project, 2, overlap=3)
    for task in (judged, shown):
        said = Said(answer={"option": "red"}, task=task.pk)
        store_answers(project=project, machine=machine, purpose="suggestion", said=[said], now=NOW)
    make_answer(judged, people[0], {"option": "red"})
    Task.objects.filter(pk=judged.pk).update(state="resolved")

    def is_shown(task, person):
        project.refresh_from_db()
        lease = make_assignment(task, person, leased_at=NOW + timedelta(hours=1), schema_version=project.version)
        (sent,) = payload.tasks_of([lease.pk])
        return sent["suggestion"] and sent["suggestion"]["value"], lease

    assert [each.is_right for each in judged_answers(project, machine)] == [True]
    change = changed(project, MERGE)
    value, lease = is_shown(shown, people[0])
    assert value == {"option": "warm"}
    loaded = load(Annotator(people[0].pk, project.organization_id), [lease.pk], [])
    sent = Sent(id=uuid4(), assignment=lease.pk, answer=value, schema_version=project.version)
    assert kept_of(sent, loaded.turns[lease.pk], loaded, value)["suggestion_outcome"] == "accepted"
    assert [each.is_right for each in judged_answers(project, machine)] == [True], "both are read in the labels of now"
    undone(project, change)
    assert is_shown(shown, people[1])[0] == {"option": "red"}
    changed(project, RETIRE)
    assert is_shown(shown, people[2])[0] is None, "it cannot be said any more"


def test_only_the_last_change_is_taken_back_and_once(crowd):
    project, _, _ = crowd
    first = changed(project, RENAME)
    second = changed(project, [{"op": "add", "value": "pink"}])
    with pytest.raises(StaleState):
        undone(project, first)
    undone(project, second)
    with pytest.raises(StaleState):
        undone(project, second)


def test_what_makes_no_sense_is_refused_and_nothing_is_stored(crowd):
    project, _, _ = crowd
    for operations in (
        [],
        [{"op": "rename", "value": "pink", "to": "x"}],
        [{"op": "rename", "value": "red", "to": "red"}],
    ):
        with pytest.raises((InvalidConfig, InvalidInput)):
            change_schema(project=project, operations=operations, actor=None, now=NOW)
    with pytest.raises(StaleState):
        change_schema(project=project, operations=RENAME, actor=None, now=NOW, expected_version=7)
    assert not SchemaChange.objects.exists()
    assert Project.objects.get(pk=project.pk).version == 1


@pytest.mark.parametrize("name", ["multichoice", "tree", "spans", "harm", "textcollection"])
def test_a_consensus_of_any_type_follows_a_renamed_label(org, ann, bob, name):
    kind = registry.get(name)
    sample = kind.samples()[0]
    project = make_project(org, name, sample["config"], overlap=2)
    [task] = make_tasks(project, 1)
    task.item.data = sample["item"]
    task.item.save()
    for person in (ann, bob):
        make_answer(task, person, sample["answer"])
    update_project(project_id=project.pk)
    before = Consensus.objects.get(task=task)
    labels = {
        "multichoice": ("options", "battery"),
        "spans": ("labels", "person"),
        "harm": ("categories", "privacy"),
        "textcollection": ("fields/topic/choices", "billing"),
    }
    path = sample["answer"]["paths"][0] if name == "tree" else []
    place, value = labels.get(name, ("options", path[0] if path else ""))
    changed(project, [{"op": "rename", "place": place, "value": value, "to": "another name"}])
    after = Consensus.objects.get(task=task)
    assert "another name" in str(after.value)
    assert (after.confidence, after.agreement) == (before.confidence, before.agreement)


def test_max_may_change_labels_mia_may_look_and_eve_finds_nothing(crowd, sign_in):
    from tests.factories import make_org, make_user

    project, _, _ = crowd
    manager, member = make_user(project.organization, "manager"), make_user(project.organization, "member")
    eve = make_user(make_org(), "admin")
    path = f"/api/v1/projects/{project.pk}/schema-changes"
    body = {"changes": RENAME}
    assert sign_in(member).post(path, body, format="json").status_code == 403
    assert sign_in(eve).post(path, body, format="json").status_code == 404
    client = sign_in(manager)
    seen = client.post(f"{path}/preview", body, format="json").json()
    assert (seen["answers"], seen["labels"]["options"]) == (
        Answer.objects.filter(value={"option": "red"}).count(),
        ["crimson", *COLORS[1:]],
    )
    assert Project.objects.get(pk=project.pk).version == 1
    made = client.post(path, body, format="json")
    assert made.status_code == 201, made.content
    run_change(change_id=made.json()["id"])
    assert sign_in(member).get(path).json()["results"][0]["to_version"] == 2
    wrong = client.post(path, {"changes": [{"op": "retire", "value": "pink"}]}, format="json")
    assert wrong.status_code == 400 and "changes[0].value" in wrong.content.decode()
    assert client.post(f"{path}/{made.json()['id']}/undo").status_code == 201
