"""Answers that a reviewer returned: to be fixed, declined, or appealed against by whoever gave them."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.work import WorkView, annotator
from tasks.api.work_schema import HistoryEntryOut, WorkProjectOut
from tasks.models import Rejection
from tasks.models.comments import LONGEST_COMMENT
from tasks.selectors import payload
from tasks.selectors import reviews as selectors
from tasks.services import appealing, rejecting
from tasks.states import REJECTION_REASONS, AppealState, RejectionState


class AppealOut(serializers.Serializer):
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=AppealState.values())
    reply = serializers.CharField(allow_blank=True)


class RejectionOut(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RejectionState.values())
    reason = serializers.ChoiceField(choices=REJECTION_REASONS)
    clause = serializers.CharField(allow_blank=True, help_text="Of the guideline.")
    note = serializers.CharField(allow_blank=True)
    fix_until = serializers.DateTimeField(allow_null=True)
    appeal = AppealOut(allow_null=True)

    def to_representation(self, rejection: Rejection) -> dict[str, Any]:
        shown = {name: getattr(rejection, name) for name in ("state", "reason", "clause", "note", "fix_until")}
        appeal = getattr(rejection, "appeal", None)
        told = {"text": appeal.text, "state": appeal.state, "reply": appeal.reply} if appeal else None
        return {"id": rejection.pk, **shown, "appeal": told}


class ReturnedEntryOut(HistoryEntryOut):
    rejection = RejectionOut()


class ReturnedOut(serializers.Serializer):
    results = ReturnedEntryOut(many=True)
    projects = serializers.DictField(child=WorkProjectOut())


class Returned(WorkView):
    @extend_schema(operation_id="work_returned", responses=ReturnedOut)
    def get(self, request: Any) -> Response:
        """One's answers that were not accepted, newest first, each with the reason and its task."""
        rows = list(selectors.own_rejections(annotator(request)))
        tasks = {task["assignment"]: task for task in payload.tasks_of([row.answer.assignment_id for row in rows])}
        results = [
            tasks[row.answer.assignment_id]
            | {
                "schema_version": row.answer.schema_version,
                "answer_id": row.answer_id,
                "answer": row.answer.value,
                "answered_at": row.answer.created_at,
                "active_ms": row.answer.active_ms,
                "may_correct": row.state == RejectionState.RETURNED,
                "rejection": RejectionOut(row).data,
            }
            for row in rows
        ]
        return Response({"results": results, "projects": payload.projects_of(results)})


class Decline(WorkView):
    @extend_schema(operation_id="work_returned_decline", request=None, responses=RejectionOut)
    def post(self, request: Any, rejection_id: int) -> Response:
        """Not fix it: the answer is rejected for good. An appeal stays possible."""
        who = annotator(request)
        rejection = selectors.own_rejection(who, rejection_id)
        cleaned(Nothing, request.data)
        rejecting.finalize(rejection=rejection, now=timezone.now(), actor_id=who.user_id)
        return Response(RejectionOut(selectors.own_rejection(who, rejection_id)).data)


class AppealAgainst(WorkView):
    class Input(Strict):
        text = serializers.CharField(max_length=LONGEST_COMMENT)

    @extend_schema(operation_id="work_returned_appeal", request=Input, responses={201: RejectionOut})
    def post(self, request: Any, rejection_id: int) -> Response:
        """Say why the rejection is wrong. Another person than the one who rejected decides."""
        who = annotator(request)
        rejection = selectors.own_rejection(who, rejection_id)
        data = cleaned(self.Input, request.data)
        appealing.appeal(rejection=rejection, text=data["text"], now=timezone.now())
        return Response(RejectionOut(selectors.own_rejection(who, rejection_id)).data, status=201)
