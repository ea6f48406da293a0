import pytest

from labeling.markdown import to_html
from labeling.pseudonym import number_of
from tasks.models import Assignment
from tasks.selectors import payload
from tests.factories import NOW, make_assignment, make_item, make_project, make_task, make_version

pytestmark = pytest.mark.django_db


def test_a_task_has_its_text_and_image_by_name_and_other_columns_as_data(org, ann, monkeypatch):
    image = {"url": "/media/a", "thumb_url": "/media/b", "width": 4, "height": 3}
    monkeypatch.setattr(payload, "image_links", lambda media: image if media else None)
    project = make_project(org)
    item = make_item(make_task(project).item.dataset, data={"text": "Hello", "stars": 4}, media={"image": {"key": "a"}})
    turn = make_assignment(make_task(project, item), ann, expires_at=NOW)
    assert payload.tasks_of([turn.pk]) == [
        {
            "assignment": turn.pk,
            "task": number_of("task", turn.task_id),
            "project": project.pk,
            "schema_version": 1,
            "item": {"id": number_of("item", item.pk), "text": "Hello", "image": image, "data": {"stars": 4}},
            "suggestion": None,
            "draft": None,
            "lease_expires_at": NOW,
        }
    ]


def test_tasks_come_in_the_order_asked_for_with_few_queries(org, ann, django_assert_num_queries):
    project = make_project(org)
    turns = [make_assignment(make_task(project), ann).pk for _ in range(4)]
    with django_assert_num_queries(2):
        tasks = payload.tasks_of(turns[::-1])
        projects = payload.projects_of(tasks)
    assert [task["assignment"] for task in tasks] == turns[::-1]
    assert list(projects) == [f"{project.pk}.1"]


def test_each_version_that_is_shown_comes_once(org, ann):
    project = make_project(org, guideline="*old*", end_use="Research", name="Reviews")
    first = make_assignment(make_task(project), ann)
    make_version(project, {"question": "New?", "options": [{"value": "a"}, {"value": "b"}]}, 2)
    second = make_assignment(make_task(project), ann)
    projects = payload.projects_of(payload.tasks_of([first.pk, second.pk]))
    assert set(projects) == {f"{project.pk}.1", f"{project.pk}.2"}
    old = projects[f"{project.pk}.1"]
    assert old["guideline_html"] == "<p><em>old</em></p>\n"
    assert {name: old[name] for name in ("id", "name", "type", "schema_version", "end_use", "widget")} == {
        "id": project.pk,
        "name": "Reviews",
        "type": "choice",
        "schema_version": 1,
        "end_use": "Research",
        "widget": "gw-choice",
    }
    assert projects[f"{project.pk}.2"]["config"]["question"] == "New?"
    assert Assignment.objects.count() == 2


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](data:text/html;base64,AAAA)",
        '<p style="position:fixed">x</p>',
        '<iframe src="https://h.example"></iframe><form action="https://h.example">x</form>',
    ],
)
@pytest.mark.parametrize("mixed", [False, True])
def test_a_text_brings_no_active_content(text, mixed):
    html = to_html(text, mixed=mixed).lower()
    bad = ("<script", 'href="javascript', "<img src=x", 'src="data', "<p style", "<iframe", "<form")
    assert not any(each in html for each in bad)
    assert not mixed or not any(each in html for each in ("onerror", "style=", "alert(1)<"))


def test_a_cell_of_a_table_may_have_several_lines_and_no_other_tag_is_taken_for_one():
    html = to_html("| a |\n|---|\n| 1<br>2<BR/>`<br>`<b>3</b> |")
    assert "<td>1<br>" in html
    assert "<code>&lt;br&gt;</code>&lt;b&gt;3&lt;/b&gt;" in html
    assert html.count("<br>") == 2
    assert "<br>" not in to_html("one\ntwo")
    assert "<br>" in to_html("one\ntwo", mixed=True)


def test_markdown_of_a_response_comes_as_safe_html_beside_it(org, ann):
    project = make_project(org, "comparison", {"question": "Which?", "scale": 2})
    responses = ["*Yes*", "<script>alert(1)</script>"]
    data = {"prompt": "Is it?", "responses": responses, "format": "markdown"}
    item = make_item(make_task(project).item.dataset, data=data)
    turn = make_assignment(make_task(project, item), ann)
    (task,) = payload.tasks_of([turn.pk])
    assert task["item"]["data"] == data
    assert task["item"]["html"]["responses[0]"] == "<p><em>Yes</em></p>\n"
    assert "<script" not in task["item"]["html"]["responses[1]"]


def test_what_looks_like_a_tag_and_is_none_of_htmls_stays_in_sight():
    html = to_html("Use List<String>, <b>not</b> <iframe>Set</iframe>.\n\n<T>\nas a block", mixed=True)
    assert "List&lt;String&gt;, <b>not</b> Set." in html
    assert "&lt;T&gt;\nas a block" in html
