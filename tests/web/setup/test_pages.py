"""The wizard's pages as a requester posts them, step by step, without a script."""

import json
import re

import pytest

from labeling.errors import InvalidInput
from labeling.types import registry
from tasks import purposes
from tasks.models import Answer, Dataset, Item, Project, Setup, Task
from tasks.selectors.projects import current_version
from tasks.services.consensus import update_project
from tasks.services.launching import open_new_items
from tasks.services.setting_up import start_trial
from tasks.states import TaskState
from tasks.web.setup.attribute_lines import read_attributes, write_attributes
from tasks.web.setup.outlines import read_outline, write_outline
from tasks.web.setup.schema_form import SchemaForm
from tests.factories import NOW, make_answer, make_dataset, make_item, make_project, make_user
from tests.tasks.test_projects_results import make_consensus
from workers.models import Invitation

pytestmark = pytest.mark.django_db
ROW = r'name="options.was" value="(\d*)".*?name="options.value" value="(\w+)"'
WRITTEN = "Ann A. <a@example.org>\nb@example.org, nobody at all; B@example.org"  # as people paste them
ENTRY = {"test_size": "0", "pass_percent": "80", "tries": "2", "cool_down_hours": "24"}  # nothing comes first


def labels_as_shown(*rows: dict[str, str]) -> dict[str, list[str]]:
    return {f"options.{name}": [row.get(name, "") for row in rows] for name in ("was", "value", "label", "key")}


def test_the_first_step_makes_a_draft_with_a_schema_to_begin_with(desk, draft, max_):
    assert (draft.name, draft.type, draft.state, draft.created_by) == ("Reviews", "choice", "draft", max_)
    config = current_version(draft).config
    assert config["question"] == "How does the writer feel?"
    assert [one["value"] for one in config["options"]] == ["positive", "neutral", "negative"]
    assert desk(f"/projects/{draft.pk}/setup/").headers["Location"] == f"/projects/{draft.pk}/setup/data/"


def test_nothing_is_made_before_a_purpose_is_chosen_and_a_name_that_is_taken_is_told(desk, draft):
    assert desk("/projects/start/", {"name": "Other"}).status_code == 422
    reply = desk("/projects/start/", {"name": "Reviews", "purpose": "boxes"})
    assert reply.status_code == 422 and "There is already a project called" in reply.text
    desk("/projects/start/", {"purpose": "boxes"})
    desk("/projects/start/", {"purpose": "boxes"})
    assert set(Project.objects.values_list("name", flat=True)) == {"Reviews", "Objects in boxes", "Objects in boxes 2"}


def test_every_purpose_and_every_type_begins_a_project_and_can_be_looked_at(desk):
    for purpose in (*purposes.PURPOSES, *purposes.of_types()):
        desk("/projects/start/", {"name": purpose.name, "purpose": purpose.name})
        made = Project.objects.get(name=purpose.name)
        for name in ("labels", "preview") if purpose.name.startswith(purposes.OF_TYPE) else ():
            assert desk(f"/projects/{made.pk}/setup/{name}/").status_code == 200, purpose.name
        saved = desk(f"/projects/{made.pk}/setup/labels/", fields_of(made))
        assert saved.status_code == 302, (purpose.name, saved.text)
        assert made.versions.count() == 1, "what was shown is what was there"


def fields_of(project: Project) -> dict:
    """The labels' form as it is shown, filled with what is in force."""
    form = SchemaForm(registry.get(project.type), current_version(project).config)
    fields = {"question": form.question, "rest": form.rest}
    for each in form.lists:
        if each.outline is not None:
            fields[each.name] = each.outline
            continue
        fields[f"{each.name}.was"] = [row.was for row in each.rows]
        for column in each.columns:
            fields[f"{each.name}.{column}"] = [row.cells[column] for row in each.rows]
    return fields


def test_another_purpose_brings_its_own_labels_and_leaves_the_rest(step, draft):
    step("guideline", {"guideline": "Read all of it."})
    step("purpose", {"name": "Photos", "purpose": "boxes"})
    draft.refresh_from_db()
    version = current_version(draft)
    assert (draft.name, draft.type, version.guideline) == ("Photos", "boxes", "Read all of it.")
    assert [one["value"] for one in version.config["labels"]] == ["person", "car"]


