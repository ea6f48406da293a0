"""Where the data of a draft comes from: files, lines, addresses, buckets, datasets there are."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tasks.models import Dataset, Item, Project, Upload
from tasks.selectors.projects import current_version
from tasks.services.fetching import fetch
from tasks.services.ingesting import ingest
from tests.factories import NOW, make_dataset, make_item, make_project, make_task
from tests.receivers import says, server
from tests.tasks.buckets.conftest import make_connection
from tests.web.setup.test_pages import fields_of

pytestmark = pytest.mark.django_db


def test_files_and_pasted_lines_become_the_drafts_own_dataset_and_bad_lines_are_shown(step, draft):
    file = SimpleUploadedFile("a.csv", b"id,text\n1,Fine\n2\n3,Bad\n")
    assert step("data", {"form": "files", "file": file}).status_code == 302
    assert step("data", {"form": "paste", "pasted": "Lovely\n\nAwful\n"}).status_code == 302
    for upload in Upload.objects.all():
        ingest(upload_id=upload.pk)
    dataset = draft.datasets.get()
    assert (dataset.name, dataset.item_count) == ("Reviews", 4)
    page = step("data").text
    assert "Line 3" in page and "the number of fields is 1; the header has 2" in page and "Lovely" in page


def test_a_picture_is_called_by_its_file_and_not_by_what_identifies_it(step, draft, org):
    draft.datasets.add(dataset := make_dataset(org))
    make_item(dataset, data={"image": "street/photo 1.jpg"}, key="54c2cb52ea4ec088b46ab9e5628e0ca3")
    assert ">street/photo 1.jpg</p>" in step("data").text


def test_an_item_without_a_name_of_its_own_shows_none(step, draft, org):
    draft.datasets.add(dataset := make_dataset(org))
    make_item(dataset, "Fine.", key="3b5f4ca6b7a73d27", content_hash="3b5f4ca6b7a73d278dae65feb4fa25cb")
    make_item(dataset, "Bad.", key="review-7")
    page = step("data").text
    assert "3b5f4ca6b7a73d27" not in page and ">review-7</p>" in page


def test_a_zip_has_files_and_no_lines(step, draft, org):
    draft.datasets.add(dataset := make_dataset(org))
    upload = dataset.uploads.create(filename="a.zip", format="image_zip", state="done", rows=2, created=1, rejected=1)
    upload.problems.create(line=2, field="a/readme.txt", reason="not an image")
    page = step("data").text
    assert "2 files: 1 new" in page and "a/readme.txt" in page and "Line 2" not in page


def test_items_that_the_type_cannot_show_are_told_also_where_others_can_be_shown(step, draft, org):
    draft.datasets.add(dataset := make_dataset(org))
    make_item(dataset, "Fine.")
    make_item(dataset, data={"a": "1"})
    assert "cannot show 1 of the first 2 items" in step("data").text
    Dataset.objects.update(item_count=2)
    step("labels", fields_of(draft))
    refused = step("launch", {"then": "launch"})
    assert refused.status_code == 422 and "Mend the file" in refused.text and "Nothing is missing" not in refused.text
    assert "only empty lines" in step("data", {"form": "paste", "pasted": " \n\n"}).text


def test_wrong_data_is_taken_out_again_and_the_next_file_begins_a_dataset_of_its_own(step, draft, org):
    step("data", {"form": "paste", "pasted": "Wrong one"})
    ingest(upload_id=Upload.objects.get().pk)
    assert "Take it out" in step("data").text
    step("data", {"form": "out"})
    assert "Nothing here yet" in step("data").text and Item.objects.count() == 1, "the dataset itself stays"
    step("data", {"form": "paste", "pasted": "Right one"})
    assert draft.datasets.get().name == "Reviews 2"
    make_task(project=draft, item=make_item(draft.datasets.get()), state="check")
    step("data", {"form": "out"})
    assert draft.datasets.exists(), "not while items of it are known answers"


def test_a_file_named_by_its_address_is_fetched_in_the_background(step, draft, settings):
    settings.OUTGOING_ALLOW = ["127.0.0.0/8"]
    with server(says(200, b"id,text\n1,Fine\n", **{"Content-Type": "text/csv"})) as (there, got):
        step("data", {"form": "address", "url": f"{there}/files/reviews"})
        upload = Upload.objects.get()
        assert "reviews" in step("data").text and got == [], "the page does not wait for it"
        assert fetch(upload_id=upload.pk, now=NOW) and not fetch(upload_id=upload.pk, now=NOW)
    ingest(upload_id=upload.pk)
    assert (Upload.objects.get().state, Upload.objects.get().filename) == ("done", "reviews.csv")
    assert Item.objects.get().data["text"] == "Fine"


@pytest.mark.parametrize("status, told", [(404, "answered with 404"), (200, "none of the kinds read here")])
def test_a_file_that_cannot_be_fetched_or_read_is_told(step, draft, settings, status, told):
    settings.OUTGOING_ALLOW = ["127.0.0.0/8"]
    with server(says(status, b"\x00\x01\x02nothing we read")) as (there, _got):
        step("data", {"form": "address", "url": f"{there}/x.bin"})
        fetch(upload_id=Upload.objects.get().pk, now=NOW)
    upload = Upload.objects.get()
    assert upload.state == "failed" and told in upload.error, upload.error


def test_an_address_we_never_call_is_refused_at_once(step, draft, settings):
    settings.OUTGOING_PUBLIC = True
    reply = step("data", {"form": "address", "url": "ftp://example.org/a.csv"})
    assert reply.status_code == 422 and "http" in reply.text and not Dataset.objects.exists()
    step("data", {"form": "address", "url": "http://127.0.0.1:9/a.csv"})
    fetch(upload_id=Upload.objects.get().pk, now=NOW)
    assert Upload.objects.get().error == "the host has no public address"


def test_a_bucket_feeds_the_drafts_own_dataset(step, draft, org):
    assert "No bucket is connected yet" in step("data").text
    connection = make_connection(org)
    given = {"connection": connection.pk, "prefix": "street", "kinds": ["images"], "schedule": "off"}
    assert step("data", {"form": "bucket"} | given | {"kinds": []}).status_code == 422
    assert step("data", {"form": "bucket"} | given).status_code == 302
    assert (draft.datasets.get().feeds.get().prefix, draft.datasets.get().name) == ("street/", "Reviews")
    assert "Photos" in step("data").text


def test_a_step_without_data_is_told_and_can_still_be_left(step, draft):
    assert "There is no data yet." in step("data", {"form": "next", "then": "next"}).text
    assert step("data", {"form": "next", "then": "leave"}).headers["Location"] == "/projects/"
    assert step("launch", {"then": "launch"}).status_code == 422
    assert Project.objects.get().state == "draft"


def test_somebody_elses_dataset_cannot_be_chosen(step, draft, org, eve):
    theirs = make_dataset(eve.memberships.get().organization, items=1)
    assert step("data", {"form": "dataset", "dataset": theirs.pk}).status_code == 422
    assert theirs.name not in step("data").text
    mine = make_dataset(org, items=2)
    assert step("data", {"form": "dataset", "dataset": mine.pk}).status_code == 302
    assert draft.datasets.get() == mine


def test_files_are_not_added_to_data_that_another_project_works_on(step, draft, org):
    shared = make_dataset(org, items=2)
    make_project(org).datasets.add(shared)
    step("data", {"form": "dataset", "dataset": shared.pk})
    step("data", {"form": "paste", "pasted": "One more"})
    assert Upload.objects.get().dataset == draft.datasets.get() != shared


def test_the_labels_in_a_file_can_be_asked_for(step, draft, org):
    dataset = make_dataset(org, items=2)
    schema = {"type": "multichoice", "config": {"question": "Which?", "options": [{"value": "a"}, {"value": "b"}]}}
    Upload.objects.create(dataset=dataset, filename="old.jsonl", state="done", schema=schema)
    step("data", {"form": "dataset", "dataset": dataset.pk})
    assert "old.jsonl brings labels of its own" in step("data").text
    step("data", {"form": "labels"})
    draft.refresh_from_db()
    assert (draft.type, current_version(draft).config["question"]) == ("multichoice", "Which?")
