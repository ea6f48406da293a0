from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from tests.factories import make_org
from workers.models import Organization

pytestmark = pytest.mark.django_db


def last_line(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_create_organization_prints_a_link_that_makes_its_admin(settings):
    settings.PUBLIC_URL = "https://label.example.org"
    link = last_line("create_organization", "Street Lab", "--admin", "a@example.org")
    base, _, token = link.rstrip("/").rpartition("/")
    assert base == "https://label.example.org/invitations"
    client = APIClient()
    body = {"name": "Ada", "password": "a-long-unusual-phrase"}
    reply = client.post(f"/api/v1/invitations/{token}/accept", body)
    assert reply.json()["memberships"][0]["role"] == "admin"
    assert Organization.objects.get().slug == "street-lab"


def test_without_a_public_address_the_link_names_host_and_port(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    assert last_line("create_organization", "Lab", "--admin", "a@example.org").startswith("http://127.0.0.1:8123/")


def test_organizations_of_one_name_get_different_slugs():
    for _ in range(2):
        last_line("create_organization", "日本 Lab", "--admin", "a@example.org")
    assert list(Organization.objects.order_by("id").values_list("slug", flat=True)) == ["lab", "lab-2"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["Lab", "--admin", "nobody"], "'nobody' is not an e-mail address"),
        (["", "--admin", "a@example.org"], "1 to 120 characters"),
        (["Lab", "--admin", "a@example.org", "--slug", "Bad Slug"], "'Bad Slug'"),
    ],
)
def test_what_is_wrong_with_an_organization_is_named(arguments, named):
    with pytest.raises(CommandError, match=named):
        call_command("create_organization", *arguments)
    assert not Organization.objects.exists()


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_create_api_key_prints_a_working_key(scope):
    org = make_org()
    key = last_line("create_api_key", "--organization", org.slug, "--mode", "test", "--scope", scope)
    reply = APIClient().get("/api/v1/organization", headers={"Authorization": f"Bearer {key}"})
    assert (reply.status_code, key[:5]) == (200, "test_")


def test_an_unknown_slug_is_named_with_the_known_ones():
    org = make_org()
    with pytest.raises(CommandError, match=f"'nowhere'.*{org.slug}"):
        call_command("create_api_key", "--organization", "nowhere", "--mode", "live")
