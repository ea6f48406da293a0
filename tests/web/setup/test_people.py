"""The people step: who may label, what they have to show first, how much a day, and how they come."""

import json
import re

import pytest
from django.core import mail
from django.test import Client

from labeling.errors import InvalidInput
from tasks.models import CheckRules, Dataset, Entry, Gold, Project, Task
from tasks.selectors.qualifying import qualifying
from tasks.services.practising import take_for_practice
from tests.factories import NOW, make_dataset, make_item, make_project, make_user
from workers.models import Group, Invitation, Membership, Restriction, User
from workers.services import groups

pytestmark = pytest.mark.django_db
PLAIN = {"test_size": "0", "pass_percent": "80", "tries": "2", "cool_down_hours": "24"}
QUALITY = {
    "q-rule": "fixed", "q-floor": 2, "q-ceiling": 4, "q-target": 95, "q-audit_share": 3, "q-review_below": 70,
    "q-cost_per_answer": "0", "q-currency": "EUR", "overlap": 3, "seconds": 36,
}  # fmt: skip
OPEN = PLAIN | {"open_to_all": "on"}


@pytest.fixture
def items(draft, org):
    dataset = make_dataset(org)
    draft.datasets.add(dataset)
    Dataset.objects.update(item_count=4)
    return [make_item(dataset, data={"text": text, "truth": truth}, key=text) for text, truth in
            (("Fine.", "positive"), ("Good.", "positive"), ("Bad.", "negative"), ("Hm.", "neutral"))]  # fmt: skip


def keep(step, item, option, kind="qualification", **more):
    return step(
        "people/known", {"then": "add", "item": item.pk, "kind": kind, "answer": json.dumps({"option": option})} | more
    )


def test_a_test_is_made_in_place_of_items_answered_in_the_preview(step, desk, draft, items):
    assert keep(step, items[0], "positive").status_code == 302
    keep(step, items[1], "positive", kind="training", why="It is praise.")
    page = step("people").text
    assert "Fine." in page and "It is praise." in page
    assert "Fine." not in desk(f"/projects/{draft.pk}/setup/preview/?known").text, (
        "what is kept already is not offered again"
    )
    short = step("people", OPEN | {"test_size": "2", "tries": "1", "train_first": "on"})
    assert short.status_code == 422 and "need 2 test items" in short.text
    keep(step, items[2], "negative")
    assert (
        step("people", OPEN | {"test_size": "2", "tries": "1", "train_first": "on", "pass_percent": "90"}).status_code
        == 302
    )
    rules = CheckRules.objects.get()
    assert (rules.train_first, rules.test_size, rules.pass_mark) == (True, 2, 0.9)
    assert Project.objects.get(pk=draft.pk).has_entry
    again = step("people").text
    assert 'name="test_size" value="2"' in again and 'value="90"' in again, "it can be left and resumed"


def test_an_answer_that_is_none_is_refused_with_its_reason_and_one_that_goes_leaves_no_task(step, draft, items):
    reply = step("people/known", {"then": "add", "item": items[0].pk, "kind": "training", "answer": '{"option": "x"}'})
    assert reply.status_code == 302 and "alert" in step("people").text and not Gold.objects.exists()
    keep(step, items[0], "positive")
    step("people/known", {"then": "drop", "gold": Gold.objects.get().pk})
    assert not Gold.objects.exists() and not Task.objects.exists()


def test_known_answers_of_a_column_become_a_test_with_every_answer_in_it(step, draft, items):
    Project.objects.update(gold_field="truth")
    assert "4 other items" in step("people").text
    step("people/known", {"then": "take", "number": "3", "kind_taken": "qualification"})
    assert sorted(Gold.objects.values_list("kind", "label")) == [
        ("qualification", "negative"),
        ("qualification", "neutral"),
        ("qualification", "positive"),
    ]
    take_for_practice(project=Project.objects.get(pk=draft.pk), kind="training", number=9, actor=None, now=NOW)
    assert Gold.objects.filter(kind="training").count() == 1
    with pytest.raises(InvalidInput, match="no other item"):
        take_for_practice(project=Project.objects.get(pk=draft.pk), kind="training", number=1, actor=None, now=NOW)


def test_another_purpose_takes_practice_of_the_old_one_away(step, draft, items):
    keep(step, items[0], "positive")
    assert step("purpose", {"name": "Photos", "purpose": "boxes"}).status_code == 302
    assert not Gold.objects.exists() and not Task.objects.exists()


