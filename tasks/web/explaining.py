"""Everything a method or a person decided about one task, on one page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from labeling import charts
from labeling.pseudonym import annotator_pseudonym
from tasks.models import Answer, Gold, Rejection, Task
from tasks.models.gold import GoldKind
from tasks.selectors.machines import names_of_machines
from tasks.selectors.reviews import reviews_of
from tasks.selectors.set_aside import SetAsideReader
from tasks.selectors.weights import weights_of
from tasks.services.consensus.retracing import Step, rule_of, steps_of
from tasks.states import APART, TaskState
from tasks.templatetags.requester import percent
from tasks.web import words
from tasks.web.asking import membership_of
from tasks.web.checks import KINDS
from tasks.web.results import Reader, _my_task
from workers.models import User
from workers.selectors.membership import MANAGES
from workers.web.access import needs

BASIS: dict[str, Any] = {
    "schema": _("Version of the question"),
    "policy": _("Quality policy"),
    "calibration": _("Calibration"),
    "calibrated_on": _("Calibrated on"),
    "tau": _("Sure enough from"),
    "temperature": _("Temperature"),
    "fitted_at": _("Models fitted"),
}
SAMPLES: dict[str, Any] = {"nothing": _("nothing yet"), "audit": _("the audit sample"), "truth": _("known labels")}
MOST_PARTS = 6
MOST_CLASSES = 10
NEXT: dict[str, Any] = {
    "more": _("not sure enough: one more answer"),
    "stop": _("sure enough: stop"),
    "review": _("all answers given and still not sure: a reviewer"),
}


@needs("see")
@require_GET
def why(request: HttpRequest, project_id: int, task_id: int) -> HttpResponse:
    task = _my_task(request, project_id, task_id)
    is_manager = membership_of(request).role in MANAGES
    answers = list(Answer.objects.filter(task=task).select_related("verdict", "task").order_by("pk"))
    names = _names(task, answers, by_name=is_manager)
    steps = steps_of(task)
    consensus = getattr(task, "consensus", None)
    reviews = list(reviews_of(task))
    context = {
        "nav_section": "projects",
        "project": task.project,
        "task": task,
        "chip": words.chip(task.state),
        "tab": "results",
        "is_manager": is_manager,
        "rule": rule_of(task),
        "outcome": _outcome(task, steps, reviews),
        "answers": _answers(task, answers, names, is_manager),
        "parts": _parts(task, steps, answers, names),
        "gold": _gold(task),
        "is_apart": task.state in APART,
        "consensus": consensus,
        "said": Reader(task.project).label(task),
        "method": words.methods().get(consensus.method, consensus.method) if consensus else "",
        "basis": _basis(consensus.basis) if consensus else [],
        "reviews": [_review(task, one, names, is_manager) for one in reviews],
    }
    return render(request, "requester/why.html", context)


def _names(task: Task, answers: list[Answer], *, by_name: bool) -> dict[int, str]:
    people = {answer.annotator_id for answer in answers}
    known = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if by_name else {}
    organization_id = task.project.organization_id
    known |= names_of_machines(people)
    return {
        who: known.get(who) or annotator_pseudonym(organization_id=organization_id, user_id=who)[:10] for who in people
    }


def _basis(basis: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What the consensus was worked out by, in words. A number 0 of policy and calibration means the defaults."""
    known = [(name, word, basis[name]) for name, word in BASIS.items() if basis.get(name) is not None]
    return [(word, SHOWN.get(name, str)(value)) for name, word, value in known]


def _when(moment: str) -> str:
    return date_format(localtime(datetime.fromisoformat(moment)), "SHORT_DATETIME_FORMAT")


def _number_or_defaults(number: int) -> str:
    return str(number) if number else _t("Defaults")


SHOWN: dict[str, Callable[[Any], str]] = {
    "tau": percent,
    "fitted_at": _when,
    "policy": _number_or_defaults,
    "calibration": _number_or_defaults,
    "calibrated_on": lambda name: str(SAMPLES.get(name, name)),
    "temperature": lambda value: f"{value:.2f}",
}


def _answers(task: Task, answers: list[Answer], names: dict[int, str], is_manager: bool) -> list[dict[str, Any]]:
    reader = Reader(task.project)
    weights = weights_of(task.project_id, list(names))
    rejections = {one.answer_id: one for one in Rejection.objects.filter(answer__in=answers).exclude(state="withdrawn")}
    replaced = {answer.supersedes_id for answer in answers}
    void = _void(task, answers, is_manager)
    return [
        {
            "answer": answer,
            "who": names[answer.annotator_id],
            "words": reader.words(answer.value, answer.schema_version),
            "weight": weights.get(answer.annotator_id),
            "seconds": round(answer.active_ms / 1000, 1) if answer.active_ms else None,
            "verdict": getattr(answer, "verdict", None),
            "chip": _standing(answer, rejections.get(answer.pk), answer.pk in replaced, void.get(answer.pk)),
        }
        for answer in answers
    ]


