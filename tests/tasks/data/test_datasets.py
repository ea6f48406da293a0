from django.utils import timezone

from labeling import storage
from tasks.jobs.ingest import purge_deleted_datasets
from tasks.models import Answer, Dataset, Item, Task, Upload
from tasks.states import ProjectState
from tests.factories import make_answer, make_dataset, make_item, make_project, make_task
from tests.labeling.pictures import picture


def test_a_dataset_is_made_listed_and_read(client):
    made = client.post("/api/v1/datasets", {"name": "Reviews", "description": "of shoes"})
    assert made.status_code == 201
    assert client.get("/api/v1/datasets").json()["results"] == [made.json()]
    assert client.get(f"/api/v1/datasets/{made.json()['id']}").json()["name"] == "Reviews"


def test_a_name_that_is_taken_is_refused_with_its_path(client, dataset):
    reply = client.post("/api/v1/datasets", {"name": dataset.name})
    assert reply.status_code == 400
    assert reply.json()["problems"][0]["path"] == "name"


def test_the_list_takes_the_same_few_queries_for_many_datasets(client, org, django_assert_max_num_queries):
    for _ in range(20):
        make_dataset(org)
    with django_assert_max_num_queries(3):
        assert len(client.get("/api/v1/datasets").json()["results"]) == 20


def test_items_come_in_pages_in_the_order_of_the_import(client, org):
    dataset = make_dataset(org, items=3)
    first = client.get(f"/api/v1/datasets/{dataset.pk}/items?limit=2").json()
    rest = client.get(first["next"]).json()
    ids = [item["id"] for item in first["results"] + rest["results"]]
    assert len(ids) == 3 and ids == sorted(ids)


def test_a_dataset_in_use_cannot_be_deleted(client, org):
    dataset, project = make_dataset(org), make_project(org)
    project.datasets.add(dataset)
    reply = client.delete(f"/api/v1/datasets/{dataset.pk}")
    assert reply.status_code == 409 and project.name in reply.json()["detail"]
    project.state = ProjectState.ARCHIVED
    project.save()
    assert client.delete(f"/api/v1/datasets/{dataset.pk}").status_code == 204
    assert client.get(f"/api/v1/datasets/{dataset.pk}").status_code == 404


def test_the_purge_removes_items_tasks_answers_and_files(client, org, ann, imported, dataset, storage_folder):
    imported("cat.png", picture())
    project = make_project(org, state=ProjectState.ARCHIVED)
    project.datasets.add(dataset)
    first = make_answer(make_task(project, Item.objects.get()), ann, is_live=False)
    Answer.objects.create(
        **{name: getattr(first, name) for name in ("assignment", "task", "project", "annotator", "value")},
        client_id="00000000-0000-0000-0000-000000000001",
        content_hash="x",
        schema_version=1,
        supersedes=first,
    )
    client.delete(f"/api/v1/datasets/{dataset.pk}")
    Dataset.objects.update(deleted_at=timezone.now() - timezone.timedelta(minutes=1))
    assert purge_deleted_datasets() == 1
    for model in (Dataset, Upload, Item, Task, Answer):
        assert not model.objects.exists()
    assert not [path for path in storage_folder.rglob("*") if path.is_file()]


def test_the_purge_leaves_other_datasets_alone(org, client):
    gone, kept = make_dataset(org, items=2), make_dataset(org, items=2)
    gone.deleted_at = timezone.now() - timezone.timedelta(minutes=1)
    gone.save()
    purge_deleted_datasets()
    assert Item.objects.filter(dataset=kept).count() == 2
    assert not Item.objects.filter(dataset=gone).exists()


def test_somebody_elses_dataset_is_as_missing_as_none(with_key, eve, dataset, org):
    theirs, test_mode = with_key(eve.memberships.get().organization), with_key(org, mode="test")
    make_item(dataset)
    for path in ("", "/items", "/uploads"):
        missing = theirs.get(f"/api/v1/datasets/999999{path}")
        assert missing.status_code == 404
        for stranger in (theirs, test_mode):
            foreign = stranger.get(f"/api/v1/datasets/{dataset.pk}{path}")
            assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert theirs.delete(f"/api/v1/datasets/{dataset.pk}").status_code == 404
    assert theirs.post(f"/api/v1/datasets/{dataset.pk}/uploads", {}, format="multipart").status_code == 404
    assert theirs.get(f"/api/v1/datasets/{10**30}").status_code == 404


def test_who_may_look_may_not_change(with_key, sign_in, org, mia, ann, dataset):
    reader, looker, labeler = with_key(org, scope="read"), sign_in(mia), sign_in(ann)
    for who in (reader, looker):
        assert who.get("/api/v1/datasets").status_code == 200
        assert who.post("/api/v1/datasets", {"name": "New"}).status_code == 403
        assert who.delete(f"/api/v1/datasets/{dataset.pk}").status_code == 403
        assert who.post(f"/api/v1/datasets/{dataset.pk}/uploads", {}, format="multipart").status_code == 403
    assert labeler.get("/api/v1/datasets").status_code == 403


def test_a_file_that_is_written_half_is_nowhere_to_be_seen(storage_folder):
    try:
        with storage.writing("exports/x") as file:
            file.write(b"half")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert not storage.exists("exports/x")
    assert not [path for path in storage_folder.rglob("*") if path.is_file()]