def test_a_test_passed_elsewhere_counts_and_those_who_qualify_are_counted(step, desk, draft, org, ann, bob):
    other = make_project(org, name="Old test")
    CheckRules.objects.create(project=other, test_size=3)
    Entry.objects.create(project=other, annotator=ann, passed_at=NOW)
    assert "Old test · 1 person passed" in step("people").text
    live = desk(f"/projects/{draft.pk}/setup/people/able/?open_to_all=on&accepted_tests={other.pk}").text
    assert re.findall(r"<dd>(\d+)</dd>", live)[1:] == ["1", str(qualifying(draft).people - 1)]
    assert step("people", OPEN | {"accepted_tests": other.pk}).status_code == 302
    found = qualifying(Project.objects.get(pk=draft.pk))
    assert found.at_once == 1 and found.later > 0
    Restriction.objects.create(organization=org, user=ann, kind="suspend", reason="other", created_by=bob)
    found = qualifying(Project.objects.get(pk=draft.pk))
    assert (found.at_once, found.kept_out) == (0, 1)


def test_a_limit_of_the_day_is_stated_and_what_is_no_number_is_told(step, desk, draft, items, ann):
    assert step("people", OPEN | {"most_answers": "0"}).status_code == 422
    assert step("people", OPEN | {"most_answers": "40"}).status_code == 302
    assert Project.objects.get(pk=draft.pk).most_answers == 40
    assert (
        "at most 80 answers a day"
        in desk(f"/projects/{draft.pk}/setup/people/able/?open_to_all=on&most_answers=40").text
    )


def test_people_are_invited_by_address_and_by_link_into_a_group_that_may_label(step, draft, org):
    refused = step("people", PLAIN | {"emails": "new@example.org"})
    assert refused.status_code == 422 and "which group they join" in refused.text
    step("people", PLAIN | {"emails": "new@example.org", "places": "2", "into": "new"})
    page = step("people").text
    group = Group.objects.get()
    assert group.name == draft.name and list(Project.objects.get(pk=draft.pk).groups.all()) == [group]
    links = re.findall(r"https?://[^<\s]+/invitations?/[^<\s]+", page)
    assert len(links) == 2 and len(mail.outbox) <= 1
    path = "/" + links[1].split("/", 3)[3]
    for n, name in enumerate(("Cid", "Dee", "Eve")):
        given = {"email": f"{name}@example.org", "name": name, "password": "a-long-unusual-phrase"}
        assert Client().post(path, given).status_code == (302 if n < 2 else 404), name
    assert sorted(group.users.values_list("name", flat=True)) == ["Cid", "Dee"]
    assert Invitation.objects.get(email="").accepted_at
    assert qualifying(Project.objects.get(pk=draft.pk)).people == 2


def test_a_link_to_no_address_asks_for_one_and_refuses_what_is_none(step, draft):
    step("people", OPEN | {"places": "1"})
    page = step("people").text
    path = "/" + re.findall(r"https?://[^<\s]+/invitations?/[^<\s]+", page)[0].split("/", 3)[3]
    assert 'name="email"' in Client().get(path).text
    wrong = Client().post(path, {"email": "nobody", "name": "N", "password": "a-long-unusual-phrase"})
    assert "is not an e-mail address" in wrong.text and not User.objects.filter(name="N").exists()


def test_a_member_with_a_link_joins_its_group_once(step, draft, org, ann, sign_in):
    group = groups.create(organization=org, name="Night", actor=None)
    step("people", PLAIN | {"places": "5", "into": group.pk})
    page = step("people").text
    path = "/" + re.findall(r"https?://[^<\s]+/invitations?/[^<\s]+", page)[0].split("/", 3)[3]
    client = sign_in(ann)
    client.post(path)
    client.post(path)
    assert list(group.users.all()) == [ann] and Invitation.objects.get().taken == 1
    assert Membership.objects.filter(user=ann).count() == 1


def test_only_managers_change_practice(step, draft, items, ann, sign_in):
    url = f"/projects/{draft.pk}/setup/people/known/"
    assert sign_in(ann).post(url, {"then": "take", "number": "1"}).status_code == 403
    assert sign_in(make_user(name="Eve")).post(url, {"then": "take"}).status_code == 302, "of no organization"


def test_where_every_answer_is_known_the_wizard_says_that_nothing_is_left_to_ask(step, desk, draft, items):
    estimate = f"/projects/{draft.pk}/setup/quality/estimate/?" + "&".join(f"{k}={v}" for k, v in QUALITY.items())
    assert "nothing is left to ask" not in desk(estimate).text
    told = desk(f"{estimate}&gold_field=truth").text
    assert "nothing is left to ask" in told and "<dd>0</dd>" in told
    step("quality", QUALITY | {"gold_field": "truth"})
    assert "Every item has a known answer" in step("trial", {"size": 2, "answers": 1, "then": "start"}).text
    assert "nothing is left to ask" in step("launch").text
    step("quality", QUALITY | {"gold_field": ""})
    assert not Project.objects.get(pk=draft.pk).gold_field, "the column can be given up again"
    keep(step, items[0], "positive")
    assert "Answers</dt><dd>9</dd>" in desk(estimate).text, "3 answers to each of the 3 others"
