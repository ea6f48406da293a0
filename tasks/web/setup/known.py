"""Training and test items of the people step: answered in the preview, or taken of what is known already."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from labeling.errors import GroundworkError, InvalidInput, Problem
from labeling.problem_words import error_in_words
from tasks.models import Gold, Item
from tasks.models.gold import GoldKind, GoldSource
from tasks.selectors import gold as reads
from tasks.selectors.media import image_links
from tasks.services import gold as services
from tasks.services.gold_reading import LONGEST_EXPLANATION, Told
from tasks.services.practising import PRACTICE, known_of_column, take_for_practice
from tasks.states import GoldState
from tasks.web.results import Reader
from tasks.web.setup.steps import Here, step_view

MOST_SHOWN = 100
MOST_COUNTED = 1000
LONGEST_ANSWER = 2_000_000


def known_context(here: Here) -> dict[str, Any]:
    """What is known by kind, the practice items themselves, and what more could be taken."""
    project = here.project
    kinds = reads.gold_summary(project)["kinds"]
    practice = Gold.objects.filter(project=project, kind__in=PRACTICE).exclude(state=GoldState.RETIRED)
    rows = practice.select_related("task__item").order_by("kind", "position", "pk")[:MOST_SHOWN]
    reader = Reader(project)
    more = known_of_column(project)[:MOST_COUNTED].count()
    return {
        "kinds": kinds,
        "known": [
            {
                "gold": one,
                "is_training": one.kind == GoldKind.TRAINING,
                "is_out": one.state != GoldState.ACTIVE,
                "text": one.task.item.data.get("text", ""),
                "image": image_links(one.task.item.media),
                "words": reader.words(one.answer, one.schema_version),
            }
            for one in rows
        ],
        "more_known": max(0, sum(kinds[kind] for kind in PRACTICE) - MOST_SHOWN),
        "to_take": more + kinds[GoldKind.GOLD],
    }


@step_view
@require_POST
def known(request: HttpRequest, here: Here) -> HttpResponse:
    """One more, one less, or some of what is known. The page's script gets the list anew; without it the page comes."""
    error = told = ""
    try:
        told = DO.get(request.POST.get("then", ""), _nothing)(request, here)
    except GroundworkError as found:
        error = error_in_words(found)
    if request.headers.get("x-requested-with") == "fetch":
        context = known_context(here) | {"here": here, "project": here.project, "known_error": error, "told": told}
        return render(request, "requester/setup/known.html", context, status=422 if error else 200)
    (messages.error if error else messages.success)(request, error or told)
    return redirect("setup-people", here.project.pk)


def _nothing(request: HttpRequest, here: Here) -> str:
    raise Http404


def _add(request: HttpRequest, here: Here) -> str:
    actor: Any = request.user
    project, item = here.project, request.POST.get("item", "")
    kind, raw = request.POST.get("kind", ""), request.POST.get("answer", "")
    if kind not in PRACTICE:
        raise InvalidInput(Problem("kind", f"must be one of {', '.join(PRACTICE)}, not {kind!r}", "choice"))
    mine = Item.objects.filter(dataset__projects=project, dataset__deleted_at=None)
    found = mine.filter(pk=int(item)).first() if item.isascii() and item.isdecimal() and len(item) < 19 else None
    if found is None:
        raise InvalidInput(Problem("item", "there is no such item", "missing"))
    try:
        answer = json.loads(raw[:LONGEST_ANSWER])
    except ValueError:
        raise InvalidInput(Problem("answer", "must be a JSON object", "invalid")) from None
    why = request.POST.get("why", "").strip()[:LONGEST_EXPLANATION]
    told = [Told("item", found.key, answer, kind, why, found.pk)]
    services.add_gold(project=project, told=told, source=GoldSource.API, actor=actor, now=timezone.now(), replace=True)
    return _t("Kept for the training.") if kind == GoldKind.TRAINING else _t("Kept for the test.")


def _drop(request: HttpRequest, here: Here) -> str:
    number = request.POST.get("gold", "") or request.GET.get("gold", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404
    actor: Any = request.user
    services.drop_gold(gold=reads.one_gold(here.project, int(number)), actor=actor, now=timezone.now())
    return _t("It is left out.")


def _take(request: HttpRequest, here: Here) -> str:
    number, actor = request.POST.get("number", ""), request.user
    wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 0
    kind = request.POST.get("kind_taken", "")
    taken = take_for_practice(
        project=here.project,
        kind=kind,
        number=wanted,
        actor=actor,  # type: ignore[arg-type]  # signed in
        now=timezone.now(),
    )
    return ngettext("%(number)s item is taken.", "%(number)s items are taken.", taken) % {"number": taken}


DO = {"add": _add, "drop": _drop, "take": _take}