def test_labels_are_typed_in_rows_and_what_a_row_does_not_show_stays(step, draft):
    rows = labels_as_shown(
        {"was": "2", "value": "negative", "label": "Bad"}, {"was": "0", "value": "good", "key": "g"}, {"value": ""}
    )
    assert step("labels", {"question": "Well?", "rest": "{}"} | rows).status_code == 302
    config = current_version(Project.objects.get()).config
    assert config["question"] == "Well?"
    assert [(one["value"], one["label"], one["key"]) for one in config["options"]] == [
        ("negative", "Bad", "1"),
        ("good", "good", "g"),
    ]


def test_two_labels_on_one_key_are_told_at_the_row_and_nothing_is_saved(step, draft):
    rows = labels_as_shown({"value": "a", "key": "1"}, {"value": "b", "key": "1"})
    reply = step("labels", {"question": "Well?", "rest": "{}"} | rows)
    assert reply.status_code == 422 and "already the key of “a”" in reply.text
    told = step("labels/check", {"question": "", "rest": "{}"} | rows).json()
    assert told["config"] is None
    assert [(one["at"], one.get("row")) for one in told["problems"]] == [("question", None), ("options.key", 1)]
    assert draft.versions.count() == 1


def stamp_in(page) -> str:
    return re.search(r'name="stamp" value="(\w+)"', page.text)[1]


def test_what_another_tab_saved_meanwhile_is_not_put_away_unseen(step, draft):
    seen = stamp_in(step("labels"))
    three = labels_as_shown({"value": "a", "label": "Ay"}, {"value": "b"}, {"value": "c", "label": "Sea"})
    two = labels_as_shown({"was": "0", "value": "b"}, {"was": "1", "value": "c"})
    assert step("labels", {"question": "Mine?", "rest": "{}", "stamp": seen} | three).status_code == 302
    refused = step("labels", {"question": "Yours?", "rest": "{}", "stamp": seen} | two)
    assert refused.status_code == 409 and "changed elsewhere" in refused.text and "Yours?" in refused.text
    assert current_version(Project.objects.get()).config["question"] == "Mine?"
    rows = [{"was": was, "value": value} for was, value in re.findall(ROW, refused.text, re.DOTALL)]
    assert rows == [{"was": "1", "value": "b"}, {"was": "2", "value": "c"}], "each row knows its label again"
    again = {"question": "Yours?", "rest": "{}", "stamp": stamp_in(refused)} | labels_as_shown(*rows)
    assert step("labels", again).status_code == 302
    assert [one["value"] for one in current_version(Project.objects.get()).config["options"]] == ["b", "c"]


def test_a_guideline_written_in_another_tab_is_not_put_away_unseen(step, draft):
    seen = stamp_in(step("guideline"))
    step("guideline", {"guideline": "Mine.", "stamp": seen})
    refused = step("guideline", {"guideline": "Yours.", "stamp": seen})
    assert refused.status_code == 409 and "changed elsewhere" in refused.text
    assert current_version(Project.objects.get()).guideline == "Mine."
    assert step("guideline", {"guideline": "Yours.", "stamp": stamp_in(refused)}).status_code == 302


def test_further_settings_are_json_and_told_when_they_are_none(step, draft):
    rows = labels_as_shown({"value": "a"}, {"value": "b"})
    assert "Not JSON" in step("labels", {"question": "Well?", "rest": "{"} | rows).text
    told = step("labels/check", {"question": "Well?", "rest": '{"min": 3}'} | rows).json()
    assert told["problems"], "the type knows no such setting"


