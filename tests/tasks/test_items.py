"""The items of a project: found by what is known of them, in any order, page by page."""

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Comment, Consensus, Task
from tasks.selectors import item_filters, items
from tasks.services.gold_sources import add_gold_of_result
from tests.factories import NOW, make_answer, make_comment, make_org, make_project, make_tasks
from tests.tasks.test_projects_results import make_consensus

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(org):
    return make_project(org, overlap=2)


@pytest.fixture
def tasks(project):
    return make_tasks(project, 6)


def found(project, **filters):
    return sorted(item_filters.matching(project, **filters).values_list("pk", flat=True))


def test_filters_find_by_what_is_known(project, tasks, ann, bob):
    make_answer(tasks[0], ann)
    make_answer(tasks[0], bob)
    make_answer(tasks[1], bob, active_ms=9000)
    make_consensus(tasks[0], "good", 0.9, agreement=1.0)
    make_consensus(tasks[1], "bad", 0.5, agreement=0.2, method="review")
    comment = make_comment(tasks[2], ann)
    pks = [task.pk for task in tasks]
    assert found(project, label="bad") == [pks[1]]
    assert found(project, min_confidence=0.6) == [pks[0]]
    assert found(project, max_agreement=0.5) == [pks[1]]
    assert found(project, annotator=ann.pk) == [pks[0]]
    assert found(project, annotator=bob.pk) == pks[:2]
    assert found(project, state="resolved") == [pks[0]]
    assert found(project, method="review") == [pks[1]]
    assert found(project, min_seconds=5) == [pks[1]]
    assert found(project, item=tasks[3].item.key) == [pks[3]]
    assert found(project, comments="open") == [pks[2]]
    Comment.objects.filter(pk=comment.pk).update(resolved_at=NOW)
    assert (found(project, comments="open"), found(project, comments="any")) == ([], [pks[2]])


def test_gold_is_found_when_asked_for(project, tasks):
    make_consensus(tasks[0])
    add_gold_of_result(task=tasks[0], actor=None, now=NOW)
    assert found(project, gold=True) == [tasks[0].pk]
    assert tasks[0].pk not in found(project)
    assert found(project, gold=False) == [task.pk for task in tasks[1:]]


@pytest.mark.parametrize("text", ["zürich", "50% off", 'a "quote"', "日本", "back\\slash", "under_score"])
def test_a_search_finds_any_text_as_it_stands(project, tasks, text):
    item = tasks[4].item
    item.data = {"text": f"Here is {text} for you", "n": 1}
    item.save()
    assert found(project, q=text) == [tasks[4].pk]
    assert found(project, q=text + "!") == []


def test_wildcards_of_the_database_are_only_characters(project, tasks):
    assert found(project, q="%") == found(project, q="S_ntence") == []
    assert found(project, q="sentence") == [task.pk for task in tasks]


@pytest.mark.parametrize("order", list(items.ORDERS))
def test_pages_follow_each_other_in_every_order_and_back(project, order):
    tasks = make_tasks(project, 7)
    for n, task in enumerate(tasks):
        make_consensus(task, confidence=[0.5, 0.9, 0.9, 0.9, 0.1, 0.7, 0.9][n], agreement=[0.1, 0.5][n % 2])
        Task.objects.filter(pk=task.pk).update(state="resolved", resolved_at=NOW.replace(hour=n % 3))
    whole = [task.pk for task in items.page_of(project, {}, order=order, size=50).rows]
    assert len(whole) == 7
    seen, page = [], items.page_of(project, {}, order=order, size=2)
    assert page.previous is None
    pages = [page]
    while page.next is not None:
        page = items.page_of(project, {}, order=order, after=page.next, size=2)
        pages.append(page)
    seen = [task.pk for each in pages for task in each.rows]
    assert seen == whole
    back = items.page_of(project, {}, order=order, before=pages[-1].previous, size=2)
    assert [task.pk for task in back.rows] == [task.pk for task in pages[-2].rows]


@pytest.mark.parametrize("place", ["x", "~", "1~", "nan~x", "9" * 30, "0.5", "-1", "é~1"])
def test_a_position_that_is_none_is_the_first_page(project, tasks, place):
    for order in items.ORDERS:
        first = items.page_of(project, {}, order=order, size=2).rows
        assert items.page_of(project, {}, order=order, after=place, size=2).rows == first, order


