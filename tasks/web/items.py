"""The items page: a table or a grid of a project's tasks, views of it that are kept, and one item's answers."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.pseudonym import annotator_pseudonym
from labeling.types import registry
from tasks.models import Project
from tasks.selectors import items as selectors
from tasks.selectors.agreement import behind, newest_report
from tasks.selectors.batches import batches_of, taking_tasks
from tasks.selectors.figures import figure
from tasks.selectors.item_filters import matching
from tasks.selectors.progress import Counts
from tasks.selectors.projects import current_version, lists_things
from tasks.selectors.results import with_live
from tasks.selectors.review_payload import look_at, titles_of
from tasks.services import views
from tasks.services.bulk import MOST_CHOSEN
from tasks.services.measuring import ask_for_new_counts
from tasks.states import TaskState
from tasks.web import words
from tasks.web.asking import my_project, organization_of
from tasks.web.results import Reader, _my_task, in_titles
from tasks.web.reviews import reviewer
from workers import preferences
from workers.web.access import needs

PAGE = 50
GRID = 60
COUNTED = 20_000  # tasks of a project in which those that match are counted with the page
MOST_BATCHES = 200  # to choose from
ORDERS: dict[str, Any] = {
    "id": _("In the order of the items"),
    "-id": _("Newest first"),
    "confidence": _("Least sure first"),
    "-confidence": _("Surest first"),
    "agreement": _("Least agreement first"),
    "-agreement": _("Most agreement first"),
    "-ended": _("Finished last first"),
}
FIRST = ("q", "label", "state", "order")  # shown at once; the other filters behind "More filters"
UNLISTED = ("method", "comments", "min_seconds", "max_seconds", "answered_from", "answered_to")  # numbers lead here


class Filters(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    label = forms.ChoiceField(label=_("Label"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=list(ORDERS.items()))
    min_confidence = forms.FloatField(label=_("Confidence from"), required=False, min_value=0, max_value=1)
    max_confidence = forms.FloatField(label=_("to"), required=False, min_value=0, max_value=1)
    min_agreement = forms.FloatField(label=_("Agreement from"), required=False, min_value=0, max_value=1)
    max_agreement = forms.FloatField(label=_("to"), required=False, min_value=0, max_value=1)
    annotator = forms.TypedChoiceField(label=_("Annotator"), required=False, coerce=int, empty_value=None)
    gold = forms.TypedChoiceField(
        label=_("Gold"),
        required=False,
        coerce=lambda said: said == "yes",
        empty_value=None,
        choices=[("", _("All")), ("yes", _("Only gold")), ("no", _("No gold"))],
    )
    batch = forms.TypedChoiceField(label=_("Batch"), required=False, coerce=int, empty_value=None)
    item = forms.CharField(label=_("Item key"), required=False, max_length=200)
    method = forms.CharField(required=False, max_length=30)
    comments = forms.ChoiceField(required=False, choices=[("", ""), ("open", ""), ("any", "")])
    min_seconds = forms.FloatField(required=False, min_value=0)
    max_seconds = forms.FloatField(required=False, min_value=0)
    answered_from = forms.DateTimeField(required=False)
    answered_to = forms.DateTimeField(required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        data = self.data
        self.of_objects = objects_of(project)
        labels = [name for name, _ in self.of_objects] or figure("labels", project)
        if (named := data.get("label")) and named not in labels:
            labels = [named, *labels]
        people = list(figure("people", project))
        if (who := str(data.get("annotator", ""))).isdecimal() and int(who) not in dict(people):
            people.append(
                (int(who), annotator_pseudonym(organization_id=project.organization_id, user_id=int(who))[:10])
            )
        self._choices("label", [(label, dict(self.of_objects).get(label, label)) for label in labels])
        self._choices("state", [(state.value, words.STATES[state][0]) for state in TaskState])
        self._choices("annotator", people)
        self._choices("batch", self._batches(str(data.get("batch", ""))))
        for name in ("min_confidence", "max_confidence", "min_agreement", "max_agreement"):
            self.fields[name].widget.attrs |= {"step": "0.01", "class": "input input-number"}
        self.fields["q"].widget.attrs |= {"type": "search", "data-key-focus": "/"}

    def _batches(self, asked: str) -> list[tuple[int, str]]:
        """The newest, and the one asked for."""
        mine = batches_of(self.project).order_by("-pk").values_list("pk", "name")
        found = list(mine[:MOST_BATCHES])
        if asked.isascii() and asked.isdecimal() and len(asked) < 19 and int(asked) not in dict(found):
            found += list(mine.filter(pk=int(asked)))
        return found

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def show_titles(self, titles: dict[str, str]) -> None:
        """Labels as people see them, for who has read the schema anyway."""
        named: Any = self.fields["label"]
        named.choices = [(value, in_titles(value, titles) if value else word) for value, word in named.choices]

    @property
    def first(self) -> list[Any]:
        return [self[name] for name in FIRST]

    @property
    def more(self) -> list[Any]:
        skipped = (*FIRST, *UNLISTED, *(() if len(self.fields["batch"].choices) > 1 else ("batch",)))  # type: ignore[attr-defined]
        return [self[name] for name in self.fields if name not in skipped]

    @property
    def is_more_open(self) -> bool:
        return any(field.data or field.errors for field in self.more)

    def chosen(self) -> dict[str, Any]:
        """What `matching` takes; `order` is not among it."""
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in ("", None) and name != "order"
        }
        if self.of_objects and "label" in given:
            given["has"] = given.pop("label")
        if cell := self.data.get("cell", ""):
            given["only"] = behind(newest_report(self.project), cell) or []
        return given

    def sorted_by(self) -> str:
        return self.cleaned_data.get("order") or "id"

    def query(self) -> dict[str, str]:
        """The filters of the address in one canonical form, without a position."""
        names = [*self.fields, "cell", "show"]
        return {name: self.data[name] for name in names if self.data.get(name) and name not in self.errors}

    def unlisted(self) -> list[tuple[str, str]]:
        """Filters that only a link sets: kept through the form, and told."""
        return [(name, self.data[name]) for name in (*UNLISTED, "cell", "show") if self.data.get(name)]


def objects_of(project: Project) -> list[tuple[str, str]]:
    """The labels of things that answers list, with their names; none where an answer is one whole."""
    if not lists_things(project):
        return []
    return [
        (one["value"], one.get("label") or one["value"]) for one in current_version(project).config.get("labels", [])
    ]


def filters_of(project: Project, data: QueryDict) -> Filters:
    form = Filters(data, project=project)
    form.is_valid()
    return form


TOLD: dict[str, Any] = {
    "cell": _("behind a figure of agreement"),
    "comments": _("with comments"),
    "method": _("settled by: %(value)s"),
    "min_seconds": _("an answer took at least %(value)s s"),
    "max_seconds": _("an answer took less than %(value)s s"),
    "answered_from": _("answered since %(value)s"),
    "answered_to": _("answered before %(value)s"),
}


def _how_many(project: Project, chosen: dict[str, Any], page: selectors.Page, counts: Counts) -> int | None:
    """That match, where it is known at once: of a large project only by state."""
    if not page.has_other_pages:
        return len(page.rows)
    if set(chosen) == {"state"}:
        return counts.states[chosen["state"]]
    return matching(project, **chosen).count() if counts.total + counts.apart <= COUNTED else None


@needs("see")
@require_GET
def items(request: HttpRequest, project_id: int) -> HttpResponse:
    project = my_project(request, project_id)
    form = filters_of(project, request.GET)
    chosen, query = form.chosen(), form.query()
    is_grid = request.GET.get("show") == "grid"
    page = selectors.page_of(
        project,
        chosen,
        order=form.sorted_by(),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=GRID if is_grid else PAGE,
    )
    with_live(page.rows)
    ask_for_new_counts(project=project)
    reader = Reader(project)
    form.show_titles(titles_of(reader.current))
    takers = list(taking_tasks(project)[:MOST_BATCHES])
    counts = figure("counts", project)
    context = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "results",
        "form": form,
        "matching": _how_many(project, chosen, page, counts) if chosen else None,
        "told": [TOLD[name] % {"value": value} for name, value in form.unlisted() if name in TOLD],
        "is_filtered": bool(chosen),
        "is_grid": is_grid,
        "query": urlencode(query),
        "other_show": urlencode({**query, "show": "table" if is_grid else "grid"}),
        "page": page,
        "rows": [reader.row(task) for task in page.rows],
        "counts": counts,
        "views": [{"view": view, "is_here": view.query == urlencode(query)} for view in selectors.views_of(project)],
        "kinds": [(kind, word) for kind, word in words.bulk_kinds() if kind != "batch" or takers],
        "batches": takers,
        "most_chosen": MOST_CHOSEN,
    }
    return render(request, "requester/items.html", context)


@needs("see")
@require_GET
def moved(request: HttpRequest, project_id: int) -> HttpResponse:
    """The page's address of before."""
    query = request.GET.urlencode()
    return redirect(reverse("project-items", args=[project_id]) + (f"?{query}" if query else ""))


