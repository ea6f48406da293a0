"""How far a project's people agree, as last measured."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.pseudonym import annotator_pseudonym
from tasks.api.projects import my_project
from tasks.selectors import agreement as selectors
from tasks.services.measuring import ask_for_figures


class FigureOut(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval, by the bootstrap.")
    high = serializers.FloatField(allow_null=True)


class LabelAgreementOut(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]  # the name is the protocol's
    alpha = FigureOut()
    answers = serializers.IntegerField(help_text="With this label, by people whose task somebody else answered too.")


class ConfusionOut(serializers.Serializer):
    part = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField())
    counts = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="[consensus][answer]"
    )


class PairOut(serializers.Serializer):
    people = serializers.ListField(child=serializers.CharField(), help_text="Pseudonyms.")
    units = serializers.IntegerField()
    agreement = serializers.FloatField()
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's, where an answer is one class.")


class DayOut(serializers.Serializer):
    day = serializers.DateField()
    units = serializers.IntegerField()
    agreement = serializers.FloatField()


class AgreementReportOut(serializers.Serializer):
    measured_at = serializers.DateTimeField(allow_null=True, help_text="Null before the first measurement.")
    is_stale = serializers.BooleanField(help_text="There are newer answers; a measurement is under way.")
    units = serializers.IntegerField()
    answers = serializers.IntegerField()
    people = serializers.IntegerField()
    overall = serializers.DictField(
        child=FigureOut(),
        help_text="alpha (by the type's distance) and percent; of one class: kappa (Conger), fleiss, ac1; of a scale:"
        " alpha_ordinal and alpha_interval; of listed objects: alpha_things.",
    )
    labels = LabelAgreementOut(many=True)
    confusions = ConfusionOut(many=True)
    pairs = PairOut(many=True)
    days = DayOut(many=True)
    reviews = serializers.DictField(child=serializers.IntegerField(), help_text="Of blind second reviews.")


NOTHING: dict[str, Any] = {
    "units": 0, "answers": 0, "people": 0, "overall": {}, "labels": [], "confusions": [], "pairs": [], "days": []
}  # fmt: skip


class Agreement(APIView):
    @extend_schema(operation_id="projects_agreement", responses=AgreementReportOut)
    def get(self, request: Any, project_id: int) -> Response:
        """Alpha, kappa, AC1 with intervals; by label, pair of people and day; confusions with the consensus."""
        project = my_project(request, project_id)
        is_stale = ask_for_figures(project=project)
        report = selectors.newest_report(project)
        figures = report.figures if report else NOTHING
        told = {name: figures[name] for name in NOTHING}
        told["confusions"] = [{k: one[k] for k in ("part", "classes", "counts")} for one in figures["confusions"]]
        told["pairs"] = [
            {
                "people": [
                    annotator_pseudonym(organization_id=project.organization_id, user_id=who) for who in pair["people"]
                ],
                "units": pair["units"],
                "agreement": pair["agreement"],
                "kappa": pair.get("kappa"),
            }
            for pair in figures["pairs"]
        ]
        measured_at = report.measured_at if report else None
        reviews = selectors.review_agreement(project)
        return Response(told | {"measured_at": measured_at, "is_stale": is_stale, "reviews": reviews})
