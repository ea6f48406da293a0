"""Teams, studio, files, quality tasks and templates."""

import io
import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.types.rle import decode
from tasks.jobs.orders import fetch_files, prepare_orders
from tasks.models import ClientFile, Order, Project, SuggestionProblem, Task
from tasks.scale.kinds.segments import png
from tests.factories import make_org, make_user
from tests.labeling.pictures import picture
from tests.receivers import says, server
from tests.tasks.scale.conftest import Scale
from tests.tasks.scale.test_tasks import BOXES, NER, ordered
from tests.tasks.working import exchange, id_of
from workers.services.invitations import invite_by_link

pytestmark = pytest.mark.django_db


def upload(scale, content, **fields):
    file = io.BytesIO(content)
    file.name = "cow.png"
    return scale.client.post("/v1/files/upload", {"file": file, **fields}, format="multipart")


def test_an_uploaded_file_is_labeled_by_its_address_and_is_nobody_elses(live, ann, labeled):
    reply = upload(live, picture(size=(50, 40)), project_name="p", reference_id="r1")
    assert (reply.status_code, reply.json()["mime_type"]) == (200, "image/png")
    assert upload(live, b"x", reference_id="r1").status_code == 409
    url = reply.json()["attachment_url"]
    task = live.post("task/imageannotation", {"attachment": url, "geometries": BOXES})
    assert labeled(live, task, (ann, {"annotations": [], "global_attributes": {}}))["status"] == "completed"
    path = url.partition("/v1/")[2]
    assert b"".join(live.client.get(f"/v1/{path}").streaming_content).startswith(b"\x89PNG")
    Scale(make_org(), "live").get(path, 404)


def test_files_are_listed_by_project_and_metadata(live, test_mode):
    for n, project in enumerate("aab"):
        upload(live, b"x", project_name=project, metadata=json.dumps({"n": n, "of": {"x": 1}}))
    page = live.get("files?project=a&limit=1")
    assert ([each["metadata"]["n"] for each in page["docs"]], page["has_more"]) == ([1], True)
    rest = live.get(f"files?project=a&limit=1&next_token={page['next_token']}")
    assert ([each["metadata"]["n"] for each in rest["docs"]], "next_token" in rest) == ([0], False)
    assert [each["project_names"] for each in live.get('files?metadata={"n":2,"of":{"x":1}}')["docs"]] == [["b"]]
    live.get("files?metadata=5", 400)
    live.get("files?name=x", 400)
    assert test_mode.get("files")["docs"] == []


class Chunks(io.BytesIO):
    """What a server hands on of a body whose length is not told; `broken` ends in the middle."""

    def __init__(self, body, broken=False):
        super().__init__(body)
        self.read_bytes, self.broken = 0, broken

    def read(self, size=-1):
        block = super().read(size)
        self.read_bytes += len(block)
        if not block and self.broken:
            raise OSError("connection reset")
        return block


def sent_in_chunks(scale, path, body, content_type):
    source = body if isinstance(body, Chunks) else Chunks(body)
    told = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "CONTENT_TYPE": content_type}
    return scale.client.post(path, **told, **{"wsgi.input": source, "wsgi.input_terminated": True})


def as_form(content):
    return encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("cow.png", content)})


def test_a_body_whose_length_is_not_told_is_read_up_to_the_limit(live, monkeypatch):
    form = as_form(picture(size=(50, 40)))
    reply = sent_in_chunks(live, "/v1/files/upload", form, MULTIPART_CONTENT)
    assert (reply.status_code, reply.json()["mime_type"]) == (200, "image/png")
    reply = sent_in_chunks(live, "/v1/task/namedentityrecognition", json.dumps(NER).encode(), "application/json")
    assert (reply.status_code, reply.json()["params"]["text"]) == (200, NER["text"])
    reply = sent_in_chunks(live, "/v1/task/namedentityrecognition", Chunks(b"{", broken=True), "application/json")
    assert (reply.status_code, ClientFile.objects.count()) == (400, 1)
    monkeypatch.setattr("tasks.scale.files.LARGEST", 1000)
    monkeypatch.setattr("tasks.scale.views.files.FORM_SLACK", 100)
    monkeypatch.setattr("labeling.http.chunked.BLOCK", 500)
    endless = Chunks(as_form(b"x" * 10_000))
    assert "at most" in sent_in_chunks(live, "/v1/files/upload", endless, MULTIPART_CONTENT).json()["error"]
    assert endless.read_bytes == 1500


def test_a_file_of_somebody_else_or_of_the_other_mode_is_told_of_at_once(live, test_mode):
    url = upload(test_mode, picture(size=(50, 40))).json()["attachment_url"]
    body = {"attachment": url, "geometries": BOXES}
    assert test_mode.post("task/imageannotation", body)["status"] == "completed"
    assert "none of your live files" in live.post("task/imageannotation", body, 400)["error"]
    assert "none of your test files" in Scale(make_org(), "test").post("task/imageannotation", body, 400)["error"]


