"""The API as its official client speaks it: Basic authentication, no slashes, 200 for success."""

import base64
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tasks.jobs.orders import prepare_orders, settle_project
from tasks.models import Order
from tasks.services.consensus import update_project
from tests.factories import make_key
from tests.receivers import says, server
from tests.tasks.working import answer_to, exchange, id_of
from workers.models import Organization


@pytest.fixture(autouse=True)
def storage_folder(settings: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "storage"
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    settings.OUTGOING_ALLOW, settings.OUTGOING_PUBLIC = ["127.0.0.0/8"], False
    return folder


class Scale:
    """`scale.post("task/annotation", {...})` is the reply's JSON; any status but 200 fails, or is asked for."""

    def __init__(self, org: Organization, mode: str, scope: str = "admin") -> None:
        self.client = APIClient()
        self.key = make_key(org, scope, mode)
        self.client.credentials(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"{self.key}:".encode()).decode())

    def call(self, method: str, path: str, body: Any = None, status: int = 200, version: str = "v1") -> Any:
        reply = getattr(self.client, method)(f"/{version}/{path}", body, format="json" if body is not None else None)
        assert reply.status_code == status, (reply.status_code, reply.content)
        if status != 200:
            assert reply.json().keys() == {"status_code", "error"}, reply.content
            assert reply.json()["status_code"] == status
        return reply.json()

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        return self.call("get", path, None, status, **options)

    def post(self, path: str, body: Any = None, status: int = 200, **options: Any) -> Any:
        return self.call("post", path, {} if body is None else body, status, **options)


@pytest.fixture
def live(org: Organization) -> Scale:
    return Scale(org, "live")


@pytest.fixture
def test_mode(org: Organization) -> Scale:
    return Scale(org, "test")


@pytest.fixture
def picture_url() -> Any:
    from tests.labeling.pictures import picture

    with server(says(200, picture(size=(200, 100)))) as (url, _):
        yield f"{url}/cow.png"


@pytest.fixture
def labeled(sign_in: Any) -> Any:
    """`labeled(task, ann, answer)`: fetch what is due, let people answer, count, settle; the task afterwards."""

    def work(scale: Scale, task: dict[str, Any], *answers: tuple[Any, Any]) -> dict[str, Any]:
        prepare_orders()
        order = Order.objects.select_related("task").get(public_id=task["task_id"])
        assert order.task is not None, order.response
        for who, answer in answers:
            client = sign_in(who)
            found = exchange(client, want=5)["tasks"]
            (mine,) = [each for each in found if id_of(each) == order.task_id]
            (result,) = exchange(client, answers=[answer_to(mine, answer)])["results"]
            assert result["status"] == "stored", result
        update_project(project_id=order.task.project_id)
        settle_project(order.task.project_id)
        return scale.get(f"task/{task['task_id']}")

    return work


def shape_of(told: Any) -> Any:
    """Names and kinds without the values; of a list, what its entries look like."""
    if isinstance(told, dict):
        return {name: shape_of(value) for name, value in told.items()}
    if isinstance(told, list):
        seen: list[Any] = []
        for each in map(shape_of, told):
            seen += [] if each in seen else [each]
        return sorted(seen, key=repr)
    return "number" if isinstance(told, int | float) and not isinstance(told, bool) else type(told).__name__
