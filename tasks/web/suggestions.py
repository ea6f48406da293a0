"""What became of the suggestions: those that could not be used, and what annotators made of the others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tasks.selectors import suggestions as selectors
from tasks.web import words
from tasks.web.asking import my_project
from tasks.web.keyset import keyset
from workers.web.access import needs

PAGE = 50


@needs("see")
@require_GET
def suggestions(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    outcomes = selectors.outcomes(project)
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "overview",
        "report": selectors.report(project),
        "outcomes": [(words.OUTCOMES[name], number) for name, number in outcomes.items()],
        "page": keyset(request, selectors.problems_of(project), size=PAGE),
    }
    return render(request, "requester/suggestions.html", context)
