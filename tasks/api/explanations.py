"""Everything a method or a person decided about one task: what the page "Why?" shows."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.pseudonym import annotator_pseudonym
from tasks.api.tasks import my_task
from tasks.models import Answer, Gold, Task
from tasks.models.gold import GoldKind
from tasks.models.review import Stage, Verdict
from tasks.selectors.machines import names_of_machines
from tasks.selectors.reviews import reviews_of
from tasks.selectors.weights import weights_of
from tasks.services.consensus.retracing import rule_of, steps_of
from tasks.states import GoldState, RejectionState, TaskState


class AnswerExplained(serializers.Serializer):
    id = serializers.IntegerField()
    who = serializers.CharField(help_text="A pseudonym, or a machine's name.")
    is_machine = serializers.BooleanField()
    value = serializers.JSONField()
    schema_version = serializers.IntegerField()
    weight = serializers.FloatField(
        allow_null=True, help_text="Share of their answers here that the consensus holds for right."
    )
    is_live = serializers.BooleanField(help_text="False once corrected or rejected: it counts no more.")
    is_applied = serializers.BooleanField(help_text="Whether the consensus knows it.")
    counts = serializers.BooleanField(help_text="Whether the consensus of now is made from it, too.")
    is_right = serializers.BooleanField(allow_null=True, help_text="By gold, where the answer is known.")


class StepOut(serializers.Serializer):
    answer = serializers.IntegerField()
    posterior = serializers.JSONField(help_text="By part, the probability of each class after this answer.")
    sure = serializers.FloatField()
    next = serializers.ChoiceField(["more", "stop", "review"], allow_null=True, help_text="What the rule said then.")


class RuleOut(serializers.Serializer):
    is_adaptive = serializers.BooleanField()
    wanted = serializers.IntegerField(required=False)
    floor = serializers.IntegerField(required=False)
    ceiling = serializers.IntegerField(required=False)
    tau = serializers.FloatField(required=False)
    review_below = serializers.FloatField(required=False)
    policy = serializers.IntegerField(required=False)
    calibration = serializers.IntegerField(required=False)


class KnownOut(serializers.Serializer):
    kind = serializers.ChoiceField(GoldKind.choices)
    state = serializers.ChoiceField(GoldState.values())
    answer = serializers.JSONField()
    why = serializers.CharField(allow_blank=True, help_text="Why it is not in use.")


class RejectionExplained(serializers.Serializer):
    id = serializers.IntegerField()
    answer = serializers.IntegerField()
    state = serializers.ChoiceField(RejectionState.values())
    reason = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    appeal = serializers.CharField(allow_null=True, help_text="Its state, where there is one.")


class ReviewExplained(serializers.Serializer):
    stage = serializers.ChoiceField(Stage.choices)
    verdict = serializers.ChoiceField(Verdict.choices)
    value = serializers.JSONField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    clause = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    agrees = serializers.BooleanField(allow_null=True, help_text="Of a blind second one: with the first.")
    decided_at = serializers.DateTimeField()
    rejections = RejectionExplained(many=True)


class ConsensusExplained(serializers.Serializer):
    value = serializers.JSONField()
    confidence = serializers.FloatField()
    method = serializers.CharField()
    basis = serializers.JSONField(help_text="Schema, policy, calibration, temperature and fit it was judged by.")


class ExplanationOut(serializers.Serializer):
    task = serializers.IntegerField()
    state = serializers.ChoiceField(TaskState.values())
    is_audit = serializers.BooleanField(help_text="Part of the sample that gets every answer.")
    rule = RuleOut()
    consensus = ConsensusExplained(allow_null=True)
    answers = AnswerExplained(many=True)
    steps = StepOut(
        many=True,
        help_text="The last one is the consensus itself; those before it are worked out anew by what is known of the "
        "annotators now. Votes only.",
    )
    reviews = ReviewExplained(many=True)
    gold = KnownOut(allow_null=True)


class Explanation(APIView):
    @extend_schema(operation_id="tasks_explanation", responses=ExplanationOut)
    def get(self, request: Request, task_id: int) -> Response:
        """Who answered what, how much it weighs, how sure that made it, why it stopped or went to a reviewer."""
        task = my_task(request, task_id)
        consensus, gold = getattr(task, "consensus", None), Gold.objects.filter(task=task).first()
        told = ("value", "confidence", "method", "basis")
        known = ("kind", "state", "answer", "why")
        return Response(
            {
                "task": task.pk,
                "state": task.state,
                "is_audit": task.is_audit,
                "rule": rule_of(task),
                "consensus": {name: getattr(consensus, name) for name in told} if consensus else None,
                "answers": _answers(task),
                "steps": [
                    {"answer": s.answer_id, "posterior": s.posterior, "sure": s.sure, "next": s.next and s.next.value}
                    for s in steps_of(task)
                ],
                "reviews": [_review(one) for one in reviews_of(task)],
                "gold": {name: getattr(gold, name) for name in known} if gold else None,
            }
        )


def _answers(task: Task) -> list[dict[str, Any]]:
    answers = list(Answer.objects.filter(task=task).select_related("verdict").order_by("pk"))
    people = {answer.annotator_id for answer in answers}
    consensus = getattr(task, "consensus", None)
    counted = set(consensus.answers) if consensus else set()
    weights, machines = weights_of(task.project_id, people), names_of_machines(people)
    organization_id = task.project.organization_id
    rows = []
    for answer in answers:
        who, verdict = answer.annotator_id, getattr(answer, "verdict", None)
        rows.append(
            {
                "id": answer.pk,
                "who": machines.get(who) or annotator_pseudonym(organization_id=organization_id, user_id=who),
                "is_machine": who in machines,
                "value": answer.value,
                "schema_version": answer.schema_version,
                "weight": weights.get(who),
                "is_live": answer.is_live,
                "is_applied": answer.is_applied,
                "counts": answer.pk in counted,
                "is_right": verdict.is_right if verdict and verdict.counts else None,
            }
        )
    return rows


def _review(review: Any) -> dict[str, Any]:
    plain = ("stage", "verdict", "value", "reason", "clause", "note", "agrees", "decided_at")
    rejections = [
        {
            "id": one.pk,
            "answer": one.answer_id,
            "state": one.state,
            "reason": one.reason,
            "note": one.note,
            "appeal": one.appeal.state if hasattr(one, "appeal") else None,
        }
        for one in review.rejections.all()
    ]
    return {name: getattr(review, name) for name in plain} | {"rejections": rejections}
