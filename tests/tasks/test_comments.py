"""Comments from annotators to the requester: stored once, seen by the right people, answered."""

from uuid import uuid4

import pytest

from tasks.models import Comment
from tests.factories import make_answer, make_assignment, make_key, make_org, make_project, make_task, make_user
from tests.tasks.working import exchange

pytestmark = pytest.mark.django_db


def remark(turn, text="Is irony good or bad?", **changes):
    return {"id": str(uuid4()), "assignment": turn.pk, "kind": "edge_case", "text": text} | changes


@pytest.fixture
def turn(org, ann):
    return make_assignment(make_task(make_project(org)), ann)


@pytest.fixture
def comment(turn, ann, sign_in):
    exchange(sign_in(ann), comments=[remark(turn)])
    return Comment.objects.get()


def test_a_comment_sent_twice_is_stored_once_and_leaves_the_task_as_it_is(turn, ann, sign_in):
    entry = remark(turn)
    client = sign_in(ann)
    assert exchange(client, comments=[entry])["comments"] == [
        {"id": entry["id"], "assignment": turn.pk, "status": "stored"}
    ]
    assert [each["status"] for each in exchange(client, comments=[entry, entry])["comments"]] == ["duplicate"] * 2
    other = exchange(client, comments=[entry | {"text": "Something else"}])["comments"][0]
    assert other["status"] == "refused"
    made = Comment.objects.get()
    assert (made.task_id, made.project_id, made.author_id) == (turn.task_id, turn.project_id, ann.pk)
    turn.refresh_from_db()
    assert turn.state == "leased"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "praise"}, "kind"),
        ({"text": " "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "a\0b"}, "comments[0].text"),
        ({"id": "7"}, "comments[0].id"),
        ({"mood": 1}, "comments[0].mood"),
    ],
)
def test_a_wrong_field_is_named_and_stops_nothing_else(turn, ann, sign_in, changes, path):
    reply = exchange(sign_in(ann), comments=[remark(turn, **changes), remark(turn, text="x" * 2000)])
    wrong, right = reply["comments"]
    assert (wrong["status"], right["status"]) == ("refused", "stored")
    assert path in [problem["path"] for problem in wrong["problems"]]


def test_only_ones_own_tasks_may_be_commented_on_in_any_state(org, ann, bob, eve, sign_in):
    done = make_answer(make_task(make_project(org)), ann).assignment
    assert exchange(sign_in(ann), comments=[remark(done)])["comments"][0]["status"] == "stored"
    for person in (bob, eve):
        reply = exchange(sign_in(person), comments=[remark(done), remark(done, assignment=99999)])["comments"]
        assert {each["detail"] for each in reply} == {"no such assignment"}
        path = f"/api/v1/assignments/{done.pk}/comment"
        assert sign_in(person).post(path, {"kind": "other", "text": "x"}).status_code == 404


def test_a_script_comments_on_one_assignment(turn, ann, sign_in):
    path, body = f"/api/v1/assignments/{turn.pk}/comment", {"id": str(uuid4()), "kind": "data", "text": " Cut off. "}
    assert [sign_in(ann).post(path, body).status_code for _ in range(2)] == [201, 200]
    assert Comment.objects.get().text == "Cut off."
    reply = sign_in(ann).post(path, {"kind": "data", "text": ""})
    assert (reply.status_code, reply.json()["problems"][0]["path"]) == (400, "text")


def test_the_requester_lists_filters_replies_and_resolves(comment, turn, max_, sign_in, ann):
    client, path = sign_in(max_), f"/api/v1/projects/{turn.project_id}/comments"
    (row,) = client.get(path).json()["results"]
    assert (row["task"], row["item"], row["kind"]) == (turn.task_id, turn.task.item.key, "edge_case")
    assert "Ann" not in row["author"] and row["author"]
    assert client.get(f"{path}?state=resolved").json()["results"] == []
    assert client.get(f"{path}?state=open&kind=data").json()["results"] == []
    assert client.get(f"{path}?state=closed").status_code == 400
    assert client.post(f"{path}/{comment.pk}/reply", {"text": "Count it as bad.", "resolve": True}).status_code == 200
    comment.refresh_from_db()
    assert (comment.reply, comment.replied_by, comment.resolved_by) == ("Count it as bad.", max_, max_)
    assert len(client.get(f"{path}?state=resolved").json()["results"]) == 1
    assert client.post(f"{path}/{comment.pk}/reopen").json()["resolved_at"] is None
    assert client.post(f"{path}/{comment.pk}/resolve").json()["resolved_at"]
    assert client.post(f"{path}/{comment.pk}/reply", {"text": ""}).status_code == 400
    assert "1 reply to your comments this week" in sign_in(ann).get("/work/").text
    page = sign_in(ann).get("/work/history/").text
    assert "Is irony good or bad?" in page and "Count it as bad." in page


