"""Which language a page speaks: the account's, before sign-in a cookie's, else what the browser asks for."""

from django.test import Client
from django.utils import translation

from tests.factories import make_user
from workers.mail import send_after_commit
from workers.services.people import change_language

SWITCH = "/accounts/language/"


def lang(reply):
    return reply.text.partition('<html lang="')[2][:2]


def test_a_browser_that_asks_for_japanese_gets_it_before_anybody_signs_in(db, client):
    assert lang(client.get("/accounts/sign-in/")) == "en"
    reply = client.get("/accounts/sign-in/", headers={"Accept-Language": "ja,en;q=0.5"})
    assert lang(reply) == "ja"
    assert reply["Content-Language"] == "ja"


def test_the_switch_goes_back_to_where_one_was_and_is_remembered(db, client):
    reply = client.post(SWITCH, {"language": "ja", "next": "/help/annotators/?a=1"})
    assert (reply.status_code, reply["Location"]) == (302, "/help/annotators/?a=1")
    assert lang(client.get("/help/annotators/")) == "ja"
    assert client.post(SWITCH, {"language": "tlh", "next": "//evil.example/"})["Location"] == "/"
    assert lang(client.get("/help/annotators/")) == "ja"
    assert client.get(SWITCH).status_code == 405


def test_the_account_keeps_it_so_another_browser_speaks_it_too(org):
    pat = make_user(org, "labeler", "Pat")
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(pat, backend="workers.web.backend.MemberBackend")
    here.post(SWITCH, {"language": "ja"})
    pat.refresh_from_db()
    assert pat.language == "ja"
    assert lang(there.get("/work/")) == "ja"
    assert lang(there.get("/work/", headers={"Cookie": f"sessionid={there.cookies['sessionid'].value}"})) == "ja"


def test_a_picture_costs_no_query_for_its_language(org, django_assert_num_queries):
    pat, client = make_user(org, "labeler", "Pat", language="ja"), Client()
    client.force_login(pat, backend="workers.web.backend.MemberBackend")
    with django_assert_num_queries(0):
        assert client.get("/help/types/picture-20x20.png").status_code == 200


def test_the_api_speaks_english_to_everybody(org):
    pat = make_user(org, "manager", "Pat", language="ja")
    client = Client()
    client.force_login(pat, backend="workers.web.backend.MemberBackend")
    reply = client.get("/api/v1/projects?state=odd", headers={"Accept-Language": "ja"})
    assert reply.status_code == 400
    assert reply.json()["title"] == "The request is not valid"
    assert reply.text.isascii(), reply.text


def test_mail_is_in_the_language_of_whom_it_is_to(org, ann, max_, mailoutbox, django_capture_on_commit_callbacks):
    change_language(user=ann, language="ja")
    with django_capture_on_commit_callbacks(execute=True), translation.override("en"):
        for person in (ann, max_):
            send_after_commit(to=person.email, template="password_reset", name=person.name, link="https://a.example/")
    assert [mail.subject for mail in mailoutbox] == [
        "Groundwork の新しいパスワードの設定",
        "Choose a new Groundwork password",
    ]
