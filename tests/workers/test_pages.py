import re

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from labeling.outbox.models import Event
from labeling.outbox.subscriptions import jobs_for
from tests.factories import make_user
from workers.jobs import send_password_reset
from workers.models import ApiKey, Membership
from workers.services import groups, invitations

PASSWORD = "a-long-unusual-phrase"


@pytest.fixture
def sign_in():
    """As in conftest, but with a client that posts forms."""

    def client_of(user):
        client = Client()
        client.force_login(user, backend="workers.web.backend.MemberBackend")
        return client

    return client_of


@pytest.fixture
def boss(org):
    return make_user(org, "admin", "Boss")


@pytest.fixture
def pat(org):
    user = make_user(org, "labeler", "Pat")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in_as(client, email, password=PASSWORD, **more):
    return client.post("/accounts/sign-in/", {"username": email, "password": password} | more)


def text(reply):
    """The page without what was typed in and the CSRF token."""
    return re.sub(r'value="[^"]*"', "", reply.content.decode())


def told(reply):
    return " ".join(str(message) for message in get_messages(reply.wsgi_request))


def test_every_page_leads_to_ones_own_account(pat, boss, sign_in):
    for who, page in ((pat, "/work/"), (boss, "/projects/")):
        assert 'href="/accounts/"' in sign_in(who).get(page).text


def test_signing_in_goes_home_and_home_goes_to_each_roles_first_page(client, pat, max_, mia, sign_in):
    assert client.get("/")["Location"] == "/accounts/sign-in/"
    assert sign_in_as(client, pat.email.upper())["Location"] == "/"
    assert client.get("/")["Location"] == "/work/"
    assert sign_in(max_).get("/")["Location"] == sign_in(mia).get("/")["Location"] == "/projects/"


def test_signing_in_goes_on_to_the_page_asked_for_but_to_no_other_site(client, pat):
    assert sign_in_as(client, pat.email, next="/help/")["Location"] == "/help/"
    assert sign_in_as(Client(), pat.email, next="https://evil.example/")["Location"] == "/"


def test_signing_out_takes_a_post(client, pat):
    sign_in_as(client, pat.email)
    assert client.get("/accounts/sign-out/").status_code == 405
    assert client.post("/accounts/sign-out/")["Location"] == "/accounts/sign-in/"
    assert client.get("/accounts/").status_code == 302


def test_the_sign_in_page_tells_unknown_and_wrong_alike(client, pat):
    unknown, wrong = sign_in_as(client, "nobody@example.org"), sign_in_as(client, pat.email, "wrong")
    assert unknown.status_code == wrong.status_code == 200
    assert text(unknown) == text(wrong)


def test_the_lock_out_is_a_clear_page(client, pat):
    for _ in range(10):
        reply = sign_in_as(client, pat.email, "wrong")
    assert reply.status_code == 429
    assert "Wait 15 minutes" in reply.content.decode()
    assert sign_in_as(client, pat.email).status_code == 429


def test_a_person_of_no_organization_is_told_so(db, sign_in):
    reply = sign_in(make_user()).get("/")
    assert "belong to no organization" in reply.content.decode()
    assert sign_in(make_user()).get("/people/")["Location"] == "/"


def test_the_password_reset_answers_alike_and_mails_only_people(client, pat, django_capture_on_commit_callbacks):
    replies = [client.post("/accounts/password-reset/", {"email": each}) for each in (pat.email, "nobody@example.org")]
    assert {(reply.status_code, reply["Location"]) for reply in replies} == {(302, "/accounts/password-reset/sent/")}
    with django_capture_on_commit_callbacks(execute=True):
        for (_name, arguments), job in jobs_for(list(Event.objects.all())).items():
            job(*arguments)
    assert [message.to for message in mail.outbox] == [[pat.email]]
    page = client.get(re.search(r"http\S+", mail.outbox[0].body).group().partition("8000")[2], follow=True)
    new = "another-unusual-phrase"
    done = client.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})
    assert done["Location"] == "/accounts/sign-in/"
    assert sign_in_as(client, pat.email, new)["Location"] == "/"


