"""How far a project's people agree: figures, confusions, pairs and days, as a job measured them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from labeling import charts
from labeling.pseudonym import annotator_pseudonym
from tasks.models import AgreementReport, Project
from tasks.selectors import agreement as selectors
from tasks.selectors.projects import current_version
from tasks.selectors.review_payload import titles_of
from tasks.services.measuring import ask_for_figures
from tasks.web import words
from tasks.web.asking import membership_of, my_project
from workers.models import User
from workers.selectors.membership import MANAGES
from workers.web.access import needs

MOST_PEOPLE = 24  # in the picture of pairs
LOPSIDED = 0.9  # share of one label from which figures corrected for chance mislead
NAMES: dict[str, tuple[Any, Any]] = {
    "alpha": (_("Krippendorff's alpha"), _("1 is full agreement, 0 is chance")),
    "alpha_things": (_("Alpha of the things listed"), _("how alike the objects are that people marked, beyond chance")),
    "alpha_ordinal": (_("Alpha, ordinal"), _("a step further apart on the scale is a larger mistake")),
    "alpha_interval": (_("Alpha, interval"), _("all steps of the scale are equally wide")),
    "percent": (_("Percent agreement"), _("of pairs of answers, not corrected for chance")),
    "kappa": (_("Kappa (Conger)"), _("each person guesses by their own habits")),
    "fleiss": (_("Kappa (Fleiss)"), _("everybody guesses by the crowd's habits")),
    "ac1": (_("AC1 (Gwet)"), _("stays sane when one label is rare")),
}


@needs("see")
@require_GET
def quality(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/quality.html", _context(request, my_project(request, project_id)))


@needs("see")
@require_GET
def live(request: HttpRequest, project_id: int) -> HttpResponse:
    return render(request, "requester/quality_live.html", _context(request, my_project(request, project_id)))


def _context(request: HttpRequest, project: Project) -> dict[str, Any]:
    under_way = ask_for_figures(project=project)
    report = selectors.newest_report(project)
    context: dict[str, Any] = {
        "nav_section": "projects",
        "project": project,
        "chip": words.chip(project.state),
        "tab": "quality",
        "under_way": under_way,
        "report": report,
        "reviews": selectors.review_agreement(project),
    }
    if report:
        titles = _titles(project)
        context |= {"alone": report.figures["units"] == 0, "lopsided": _lopsided(report, titles)}
        names = _names(report, project, by_name=membership_of(request).role in MANAGES)
        context |= {
            "overall": [(*NAMES[n], report.figures["overall"][n]) for n in NAMES if n in report.figures["overall"]],
            "labels": [
                row | {"label": titles.get(row["label"], row["label"]), "place": n}
                for n, row in enumerate(report.figures["labels"])
            ],
            "confusions": [
                _confusion(project, n, one, titles) for n, one in enumerate(report.figures["confusions"][:12])
            ],
            "people": _people(project, report, names),
            "pairs": [
                pair | {"names": [names[who] for who in pair["people"]], "link": _link(project, f"pair.{n}")}
                for n, pair in enumerate(report.figures["pairs"][:100])
            ],
            "days": [(day["day"][5:], day["agreement"]) for day in report.figures["days"][-60:]],
        }
    return context


def _titles(project: Project) -> dict[str, str]:
    return titles_of(current_version(project).config)


def _lopsided(report: AgreementReport, titles: dict[str, str]) -> dict[str, Any] | None:
    """The label that nearly all answers are, where there are others."""
    labels = report.figures["labels"]
    total = sum(row["answers"] for row in labels)
    most = max(labels, key=lambda row: row["answers"], default=None)
    if most is None or len(labels) < 2 or most["answers"] < LOPSIDED * total:
        return None
    return {"label": titles.get(most["label"], most["label"]), "share": most["answers"] / total}


def _names(report: AgreementReport, project: Project, *, by_name: bool) -> dict[int, str]:
    people = {who for pair in report.figures["pairs"] for who in pair["people"]}
    known = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if by_name else {}
    return {
        who: known.get(who) or annotator_pseudonym(organization_id=project.organization_id, user_id=who)[:10]
        for who in people
    }


def _link(project: Project, cell: str) -> str:
    return f"{reverse('project-items', args=[project.pk])}?{urlencode({'cell': cell})}"


def _confusion(project: Project, number: int, one: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    names = [titles.get(name, name) for name in one["classes"]]
    rows = []
    for truth, counts in enumerate(one["counts"]):
        total = sum(counts)
        rows.append(
            [
                (
                    count / total if total else 0,
                    str(count) if count else "",
                    _t("Consensus %(truth)s, answered %(said)s: %(count)s")
                    % {"truth": names[truth], "said": names[said], "count": count},
                    _link(project, f"confusion.{number}.{truth}.{said}") if count else "",
                )
                for said, count in enumerate(counts)
            ]
        )
    title = _t("Consensus against answers") if one["part"] == "item" else titles.get(one["part"], one["part"])
    return {"title": title, "names": names, "drawn": charts.heat_map(names, names, rows)}


def _people(project: Project, report: AgreementReport, names: dict[int, str]) -> dict[str, Any] | None:
    """Everybody against everybody, those with most in common first."""
    pairs = report.figures["pairs"]
    people = list(dict.fromkeys(who for pair in pairs for who in pair["people"]))[:MOST_PEOPLE]
    if len(people) < 2:
        return None
    found = {frozenset(pair["people"]): (n, pair) for n, pair in enumerate(pairs)}
    nothing = (None, "", "", "")
    rows = []
    for one in people:
        row: list[tuple[float | None, str, str, str]] = []
        for other in people:
            place, pair = found.get(frozenset((one, other)), (0, None))
            if pair is None:
                row.append(nothing)
                continue
            told = _t("%(one)s and %(other)s: %(share)s %% of %(units)s tasks") % {
                "one": names[one],
                "other": names[other],
                "share": round(pair["agreement"] * 100),
                "units": pair["units"],
            }
            row.append((pair["agreement"], str(round(pair["agreement"] * 100)), told, _link(project, f"pair.{place}")))
        rows.append(row)
    shown = [names[who] for who in people]
    return {"names": shown, "drawn": charts.heat_map(shown, shown, rows)}
