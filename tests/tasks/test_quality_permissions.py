"""Who may do what with gold, rules, people, machines, reviews and restrictions: every address, every kind of caller.

The tables must name every method of every such view, so a new one cannot be forgotten.
"""

from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, reverse
from rest_framework.test import APIClient

from labeling.outbox.models import Event
from tasks.api import project_urls, review_urls
from tasks.models import Batch, Sign
from tasks.web import urls as page_urls
from tasks.web.setup.steps import STEPS
from tests.factories import NOW, make_answer, make_org, make_project, make_task, make_user
from tests.tasks.gold.conftest import make_gold
from tests.tasks.test_machines import make_machine
from workers.models import Restriction

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
MISSING = 999_999_999
MANAGED = {"get": "see", "patch": "manage"}
ACT = {"post": "act"}  # a person's, never a program's
API = {  # method: right
    "api-check-rules": MANAGED,
    "api-project-people": {"get": "see"},
    "api-gold-column": {"put": "manage"},
    "api-project-gold": {"get": "see", "post": "manage"},
    "api-gold": MANAGED | {"delete": "manage"},
    "api-gold-retire": {"post": "manage"},
    "api-gold-reactivate": {"post": "manage"},
    "api-project-quality": MANAGED,
    "api-project-quality-estimate": {"get": "see"},
    "api-project-quality-policies": {"get": "see"},
    "api-project-review-rules": MANAGED,
    "api-machines": {"get": "see", "post": "manage"},
    "api-machine": MANAGED,
    "api-machine-archive": {"post": "manage"},
    "api-machine-key": {"post": "manage"},
    "api-machine-tasks": {"get": "manage"},  # or its own key
    "api-machine-answers": {"post": "manage"},
    "api-machine-votes": MANAGED,
    "api-machine-votes-preview": {"post": "see"},
    "api-project-machines": {"get": "see"},
    "api-machine-policy": MANAGED,
    "api-machine-policy-preview": {"post": "see"},
    "api-machine-policy-reopen": {"post": "manage"},
    "api-restrictions": {"get": "oversee", "post": "act"},
    "api-restrictions-preview": ACT,
    "api-restriction-lift": ACT,
    "api-restriction-decide": ACT,
    "api-work-restrictions": {"get": "label"},
    "api-work-restriction-appeal": {"post": "label"},
    "api-project-agreement": {"get": "see"},
    "api-project-rejections": {"get": "follow"},
    "api-rejection": {"get": "follow"},
    "api-rejection-confirm": {"post": "review"},
    "api-rejection-dismiss": {"post": "review"},
    "api-rejection-appeal": {"post": "review"},
    "api-task-explanation": {"get": "see"},
    "api-project-batches": {"get": "see", "post": "manage"},
    "api-project-batches-order": {"put": "manage"},
    "api-project-batch": MANAGED,
    "api-project-batch-tasks": {"post": "manage"},
    **{f"api-project-batch-{to}": {"post": "manage"} for to in ("start", "pause", "resume", "cancel")},
}
PAGES = {
    "project-gold": {"get": "see", "post": "manage"},
    "project-gold-one": {"get": "manage", "post": "manage"},
    "project-gold-change": {"post": "manage"},
    "project-task-gold": {"post": "manage"},
    "project-people": {"get": "see"},
    "project-person": {"get": "see", "post": "manage"},
    "project-sign-dismiss": {"post": "manage"},
    "project-machines": {"get": "see", "post": "manage"},
    "project-machines-reopen": {"post": "manage"},
    "project-machine-votes": {"post": "manage"},
    "project-batches": {"get": "see", "post": "manage"},
    "project-batches-live": {"get": "see"},
    "project-batches-order": {"post": "manage"},
    "project-batch": {"get": "see", "post": "manage"},
    "project-batch-change": {"post": "manage"},
    "project-task-why": {"get": "see"},
    "project-settings": {"get": "manage", "post": "manage"},
    "project-start": {"get": "manage", "post": "manage"},
    "setup": {"get": "manage"},
    **{f"setup-{step.name}": {"get": "manage", "post": "manage"} for step in STEPS},
    **dict.fromkeys(
        ["setup-preview", "setup-data-live", "setup-estimate", "setup-trial-live", "setup-people-able"],
        {"get": "manage"},
    ),
    **dict.fromkeys(
        ["setup-upload", "setup-labels-check", "setup-guideline-html", "setup-people-known"], {"post": "manage"}
    ),
    "project-quality-estimate": {"get": "manage"},
    "project-review": {"get": "review"},
    "project-rejection": {"post": "review"},
    "project-appeal": {"post": "review"},
    "machines": {"get": "see", "post": "manage"},
    "machine": {"get": "see"},
    "machine-change": {"post": "manage"},
    "restrictions": {"get": "manage"},
    "restriction-change": {"post": "manage"},
    "work-standing": {"get": "label"},
    "work-appeal": {"post": "label"},
}
MAY = {
    "see": {"manager", "member", "write key", "read key"},
    "follow": {"manager", "member", "reviewer", "write key", "read key"},
    "manage": {"manager", "write key"},
    "oversee": {"manager", "write key", "test key"},  # restrictions are of people, who have no mode
    "act": {"manager"},
    "review": {"manager", "reviewer"},
    "label": {"manager", "reviewer", "labeler"},
}
ACTORS = ("manager", "member", "reviewer", "labeler", "stranger", "nobody", "write key", "read key", "test key")
ACTIONS = {"project-gold-change": "retire", "machine-change": "notes", "project-batch-change": "start"}
OWN = {"api-work-restriction-appeal", "work-appeal"}  # of the caller: everybody else's is missing
HERE = ("gold", "checks", "machines", "machine_figures", "machine_register", "restrictions", "quality", "review_rules")
HERE += (
    "machine_votes",
    "agreement",
    "rejections",
    "explanations",
    "explaining",
    "project_people",
    "standing",
    "project_settings",
    "batches",
)


