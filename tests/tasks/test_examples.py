"""Worked examples of a project: checked as answers are, versioned, shown beside the guideline."""

import pytest

from tests.factories import CHOICE, make_assignment, make_dataset, make_item, make_org, make_project, make_task
from tests.tasks.working import exchange

pytestmark = pytest.mark.django_db
FINE = {"item": {"text": "Lovely."}, "answer": {"option": "good"}, "why": "Praise."}


def test_examples_make_a_version_and_reach_the_annotator(org, max_, ann, sign_in):
    project = make_project(org)
    make_task(project)
    picture = make_item(make_dataset(org), data={"text": "From the data set"})
    examples = [FINE, {"item": {"id": picture.pk}, "answer": {"option": "bad"}}]
    reply = sign_in(max_).patch(f"/api/v1/projects/{project.pk}", {"examples": examples})
    assert (reply.status_code, reply.json()["version"]) == (200, 2)
    assert reply.json()["examples"] == [FINE, examples[1] | {"why": ""}]
    shown = exchange(sign_in(ann), want=1)["projects"][f"{project.pk}.2"]["examples"]
    assert [(each["item"]["text"], each["answer"], each["why"]) for each in shown] == [
        ("Lovely.", {"option": "good"}, "Praise."),
        ("From the data set", {"option": "bad"}, ""),
    ]
    picture.delete()
    assert len(exchange(sign_in(ann), want=1)["projects"][f"{project.pk}.2"]["examples"]) == 1


@pytest.mark.parametrize(
    ("example", "path"),
    [
        (FINE | {"answer": {"option": "ugly"}}, "examples[0].answer.option"),
        (FINE | {"answer": None}, "examples[0].answer"),
        (FINE | {"item": {}}, "examples[0].item"),
        (FINE | {"item": {"image": "http://x/"}}, "examples[0].item.image"),
        (FINE | {"item": {"id": True}}, "examples[0].item.id"),
        (FINE | {"why": 3}, "examples[0].why"),
        (FINE | {"mood": 3}, "examples[0].mood"),
        (FINE | {"is_wrong": 3}, "examples[0].is_wrong"),
        ("x", "examples[0]"),
    ],
)
def test_a_wrong_example_is_refused_with_its_path(org, max_, sign_in, example, path):
    body = {"name": "New", "type": "choice", "config": CHOICE, "examples": [example]}
    project = make_project(org)
    for reply in (
        sign_in(max_).post("/api/v1/projects", body),
        sign_in(max_).patch(f"/api/v1/projects/{project.pk}", {"examples": [example]}),
    ):
        assert reply.status_code == 400
        assert path in [problem["path"] for problem in reply.json()["problems"]]


def test_an_item_of_another_organization_is_no_example(org, max_, sign_in):
    theirs = make_item(make_dataset(make_org()))
    test_data = make_item(make_dataset(org, mode="test"))
    project = make_project(org)
    for item in (theirs, test_data):
        body = {"examples": [{"item": {"id": item.pk}, "answer": {"option": "good"}}]}
        reply = sign_in(max_).patch(f"/api/v1/projects/{project.pk}", body)
        assert reply.json()["problems"][0]["path"] == "examples[0].item.id"


def test_a_new_schema_must_fit_the_examples_there_are(org, max_, sign_in):
    project = make_project(org)
    client, path = sign_in(max_), f"/api/v1/projects/{project.pk}"
    client.patch(path, {"examples": [FINE]})
    config = {"question": "?", "options": [{"value": "a"}, {"value": "b"}]}
    assert client.patch(path, {"config": config}).json()["problems"][0]["path"] == "examples[0].answer.option"
    assert client.patch(path, {"config": config, "examples": []}).status_code == 200


def test_the_settings_page_keeps_and_refuses_examples(org, max_, sign_in):
    project = make_project(org)
    client, path = sign_in(max_), f"/projects/{project.pk}/settings/"
    form = {"form": "version", "v-question": "?", "v-options": "good\nbad", "v-overlap": 1, "v-examples": ""}
    text = '[{"item": {"text": "Lovely."}, "answer": {"option": "good"}, "why": "Praise."}]'
    assert client.post(path, form | {"v-examples": text}, format="multipart").status_code == 302
    assert "Lovely." in client.get(path).text
    for wrong, told in (("[{]", "Not JSON"), (text.replace("good", "ugly"), "xamples[0].answer.option: ")):
        reply = client.post(path, form | {"v-examples": wrong}, format="multipart")
        assert reply.status_code == 422 and told in reply.text
    assert make_assignment(make_task(project), max_)