def test_an_answer_made_in_the_preview_becomes_an_example_and_can_go_again(step, draft, org):
    item = make_item(make_dataset(org), "Fine.")
    draft.datasets.add(item.dataset)
    made = {"example_item": item.pk, "example_answer": '{"option": "positive"}', "example_why": "It says so."}
    assert step("guideline", {"guideline": "Read.", "then": "stay"} | made).status_code == 302
    examples = current_version(Project.objects.get()).examples
    assert examples == [{"item": {"id": item.pk}, "answer": {"option": "positive"}, "why": "It says so."}]
    assert "It says so." in step("guideline").text
    step("guideline", {"guideline": "Read.", "then": "stay", "example_wrong": "1"} | made)
    assert current_version(Project.objects.get()).examples == [*examples, examples[0] | {"is_wrong": True}]
    assert "Not like this" in step("guideline").text
    step("guideline", {"guideline": "Read.", "drop": "1"})
    wrong = made | {"example_answer": '{"option": "none of them"}'}
    assert step("guideline", {"guideline": "Read."} | wrong).status_code == 422
    step("guideline", {"guideline": "Read.", "drop": "0"})
    assert current_version(Project.objects.get()).examples == []


def test_markdown_is_shown_as_annotators_read_it_and_safely(step, draft):
    html = step("guideline/html", {"guideline": "**Look** <script>alert(1)</script>"}).text
    assert "<strong>Look</strong>" in html and "<script" not in html


def test_the_preview_may_be_framed_by_us_only_and_sends_nothing_that_is_hidden(step, draft, org):
    dataset = make_dataset(org)
    make_item(dataset, data={"text": "Fine.", "truth": "a secret"}, key="one")
    draft.datasets.add(dataset)
    Project.objects.update(gold_field="truth")
    reply = step("preview")
    assert "frame-ancestors 'self'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Fine." in reply.text and "a secret" not in reply.text
    assert "frame-src 'self'" in step("labels").headers["Content-Security-Policy"]
    other = step("quality").headers
    assert "frame-src" not in other["Content-Security-Policy"] and other["X-Frame-Options"] == "DENY"


QUALITY = {
    "q-rule": "agree", "q-floor": 2, "q-ceiling": 4, "q-target": 95, "q-audit_share": 3, "q-review_below": 70,
    "q-cost_per_answer": "0.05", "q-currency": "EUR", "overlap": 3, "seconds": 36,
}  # fmt: skip


def test_the_plan_is_saved_and_its_cost_and_time_follow_what_is_typed(desk, step, draft, org):
    draft.datasets.add(make_dataset(org, items=10))
    fixed = QUALITY | {"q-rule": "fixed"}
    query = "&".join(f"{name}={value}" for name, value in fixed.items())
    told = desk(f"/projects/{draft.pk}/setup/quality/estimate/?{query}").text
    assert (
        "1.50 EUR" in told
        and "18 minutes" in told
        and "Pay an hour</dt><dd>5.00 EUR" in told
        and "30 answers × 0.05 = 1.50 EUR" in told
    )
    assert step("quality", QUALITY).status_code == 302
    draft.refresh_from_db()
    assert (draft.policies.get().rule, draft.policies.get().ceiling, draft.setup.seconds) == ("agree", 4, 36)
    assert step("quality", QUALITY | {"q-floor": 9}).status_code == 422


def test_known_answers_of_a_column_are_gold_from_the_launch_on(step, draft, org, ann):
    dataset = make_dataset(org, item_count=2)
    make_item(dataset, data={"text": "Fine.", "truth": '{"option": "positive"}'}, key="known")
    make_item(dataset, "So so.")
    draft.datasets.add(dataset)
    step("labels", fields_of(draft))
    step("quality", QUALITY | {"gold_field": "truth"})
    assert step("launch", {"then": "launch"}).headers["Location"] == f"/projects/{draft.pk}/"
    assert Task.objects.get(item__key="known").state == TaskState.CHECK


def test_a_plan_saved_in_another_tab_is_not_put_away_unseen(step, draft):
    seen = stamp_in(step("quality"))
    assert step("quality", QUALITY | {"stamp": seen}).status_code == 302
    other = QUALITY | {"q-ceiling": 9, "w-fix_hours": "48"}
    refused = step("quality", other | {"stamp": seen})
    assert refused.status_code == 409 and "changed elsewhere" in refused.text and 'value="9"' in refused.text
    assert draft.policies.latest("number").ceiling == 4
    seen = stamp_in(refused)
    assert step("quality", other | {"stamp": seen}).status_code == 302
    assert draft.policies.latest("number").ceiling == 9
    assert step("quality", QUALITY | {"stamp": seen}).status_code == 409, "the rules of review count, too"