def named(patterns: Any) -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for each in patterns:
        found |= named(each.url_patterns) if hasattr(each, "url_patterns") else {each.name: each}
    return found


def test_the_tables_name_every_method_of_every_view():
    api = named([*project_urls.urlpatterns, *review_urls.urlpatterns])
    views = {name: each.callback.view_class for name, each in api.items()}
    ours = {name: view for name, view in views.items() if view.__module__.rsplit(".", 1)[-1] in HERE}
    assert {name: set(table) for name, table in API.items()} == {
        name: {method for method in METHODS if hasattr(view, method)} for name, view in ours.items()
    }
    pages = named(page_urls.urlpatterns)
    fragments = {"project-quality", "project-quality-live"}  # the agreement page, tested with it
    told = {name for name, each in pages.items() if each.callback.__module__.rsplit(".", 1)[-1] in HERE}
    assert told - fragments <= set(PAGES)


@pytest.fixture
def ids(org, ann, max_) -> dict[str, Any]:
    project = make_project(org)
    (gold,) = make_gold(project)
    task = make_task(project)
    make_answer(task, ann, at=NOW)
    sign = Sign.objects.create(project=project, annotator=ann, rule="too_fast", figures={}, first_at=NOW, last_at=NOW)
    row = Restriction.objects.create(
        organization=org, user=ann, project_id=project.pk, kind="pause", reason="gold", text="No.", created_by=max_
    )
    batch = Batch.objects.create(organization=org, work=project, name="b", state="staging")
    Batch.objects.filter(pk=batch.pk).update(public_id=str(batch.pk))  # one name for the API and the pages here
    return {
        "project_id": project.pk, "gold_id": gold.pk, "task_id": task.pk, "user_id": ann.pk, "sign_id": sign.pk,
        "machine_id": make_machine(org).pk, "restriction_id": row.pk, "rejection_id": MISSING, "batch_id": batch.pk,
    }  # fmt: skip


