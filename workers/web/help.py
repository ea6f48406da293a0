"""Help pages. Tables of settings, queues and API calls are made from the source, so they cannot be out of date."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from labeling.celery import QUEUES
from labeling.env import SETTINGS
from labeling.http.docs import operations
from workers.web import gallery

PAGES = {
    "requesters": _("Getting your data labeled"),
    "annotators": _("Labeling"),
    "types": _("Types of tasks"),
    "forms": _("Forms and attributes"),
    "own-type": _("Write your own type"),
    "data": _("Data in and out"),
    "buckets": _("Buckets"),
    "archive": _("Archives of an organization"),
    "quality": _("How quality is measured"),
    "machines": _("Models that answer"),
    "api": _("The API"),
    "scale": _("Coming from Scale"),
    "security": _("Security"),
    "settings": _("Settings"),
    "queues": _("Queues and jobs"),
}


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"pages": PAGES, "nav_section": "help"})


def page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in PAGES:
        raise Http404
    context: dict[str, object] = {"pages": PAGES, "name": name, "page_name": PAGES[name], "nav_section": "help"}
    if name == "settings":
        context["settings"] = SETTINGS.values()
    elif name == "queues":
        context["queues"] = QUEUES.items()
    elif name == "api":
        context["groups"] = operations()
    elif name == "types":
        context |= gallery.context()
    return render(request, f"help/{name}.html", context)
