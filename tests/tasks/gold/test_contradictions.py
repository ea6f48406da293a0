"""Known answers that contradict each other, or that the schema refuses: told in words, never guessed."""

import pytest

from labeling.errors import InvalidInput
from tasks.models import Gold
from tasks.services import gold
from tasks.services.gold_reading import Told
from tasks.services.gold_sources import add_gold_of_file
from tasks.services.projects import change_project
from tests.factories import CHOICE, NOW, make_item, make_project, make_task, make_tasks
from tests.tasks.gold.conftest import make_gold

pytestmark = pytest.mark.django_db
GOOD, BAD = {"option": "good"}, {"option": "bad"}
NEWER = CHOICE | {"options": [{"value": "good"}, {"value": "awful"}]}


def add(project, *told, **options):
    rows = [Told(f"items[{n}]", item.key, answer) for n, (item, answer) in enumerate(told)]
    return gold.add_gold(project=project, told=rows, source="api", actor=None, now=NOW, **options)


@pytest.fixture
def project(org):
    return make_project(org)


@pytest.fixture
def twins(project):
    """Two items with the same words."""
    dataset = make_task(project).item.dataset
    return [make_item(dataset, "The same words.") for _ in range(2)]


def test_what_is_known_of_an_equal_item_is_a_contradiction_that_names_it(project, twins):
    one, two = twins
    add(project, (one, GOOD))
    for replace in (False, True):
        with pytest.raises(InvalidInput, match=f"item '{one.key}' has the same content and another known answer"):
            add(project, (two, BAD), replace=replace)
    add(project, (two, GOOD))
    assert Gold.objects.count() == 2


def test_both_of_them_may_be_mended_together(project, twins):
    one, two = twins
    add(project, (one, GOOD), (two, GOOD))
    add(project, (one, BAD), (two, BAD), replace=True)
    assert {known.answer["option"] for known in Gold.objects.all()} == {"bad"}


def test_mending_one_so_that_it_contradicts_the_other_is_refused(project, twins, max_, sign_in):
    one, two = twins
    add(project, (one, GOOD), (two, GOOD))
    known = Gold.objects.get(task__item=two)
    reply = sign_in(max_).patch(f"/api/v1/projects/{project.pk}/gold/{known.pk}", {"answer": BAD}, format="json")
    (problem,) = reply.json()["problems"]
    assert (reply.status_code, problem["path"], problem["code"]) == (400, "answer", "contradiction")
    known.refresh_from_db()
    assert known.answer == GOOD


def test_a_new_version_of_the_schema_never_makes_old_twins_invalid(project, twins):
    one, two = twins
    add(project, (one, GOOD), (two, GOOD))
    Gold.objects.filter(task__item=two).update(answer=BAD)  # from before anybody compared them
    change_project(project=project, actor=None, now=NOW, config=CHOICE | {"question": "And now?"})
    project.refresh_from_db()
    assert gold.recheck(project=project, now=NOW) == 0


def test_a_label_that_was_retired_is_told_apart_from_a_misspelt_one(project):
    one, two = make_tasks(project, 2)
    change_project(project=project, actor=None, now=NOW, config=NEWER)
    project.refresh_from_db()
    with pytest.raises(InvalidInput) as refused:
        add(project, (one.item, BAD), (two.item, {"option": "ugly"}))
    retired, misspelt = refused.value.problems
    assert (retired.path, retired.code) == ("items[0].answer.option", "retired")
    assert retired.message.endswith("(version 1 still took it)")
    assert misspelt.code != "retired" and "version" not in misspelt.message
    assert not Gold.objects.exists()


def test_a_file_of_before_names_the_lines_with_retired_labels(project):
    one, two = make_tasks(project, 2)
    change_project(project=project, actor=None, now=NOW, config=NEWER)
    project.refresh_from_db()
    content = f"item,answer\n{one.item.key},bad\n{two.item.key},awful\n".encode()
    stored, (problem,) = add_gold_of_file(project=project, content=content, actor=None, now=NOW)
    assert (stored, problem.path, problem.code) == (1, "line 2.answer", "retired")


def test_known_answers_with_a_retired_label_go_out_of_use_and_say_why(project, max_, sign_in):
    (known,) = make_gold(project, answer=BAD)
    change_project(project=project, actor=None, now=NOW, config=NEWER)
    project.refresh_from_db()
    gold.recheck(project=project, now=NOW)
    known.refresh_from_db()
    assert known.state == "invalid" and "version 1 still took it" in known.why
    assert "version 1 still took it" in sign_in(max_).get(f"/projects/{project.pk}/gold/").text
