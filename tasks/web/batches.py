"""A project's batches: made of its tasks, started, paused, put in order, called off, and who hears of their end."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labeling.errors import GroundworkError, InvalidInput, Problem
from labeling.problem_words import error_in_words
from tasks.models import Batch, Project
from tasks.models.ordering import BatchKind
from tasks.scale import own_batches, studio
from tasks.selectors import batches as selectors
from tasks.selectors.batches import BatchFigures
from tasks.services import bulk
from tasks.services.batch_tasks import MOST_NEXT, OPEN_FOR_TASKS, put_next
from tasks.states import APART, BatchState
from tasks.web import words
from tasks.web.asking import my_project, show_problems
from tasks.web.items import filters_of
from workers.models import Group
from workers.web.access import allows, needs

ACTIONS: dict[str, list[tuple[str, Any, str, Any]]] = {  # state -> (action, word, icon, question before it)
    BatchState.STAGING: [("start", _("Start"), "play", ""), ("cancel", _("Cancel the batch"), "x", "cancel")],
    BatchState.IN_PROGRESS: [("pause", _("Pause"), "pause", ""), ("cancel", _("Cancel the batch"), "x", "cancel")],
    BatchState.PAUSED: [("resume", _("Resume"), "play", ""), ("cancel", _("Cancel the batch"), "x", "cancel")],
}
CANCEL_QUESTION = _("Ask nobody any more for what is not done? Answers given stay; what people hold is taken back.")
DONE = {
    "start": _("The batch is started."),
    "pause": _("The batch is paused: nobody is given its tasks. What people hold they may finish."),
    "resume": _("The batch goes on."),
    "cancel": _("The batch is canceled."),
}
NEWEST = 20  # deliveries


class NextForm(forms.Form):
    number = forms.IntegerField(label=_("How many of the next open items"), min_value=1, max_value=MOST_NEXT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs["class"] = "input input-number"


class CallbackForm(forms.Form):
    callback = forms.CharField(
        label=_("Tell when it is done"), max_length=2000, required=False,
        help_text=_("A web address, or an e-mail address. Empty: nobody is told."),
    )  # fmt: skip


class BatchForm(CallbackForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), help_text=_("Calibration is asked before the others."))
    number = forms.IntegerField(
        label=_("How many of the next open items"), min_value=1, max_value=MOST_NEXT, required=False,
        help_text=_("Items can be put into it later too, from the items page."),
    )  # fmt: skip
    field_order = ("name", "kind", "number", "callback")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, words.BATCH_KINDS[kind]) for kind in BatchKind.values]  # type: ignore[attr-defined]
        self.fields["kind"].initial = BatchKind.PRODUCTION
        self.fields["number"].widget.attrs["class"] = "input input-number"


class GroupsForm(forms.Form):
    groups: Any = forms.ModelMultipleChoiceField(
        Group.objects.none(), label=_("Kept for these groups"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everybody who works on the project is asked."),
    )  # fmt: skip

    def __init__(self, *args: Any, project: Project, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].queryset = selectors.groups_for(project)  # type: ignore[attr-defined]
        self.fields["groups"].initial = [group.pk for group in batch.groups.all()]


def my_batch(request: HttpRequest, project: Project, batch_id: int) -> Batch:
    rows = selectors.batches_of(project).select_related("project", "work").prefetch_related("groups")
    found = rows.filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


@needs("see")
@require_http_methods(["GET", "POST"])
def batches(request: HttpRequest, project_id: int) -> HttpResponse:
    """The list; POST makes a batch, of the next items or of those that match filters."""
    project = my_project(request, project_id)
    posted = request.method == "POST"
    if posted and not allows(request.membership, "manage"):  # type: ignore[attr-defined]  # set by OrganizationMiddleware
        return HttpResponse(status=403)
    given = request.POST if posted else request.GET
    filters = filters_of(project, QueryDict(given.get("of", "")[:2000]))
    query, is_filtered = urlencode(filters.query()), bool(given.get("of"))
    form = BatchForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            return redirect("project-batch", project.pk, _make(request, project, form, filters, is_filtered).pk)
        except GroundworkError as error:
            show_problems(form, error)
    context = _lists(project) | {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "batches",
        "form": form,
        "of": query if is_filtered else "",
        "preview": bulk.preview(project=project, kind="batch", filters=filters.chosen(), batch=Batch(work=project))
        if is_filtered
        else None,
        "most": bulk.MOST_COUNTED,
    }
    return render(request, "requester/batches.html", context, status=422 if posted else 200)


def _lists(project: Project) -> dict[str, Any]:
    under_way = list(selectors.in_order(selectors.batches_of(project))[: selectors.MOST])
    ended = list(selectors.ended(project)[: selectors.MOST])
    figures = selectors.figures_of(project, [*under_way, *ended], now=timezone.now())
    rows = [row_of(project, each) for each in figures]
    return {"project": project, "under_way": rows[: len(under_way)], "ended": rows[len(under_way) :]}


@needs("see")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    """Both lists, asked for again and again while they are looked at."""
    return render(request, "requester/batches_live.html", _lists(my_project(request, project_id)))


def _make(request: HttpRequest, project: Project, form: BatchForm, filters: Any, is_filtered: bool) -> Batch:
    now, data, actor = timezone.now(), form.cleaned_data, request.user
    batch = own_batches.create_own_batch(
        project=project,
        name=data["name"],
        kind=data["kind"],
        callback=data["callback"],
        actor=actor,  # type: ignore[arg-type]  # signed in
        now=now,
    )
    if is_filtered:
        asked: dict[str, Any] = {"kind": "batch", "filters": filters.chosen(), "batch": batch, "actor": actor}
        bulk.request_bulk(project=project, now=now, **asked)
        messages.success(request, _t("The batch is made; its items are put into it in the background."))
    elif data["number"]:
        _say_put(request, put_next(batch=batch, number=data["number"], now=now))
    else:
        messages.success(request, _t("The batch is made. Put items into it, then start it."))
    return batch


def _say_put(request: HttpRequest, number: int) -> None:
    told = ngettext("%(number)s item is in the batch.", "%(number)s items are put into the batch.", number)
    messages.success(request, told % {"number": number})


def row_of(project: Project, figures: BatchFigures) -> dict[str, Any]:
    batch, items = figures.batch, reverse("project-items", args=[project.pk]) + f"?batch={figures.batch.pk}"
    last = figures.delivery
    return {
        "batch": batch,
        "figures": figures,
        "chip": words.chip(batch.state),
        "kind": words.BATCH_KINDS[batch.kind],
        "groups": [group.name for group in batch.groups.all()],
        "url": reverse("project-batch", args=[project.pk, batch.pk]),
        "items": items,
        "done_items": f"{items}&state=resolved",
        "unsure_items": f"{items}&order=agreement",
        "gold_items": f"{items}&gold=yes",
        "delivery": last,
        "delivery_chip": words.chip(last.state) if last else None,
        "actions": actions_of(batch),
        "states": [
            {"word": words.STATES[state][0], "number": number, "items": f"{items}&state={state}"}
            for state, number in figures.states.items()
            if number and (state not in APART)
        ],
    }


def actions_of(batch: Batch) -> list[dict[str, Any]]:
    return [
        {"action": action, "word": word, "icon": icon, "question": CANCEL_QUESTION if question else ""}
        for action, word, icon, question in ACTIONS.get(BatchState(batch.state), [])
    ]


@needs("see")
@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, project_id: int, batch_id: int) -> HttpResponse:
    """One batch; POST puts the next items into it, or changes its callback or groups."""
    project = my_project(request, project_id)
    found = my_batch(request, project, batch_id)
    posted = request.POST.get("form", "") if request.method == "POST" else None
    if posted is not None and not allows(request.membership, "manage"):  # type: ignore[attr-defined]
        return HttpResponse(status=403)
    takes_tasks = not found.is_ordered and found.state in OPEN_FOR_TASKS
    next_form = NextForm(request.POST if posted == "next" else None)
    callback = CallbackForm(request.POST if posted == "callback" else None, initial={"callback": found.callback})
    groups = GroupsForm(request.POST if posted == "groups" else None, project=project, batch=found)
    form = {"next": next_form, "callback": callback, "groups": groups}.get(posted or "")
    if form is not None and form.is_valid():
        try:
            _change(request, found, str(posted), form.cleaned_data, takes_tasks)
            return redirect("project-batch", project.pk, found.pk)
        except GroundworkError as error:
            show_problems(form, error)
    (figures,) = selectors.figures_of(project, [found], now=timezone.now())
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(found.state),
        "tab": "batches",
        "row": row_of(project, figures),
        "is_own": not found.is_ordered,
        "takes_tasks": takes_tasks,
        "next_form": next_form,
        "callback_form": callback,
        "groups_form": groups,
        "deliveries": [
            {"delivery": each, "chip": words.chip(each.state), "last": each.attempts[-1] if each.attempts else None}
            for each in selectors.deliveries_of(found)[:NEWEST]
        ],
    }
    return render(request, "requester/batch.html", context, status=422 if posted is not None else 200)


def _change(request: HttpRequest, batch: Batch, form: str, data: dict[str, Any], takes_tasks: bool) -> None:
    actor: Any = request.user
    if form == "next":
        if not takes_tasks:
            raise InvalidInput(Problem("number", "the batch takes no more items", "state"))
        _say_put(request, put_next(batch=batch, number=data["number"], now=timezone.now()))
        return
    if form == "callback":
        own_batches.change_callback(batch=batch, callback=data["callback"], actor=actor)
    else:
        own_batches.change_groups(batch=batch, groups=list(data["groups"]), actor=actor)
    messages.success(request, _t("Saved."))


@needs("manage")
@require_POST
def change(request: HttpRequest, project_id: int, batch_id: int, action: str) -> HttpResponse:
    """Start, pause, resume, cancel."""
    project = my_project(request, project_id)
    found = my_batch(request, project, batch_id)
    if action not in DONE:
        raise Http404
    actor: Any = request.user
    try:
        own_batches.move_batch(batch=found, action=action, actor=actor, now=timezone.now())
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, str(DONE[action]))
    back = request.POST.get("back") == "list"
    return redirect("project-batches", project.pk) if back else redirect("project-batch", project.pk, found.pk)


@needs("manage")
@require_POST
def order(request: HttpRequest, project_id: int) -> HttpResponse:
    """A new order: `batch` for each, first to last; or `move`, the batch that goes one up or down (`up`, `down`)."""
    project = my_project(request, project_id)
    here = list(selectors.in_order(selectors.batches_of(project)))
    try:
        studio.set_order_within(project=project, batches=_ordered(request.POST, here), now=timezone.now())
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
        return redirect("project-batches", project.pk)
    if request.headers.get("x-requested-with") == "fetch":
        return HttpResponse(status=204)
    return redirect(reverse("project-batches", args=[project.pk]) + "#order")


def _ordered(given: QueryDict, here: Sequence[Batch]) -> list[Batch]:
    ids = [batch.pk for batch in here]
    for name, step in (("up", -1), ("down", 1)):
        moved = given.get(name, "")
        if moved.isdecimal() and int(moved) in ids:
            at = ids.index(int(moved))
            to = min(len(ids) - 1, max(0, at + step))
            ids.insert(to, ids.pop(at))
            break
    else:
        ids = [int(pk) for pk in given.getlist("batch") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    known = {batch.pk: batch for batch in here}
    return [known[pk] for pk in ids if pk in known]
