"""Another e-mail address for one's account: who may, what is mailed to whom, and when it holds."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from labeling.outbox.models import Event
from tests.workers.test_closing import PASSWORD, person, shown, signed_in
from workers import second_factors
from workers.models import User
from workers.services import addresses
from workers.services import second_factors as factors

WHERE = "/accounts/email/"


@pytest.fixture
def pat(org):
    cache.clear()
    return person(org, "labeler", "Pat")


@pytest.fixture
def mailed(django_capture_on_commit_callbacks):
    """`mailed(client, email)` asks, and gives the reply and the mail that was sent, if any."""

    def ask(client, email, password=PASSWORD):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            reply = client.post(WHERE, {"email": email, "password": password})
        return reply, (mail.outbox or [None])[0]

    return ask


def path_in(message):
    return re.search(r"/accounts/email/\S+/", message.body).group()


def test_a_new_address_holds_once_its_link_is_opened_and_the_old_one_is_told(
    org, pat, mailed, django_capture_on_commit_callbacks
):
    client, old = signed_in(pat), pat.email
    reply, message = mailed(client, "pat.new@example.org")
    assert reply["Location"] == "/accounts/" and message.to == ["pat.new@example.org"]
    link = path_in(message)
    assert "pat.new" not in link, "no log of addresses called names anybody"
    assert "pat.new@example.org" in client.get(link).text
    assert User.objects.get(pk=pat.pk).email == old, "programs that open every link change nothing"
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(link)["Location"] == "/accounts/"
    assert [each.to for each in mail.outbox] == [[old]] and "another e-mail address" in mail.outbox[0].body
    assert client.post(link).status_code == 404, "once"
    assert Client().post("/accounts/sign-in/", {"username": "PAT.new@example.org", "password": PASSWORD})["Location"]
    events = list(Event.objects.filter(kind__startswith="user.email").order_by("id"))
    assert [(each.kind, each.organization_id, each.actor_id) for each in events] == [
        ("user.email_change_asked", org.pk, pat.pk),
        ("user.email_changed", org.pk, pat.pk),
    ]
    assert "example.org" not in str([each.payload for each in events]), "the trail outlives a closed account"


def test_the_link_is_worth_nothing_to_who_is_not_signed_in_as_the_one_who_asked(org, pat, mailed):
    """One typed a stranger's address: with it they could have a new password sent to them."""
    link = path_in(mailed(signed_in(pat), "stranger@example.org")[1])
    assert Client().get(link)["Location"].startswith("/accounts/sign-in/")
    other = signed_in(person(org, "admin", "Boss"))
    assert (other.get(link).status_code, other.post(link).status_code) == (404, 404)
    pat.set_password("another-unusual-phrase")
    pat.save()
    assert signed_in(pat).post(link).status_code == 404, "nor after a new password"
    old = addresses.token_for(pat, "late@example.org", now=timezone.now() - timedelta(hours=25))
    assert signed_in(pat).post(f"{WHERE}{old}/").status_code == 404
    assert not User.objects.filter(email__in=("stranger@example.org", "late@example.org")).exists()


def test_password_and_second_factor_are_asked_for(pat, mailed):
    client = signed_in(pat)
    reply, message = mailed(client, "new@example.org", "wrong")
    assert (reply.status_code, message) == (400, None)
    secret = second_factors.new_secret()
    factors.add_app(user=pat, secret=secret, code=second_factors.code_of_now(secret), now=timezone.now())
    for call in (client.get, client.post):
        assert call(WHERE)["Location"].startswith("/accounts/security/confirm/")
    shown(client)
    assert mailed(client, "new@example.org")[1].to == ["new@example.org"]


def test_an_address_somebody_else_has_is_told_to_its_holder_only(org, pat, mailed):
    taken = person(org, "labeler", "Bea").email
    client = signed_in(pat)
    reply, message = mailed(client, taken.upper())
    assert reply.status_code == 302 and "nothing has changed" in message.body and "/accounts/email/" not in message.body
    assert "A link is on its way" in client.get("/accounts/").text
    assert "a moment ago" in mailed(client, "other@example.org")[0].text


@pytest.mark.parametrize(
    ("email", "told"), [("no address", "is not an e-mail address"), ("", "This field is required")]
)
def test_what_is_no_new_address_is_told_at_its_field(pat, mailed, email, told):
    reply, message = mailed(signed_in(pat), email)
    assert (reply.status_code, told in reply.text, message) == (400, True, None)
    assert "your address already" in mailed(signed_in(pat), pat.email)[0].text


def test_a_server_that_sends_no_mail_says_where_the_link_is(pat, settings, capsys, mailed):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    client = signed_in(pat)
    assert "has no mail server" in client.get(WHERE).text
    mailed(client, "new@example.org")
    assert "/accounts/email/" in capsys.readouterr().out
    assert "is written to its log" in client.get("/accounts/").text
    assert "Ask for your link" in Client().get("/accounts/password-reset/sent/").text