def test_an_attachment_that_is_too_large_is_not_asked_for_again(live, picture_url, monkeypatch):
    monkeypatch.setattr("tasks.scale.opening.LARGEST_FILE", 10)
    task = live.post("task/imageannotation", {"attachment": picture_url, "geometries": BOXES})
    prepare_orders()
    done = live.get(f"task/{task['task_id']}")
    assert (done["status"], "more than" in done["response"]["error"]) == ("error", True)


def test_an_uploaded_file_that_is_no_picture_is_402_where_one_is_drawn_in(live, test_mode):
    about_page = {"features": [{"type": "block", "label": "sum"}]}
    for scale in (live, test_mode):
        url = upload(scale, b"%PDF-1.7 ...").json()["attachment_url"]
        body = about_page | {"attachments": ["http://h.example/1.png", url]}
        error = scale.post("task/documenttranscription", body, 402)["error"]
        assert ("attachments[1]" in error, "PDF" in error) == (True, True)
        body = {"attachment": url, "geometries": BOXES}
        scale.post("task/imageannotation", body, 402)
        scale.post("evaluation_tasks/imageannotation", body | {"expected_response": {"annotations": []}}, 402)


def test_a_file_is_imported_in_the_background_through_the_guard(live):
    with server(says(200, b"a,b\n")) as (url, got):
        made = live.post("files/import", {"file_url": f"{url}/table.csv"})
        assert (made["size"], got) == (0, [])
        fetch_files()
    row = ClientFile.objects.get(public_id=made["id"])
    assert (row.size, row.content_type, row.name, row.fetch_at) == (4, "text/plain", "table.csv", None)
    live.post("files/import", {"file_url": "file:///etc/passwd"}, 400)
    inside = live.post("files/import", {"file_url": "http://10.0.0.1/x"})
    fetch_files()
    assert "no public address" in ClientFile.objects.get(public_id=inside["id"]).error


def test_a_form_about_two_pictures_shows_both_by_links_of_ours(live, ann, sign_in):
    with server(says(200, picture(size=(30, 20)))) as (url, _):
        body = {"attachments": [f"{url}/1.png", f"{url}/2.png"], "attachment_type": "image", "choices": ["1", "2"]}
        live.post("task/comparison", body)
        prepare_orders()
    (task,) = exchange(sign_in(ann), want=1)["tasks"]
    shown = [each["content"] for each in task["item"]["data"]["attachments"]]
    assert all(content.startswith("/media/") for content in shown)
    assert sign_in(ann).get(shown[0])["Content-Type"] == "image/png"


def test_teammates_are_listed_invited_and_given_roles(live, org, test_mode):
    boss, lea = make_user(org, "admin", "Bo Ss"), make_user(org, "labeler", "Lea")
    assert {mate["email"]: mate["role"] for mate in live.get("teams")} == {boss.email: "admin", lea.email: "labeler"}
    after = live.post("teams/invite", {"emails": ["new@example.org", lea.email], "team_role": "member"})
    assert [mate["email"] for mate in after if "expiry" in mate] == ["new@example.org"]
    after = live.post("teams/set_role", {"emails": [lea.email], "team_role": "manager"})
    assert {mate["email"]: mate["role"] for mate in after}[lea.email] == "manager"
    after = live.post("teams/set_role", {"emails": ["new@example.org"], "team_role": "labeler"})
    assert [(mate["email"], mate["role"]) for mate in after if "expiry" in mate] == [("new@example.org", "labeler")]
    refusal = live.post("studio/assignments/add", {"emails": ["new@example.org"], "projects": []}, 400)
    assert "has not accepted" in refusal["error"]
    invite_by_link(organization=org, places=3, actor=None, now=timezone.now())
    live.post("teams/invite", {"emails": ["good@example.org", "no address"], "team_role": "labeler"}, 400)
    assert {mate["email"] for mate in live.get("teams")} == {boss.email, lea.email, "new@example.org"}
    live.post("teams/set_role", {"emails": [lea.email], "team_role": "king"}, 400)
    live.post("teams/set_role", {"emails": ["nobody@example.org"], "team_role": "labeler"}, 400)
    test_mode.post("teams/set_role", {"emails": [lea.email], "team_role": "labeler"}, 400)


def test_only_those_assigned_and_the_groups_work_on_a_project(live, org, ann, bob):
    live.post("projects", {"name": "p", "type": "namedentityrecognition"})
    assert live.get("studio/assignments") == {ann.email: [], bob.email: []}
    given = live.post("studio/assignments/add", {"emails": [ann.email], "projects": ["p"]})
    assert given == {ann.email: ["p"], bob.email: []}
    ordered(live, project="p")
    project = Project.objects.get(name="p")
    assert (project.open_to_all, list(project.members.all())) == (False, [ann])
    group = live.post("studio/projects/p/groups", {"emails": [bob.email], "name": "night"})
    assert (group["numWorkers"], group["isSingleton"], group["workers"][0]["email"]) == (1, True, bob.email)
    assert list(project.groups.values_list("name", flat=True)) == ["night"]
    changed = live.call(
        "put", "studio/projects/p/groups/night", {"add_emails": [ann.email], "remove_emails": [bob.email]}
    )
    assert [worker["email"] for worker in changed["workers"]] == [ann.email]
    assert [one["name"] for one in live.get("studio/projects/p/groups")] == ["night"]
    live.post("studio/assignments/remove", {"emails": [ann.email], "projects": ["p"]})
    assert list(project.members.all()) == []