def _gold(task: Task) -> dict[str, Any] | None:
    """What is known of the task, where something is."""
    gold = Gold.objects.filter(task=task).select_related("created_by").first()
    if gold is None:
        return None
    return {
        "gold": gold,
        "kind": dict(KINDS)[GoldKind(gold.kind)],
        "source": words.GOLD_SOURCES[gold.source],
        "chip": words.chip(gold.state),
        "words": Reader(task.project).words(gold.answer, gold.schema_version),
    }


def _void(task: Task, answers: list[Answer], is_manager: bool) -> dict[int, tuple[str, str]]:
    """Answers that do not count, with the reason: {answer: in words}."""
    if task.state in APART:
        return {}
    reader = SetAsideReader(task.project_id, tells_reasons=is_manager)
    found = reader.of(answers, getattr(task, "consensus", None))
    return {pk: words.set_aside(why) for pk, why in found.items()}


def _standing(
    answer: Answer, rejection: Rejection | None, is_replaced: bool, void: tuple[str, str] | None = None
) -> dict[str, Any]:
    if rejection is not None and not answer.is_live:
        word, css = words.REJECTION_STATES[rejection.state]
        return {"word": word, "css": css}
    if is_replaced:
        return {"word": _t("Corrected"), "css": ""}
    if not answer.is_live:
        return {"word": _t("Does not count"), "css": "chip-warn"}
    if void:
        return {"word": void[0], "css": "chip-warn", "why": void[1]}
    if answer.task.state in APART:
        return {"word": _t("Not for data"), "css": ""}
    if not answer.is_applied:
        return {"word": _t("Not counted yet"), "css": ""}
    return {"word": _t("Counts"), "css": "chip-ok"}


def _parts(task: Task, steps: list[Step], answers: list[Answer], names: dict[int, str]) -> list[dict[str, Any]]:
    """A step chart and its table for each part of the answer."""
    if not steps:
        return []
    who = {answer.pk: names[answer.annotator_id] for answer in answers}
    found = []
    for part in list(steps[-1].posterior)[:MOST_PARTS]:
        last = steps[-1].posterior[part]
        classes = sorted(
            {name for step in steps for name in step.posterior.get(part, {})}, key=lambda n: -last.get(n, 0)
        )
        classes = classes[:MOST_CLASSES]
        shares = [[step.posterior.get(part, {}).get(name, 0.0) for name in classes] for step in steps]
        rows = [
            {
                "who": who.get(step.answer_id, ""),
                "shares": line,
                "sure": step.sure,
                "next": NEXT[step.next.value] if step.next else "",
            }
            for step, line in zip(steps, shares, strict=True)
        ]
        ticks = [str(n + 1) for n in range(len(steps))]
        title = _t("Posterior after each answer") if part == "item" else part
        drawn = charts.steps(classes, shares, ticks)
        found.append({"title": title, "classes": classes, "drawn": drawn, "rows": rows})
    return found


def _outcome(task: Task, steps: list[Step], reviews: list[Any]) -> str:
    """Why the task is where it is, in a sentence."""
    if reviews and task.state == TaskState.RESOLVED:
        return _t("A reviewer settled it.")
    if task.state == TaskState.IN_REVIEW:
        if steps and steps[-1].next is not None:
            return _t("It has all the answers it may have, and they are still not sure enough: a reviewer decides.")
        return _t("It waits for a reviewer.")
    if task.state in APART:
        return _t("Its answer is known: people are asked it to be trained, tested or checked, not for data.")
    if task.state == TaskState.CANCELED:
        return _t("It was called off: nobody is asked any more.")
    if task.state == TaskState.RESOLVED:
        if task.is_audit:
            return _t("It has all answers: it is part of the sample by which the others are judged.")
        if task.ceiling and steps and steps[-1].next is not None and steps[-1].next.value == "stop":
            return _t("Its answers are sure enough, so nobody else was asked.")
        return _t("It has as many answers as were asked for.")
    if reviews:
        return _t("A reviewer asked again: it waits for better or more answers.")
    return _t("It still waits for answers.")


def _review(task: Task, review: Any, names: dict[int, str], is_manager: bool) -> dict[str, Any]:
    reader = Reader(task.project)
    return {
        "review": review,
        "stage": words.STAGES[review.stage],
        "verdict": words.VERDICTS[review.verdict],
        "who": review.reviewer.name if is_manager else _t("A reviewer"),
        "words": reader.words(review.value, review.schema_version) if review.value is not None else "",
        "reason": words.REJECTIONS.get(review.reason, ""),
        "rejections": [
            {
                "rejection": one,
                "who": names.get(one.annotator_id, ""),
                "reason": words.REJECTIONS[one.reason],
                "chip": dict(zip(("word", "css"), words.REJECTION_STATES[one.state], strict=True)),
                "appeal": getattr(one, "appeal", None),
                "appeal_word": words.APPEALS[one.appeal.state][0] if hasattr(one, "appeal") else "",
            }
            for one in review.rejections.all()
        ],
    }
