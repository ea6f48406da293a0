"""What a person chose for the pages: strict going in, forgiving coming out, each to their own."""

import pytest

from labeling.errors import InvalidInput
from tests.factories import make_user
from workers import preferences
from workers.services import people

ADDRESS = "/api/v1/session/preferences"


def test_only_what_differs_from_the_defaults_is_stored():
    after = preferences.changed({}, {"veil": {"when": "always", "blur": True}, "keys": {"own": {"skip": "Q"}}})
    assert after == {"veil": {"when": "always"}, "keys": {"own": {"skip": "Q"}}}
    assert preferences.changed(after, {"veil": {"when": "sensitive"}}) == {"keys": {"own": {"skip": "Q"}}}


def test_what_is_stored_and_not_understood_counts_as_not_chosen():
    stored = {"veil": {"when": "sometimes", "grey": False, "x": 1}, "keys": 3, "other": {}}
    assert preferences.complete(stored) == {
        "veil": {"when": "sensitive", "blur": True, "grey": False, "hover": True},
        "keys": {"letters": "on", "own": {}},
    }
    assert preferences.complete(None)["keys"]["letters"] == "on"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ([], ""),
        ({"veils": {}}, "veils"),
        ({"veil": True}, "veil"),
        ({"veil": {"when": "often"}}, "veil.when"),
        ({"veil": {"when": ["always"]}}, "veil.when"),
        ({"veil": {"blur": 1}}, "veil.blur"),
        ({"veil": {"colour": "red"}}, "veil.colour"),
        ({"keys": {"own": []}}, "keys.own"),
        ({"keys": {"own": {"skip": 3}}}, "keys.own"),
        ({"keys": {"own": {"skip": "Q" * 41}}}, "keys.own"),
        ({"keys": {"own": {"": "Q"}}}, "keys.own"),
        ({"keys": {"own": {"skip": "\0"}}}, "keys.own"),
        ({"keys": {"own": {str(n): "Q" for n in range(301)}}}, "keys.own"),
    ],
)
def test_a_wrong_preference_is_refused_with_its_path(changes, path):
    with pytest.raises(InvalidInput) as error:
        preferences.changed({}, changes)
    assert [problem.path for problem in error.value.problems] == [path]


def test_a_person_changes_their_own_and_nobody_elses(ann, bob, sign_in):
    reply = sign_in(ann).patch(ADDRESS, {"veil": {"when": "always"}})
    assert reply.status_code == 200
    assert reply.json()["veil"] == {"when": "always", "blur": True, "grey": True, "hover": True}
    assert sign_in(ann).get(ADDRESS).json()["veil"]["when"] == "always"
    assert sign_in(bob).get(ADDRESS).json()["veil"]["when"] == "sensitive"


def test_a_refused_change_leaves_all_as_it_was(ann, sign_in):
    reply = sign_in(ann).patch(ADDRESS, {"veil": {"when": "always"}, "keys": {"letters": "maybe"}})
    assert reply.status_code == 400
    assert [problem["path"] for problem in reply.json()["problems"]] == ["keys.letters"]
    assert sign_in(ann).get(ADDRESS).json() == preferences.complete({})


def test_preferences_are_for_people_who_are_signed_in_not_for_keys(org, client, with_key):
    assert client.get(ADDRESS).status_code == 401
    assert with_key(org).get(ADDRESS).status_code == 401


def test_the_account_page_changes_them_too_and_gives_all_keys_back(org, client):
    pat = make_user(org, "labeler", "Pat")
    people.change_preferences(user=pat, changes={"keys": {"own": {"skip": "Q"}}})
    client.force_login(pat, backend="workers.web.backend.MemberBackend")
    form = {"name": "Pat", "language": "", "theme": "", "letters": "alt", "usual_keys": "on"}
    assert client.post("/accounts/", form).status_code == 302
    pat.refresh_from_db()
    assert pat.preferences == {"keys": {"letters": "alt"}}
    assert "usual_keys" not in client.get("/accounts/").context["form"].fields