def test_a_search_without_an_index_goes_on_part_by_part(project, monkeypatch):
    monkeypatch.setattr(items, "FIRST_PART", 4)
    tasks = make_tasks(project, 10)
    item = tasks[9].item
    item.data = {"text": "needle"}
    item.save()
    page = items.page_of(project, {"q": "needle"}, size=5, seconds=0)
    assert (page.rows, page.looked_at, page.next) == ([], 4, str(tasks[3].pk))
    page = items.page_of(project, {"q": "needle"}, after=page.next, size=5, seconds=0)
    assert (page.rows, page.next) == ([], str(tasks[7].pk))
    page = items.page_of(project, {"q": "needle"}, after=page.next, size=5, seconds=0)
    assert ([task.pk for task in page.rows], page.next, page.looked_at) == ([tasks[9].pk], None, 0)


def test_a_search_that_found_nothing_yet_looks_on_longer_than_one_that_did(project, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(items, "FIRST_PART", 1)
    monkeypatch.setattr(items, "GROWTH", 1)
    monkeypatch.setattr(items.time, "monotonic", lambda: next(clock) / 1000)
    tasks = make_tasks(project, 10)

    def needle_in(task):
        task.item.data = {"text": "needle"}
        task.item.save()
        page = items.page_of(project, {"q": "needle"}, size=5, seconds=0.004)
        return [one.pk for one in page.rows], page.looked_at

    assert needle_in(tasks[9]) == ([tasks[9].pk], 0)
    assert needle_in(tasks[0]) == ([tasks[0].pk], 3)


FILTERS = [
    {"annotator": "ann"},
    {"annotator": "bob", "label": "good"},
    {"min_seconds": 5},
    {"max_seconds": 5, "q": "sentence"},
    {"answered_from": NOW},
    {"q": "sentence", "state": "resolved"},
    {"has": "good"},
    {"min_confidence": 0.5, "annotator": "ann"},
    {"method": "review", "min_confidence": 0.3},
]


@pytest.mark.parametrize("few", [0, 10_000], ids=["one by one", "few at once"])
def test_however_it_is_searched_the_pages_hold_what_matches(project, ann, bob, few, monkeypatch):
    monkeypatch.setattr(items, "FIRST_PART", 3)
    monkeypatch.setattr(item_filters, "FEW", few)
    monkeypatch.setattr(item_filters, "FEW_FOUND", few)
    monkeypatch.setattr(item_filters, "has_search_index", lambda text: True)  # quick or not, it finds the same
    tasks = make_tasks(project, 9)
    for n, task in enumerate(tasks):
        make_answer(task, [ann, bob][n % 2], active_ms=1000 * n)
        make_consensus(task, "good", n % 5 / 5, agreement=n % 3 / 3, method=["review", "majority"][n % 2])
        Task.objects.filter(pk=task.pk).update(state="resolved", resolved_at=NOW.replace(hour=n % 4))
    people = {"ann": ann.pk, "bob": bob.pk}
    for filters, order in product(FILTERS, END):
        wanted = {name: people.get(value, value) for name, value in filters.items()}
        whole = [task.pk for task in items.page_of(project, wanted, order=order, seconds=9).rows]
        assert sorted(whole) == found(project, **wanted), (filters, order)
        assert walked(project, wanted, order, seconds=0) == whole, (filters, order)
        assert walked(project, wanted, order, seconds=9) == whole, (filters, order)
        assert walked(project, wanted, order, seconds=9, before=END[order]) == whole[::-1], (filters, order)


def walked(project, filters, order, *, seconds, before=""):
    """The tasks of all pages, one after the other, forth or back."""
    page = items.page_of(project, filters, order=order, before=before, size=4, seconds=seconds)
    seen = page.rows[:: -1 if before else 1]
    while place := page.previous if before else page.next:
        page = items.page_of(
            project, filters, order=order, size=4, seconds=seconds, **{"before" if before else "after": place}
        )
        seen += page.rows[:: -1 if before else 1]
    return [task.pk for task in seen]


END = {"-id": "0", "confidence": f"2.0~{2**62}", "-ended": "1990-01-01T00:00:00+00:00~0"}


def test_a_search_through_everything_takes_few_queries(project, ann, monkeypatch):
    monkeypatch.setattr(items, "FIRST_PART", 10)
    make_tasks(project, 300)
    with CaptureQueriesContext(connection) as captured:
        page = items.page_of(project, {"q": "nowhere"}, seconds=60)
    assert (page.rows, page.next) == ([], None)
    assert len(captured) <= 10, len(captured)


def test_those_that_are_few_are_read_at_once(project, ann, monkeypatch):
    monkeypatch.setattr(items, "FIRST_PART", 5)
    tasks = make_tasks(project, 100)
    make_answer(tasks[90], ann)
    with CaptureQueriesContext(connection) as captured:
        page = items.page_of(project, {"annotator": ann.pk}, seconds=0)
    assert ([task.pk for task in page.rows], page.next) == ([tasks[90].pk], None)
    assert len(captured) <= 5, len(captured)


def test_neighbours_are_those_of_the_list_it_was_opened_from(project, tasks):
    for n, task in enumerate(tasks):
        make_consensus(task, confidence=0.1 * n)
    assert items.neighbours(project, {}, "-confidence", Task.objects.get(pk=tasks[3].pk)) == (tasks[4].pk, tasks[2].pk)
    assert items.neighbours(project, {"label": "good"}, "id", tasks[0]) == (None, tasks[1].pk)


def plan_of(captured):
    sql = [query["sql"] for query in captured.captured_queries if "LIMIT" in query["sql"]][-1]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
        (plan,) = cursor.fetchone()
    nodes, todo = [], [plan[0]["Plan"]]
    while todo:
        node = todo.pop()
        nodes.append(node)
        todo += node.get("Plans", [])
    return nodes


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="plans are PostgreSQL's")
@pytest.mark.parametrize(
    ("order", "filters", "index"),
    [
        ("id", {}, "tasks_task_pkey"),  # or task_in_order, where other projects lie between
        ("confidence", {}, "consensus_by_confidence"),
        ("-confidence", {"label": "good"}, "consensus_by_confidence"),
        ("agreement", {}, "consensus_by_agreement"),
        ("-ended", {}, "task_by_end"),
        ("id", {"label": "rare"}, "consensus_by_label"),
    ],
)
def test_a_page_in_the_middle_is_a_range_of_an_index(project, many, order, filters, index, monkeypatch):
    monkeypatch.setattr(item_filters, "FEW", 100)
    value = {"confidence": "0.5~", "-confidence": "0.5~", "agreement": "0.5~", "-ended": f"{NOW.isoformat()}~"}
    with CaptureQueriesContext(connection) as captured:
        items.page_of(project, filters, order=order, after=f"{value.get(order, '')}{many[1500].pk}", size=50)
    nodes = plan_of(captured)
    scans = [
        node for node in nodes if node.get("Index Name") in (index, index == "tasks_task_pkey" and "task_in_order")
    ]
    assert scans, [node.get("Index Name") or node["Node Type"] for node in nodes]
    assert "Sort" not in [node["Node Type"] for node in nodes] or filters == {"label": "rare"}
    if order != "id":
        assert "ROW(" in scans[0]["Index Cond"], scans[0]["Index Cond"]
    assert "Seq Scan" not in [node["Node Type"] for node in nodes]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="plans are PostgreSQL's")
