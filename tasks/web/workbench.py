"""The workbench's page: an application that fetches its tasks itself."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from labeling.pseudonym import annotator_pseudonym
from labeling.types import registry
from tasks.selectors.eligibility import workable_projects
from tasks.web import words
from tasks.web.work import annotator
from workers import preferences
from workers.web.access import needs


@needs("label")
@ensure_csrf_cookie
@require_GET
def workbench(request: HttpRequest) -> HttpResponse:
    """All of one's projects, or the one in `?project=`; a project that is not one's own is not found."""
    who = annotator(request)
    project_id = _project_id(request.GET.get("project", ""))
    if project_id and not workable_projects(who, project_id=project_id).exists():
        raise Http404
    types = [name for name, folder in registry.folders().items() if (folder / "static" / "widget.js").is_file()]
    config = {
        "exchangeUrl": reverse("api-work-exchange"),
        "historyUrl": reverse("api-work-history"),
        "rejections": {name: str(word) for name, word in words.REJECTIONS.items()},
        "breakMinutes": settings.BREAK_MINUTES,
        "risks": {name: str(word) for name, word in words.RISKS.items()},
        "workUrl": reverse("work"),
        "accountUrl": reverse("account"),
        "languageUrl": reverse("language"),
        "languages": settings.LANGUAGES,
        "preferencesUrl": reverse("api-preferences"),
        "preferences": preferences.complete(request.user.preferences),  # type: ignore[union-attr]  # signed in
        "project": project_id,
        "uid": annotator_pseudonym(organization_id=who.organization_id, user_id=who.user_id),
        "widgetModules": {name: static(f"types/{name}/widget.js") for name in types},
        "release": settings.RELEASE,
        "signInUrl": reverse("sign-in"),
        "largestBody": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    }
    context = {"nav_section": "work", "workbench": config, "widget_types": types}
    return render(request, "label/workbench.html", context)


def _project_id(given: str) -> int | None:
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        raise Http404
    return int(given)
