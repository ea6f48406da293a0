"""Storage connections: who may, what is wrong in plain words, and a secret that goes in and never comes out."""

import logging
from io import StringIO

import pytest
import requests
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.urls import reverse
from django.utils import timezone

from labeling.outbox.models import Event
from tasks.models import StorageConnection
from tasks.services import connections
from tests.factories import make_org, make_user
from tests.receivers import says, server
from tests.tasks.buckets.conftest import SECRET, make_connection, make_feed, plain_client
from workers.second_factors import Adapter

pytestmark = pytest.mark.django_db
API = "/api/v1/storage-connections"
GIVEN = {"name": "Photos", "endpoint": "http://127.0.0.1:1", "bucket": "photos", "access_key_id": "AKIA"}


def check(connection):
    return connections.check_connection(connection=connection, now=timezone.now())


def answer_of_storage(code, status=403):
    """A storage that refuses everything in this way."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{SECRET}</Message></Error>"
    return server(says(status, body.encode(), **{"Content-Type": "application/xml"}))


def test_a_bucket_that_is_there_can_be_read(connection):
    assert check(connection) == ""
    assert StorageConnection.objects.get().checked_at is not None


def test_a_bucket_that_is_not_there_is_told_of(org, s3):
    assert check(make_connection(org, s3, bucket="nobodys-bucket")) == "there is no such bucket"


def test_a_wrong_secret_and_a_wrong_key_are_told_of(org, s3, bucket):
    iam = plain_client(s3, "iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=everything)
    right = make_connection(
        org, s3, bucket=bucket.name, access_key_id=key["AccessKeyId"], secret=key["SecretAccessKey"]
    )
    wrong = make_connection(org, s3, bucket=bucket.name, access_key_id=key["AccessKeyId"], name="Wrong secret")
    unknown = make_connection(org, s3, bucket=bucket.name, access_key_id="AKIANOBODY", name="Unknown")
    requests.post(f"{s3}/moto-api/reset-auth", data="0", timeout=5)  # it asks for credentials from now on
    try:
        assert check(right) == ""
        assert check(wrong) == check(unknown) == "the access key or its secret is wrong"
    finally:
        requests.post(f"{s3}/moto-api/reset-auth", data="inf", timeout=5)


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("RequestTimeTooSkewed", 403, "the clocks differ: set this server's clock, or that of the storage"),
        ("AccessDenied", 403, "the access key may not do this with the bucket"),
        ("SomethingNew", 400, "the storage gave a reply that is not understood"),
    ],
)
def test_other_refusals_are_told_in_our_own_words(org, code, status, words):
    with answer_of_storage(code, status) as (url, _):
        assert check(make_connection(org, url)) == words


def test_an_endpoint_that_does_not_answer_is_told_of(org):
    assert check(make_connection(org)) == "the endpoint cannot be reached"


def test_a_private_address_is_not_called_unless_the_setting_allows_it(org, settings):
    settings.OUTGOING_ALLOW, settings.OUTGOING_PUBLIC = [], True
    with answer_of_storage("AccessDenied") as (url, got):
        assert check(make_connection(org, url)).startswith("the host has no public address")
        assert got == []
        settings.OUTGOING_ALLOW = ["127.0.0.0/8"]
        assert check(make_connection(org, url, name="Allowed")) == "the access key may not do this with the bucket"
        assert len(got) == 1


def test_a_redirect_inside_is_not_followed(org, settings):
    with server(says(200, b"inside")) as (inside, got):
        settings.OUTGOING_ALLOW = ["127.0.0.2/32"]
        with server(says(301, b"", Location=inside, **{"x-amz-bucket-region": "eu-west-1"})) as (url, _):
            settings.OUTGOING_ALLOW = [url.split("//")[1].split(":")[0]]
            assert check(make_connection(org, url)) != ""
        assert got == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "ftp://example.org"), ("endpoint", "https://ann:pw@example.org"),
        ("endpoint", "https://example.org/path"), ("bucket", "a/../b"), ("bucket", ".."), ("prefix", "a/../b"),
        ("region", "eu west"), ("access_key_id", "two words"), ("secret", "two\nlines"), ("name", " "),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_at_its_field(org, with_key, field, value):
    reply = with_key(org).post(API, GIVEN | {"secret": SECRET, field: value})
    assert reply.status_code == 400
    assert [each["path"] for each in reply.json()["problems"]] == [field]
    assert not StorageConnection.objects.exists()


def test_without_an_endpoint_a_region_is_needed(org, with_key):
    reply = with_key(org).post(API, GIVEN | {"secret": SECRET, "endpoint": ""})
    assert reply.json()["problems"][0]["path"] == "region"


def test_the_row_in_the_database_holds_no_secret(org):
    made = make_connection(org)
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM tasks_storageconnection")
        (row,) = cursor.fetchall()
    assert SECRET not in str(row)
    assert made.place.secret == SECRET


def test_the_secret_is_shown_nowhere(org, with_key, sign_in, caplog):
    caplog.set_level(logging.DEBUG)
    admin, boss = with_key(org), sign_in(make_user(org, "admin"))
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    with answer_of_storage("SignatureDoesNotMatch") as (url, _):
        body = GIVEN | {"secret": SECRET, "endpoint": url}
        made = admin.post(API, body, **key)
        pk = made.json()["id"]
        replies = [
            made, admin.post(API, body, **key), admin.get(API), admin.get(f"{API}/{pk}"),
            admin.patch(f"{API}/{pk}", {"region": "eu-west-1"}), admin.post(f"{API}/{pk}/check"),
            admin.patch(f"{API}/{pk}", {"secret": f"{SECRET} {SECRET}"}), admin.post(API, {"secret": SECRET}),
            boss.get(reverse("connections")), boss.get(reverse("connection", args=[pk])),
            boss.post(reverse("connections"), {"secret": SECRET, "name": "x"}, format="multipart"),
            boss.post(reverse("connection-change", args=[pk, "check"]), follow=True),
        ]  # fmt: skip
    connection = StorageConnection.objects.get(pk=pk)
    told = [reply.content.decode() for reply in replies] + [repr(connection), str(vars(connection)), caplog.text]
    told += [repr(connection.place), str(list(Event.objects.values())), connection.check_error]
    assert [text for text in told if SECRET in text] == []
    assert {reply.status_code for reply in replies} == {200, 201, 400, 422}


def test_without_a_new_secret_the_old_one_stays(org, sign_in):
    made = make_connection(org)
    given = {name: getattr(made, name) for name in connections.FIELDS} | {"secret": "", "region": "eu-west-1"}
    page = sign_in(make_user(org, "admin"))
    assert page.post(reverse("connection", args=[made.pk]), given, format="multipart").status_code == 302
    made.refresh_from_db()
    assert (made.region, made.place.secret) == ("eu-west-1", SECRET)


def test_secrets_outlive_the_servers_key_by_way_of_the_earlier_ones(org, settings):
    made = make_connection(org)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert made.place.secret == SECRET
    out = StringIO()
    call_command("reseal_secrets", stdout=out)
    assert out.getvalue() == "1 secrets encrypted anew.\n"
    settings.SECRET_KEY_FALLBACKS = []
    made.refresh_from_db()
    assert made.place.secret == SECRET


def test_second_factors_outlive_the_servers_key_too(ann, settings):
    made = Authenticator.objects.create(
        user=ann, type="totp", data={"secret": Adapter().encrypt("JBSWY3DP"), "step": 1}, created_at=timezone.now()
    )
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    call_command("reseal_secrets", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    made.refresh_from_db()
    assert (Adapter().decrypt(made.data["secret"]), made.data["step"]) == ("JBSWY3DP", 1)


def test_a_lost_key_of_the_server_is_told_in_plain_words(org, settings):
    made = make_connection(org)
    settings.SECRET_KEY = "another one"
    assert (
        check(made) == "the stored secret cannot be opened, for SECRET_KEY is another one now; enter the secret again"
    )
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("reseal_secrets")


MAY = {"admin", "admin key"}
ACTORS = ("admin", "manager", "member", "reviewer", "labeler", "read key", "write key", "admin key", "test key")


@pytest.mark.parametrize("actor", ACTORS)
def test_only_admins_have_to_do_with_connections(org, sign_in, with_key, actor):
    pk = make_connection(org).pk
    if actor.endswith("key"):
        client = with_key(org, "admin", "test") if actor == "test key" else with_key(org, actor.split()[0])
    else:
        client = sign_in(make_user(org, actor))
    calls = [
        client.get(API), client.post(API, {}), client.get(f"{API}/{pk}"), client.patch(f"{API}/{pk}", {}),
        client.post(f"{API}/{pk}/check"), client.delete(f"{API}/{pk}"),
    ]  # fmt: skip
    got = [reply.status_code for reply in calls]
    test_key = [200, 400, 404, 404, 404, 404]  # it has those of test mode
    assert got == ([200, 400, 200, 200, 200, 204] if actor in MAY else test_key if actor == "test key" else [403] * 6)
    if "key" not in actor and actor not in MAY:
        pages = [reverse("connections"), reverse("connection", args=[pk])]
        assert [client.get(page).status_code for page in pages] == [403, 403]
        assert client.post(reverse("connection-change", args=[pk, "delete"])).status_code == 403


def test_somebody_elses_connection_answers_as_one_that_is_not_there(org, with_key, sign_in):
    pk, other = make_connection(org).pk, make_org()
    admin, page = with_key(other), sign_in(make_user(other, "admin"))
    for method, rest in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/check")):
        theirs, none = (getattr(admin, method)(f"{API}/{one}{rest}") for one in (pk, 987654))
        assert (theirs.status_code, theirs.content) == (404, none.content)
    assert admin.get(API).json()["results"] == []
    assert page.get(reverse("connection", args=[pk])).status_code == 404
    assert page.post(reverse("connection-change", args=[pk, "delete"])).status_code == 404


def test_a_connection_that_a_dataset_reads_from_is_not_deleted(org, dataset, with_key):
    made = make_connection(org)
    make_feed(dataset, made)
    reply = with_key(org).delete(f"{API}/{made.pk}")
    assert reply.status_code == 409
    assert dataset.name in reply.json()["detail"]
    assert StorageConnection.objects.exists()
