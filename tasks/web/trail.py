"""Settings: the audit trail, with filters, and as a file."""

import json
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from labeling.outbox import events
from labeling.outbox.models import Event
from tasks.selectors import trail as selectors
from tasks.selectors import trail_rows
from tasks.web import trail_words
from tasks.web.keyset import LARGEST, keyset
from workers.selectors import access
from workers.web.access import needs

PAGE = 50


class Filters(forms.Form):
    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int, empty_value=None)
    thing = forms.ChoiceField(label=_("About"), required=False)
    kind = forms.ChoiceField(label=_("What happened"), required=False)
    number = forms.IntegerField(label=_("Number"), required=False, min_value=1, max_value=LARGEST)
    project = forms.IntegerField(label=_("Project number"), required=False, min_value=1, max_value=LARGEST)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("to day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, data: Any, *, people: list[tuple[int, str]]) -> None:
        super().__init__(data)
        choices: dict[str, list[Any]] = {
            "person": people,
            "thing": sorted(trail_words.THINGS.items(), key=lambda pair: str(pair[1])),
            "kind": sorted(trail_words.SAYS.items(), key=lambda pair: pair[0]),
        }
        for name, known in choices.items():
            self.fields[name].choices = [("", _("All")), *known]  # type: ignore[attr-defined]  # choice fields

    def given(self) -> dict[str, Any]:
        """For the selector. The last day is meant to its end."""
        data = {name: self.cleaned_data.get(name) for name in ("person", "number", "project")}
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        begin = timezone.make_aware(datetime.combine(since, time.min)) if since else None
        end = timezone.make_aware(datetime.combine(until, time.min) + timedelta(days=1)) if until else None
        words = {name: self.cleaned_data.get(name, "") for name in ("thing", "kind")}
        return {**data, **words, "since": begin, "until": end}


def _found(request: HttpRequest, data: Any) -> tuple[Filters, QuerySet[Event]]:
    organization = request.membership.organization  # type: ignore[attr-defined]  # set by OrganizationMiddleware
    people = access.members(organization).order_by("user__name", "pk").values_list("user_id", "user__name")
    form = Filters(data, people=list(people))
    form.full_clean()
    return form, selectors.entries(organization_id=organization.pk, **form.given())


@never_cache
@needs("admin")
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    form, found = _found(request, request.GET)
    page = keyset(request, found, size=PAGE, newest_first=True)
    organization_id = request.membership.organization_id  # type: ignore[attr-defined]
    names = selectors.names_of(page.rows, organization_id=organization_id)
    context = {
        "nav_section": "settings",
        "form": form,
        "page": page,
        "rows": [shown(event, names) for event in page.rows],
        "is_filtered": any(form.given().values()),
    }
    return render(request, "settings/trail.html", context, status=400 if form.errors else 200)


@needs("admin")
@require_POST
def download(request: HttpRequest, format: str) -> HttpResponseBase:
    """What the filters in the address choose, all of it. That somebody took it is in the trail, too."""
    form, found = _found(request, request.GET)
    if form.errors:
        return render(request, "settings/trail.html", {"form": form, "nav_section": "settings"}, status=400)
    organization = request.membership.organization  # type: ignore[attr-defined]
    events.emit(
        "trail.downloaded", organization_id=organization.pk, actor_id=request.user.pk, format=format,
        filters=request.GET.urlencode(),
    )  # fmt: skip
    made = trail_rows.lines(found, format, organization_id=organization.pk)
    reply = StreamingHttpResponse(made, content_type=trail_rows.CONTENT_TYPES[format])
    reply["Content-Disposition"] = f'attachment; filename="audit-trail-{organization.slug}.{format}"'
    reply["Cache-Control"] = "no-store"
    return reply


# --- one line of the page -------------------------------------------------------------------------------------------
PLACES = {"project": "project", "dataset": "dataset", "webhook": "webhook", "machine": "machine"}
ARGUMENTS = {"project": "project_id", "dataset": "dataset_id", "webhook": "pk", "machine": "machine_id"}


def shown(event: Event, names: dict[tuple[str, int], str]) -> dict[str, Any]:
    thing = event.kind.partition(".")[0]
    person = event.payload.get("user")
    return {
        "event": event,
        "who": str(event.actor) if event.actor else "",
        "key": names.get(("api_key", event.key_id), f"#{event.key_id}") if event.key_id else "",
        "what": trail_words.SAYS.get(event.kind),
        "thing": trail_words.THINGS.get(thing, thing),
        "name": names.get((thing, event.object_id or 0), ""),
        "url": _place(thing, event.object_id) if (thing, event.object_id or 0) in names else "",
        "project": names.get(("project", event.project_id or 0), "") if thing != "project" else "",
        "project_url": _place("project", event.project_id),
        "person": names.get(("user", person), "") if isinstance(person, int) and thing != "membership" else "",
        "details": [(name, _brief(value)) for name, value in sorted(event.payload.items()) if name != "user"],
    }


def _place(thing: str, pk: int | None) -> str:
    if pk is None or thing not in PLACES:
        return ""
    try:
        return reverse(PLACES[thing], kwargs={ARGUMENTS[thing]: pk})
    except NoReverseMatch:
        return ""


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"
