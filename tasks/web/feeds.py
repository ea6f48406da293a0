"""What a dataset is fed from: a folder of a bucket, how the last sync went, and what is to be told of its objects."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from tasks.models import Dataset, Feed, StorageConnection
from tasks.models.buckets import FeedKind, FeedSchedule
from tasks.selectors import feeds as selectors
from tasks.selectors.connections import connections_of
from tasks.services import feeds
from tasks.states import FedState, FeedState
from tasks.web import words
from tasks.web.asking import MODE, my_dataset, organization_of, show_problems
from tasks.web.datasets import SECTION, UploadForm
from tasks.web.keyset import keyset
from workers.selectors.membership import MANAGES
from workers.web.access import needs

ROWS = 50
KINDS = {
    FeedKind.IMAGES: _("Images: they stay in the bucket"),
    FeedKind.TEXTS: _("Text files: each is an item"),
    FeedKind.TABLES: _("JSONL, CSV and Parquet: each row is an item"),
}
SCHEDULES = {FeedSchedule.OFF: _("by hand only"), FeedSchedule.HOURLY: _("every hour"), FeedSchedule.DAILY: _("daily")}
FED: dict[str, tuple[Any, str]] = {
    FedState.TAKEN: (_("Taken"), "chip-ok"),
    FedState.REFUSED: (_("Refused"), "chip-bad"),
    FedState.CHANGED: (_("Changed"), "chip-warn"),
    FedState.GONE: (_("Gone"), "chip-warn"),
}
SAYS = {
    "sync": _("The bucket is looked through."),
    "take": _("The new versions are taken."),
    "resume": _("The sync goes on."),
    "stop": _("The sync stops after what it is at."),
    "delete": _("The feed is removed; its items stay."),
}


class FeedForm(forms.Form):
    connection: "forms.ModelChoiceField[StorageConnection]" = forms.ModelChoiceField(
        label=_("Connection"), queryset=None
    )
    prefix = forms.CharField(  # type: ignore[assignment]  # a field: Form keeps its own prefix apart
        label=_("Folder"),
        required=False,
        max_length=500,
        help_text=_("Below the connection's own; empty for all of it"),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What is taken"), choices=list(KINDS.items()), initial=[FeedKind.IMAGES],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    schedule = forms.ChoiceField(label=_("Look again"), choices=list(SCHEDULES.items()), initial=FeedSchedule.DAILY)

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = connections_of(organization=dataset.organization, mode=dataset.mode).order_by("name")
        self.fields["connection"].queryset = mine  # type: ignore[attr-defined]
        self.fields["connection"].initial = mine[0] if len(mine) == 1 else None
        for name in feeds.OPTIONS:
            self.fields[name] = UploadForm.base_fields[name]


class ScheduleForm(forms.Form):
    schedule = forms.ChoiceField(label=_("Look again"), choices=list(SCHEDULES.items()))


@needs("manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, dataset_id: int) -> HttpResponse:
    dataset = my_dataset(request, dataset_id)
    form = FeedForm(request.POST or None, dataset=dataset)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            feed = feeds.create_feed(dataset=dataset, actor=actor, now=timezone.now(), **form.cleaned_data)
        except GroundworkError as error:
            show_problems(form, error)
        else:
            return redirect("feed", feed.pk)
    context = SECTION | {"dataset": dataset, "form": form, "has_any": form.fields["connection"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "requester/feed_new.html", context, status=422 if form.is_bound else 200)


@needs("see")
@require_http_methods(["GET", "POST"])
def feed(request: HttpRequest, feed_id: int) -> HttpResponse:
    """POST changes the schedule."""
    found = mine(request, feed_id)
    may = request.membership.role in MANAGES  # type: ignore[attr-defined]  # middleware
    form = ScheduleForm(request.POST or None, initial={"schedule": found.schedule})
    if request.method == "POST" and may and form.is_valid():
        actor: Any = request.user
        feeds.change_schedule(feed=found, actor=actor, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _t("Saved."))
        return redirect("feed", found.pk)
    page = keyset(request, selectors.told_of(found), size=ROWS)
    rows = [{"row": row, "chip": {"word": FED[row.state][0], "css": FED[row.state][1]}} for row in page.rows]
    context = live_context(found) | {"form": form, "page": page, "rows": rows}
    status = (422 if may else 403) if request.method == "POST" else 200
    return render(request, "requester/feed.html", context, status=status)


@needs("see")
@require_GET
def live(request: HttpRequest, feed_id: int) -> HttpResponse:
    return render(request, "requester/feed_live.html", live_context(mine(request, feed_id)))


@needs("manage")
@require_POST
def change(request: HttpRequest, feed_id: int, action: str) -> HttpResponse:
    found, now = mine(request, feed_id), timezone.now()
    actor: Any = request.user
    try:
        if action in ("sync", "take"):
            feeds.request_sync(feed=found, actor=actor, now=now, take_changed=action == "take")
        elif action == "resume":
            feeds.resume_sync(feed=found, actor=actor)
        elif action == "stop":
            feeds.stop_sync(feed=found, actor=actor, now=now)
        else:
            feeds.delete_feed(feed=found, actor=actor)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return redirect("feed", found.pk)
    messages.success(request, str(SAYS[action]))
    return redirect("dataset", found.dataset_id) if action == "delete" else redirect("feed", found.pk)


def mine(request: HttpRequest, feed_id: int) -> Feed:
    return selectors.feed_of(organization=organization_of(request), mode=MODE, feed_id=feed_id)


def live_context(feed: Feed) -> dict[str, Any]:
    return SECTION | {
        "feed": feed,
        "chip": words.chip(feed.state),
        "is_under_way": feed.state in selectors.UNDER_WAY,
        "may_resume": feed.state in (FeedState.STOPPED, FeedState.FAILED) and feed.cursor,
        "kinds": [KINDS[FeedKind(kind)] for kind in feed.kinds],
        "schedule": SCHEDULES[FeedSchedule(feed.schedule)],
        "states": [
            {"word": FED[state][0], "css": FED[state][1], "count": count}
            for state, count in feeds.counts(feed).items()
            if count or state == FedState.TAKEN
        ],
        "waits": feed.objects_seen.filter(state=FedState.CHANGED).exists(),
    }
