"""The annotator's pages around the workbench: what there is to do, and what one has done."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from labeling.markdown import to_html
from labeling.pseudonym import number_of
from labeling.types import registry
from tasks.models import Comment
from tasks.selectors import payload
from tasks.selectors import work as selectors
from tasks.selectors.comments import fresh_replies, own_comments
from tasks.selectors.eligibility import Annotator
from tasks.selectors.outcomes import Outcome, outcomes_of
from tasks.selectors.reviews import to_fix
from tasks.selectors.session import session_figures
from tasks.selectors.workload import annotator_of
from tasks.services.consensus.rows import in_words
from tasks.web import words
from tasks.web.asking import MODE, membership_of
from workers.web.access import needs

HISTORY = 30


def annotator(request: HttpRequest) -> Annotator:
    return annotator_of(membership_of(request), MODE)


@needs("label")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    who = annotator(request)
    projects = selectors.project_list(who)
    types = registry.all()
    for project in projects:
        project["guideline_html"] = to_html(project.pop("guideline"))
        project["risks"] = words.risks(project["content_risks"])
        project["title"] = _(types[project["type"]].title) if project["type"] in types else project["type"]
    now = timezone.now()
    context = {
        "nav_section": "work",
        "projects": projects,
        "figures": session_figures(who, now),
        "replies": fresh_replies(who, now),
        "to_fix": sum(project["to_fix"] for project in projects),
        "tab": "home",
    }
    return render(request, "work/home.html", context)


def told_outcome(outcome: Outcome, project: dict[str, Any]) -> dict[str, Any]:
    word, css = words.ANSWERS[outcome.kind]
    chosen = registry.get(project["type"]).export_row(outcome.value, project["config"]) if outcome.value else {}
    return {"word": word, "css": css, "chosen": in_words(chosen)}


def comments_of_mine(request: HttpRequest, position: int | None) -> list[Comment]:
    """On the first page only."""
    return list(own_comments(annotator(request))) if position is None else []


@needs("label")
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    position = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    rows = selectors.history(annotator(request), before=position, limit=HISTORY)
    tasks = {task["assignment"]: task for task in payload.tasks_of([row["assignment_id"] for row in rows])}
    shown = [tasks[row["assignment_id"]] | {"schema_version": row["schema_version"]} for row in rows]
    projects = payload.projects_of(shown)
    outcomes = outcomes_of(rows)
    answers = []
    for row, task in zip(rows, shown, strict=True):
        project = projects[f"{task['project']}.{task['schema_version']}"]
        said = registry.get(project["type"]).export_row(row["value"], project["config"])
        answers.append({"row": row, "task": task, "project": project, "words": in_words(said)})
        answers[-1]["outcome"] = told_outcome(outcomes[row["pk"]], project)
    context = {
        "nav_section": "work",
        "answers": answers,
        "any_risks": any(project["content_risks"] for project in projects.values()),
        "next": rows[-1]["pk"] if len(rows) == HISTORY else None,
        "is_first": position is None,
        "tab": "history",
        "to_fix": to_fix(annotator(request)),
        "comments": [
            {"comment": comment, "kind": words.COMMENTS[comment.kind], "number": number_of("task", comment.task_id)}
            for comment in comments_of_mine(request, position)
        ],
    }
    return render(request, "work/history.html", context)
