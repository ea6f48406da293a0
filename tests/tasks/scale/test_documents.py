"""Documents of several pages: one picture to work on, page by page in the response."""

import pytest
from django.conf import settings

from labeling.images import read_image
from tasks.jobs.orders import prepare_orders
from tasks.models import Item, Order
from tasks.scale.pages import GAP, together
from tests.labeling.pictures import picture
from tests.receivers import says, server

pytestmark = pytest.mark.django_db
FEATURES = [{"type": "block", "label": "sum"}]


@pytest.fixture
def pages():
    """Addresses of three pages, one of them wider."""
    with server(says(200, picture(size=(40, 60)))) as (one, _), server(says(200, picture(size=(50, 60)))) as (two, _):
        yield [f"{one}/1.png", f"{two}/2.png", f"{one}/3.png"]


def sum_at(left, top):
    attributes = {"text": "12.50"}
    return {"type": "box", "label": "sum", "left": left, "top": top, "width": 9, "height": 5, "attributes": attributes}


def test_each_annotation_is_told_with_its_page_and_the_place_on_it(live, ann, labeled, pages):
    task = live.post("task/documenttranscription", {"attachments": pages, "features": FEATURES})
    step = 50 + GAP
    answer = {"annotations": [sum_at(3, 4), sum_at(step + 41, 10), sum_at(1, 60 + GAP)], "global_attributes": {}}
    done = labeled(live, task, (ann, answer))
    found = done["response"]["annotations"]
    assert [(one["page"], one["location"]["left"], one["location"]["top"]) for one in found] == [
        (0, 3, 4),
        (1, 41, 10),
        (2, 1, 0),
    ]
    assert found[0].keys() == {"uuid", "page", "label", "text", "location", "refs"}
    assert (found[0]["text"], found[0]["location"]["type"]) == ("12.50", "box")
    assert done["document_pages"] == done["response"]["document_pages"]
    assert [(page["url"], page["width"]) for page in done["document_pages"]] == [
        (url, width) for url, width in zip(pages, (40, 50, 40), strict=True)
    ]
    body = {"attachments": pages, "features": FEATURES, "hypothesis": done["response"]}
    live.post("task/documenttranscription", body)
    prepare_orders()
    assert Order.objects.latest("pk").task.suggestion["value"]["annotations"][1]["left"] == step + 41


def test_pages_stand_in_a_square_with_room_between_them():
    image, places = together([read_image(picture(size=(40, 60)))] * 3, pixel_limit=10**6)
    assert (image.width, image.height) == (80 + GAP, 120 + GAP)
    assert [(each["left"], each["top"]) for each in places] == [(0, 0), (40 + GAP, 0), (0, 60 + GAP)]


def test_pages_that_are_too_much_together_are_an_error_that_says_so(live, pages, monkeypatch):
    monkeypatch.setattr(settings, "MAX_IMAGE_PIXELS", 60 * 50 + 1)
    task = live.post("task/documenttranscription", {"attachments": pages, "features": FEATURES})
    prepare_orders()
    found = live.get(f"task/{task['task_id']}")
    assert (found["status"], "side by side" in found["response"]["error"]) == ("error", True)
    assert not Item.objects.exists()


def test_a_page_that_is_a_pdf_is_402_whichever_it_is(live):
    body = {"attachments": ["http://h.example/1.png", {"content": "http://h.example/2.pdf"}], "features": FEATURES}
    assert "PDF" in live.post("task/documenttranscription", body, 402)["error"]


def test_a_pdf_that_its_address_does_not_tell_ends_the_task_with_an_error_that_names_it(live, pages):
    with server(says(200, b"%PDF-1.7 ...")) as (url, _):
        task = live.post("task/documenttranscription", {"attachments": [*pages, f"{url}/4"], "features": FEATURES})
        prepare_orders()
    found = live.get(f"task/{task['task_id']}")
    assert (found["status"], "PDF" in found["response"]["error"]) == ("error", True)
    assert found["response"]["attachments"] == [{"statusCode": 200, "url": f"{url}/4"}]
    assert live.get("tasks?status=error")["total"] == 1
