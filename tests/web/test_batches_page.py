"""The batches page: made from the next items or from filters, moved by buttons, and every number leads to its items."""

import re

import pytest

from tasks.models import Batch, Task
from tasks.scale.own_batches import create_own_batch
from tasks.services.batch_tasks import put_next
from tasks.services.bulk import run_bulk
from tests.factories import NOW, make_answer, make_project, make_tasks
from workers.services import groups


@pytest.fixture
def desk(sign_in, max_):
    """As a browser's form posts."""
    client = sign_in(max_)
    client.default_format = "multipart"
    return client


@pytest.fixture
def project(org):
    return make_project(org)


@pytest.fixture
def path(project):
    return f"/projects/{project.pk}/batches/"


def make_batch(project, name="b", number=1, kind="production"):
    batch = create_own_batch(project=project, name=name, kind=kind, actor=None, now=NOW)
    put_next(batch=batch, number=number, now=NOW)
    return batch


def test_a_batch_of_the_next_items_is_made_started_paused_and_told_of(desk, project, path):
    make_tasks(project, 3)
    reply = desk.post(path, {"name": "First", "kind": "calibration", "number": "2", "callback": ""}, follow=True)
    batch = Batch.objects.get()
    assert (batch.state, batch.tasks.count()) == ("staging", 2)
    assert "2 items are put into the batch" in reply.text
    listed = desk.get(path).text
    assert "Items done" in listed and "0 of 2 answers" in listed, "the bar shows answers, and says so"
    for action, state in (("start", "in_progress"), ("pause", "paused"), ("resume", "in_progress")):
        assert desk.post(f"{path}{batch.pk}/{action}/", follow=True).status_code == 200
        assert Batch.objects.get().state == state
    assert "the batch is in_progress, not staging" in desk.post(f"{path}{batch.pk}/start/", follow=True).text
    assert "made the batch First" in desk.get(f"/projects/{project.pk}/").text


def test_a_batch_of_what_matches_filters_is_filled_in_the_background(desk, project, path, ann):
    tasks = make_tasks(project, 3)
    make_answer(tasks[0], ann)
    Task.objects.filter(pk=tasks[0].pk).update(state="open", wanted=2)
    of = f"annotator={ann.pk}"
    assert f"of={of.replace('=', '%3D')}" in desk.get(f"/projects/{project.pk}/items/?{of}").text
    assert "1 open item matches the filters" in desk.get(path, {"of": of}).text
    assert desk.post(path, {"name": "Theirs", "kind": "production", "of": of}).status_code == 302
    run_bulk(bulk_id=project.bulks.get().pk)
    assert list(Task.objects.filter(batch__name="Theirs")) == [tasks[0]]


def test_chosen_items_are_put_into_a_batch_from_the_items_page(desk, project):
    tasks = make_tasks(project, 3)
    batch = make_batch(project)
    posted = {"kind": "batch", "scope": "chosen", "task": [tasks[2].pk], "batch": batch.pk}
    assert "The batch: b." in desk.post(f"/projects/{project.pk}/items/change/", posted).text
    desk.post(f"/projects/{project.pk}/items/change/", posted | {"confirm": "1"})
    run_bulk(bulk_id=project.bulks.get().pk)
    assert Task.objects.get(pk=tasks[2].pk).batch == batch


def test_numbers_lead_to_just_the_items_they_count(desk, project, path):
    tasks = make_tasks(project, 5)
    batch = make_batch(project, number=4)
    Task.objects.filter(pk=tasks[0].pk).update(state="resolved")
    page = desk.get(f"{path}{batch.pk}/").text
    links = re.findall(r'href="(/projects/\d+/items/\?batch=[^"]+)">(\d+)</a>', page)
    assert {(address.partition("&amp;")[2], int(number)) for address, number in links} >= {("", 4), ("state=paused", 3)}
    for address, number in links:
        assert desk.get(address.replace("&amp;", "&")).text.count("data-row") == int(number), address


def test_a_batch_is_moved_by_buttons_or_put_where_it_was_dropped(desk, project, path):
    make_tasks(project, 3)
    one, two, three = (make_batch(project, name) for name in ("one", "two", "three"))

    def order():
        return re.findall(r'data-name="(\w+)"', desk.get(path).text)

    assert order() == ["one", "two", "three"]
    assert desk.post(path + "order/", {"up": three.pk}).status_code == 302
    assert order() == ["one", "three", "two"]
    sent = {"batch": [two.pk, one.pk, three.pk]}
    assert desk.post(path + "order/", sent, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert order() == ["two", "one", "three"]
    desk.post(path + "order/", {"batch": [two.pk]})
    assert order() == ["two", "one", "three"]


def test_an_address_that_may_not_be_called_is_refused_beside_its_field(desk, project, path):
    batch = make_batch(project, number=1)
    for address in ("ftp://example.org", "http://user:pass@example.org/"):
        reply = desk.post(f"{path}{batch.pk}/", {"form": "callback", "callback": address})
        assert (reply.status_code, "field-errors" in reply.text) == (422, True), address
    assert desk.post(f"{path}{batch.pk}/", {"form": "callback", "callback": "https://example.org/x"}).status_code == 302
    assert Batch.objects.get().callback == "https://example.org/x"
    assert desk.post(path, {"name": "b", "kind": "production"}).status_code == 422  # the name is taken


def test_groups_are_chosen_among_those_of_the_organization(desk, project, path, org, ann):
    make_tasks(project, 1)
    batch, night = make_batch(project), groups.create(organization=org, name="Night", user_ids=[ann.pk], actor=None)
    desk.post(f"{path}{batch.pk}/", {"form": "groups", "groups": [night.pk]})
    assert Task.objects.get().kept_for == batch
    assert "Night" in desk.get(path).text


def test_a_page_of_many_batches_costs_as_many_queries_as_one_of_two(desk, project, path, django_assert_max_num_queries):
    make_tasks(project, 12)
    for n in range(12):
        make_batch(project, f"b{n}")
    with django_assert_max_num_queries(22):
        desk.get(path)


def test_the_api_does_the_same(with_key, org, project, ann):
    tasks = make_tasks(project, 4)
    client, path = with_key(org, "write"), f"/api/v1/projects/{project.pk}/batches"
    one = client.post(path, {"name": "one", "next": 2}, format="json").json()
    two = client.post(path, {"name": "two", "filters": {"item": tasks[3].item.key}}, format="json").json()
    assert (one["state"], one["tasks"]["paused"], two["kind"]) == ("staging", 2, "production")
    run_bulk(bulk_id=project.bulks.get().pk)
    for to, state in (("start", "in_progress"), ("pause", "paused"), ("resume", "in_progress"), ("cancel", "canceled")):
        assert client.post(f"{path}/{one['id']}/{to}").json()["state"] == state
    assert client.post(f"{path}/{one['id']}/start").status_code == 409
    three = client.post(path, {"name": "three", "next": 1}, format="json").json()
    order = client.put(f"{path}/order", {"batches": [three["id"], two["id"]]}, format="json").json()
    assert [row["name"] for row in order] == ["three", "two"]
    assert client.put(f"{path}/order", {"batches": [three["id"]]}, format="json").status_code == 409
    assert client.patch(f"{path}/{two['id']}", {"callback": "ftp://x"}, format="json").status_code == 400
    changed = client.patch(f"{path}/{two['id']}", {"callback": "a@example.org"}, format="json").json()
    assert changed["callback"] == "a@example.org"
    assert [row["name"] for row in client.get(path).json()] == ["three", "two", "one"]
    assert client.post(f"{path}/{one['id']}/tasks", {"next": 1}, format="json").status_code == 400
