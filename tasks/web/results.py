"""One task with all its answers, in words."""

from collections import Counter
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from labeling.errors import GroundworkError
from labeling.problem_words import error_in_words
from labeling.types import registry
from tasks.models import Project, ProjectVersion, Task
from tasks.selectors import results as selectors
from tasks.selectors.comments import comments_of
from tasks.selectors.machines import votes_of_machines
from tasks.selectors.media import image_links
from tasks.selectors.policies import left_out_of
from tasks.selectors.review_payload import titles_of, words_of
from tasks.selectors.set_aside import SetAsideReader
from tasks.selectors.suggestions import is_column
from tasks.services.consensus.rows import JOINED, LONGEST_LABEL, said_in
from tasks.services.task_control import cancel_task, set_priority
from tasks.web import words
from tasks.web.asking import MODE, membership_of, organization_of, other_columns
from tasks.web.comments import comment_rows
from workers.selectors.membership import MANAGES
from workers.web.access import needs

MOST_SAID = 50


def in_titles(label: str, titles: dict[str, str]) -> str:
    """A label as people see it. One of several ticked boxes is each of them: `price, room`."""
    return titles.get(label) or JOINED.join(titles.get(one, one) for one in label.split(JOINED))


class Reader:
    """Answers of a project in words, each read under the version it was given."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.type = registry.get(project.type)
        self.configs = dict(ProjectVersion.objects.filter(project=project).values_list("number", "config"))
        self.current = self.configs[project.version]

    @cached_property
    def left_out(self) -> frozenset[int]:
        """People whose answers count for nothing."""
        return left_out_of(self.project.pk)

    def words(self, value: dict[str, Any], version: int | None = None) -> str:
        config = self.configs.get(version, self.current) if version else self.current
        if self.type.objects(value) is not None:  # its objects, counted by label
            return words_of(self.type, value, config) or _t("none")
        titles = titles_of(config)
        said = (titles.get(one, one) for one in said_in(self.type.export_row(value, config)))
        return JOINED.join(said)[:LONGEST_LABEL] or _t("none")

    def label(self, task: Task) -> str:
        """The consensus in words."""
        consensus = getattr(task, "consensus", None)
        return self.words(consensus.value, task.own_version) if consensus else ""

    def row(self, task: Task) -> dict[str, Any]:
        outcomes = Counter(each.suggestion_outcome for each in task.live if each.suggestion_outcome)  # type: ignore[attr-defined]
        given: Counter[str] = Counter()
        left_out = 0
        for answer in task.live:  # type: ignore[attr-defined]
            if answer.annotator_id in self.left_out:
                left_out += 1
            else:
                given[self.words(answer.value, answer.schema_version)] += 1
        return {
            "task": task,
            "chip": words.chip(task.state),
            "image": image_links(task.item.media),
            "text": task.item.data.get("text", ""),
            "name": task.item.name,
            "consensus": getattr(task, "consensus", None),
            "label": self.label(task),
            "votes": given.most_common(),
            "left_out": left_out,
            "kept": [(words.OUTCOMES[name], number) for name, number in sorted(outcomes.items())],
        }


@needs("see")
@require_GET
def task(request: HttpRequest, project_id: int, task_id: int) -> HttpResponse:
    found = _my_task(request, project_id, task_id)
    reader = Reader(found.project)
    machines = votes_of_machines([found])
    set_aside = SetAsideReader(found.project_id, tells_reasons=membership_of(request).role in MANAGES)
    void = set_aside.of(found.live, getattr(found, "consensus", None))  # type: ignore[attr-defined]  # with_answers
    answers = [
        {
            "answer": answer,
            "words": reader.words(answer.value, answer.schema_version),
            "who": selectors.pseudonym(found.project.organization_id, answer),
            "machine": machines.get(answer.pk),
            "set_aside": words.set_aside(void[answer.pk]) if answer.pk in void else None,
            "kept": words.kept(answer),
            "seconds": round(answer.active_ms / 1000, 1) if answer.active_ms else None,
        }
        for answer in found.live  # type: ignore[attr-defined]  # with_answers
    ]
    row = reader.row(found)
    shown_beside = found.project.suggestion_field if is_column(found.suggestion) else None
    consensus = row["consensus"]
    context = row | {
        "nav_section": "projects",
        "project": found.project,
        "tab": "results",
        "answers": answers,
        "suggestion": reader.words(found.suggestion["value"], found.suggestion["schema_version"])
        if found.suggestion
        else "",
        "source": (found.suggestion or {}).get("source", ""),
        "said": comment_rows(comments_of(found.project).filter(task=found).order_by("-pk")[:MOST_SAID]),
        "data": {name: value for name, value in other_columns(found.item).items() if name != shown_beside},
        "method": _title(consensus.method) if consensus else "",
        "methods": [
            {
                "name": _title(name),
                "words": reader.words(one["value"], found.own_version),
                "confidence": one["confidence"],
            }
            for name, one in sorted(consensus.by_method.items() if consensus else [])
            if one.get("value") is not None
        ],
    }
    return render(request, "requester/task.html", context)


@needs("manage")
@require_POST
def change_task(request: HttpRequest, project_id: int, task_id: int) -> HttpResponse:
    found = _my_task(request, project_id, task_id)
    actor: Any = request.user
    try:
        if "cancel" in request.POST:
            cancel_task(task=found, actor=actor)
            messages.success(request, _("The task is canceled."))
        else:
            set_priority(task=found, priority=_number(request.POST.get("priority", "")), actor=actor)
            messages.success(request, _("Saved."))
    except (GroundworkError, ValueError) as error:
        messages.error(request, error_in_words(error))
    return redirect("project-task", project_id, task_id)


def _title(method: str) -> str:
    return words.methods().get(method, method)


def _number(given: str) -> int:
    try:
        return int(given[:6])
    except ValueError:
        raise ValueError(_t("The priority must be a whole number.")) from None


def _my_task(request: HttpRequest, project_id: int, task_id: int) -> Task:
    found = selectors.task_of(organization_id=organization_of(request).pk, mode=MODE, task_id=task_id)
    if found.project_id != project_id:
        raise Http404
    return found