def test_a_template_says_what_a_form_brings_and_only_forms_have_one(live):
    fields = [{"type": "text", "field_id": "why"}]
    live.post("projects", {"name": "f", "type": "textcollection", "params": {"fields": fields}})
    found = live.get("projects/f/taskTemplates")
    assert (found["version"], found["response_schema"]) == (1, {"why": {"type": "text"}})
    live.post("projects", {"name": "n", "type": "namedentityrecognition"})
    live.get("projects/n/taskTemplates", 400)
    live.post("projects", {"name": "n", "type": "namedentityrecognition"}, 409)
    live.post("projects", {"name": "v", "type": "videoannotation"}, 402)


def test_the_pictures_of_a_segmentation_are_read_by_their_addresses_alone(test_mode):
    task = test_mode.post("task/segmentannotation", {"attachment": "http://h.example/1.png", "labels": ["road", "sky"]})
    url = task["response"]["annotations"]["labeled"]["road"]
    path = url[url.index("/v1/") :]
    without_key = APIClient()
    assert b"".join(without_key.get(path).streaming_content).startswith(b"\x89PNG")
    assert without_key.get(f"{path}0").status_code == 404
    plain = path.rpartition("/")[0]
    assert without_key.get(plain).status_code == 401
    assert b"".join(test_mode.client.get(plain).streaming_content).startswith(b"\x89PNG")


def test_a_batch_given_to_a_group_is_asked_of_its_people_only_and_first(live, org, ann, bob, sign_in):
    live.post("projects", {"name": "p", "type": "namedentityrecognition"})
    live.post("studio/assignments/add", {"emails": [ann.email, bob.email], "projects": ["p"]})
    live.post("studio/projects/p/groups", {"emails": [bob.email], "name": "night"})
    for name in ("day", "late"):
        live.post("batches", {"project": "p", "name": name})
        ordered(live, batch=name)
    given = live.call("put", "studio/batches/late", {"groups": ["night"]})
    assert given["groups"] == ["night"]
    ordered(live, batch="late")
    live.post("studio/batches/set_priorities", {"batches": [{"name": "late"}]})
    names = dict(Order.objects.values_list("task", "batch__name"))
    assert [names[id_of(task)] for task in exchange(sign_in(ann), want=5)["tasks"]] == ["day"]
    assert [names[id_of(task)] for task in exchange(sign_in(bob), want=5)["tasks"]] == ["late", "late"]
    live.call("put", "studio/batches/late", {"groups": ["nobody"]}, 404)
    live.call("put", "studio/batches/late", {"groups": []})
    ordered(live, batch="late")
    held = [names.get(id_of(task), "late") for task in exchange(sign_in(ann), want=5)["tasks"]]
    assert sorted(held) == ["day", "late"]


def test_pictures_of_attachments_are_read_by_links_that_end(live, picture_url):
    live.post("task/imageannotation", {"attachment": picture_url, "geometries": BOXES})
    prepare_orders()
    (task,) = live.get("tasks?include_attachment_url=True")["docs"]
    (one,) = task["attachmentS3Downloads"]
    assert (one["attachmentURL"], one["isConvertedImage"]) == (picture_url, False)
    path = one["s3URL"][one["s3URL"].index("/media/") :]
    assert APIClient().get(path)["Content-Type"] == "image/png"
    assert "attachmentS3Downloads" not in live.get("tasks?include_attachment_url=False")["docs"][0]


def test_segments_are_suggested_as_a_response_tells_them(live, picture_url):
    road = np.zeros((100, 200), dtype=np.uint8)
    road[:40] = 255
    urls = {
        name: upload(live, png(pixels)).json()["attachment_url"]
        for name, pixels in {"road": road, "sky": 255 - road}.items()
    }
    body = {"attachment": picture_url, "labels": ["sky", "road"]}
    live.post("task/segmentannotation", body | {"hypothesis": {"annotations": {"labeled": urls}}})
    live.post("task/segmentannotation", body | {"hypothesis": {"annotations": {"labeled": {"car": "x"}}}}, 400)
    prepare_orders()
    shapes = Task.objects.get().suggestion["value"]["annotations"]
    painted = {shape["label"]: decode(shape["size"], shape["counts"]) for shape in shapes}
    assert painted.keys() == urls.keys()
    assert (painted["road"] == (road > 0)).all()
    small = upload(live, png(road[:9])).json()["attachment_url"]
    live.post("task/segmentannotation", body | {"hypothesis": {"annotations": {"labeled": {"road": small}}}})
    prepare_orders()
    assert Task.objects.latest("pk").suggestion is None
    assert SuggestionProblem.objects.exists()