def test_a_page_by_results_in_the_order_of_items_does_not_read_the_results_before_it(project, many):
    with CaptureQueriesContext(connection) as captured:
        items.page_of(project, {"min_confidence": 0.2}, after=str(many[1500].pk), size=50)
    scans = [node for node in plan_of(captured) if node.get("Relation Name") == "tasks_consensus"]
    conditions = [node.get("Index Cond", "") for node in scans]
    assert conditions and all(str(many[1500].pk) in each or "task_id = " in each for each in conditions), scans


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="plans are PostgreSQL's")
@pytest.mark.parametrize(
    ("filters", "index"), [({"min_seconds": 5}, "answer_by_seconds"), ({"method": "review"}, "consensus_by_method")]
)
def test_whether_they_are_few_is_read_from_an_index_alone(project, many, filters, index):
    parts = item_filters.parted(project, **filters)
    with CaptureQueriesContext(connection) as captured:
        (parts.likely_few + parts.besides)[0].are_few()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # there is next to nothing in the table
    assert [node["Index Name"] for node in plan_of(captured) if "Index Name" in node] == [index]


@pytest.fixture
def many(project):
    """A project of some thousand tasks beside another one."""
    tasks = make_tasks(project, 3000, state="resolved", resolved_at=NOW)
    other = make_project(make_org(), overlap=1)
    tasks_of_other = make_tasks(other, 1000)
    rows = [
        Consensus(
            task=task, project=task.project, value={"option": "good"}, confidence=(n % 100) / 100, method="majority",
            label="rare" if n % 1000 == 7 else "good", agreement=(n % 10) / 10,
        )
        for n, task in enumerate([*tasks, *tasks_of_other])
    ]  # fmt: skip
    Consensus.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return tasks
