from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.refusals import Conflict
from labeling.outbox.models import IdempotencyKey

pytestmark = pytest.mark.django_db


class Create(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    calls: list = []
    during = staticmethod(lambda: None)

    @idempotent(shown_once=("secret",))
    def post(self, request):
        self.calls.append(request.data)
        self.during()
        if request.data.get("fail"):
            raise Conflict("no")
        return Response({"number": len(self.calls), "secret": "s"}, status=201)


@pytest.fixture
def post():
    Create.calls = []
    Create.during = staticmethod(lambda: None)

    def send(body, key="k1", *, caller="user:1", organization=1):
        request = APIRequestFactory().post("/api/v1/things", body, format="json", headers={"Idempotency-Key": key})
        request.caller = SimpleNamespace(name=caller, organization=SimpleNamespace(pk=organization))
        return Create.as_view()(request).render()

    return send


def test_a_repeat_gets_the_first_reply_and_has_no_effect(post):
    first, second = post({"a": 1}), post({"a": 1})
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data["number"] == 1
    assert len(Create.calls) == 1
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_secret_is_not_kept_for_the_repeat(post):
    assert post({"a": 1}).data["secret"] == "s"
    assert post({"a": 1}).data["secret"] is None
    assert b'"s"' not in bytes(IdempotencyKey.objects.get().body)


def test_another_body_with_the_key_is_refused(post):
    post({"a": 1})
    assert post({"a": 2}).status_code == 422
    assert len(Create.calls) == 1


def test_a_concurrent_repeat_is_told_to_wait(post):
    inside = []
    Create.during = staticmethod(lambda: inside or inside.append(1) or inside.append(post({"a": 1})))
    assert post({"a": 1}).status_code == 201
    assert inside[1].status_code == 409
    assert inside[1].headers["Retry-After"] == "1"
    assert len(Create.calls) == 1


def test_keys_are_not_shared_between_callers_or_organizations(post):
    assert [post({"a": 1}).data["number"], post({"a": 1}, caller="key:1").data["number"]] == [1, 2]
    assert post({"a": 1}, organization=2).data["number"] == 3


def test_a_refused_call_frees_its_key(post):
    assert post({"fail": True}).status_code == 409
    assert post({"a": 1}).status_code == 201


def test_a_key_is_forgotten_after_a_day(post):
    post({"a": 1})
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post({"a": 2}).data["number"] == 2


def test_a_call_that_died_frees_its_key_after_a_while(post):
    post({"a": 1})
    IdempotencyKey.objects.update(status=None, body=None)
    assert post({"a": 1}).status_code == 409
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert post({"a": 1}).status_code == 201


@pytest.mark.parametrize("key", ["", "é", "x" * 256])
def test_a_bad_key_is_refused(post, key):
    assert post({"a": 1}, key).status_code == 400