def test_people_chosen_in_another_tab_are_not_put_away_unseen(step, draft, ann, bob):
    seen = stamp_in(step("people"))
    assert step("people", ENTRY | {"members": [ann.pk], "stamp": seen}).status_code == 302
    late = {"members": [bob.pk], "emails": "a@example.org", "into": "new"}
    refused = step("people", ENTRY | late | {"stamp": seen})
    assert refused.status_code == 409 and "changed elsewhere" in refused.text
    assert list(draft.members.all()) == [ann] and not Invitation.objects.exists()
    assert step("people", ENTRY | late | {"stamp": stamp_in(refused)}).status_code == 302
    assert list(draft.members.all()) == [bob]


def test_before_the_launch_the_guideline_is_read_as_text_and_too_few_people_are_told(step, draft, org, ann):
    draft.datasets.add(make_dataset(org, items=2, item_count=2))
    step("labels", fields_of(draft))
    step("guideline", {"guideline": "# Look\n\n**All** of 1 < 2 <script>x</script>"})
    step("quality", QUALITY | {"q-rule": "fixed"})
    page = step("launch").text
    assert "Look All of 1 &lt; 2 &lt;script&gt;x" in " ".join(page.split())
    few = "is done with 3 answers of different people"
    assert few in page and "Nothing is missing" not in page
    for _ in "12":
        make_user(org, "labeler")
    enough = step("launch").text
    assert few not in enough and "Nothing is missing" in enough


def test_people_are_invited_and_their_links_shown_once(step, draft):
    sent = step("people", ENTRY | {"open_to_all": "on", "emails": WRITTEN, "then": "stay"})
    assert sent.status_code == 302, "so that a reload invites nobody twice"
    reply = step("people")
    assert reply.text.count("/invitations/") == 2 and "&#x27;nobody at all&#x27; is not an e-mail address" in reply.text
    assert set(Invitation.objects.values_list("email", "role")) == {
        ("a@example.org", "labeler"),
        ("b@example.org", "labeler"),
    }
    assert "/invitations/" not in step("people").text
    assert step("people", ENTRY | {"open_to_all": "on", "emails": ""}).status_code == 302


def test_only_those_chosen_may_label_where_it_is_not_open_to_all(step, draft, ann, bob):
    step("people", ENTRY | {"members": [ann.pk]})
    draft.refresh_from_db()
    assert not draft.open_to_all and list(draft.members.all()) == [ann]
    assert "<dt>May label it</dt><dd>1</dd>" in step("people").text


@pytest.fixture
def tried(step, draft, org, max_) -> Project:
    """With its trial under way: 4 of 20 items, two answers each."""
    draft.datasets.add(make_dataset(org, items=20))
    step("labels", fields_of(draft))
    step("trial", {"size": 4, "answers": 2, "then": "start"})
    draft.refresh_from_db()
    return draft


def test_a_trial_asks_a_few_items_spread_over_the_data_and_the_others_wait(tried):
    assert tried.state == "running"
    places = [list(Item.objects.order_by("pk")).index(one.item) for one in Task.objects.order_by("item_id")]
    assert places == [0, 5, 10, 15]
    assert set(Task.objects.values_list("wanted", flat=True)) == {2}
    assert open_new_items(tried, now=NOW) == 0, "a repeated job, or new data, opens none of the others"


def test_what_the_trial_shows_is_told_before_the_rest_is_launched(step, tried, ann, bob, org):
    one, other = Task.objects.order_by("pk")[:2]
    for task, answers in ((one, ("positive", "negative")), (other, ("neutral", "neutral"))):
        for who, option in zip((ann, bob), answers, strict=True):
            make_answer(task, who, {"option": option}, active_ms=9000)
    make_consensus(one, agreement=0.0, value={"option": "positive"})
    make_consensus(other, agreement=1.0, value={"option": "neutral"})
    page = step("trial").text
    assert "Where people differ" in page and "1 of 2" in page and "9 s" in page and "50 %" in page
    assert step("launch", {"then": "launch"}).status_code == 302
    assert Task.objects.count() == 20 and Answer.objects.count() == 4
    assert step("trial").headers["Location"] == f"/projects/{tried.pk}/", "the wizard is over"