@pytest.fixture
def clients(org, max_, mia, eve, sign_in, with_key) -> dict[str, APIClient]:
    return {
        "manager": sign_in(max_), "member": sign_in(mia), "reviewer": sign_in(make_user(org, "reviewer")),
        "labeler": sign_in(make_user(org)), "stranger": sign_in(eve), "nobody": APIClient(),
        "write key": with_key(org, "write"), "read key": with_key(org, "read"),
        "test key": with_key(org, "write", "test"), "foreign key": with_key(make_org(), "admin"),
    }  # fmt: skip


def address(name: str, ids: dict[str, Any]) -> tuple[str, bool]:
    """Where it is, and whether it names something of the organization's."""
    patterns = named([*project_urls.urlpatterns, *review_urls.urlpatterns, *page_urls.urlpatterns])
    wanted = patterns[name].pattern.converters
    route = {one: ACTIONS[name] if one == "action" else ids[one] for one in wanted}
    if name in page_urls_of_projects():
        route["project_id"] = ids["project_id"]
    return reverse(name, kwargs=route), bool(set(route) - {"action"})


def page_urls_of_projects() -> set[str]:
    return {each.name for each in page_urls.project_urls}


def ask(client: APIClient, method: str, where: str, page: bool) -> int:
    """What comes of it; nothing stays."""
    with transaction.atomic():
        body = {} if method != "get" else None
        status = getattr(client, method)(where, body, **({"format": "multipart"} if page and body == {} else {}))
        transaction.set_rollback(True)
    return status.status_code


def as_told(status: int, actor: str, right: str, name: str, where: str, *, names_something: bool) -> bool:
    """Whether the reply is what the tables say."""
    if actor == "nobody":
        return status in (401, 302)
    if actor in MAY[right]:
        is_missing = name in OWN or str(MISSING) in where
        return status == 404 if is_missing else status not in (401, 403, 404, 405) and status < 500
    if actor in ("stranger", "foreign key"):  # an admin elsewhere: of what is not named they have their own
        return status in (404, 403) if names_something else status != 401 and status < 500
    if actor == "test key":  # what is live does not exist for it
        return status in (403, 404) if names_something else status < 500
    return status == 403


@pytest.mark.parametrize("actor", [*ACTORS, "foreign key"])
def test_each_caller_may_do_with_the_api_what_the_table_says(actor, ids, clients):
    before, wrong = Event.objects.count(), []
    for name, table in API.items():
        where, names_something = address(name, ids)
        for method, right in table.items():
            status = ask(clients[actor], method, where, page=False)
            if not as_told(status, actor, right, name, where, names_something=names_something):
                wrong.append((name, method, right, status))
    assert wrong == []
    assert Event.objects.count() == before


@pytest.mark.parametrize("actor", ["manager", "member", "reviewer", "labeler", "stranger", "nobody"])
def test_each_person_may_open_and_use_the_pages_that_the_table_says(actor, ids, clients):
    wrong = []
    for name, table in PAGES.items():
        where, names_something = address(name, ids)
        for method, right in table.items():
            status = ask(clients[actor], method, where, page=True)
            if not as_told(status, actor, right, name, where, names_something=names_something):
                wrong.append((name, method, right, status))
    assert wrong == []


def test_what_is_somebody_elses_answers_as_what_never_was(ids, clients):
    missing = dict.fromkeys(ids, MISSING)
    for name, table in API.items():
        where, names_something = address(name, ids)
        if not names_something:
            continue
        for method in table:
            theirs = getattr(clients["stranger"], method)(where, {} if method != "get" else None)
            none = getattr(clients["stranger"], method)(address(name, missing)[0], {} if method != "get" else None)
            assert (theirs.status_code, theirs.content) == (none.status_code, none.content), (name, method)