def test_asking_for_a_reset_often_sends_one_mail(pat, django_capture_on_commit_callbacks):
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert [send_password_reset(pat.pk), send_password_reset(pat.pk)] == [True, False]
    assert len(mail.outbox) == 1


def test_the_switcher_changes_the_organization_but_not_to_a_foreign_one(client, org, boss, eve, sign_in):
    elsewhere = eve.memberships.get().organization
    client = sign_in(boss)
    client.post("/organizations/switch/", {"organization": elsewhere.pk})
    assert client.get("/api/v1/organization").json()["id"] == org.pk
    Membership.objects.create(organization=elsewhere, user=boss, role="member")
    reply = client.post("/organizations/switch/", {"organization": elsewhere.pk, "next": "https://evil.example/"})
    assert reply["Location"] == "/"
    assert client.get("/api/v1/organization").json()["id"] == elsewhere.pk


def test_inviting_shows_the_link_once_and_it_lets_a_new_person_in(boss, sign_in):
    desk = sign_in(boss)
    reply = desk.post("/people/invitations/", {"email": "n@example.org", "role": "reviewer"})
    assert reply.status_code == 302, "a reload posts nothing again"
    assert 'id="new-link"' not in text(sign_in(boss).get("/people/")), "not in another of one's browsers"
    shown = desk.get("/people/")
    assert "no-store" in shown["Cache-Control"]
    path = re.search(r"/invitations/[\w-]{20,}/", shown.content.decode()).group()
    assert path not in desk.get("/people/").content.decode()
    stranger = Client()
    assert "Reviewer" in stranger.get(path).content.decode()
    weak = stranger.post(path, {"name": "Nia", "password": "short"})
    assert "too short" in weak.content.decode()
    assert stranger.post(path, {"name": "Nia", "password": PASSWORD})["Location"] == "/"
    assert stranger.get("/")["Location"] == "/work/"
    assert Client().get(path).status_code == 404


def test_somebody_signed_in_joins_with_one_button(org, eve, sign_in):
    _, token = invitations.invite(
        organization=org, email="other@example.org", role="labeler", actor=None, actor_role="admin", now=timezone.now()
    )
    client = sign_in(eve)
    assert "Join with this account" in client.get(f"/invitations/{token}/").content.decode()
    client.post(f"/invitations/{token}/")
    assert client.get("/api/v1/session").json()["organization"]["slug"] == org.slug


def test_inviting_a_member_again_is_said_on_the_form(boss, ann, sign_in):
    reply = sign_in(boss).post("/people/invitations/", {"email": ann.email, "role": "labeler"})
    assert reply.status_code == 409
    assert "is already a member" in reply.content.decode()


def test_the_people_page_changes_roles_and_access(boss, ann, sign_in):
    client, pk = sign_in(boss), ann.memberships.get().pk
    client.post(f"/people/members/{pk}/role/", {"role": "reviewer"})
    client.post(f"/people/members/{pk}/deactivate/")
    membership = ann.memberships.get()
    assert (membership.role, membership.is_active) == ("reviewer", False)
    client.post(f"/people/members/{pk}/reactivate/")
    assert ann.memberships.get().is_active


def test_the_last_admin_is_told_why_they_stay(boss, sign_in):
    client = sign_in(boss)
    reply = client.post(f"/people/members/{boss.memberships.get().pk}/deactivate/")
    assert "last admin" in told(reply)
    assert boss.memberships.get().is_active


def test_groups_are_made_changed_and_deleted(org, boss, ann, eve, sign_in):
    client = sign_in(boss)
    client.post("/people/groups/", {"new-name": "Night", "new-users": [ann.pk]})
    group = org.groups.get()
    assert list(group.users.all()) == [ann]
    client.post(f"/people/groups/{group.pk}/", {f"group-{group.pk}-name": "Day", f"group-{group.pk}-users": [eve.pk]})
    assert org.groups.get().name == "Night"  # a foreign person is no choice
    client.post(f"/people/groups/{group.pk}/", {f"group-{group.pk}-name": "Day"})
    assert (org.groups.get().name, org.groups.get().users.count()) == ("Day", 0)
    client.post(f"/people/groups/{group.pk}/", {"delete": "1"})
    assert not org.groups.exists()