def test_the_list_goes_on_by_cursor(turn, ann, max_, sign_in):
    exchange(sign_in(ann), comments=[remark(turn, text=f"No. {n}") for n in range(5)])
    client = sign_in(max_)
    first = client.get(f"/api/v1/projects/{turn.project_id}/comments?limit=3").json()
    second = client.get(first["next"]).json()
    assert [row["text"] for row in first["results"] + second["results"]] == [f"No. {n}" for n in (4, 3, 2, 1, 0)]


def test_who_may_read_and_who_may_answer(comment, turn, org, ann, mia, max_, eve, sign_in, with_key):
    path = f"/api/v1/projects/{turn.project_id}/comments"
    clients = {
        "manager": (sign_in(max_), 200, 200),
        "member": (sign_in(mia), 200, 403),
        "reviewer": (sign_in(make_user(org, "reviewer")), 403, 403),
        "labeler": (sign_in(ann), 403, 403),
        "stranger": (sign_in(eve), 404, 404),
        "write key": (with_key(org, "write"), 200, 200),
        "read key": (with_key(org, "read"), 200, 403),
        "test key": (with_key(org, "write", "test"), 404, 404),
        "foreign key": (with_key(make_org(), "admin"), 404, 404),
    }
    assert make_key(org)
    for name, (client, read, write) in clients.items():
        assert client.get(path).status_code == read, name
        for end, body in (("reply", {"text": "Yes."}), ("resolve", {}), ("reopen", {})):
            assert client.post(f"{path}/{comment.pk}/{end}", body).status_code == write, (name, end)
            missing = client.post(f"{path}/999999/{end}", body).status_code
            assert missing == (404 if write == 200 else write), (name, end)


def test_a_comment_of_another_project_is_missing(comment, org, max_, sign_in):
    other = make_project(org)
    path = f"/api/v1/projects/{other.pk}/comments/{comment.pk}/resolve"
    assert sign_in(max_).post(path).status_code == 404
    assert sign_in(max_).post(f"/projects/{other.pk}/comments/{comment.pk}/", {"resolve": "1"}).status_code == 404


def test_the_page_lists_answers_and_resolves(
    comment, turn, max_, mia, ann, eve, sign_in, django_assert_max_num_queries
):
    path = f"/projects/{turn.project_id}/comments/"
    client = sign_in(max_)
    with django_assert_max_num_queries(10):
        text = client.get(path).text
    assert "Is irony good or bad?" in text and f"/tasks/{turn.task_id}/" in text
    assert "1 open comment" in client.get(f"/projects/{turn.project_id}/").text
    assert "Send the reply" not in sign_in(mia).get(path).text
    assert [sign_in(each).get(path).status_code for each in (ann, eve)] == [403, 404]
    one = f"{path}{comment.pk}/"
    assert [sign_in(each).post(one, {"reply": "x"}).status_code for each in (mia, ann, eve)] == [403, 403, 404]
    assert client.post(one, {"reply": "Bad.", "resolve": "1"}, format="multipart").url == path
    back = client.post(one, {"reply": "Bad!", "from": "task"}, format="multipart").url
    assert back == f"/projects/{turn.project_id}/tasks/{turn.task_id}/"
    comment.refresh_from_db()
    assert comment.reply == "Bad!" and comment.resolved_at
    assert "Bad!" in client.get(f"{path}?state=resolved").text
    assert "Nothing matches" in client.get(f"{path}?state=open").text
    assert "Is irony" in client.get(f"/projects/{turn.project_id}/tasks/{turn.task_id}/").text


def test_ones_history_shows_only_ones_own_comments(comment, org, bob, sign_in):
    assert "irony" not in sign_in(bob).get("/work/history/").text
