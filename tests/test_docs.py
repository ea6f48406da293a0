"""Every setting, queue and API call is on the help pages."""

import pytest
from scaleapi.tasks import TaskType

from labeling.celery import QUEUES
from labeling.env import SETTINGS
from labeling.http.docs import document, operations
from tasks.scale.kinds import ELSEWHERE, KINDS
from tasks.services.webhooks import KINDS as EVENTS
from workers.web.help import PAGES


def text_of(client, address):
    reply = client.get(address)
    assert reply.status_code == 200, address
    return reply.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_every_help_page_opens_without_an_account(client, name):
    assert str(PAGES[name]) in text_of(client, "/help/")
    text_of(client, f"/help/{name}/")


def test_an_unknown_help_page_is_missing(client):
    assert client.get("/help/nothing/").status_code == 404


def test_every_setting_is_documented(client):
    page = text_of(client, "/help/settings/")
    assert all(f"<code>{name}</code>" in page for name in SETTINGS)
    assert all(setting.help.endswith(".") for setting in SETTINGS.values())


def test_every_queue_is_documented(client):
    page = text_of(client, "/help/queues/")
    assert all(f"<code>{name}</code>" in page for name in QUEUES)


@pytest.mark.parametrize("address", ["/help/api/", "/api/docs/"])
def test_every_api_path_is_documented(client, address):
    page = text_of(client, address)
    assert all(path in page for path in document()["paths"])


def test_every_task_type_of_scales_client_and_every_event_is_on_the_page_about_them(client):
    page = text_of(client, "/help/scale/")
    kinds = {kind.value for kind in TaskType} | {"audiotranscription"}  # that one is of clients before 2.0
    assert kinds == {*KINDS, *ELSEWHERE, "chat"}
    assert all(f"<code>{name}</code>" in page for name in {*kinds, *EVENTS})


def test_every_call_says_in_a_few_words_what_it_does():
    silent = [f"{op.method} {op.path}" for group in operations().values() for op in group if not op.summary]
    assert not silent


def test_the_document_is_served_as_it_is(client, db):
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Groundwork API"