def test_the_list_of_projects_says_where_to_go_on(desk, step, draft, org):
    assert "Go on with: Data" in desk("/projects/").text
    draft.datasets.add(make_dataset(org, items=1))
    assert "Go on with: Labels" in desk("/projects/").text
    assert "This project is not launched yet." in desk(f"/projects/{draft.pk}/").text


def test_a_draft_made_elsewhere_goes_on_in_the_wizard_too(desk, org):
    project = make_project(org, state="draft")
    assert desk(f"/projects/{project.pk}/setup/labels/", fields_of(project)).status_code == 302
    assert Setup.objects.get(project=project).passed == ["labels"]


def test_a_running_project_has_no_wizard_and_its_type_stays(desk, org):
    project = make_project(org)
    reply = desk(f"/projects/{project.pk}/setup/purpose/", {"purpose": "boxes"})
    assert reply.headers["Location"] == f"/projects/{project.pk}/"
    project.refresh_from_db()
    assert project.type == "choice"


def test_a_dataset_of_pictures_is_told_to_be_no_texts_before_the_launch(step, draft, org):
    dataset = make_dataset(org, item_count=1)
    make_item(dataset, data={"other": 1}, key="x")
    step("data", {"form": "dataset", "dataset": dataset.pk})
    assert "This type of task cannot show these items" in step("data").text


def test_a_trial_needs_items_and_sensible_numbers(draft, max_, org):
    with pytest.raises(InvalidInput, match="nothing to ask about"):
        start_trial(project=draft, actor=max_, size=4, answers=2, now=NOW)
    draft.datasets.add(make_dataset(org, items=2))
    with pytest.raises(InvalidInput, match="size.*answers"):
        start_trial(project=draft, actor=max_, size=0, answers=99, now=NOW)
    assert start_trial(project=draft, actor=max_, size=5, answers=2, now=NOW) == 2, "as many as there are"


def test_a_trial_keeps_its_own_number_of_answers_whatever_the_plan_is(step, draft, org, ann, max_):
    draft.datasets.add(make_dataset(org, items=2))
    plan = QUALITY | {"q-rule": "fixed"}
    assert step("quality", plan).status_code == 302
    draft.refresh_from_db()
    start_trial(project=draft, actor=max_, size=2, answers=5, now=NOW)
    make_answer(Task.objects.first(), ann, {"option": "positive"})
    update_project(project_id=draft.pk)
    assert step("quality", plan).status_code == 302
    assert set(Task.objects.values_list("wanted", "state")) == {(5, "open")}


def test_an_upload_of_the_script_goes_to_a_dataset_made_for_it(step, draft, max_):
    first, second = step("data/upload", {}), step("data/upload", {})
    assert first.status_code == 201 and first.json() == second.json()
    assert first.json()["upload"] == f"/api/v1/datasets/{Dataset.objects.get().pk}/uploads"


def test_an_outline_of_a_taxonomy_is_read_as_it_is_written():
    text = "billing | Billing\n  refund\n  invoice\n    missing\nother"
    read = read_outline(text)
    assert write_outline(read) == text
    assert json.dumps(read[0]["choices"][1]["choices"][0]) == '{"value": "missing", "choices": []}'


def test_attributes_are_one_a_line_and_those_it_cannot_write_stay():
    before = [
        {"name": "size", "label": "Size", "type": "number", "min": 0},
        {"name": "kind", "label": "Kind", "type": "select", "options": [{"value": "a", "label": "A"}]},
    ]
    text = write_attributes(before)
    assert text == "size\nkind: a"
    read = read_attributes(text + "\ntorn?\nremark\ncolour: red, blue", before)
    assert read[:2] == before
    assert [(one["name"], one["type"]) for one in read[2:]] == [
        ("torn", "boolean"),
        ("remark", "text"),
        ("colour", "select"),
    ]


def test_labelers_may_not_open_it(sign_in, draft, org):
    client = sign_in(make_user(org, "labeler"))
    assert client.get(f"/projects/{draft.pk}/setup/labels/").status_code == 403
    assert client.get("/projects/start/").status_code == 403