def test_a_key_is_shown_once_and_a_reload_makes_no_second_one(org, boss, sign_in):
    client = sign_in(boss)
    reply = client.post("/settings/keys/", {"name": "CI", "mode": "live", "scope": "read"})
    assert reply.status_code == 302
    shown = client.get(reply["Location"])
    secret = re.search(r"live_[\w-]{40,}", shown.content.decode()).group()
    assert "no-store" in shown["Cache-Control"]
    assert secret not in str(dict(client.session)), "not even while it waited"
    assert secret not in client.get("/settings/keys/").content.decode()
    key = ApiKey.objects.get()
    client.post(f"/settings/keys/{key.pk}/revoke/")
    assert ApiKey.objects.get().revoked_at


def test_name_language_and_theme_are_kept(pat, sign_in):
    client = sign_in(pat)
    reply = client.post("/accounts/", {"name": "Patricia", "language": "ja", "theme": "dark"})
    pat.refresh_from_db()
    assert (pat.name, pat.language, pat.theme) == ("Patricia", "ja", "dark")
    assert (reply.cookies["theme"].value, reply.cookies["django_language"].value) == ("dark", "ja")
    assert '<html lang="ja"' in client.get("/accounts/").content.decode()


PAGES = {"/people/": {"admin", "manager"}, "/settings/keys/": {"admin"}, "/accounts/": None, "/help/": None}
PAGES |= {"/settings/security/": {"admin"}, "/settings/trail/": {"admin"}, "/accounts/security/": None}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", ["admin", "manager", "member", "reviewer", "labeler"])
def test_each_role_opens_its_pages_only(org, sign_in, address, role):
    who = PAGES[address]
    status = sign_in(make_user(org, role)).get(address).status_code
    assert status == (200 if who is None or role in who else 403)


def test_a_foreign_object_is_missing_on_the_pages_too(boss, ann, eve, sign_in):
    group = groups.create(organization=boss.memberships.get().organization, name="G", actor=None)
    client = sign_in(eve)
    for kind, pk, action in (("members", ann.memberships.get().pk, "deactivate/"), ("groups", group.pk, "")):
        foreign = client.post(f"/people/{kind}/{pk}/{action}")
        assert foreign.status_code == 404
        assert text(foreign) == text(client.post(f"/people/{kind}/987654321/{action}"))


def test_page_forms_need_the_csrf_token(pat):
    client = Client(enforce_csrf_checks=True)
    assert sign_in_as(client, pat.email).status_code == 403


def test_the_operators_pages_are_for_staff_only(client, boss, sign_in):
    assert client.get("/admin/").status_code == 302
    assert sign_in(boss).get("/admin/").status_code == 302
    staff = sign_in(make_user(is_staff=True, is_superuser=True))
    assert staff.get("/admin/").status_code == 200
    for page in ("user", "membership", "apikey", "invitation", "organization", "group"):
        assert staff.get(f"/admin/workers/{page}/").status_code == 200
        expected = 200 if page in () else 403
        assert staff.get(f"/admin/workers/{page}/add/").status_code == expected
    assert staff.get("/admin/tasks/task/").status_code == 200


def test_the_people_page_costs_the_same_for_few_and_many(org, boss, sign_in, django_assert_max_num_queries):
    for number in range(20):
        make_user(org, "labeler")
        if number < 3:
            groups.create(organization=org, name=f"G{number}", actor=None)
    client = sign_in(boss)
    with django_assert_max_num_queries(8):  # session, user, membership, members, invitations, groups, theirs, switcher
        assert client.get("/people/").status_code == 200