@needs("manage")
@require_POST
def save_view(request: HttpRequest, project_id: int) -> HttpResponse:
    """Keep the filters under a name; for everybody who may see the project."""
    project = my_project(request, project_id)
    query = urlencode(filters_of(project, QueryDict(request.POST.get("query", "")[:2000])).query())
    actor: Any = request.user
    try:
        views.save_view(project=project, name=request.POST.get("name", ""), query=query, actor=actor)
    except GroundworkError as error:
        messages.error(request, error_in_words(error))
    else:
        messages.success(request, _("The view is saved."))
    return redirect(reverse("project-items", args=[project_id]) + f"?{query}")


@needs("manage")
@require_POST
def delete_view(request: HttpRequest, project_id: int, view_id: int) -> HttpResponse:
    views.delete_view(project=my_project(request, project_id), view_id=view_id, actor=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The view is deleted."))
    return redirect("project-items", project_id)


@needs("see")
@require_GET
def look(request: HttpRequest, project_id: int, task_id: int) -> HttpResponse:
    """One item with its answers side by side, and the way to the next one of the list it was opened from."""
    task = _my_task(request, project_id, task_id)
    project = task.project
    folder = registry.folders().get(project.type)
    if folder is None or not (folder / "static" / "widget.js").is_file():
        return redirect("project-task", project_id, task_id)
    form = filters_of(project, request.GET)
    query = urlencode(form.query())
    before, after = selectors.neighbours(project, form.chosen(), form.sorted_by(), task)
    who = reviewer(request)

    def link(pk: int | None) -> str:
        return "" if pk is None else reverse("project-look", args=[project_id, pk]) + (f"?{query}" if query else "")

    config = {
        "type": project.type,
        "widgetModule": static(f"types/{project.type}/widget.js"),
        "methods": words.methods(),
        "setAside": words.set_aside_words(),
        "preferencesUrl": reverse("api-preferences"),
        "preferences": preferences.complete(request.user.preferences),  # type: ignore[union-attr]  # signed in
        "uid": annotator_pseudonym(organization_id=organization_of(request).pk, user_id=who.user_id),
        **look_at(who, task),
    }
    context = {
        "nav_section": "projects",
        "project": project,
        "task": task,
        "chip": words.chip(task.state),
        "look": config,
        "widget_type": project.type,
        "list_url": reverse("project-items", args=[project_id]) + (f"?{query}" if query else ""),
        "before": link(before),
        "after": link(after),
        "key": task.item.name,
        "words": _t("Item %(key)s") % {"key": task.item.name},
    }
    return render(request, "requester/look.html", context)
