"""What reviewers did not accept: for those who follow a project, and for the second person who decides."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from labeling.pseudonym import annotator_pseudonym
from tasks.api.filters import Pages, filters_of
from tasks.api.projects import my_project
from tasks.api.reviews import reviewer
from tasks.models import Project, Rejection
from tasks.models.comments import LONGEST_COMMENT
from tasks.selectors import reviews as selectors
from tasks.services import appealing, rejecting
from tasks.states import REJECTION_REASONS, AppealState, RejectionState


class RejectionFilters(Pages):
    state = serializers.ChoiceField(RejectionState.values(), required=False)
    appeal = serializers.ChoiceField(AppealState.values(), required=False)


class AppealShown(serializers.Serializer):
    text = serializers.CharField()
    state = serializers.ChoiceField(AppealState.values())
    reply = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class RejectionEntry(serializers.Serializer):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    answer = serializers.IntegerField()
    value = serializers.JSONField(help_text="The answer itself.")
    schema_version = serializers.IntegerField()
    who = serializers.CharField(help_text="A name for managers who are signed in, else a pseudonym.")
    state = serializers.ChoiceField(RejectionState.values(), help_text="held: a second person has to agree.")
    reason = serializers.ChoiceField(REJECTION_REASONS)
    clause = serializers.CharField(allow_blank=True, help_text="Of the guideline.")
    note = serializers.CharField(allow_blank=True)
    fix_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    appeal = AppealShown(allow_null=True)
    may_decide = serializers.BooleanField(help_text="Whether it is for the caller to decide what waits about it.")


PLAIN = ("state", "reason", "clause", "note", "fix_until", "created_at", "closed_at")


def shown(rejection: Rejection, request: Any) -> dict[str, Any]:
    appeal = getattr(rejection, "appeal", None)
    names = ("text", "state", "reply", "created_at", "decided_at")
    return {name: getattr(rejection, name) for name in PLAIN} | {
        "id": rejection.pk,
        "task": rejection.answer.task_id,
        "answer": rejection.answer_id,
        "value": rejection.answer.value,
        "schema_version": rejection.answer.schema_version,
        "who": _who(rejection, request),
        "appeal": {name: getattr(appeal, name) for name in names} if appeal else None,
        "may_decide": _may_decide(rejection, request),
    }


def _who(rejection: Rejection, request: Any) -> str:
    caller = request.caller
    if caller.user is not None and caller.may("manage"):
        return rejection.annotator.name
    return annotator_pseudonym(organization_id=caller.organization.pk, user_id=rejection.annotator_id)


def _may_decide(rejection: Rejection, request: Any) -> bool:
    caller, appeal = request.caller, getattr(rejection, "appeal", None)
    waits = rejection.state == RejectionState.HELD or (appeal is not None and appeal.state == AppealState.OPEN)
    if not waits or caller.user is None or not caller.may("review"):
        return False
    return caller.user.pk not in (rejection.review.reviewer_id, rejection.confirmed_by_id, rejection.annotator_id)


def followed_project(request: Any, project_id: int) -> Project:
    """Who sees projects follows all of them; a reviewer those they may review."""
    if request.caller.may("see"):
        return my_project(request, project_id)
    return selectors.reviewable_project(reviewer(request), project_id)


class Rejections(APIView):
    rights = {"GET": "follow"}

    @extend_schema(
        operation_id="projects_rejections", parameters=[RejectionFilters], responses=RejectionEntry(many=True)
    )
    def get(self, request: Any, project_id: int) -> Response:
        """Answers that were not accepted, the newest first, with the appeals against that."""
        project = followed_project(request, project_id)
        found = selectors.rejections_of(project, **filters_of(request, RejectionFilters))
        pages = CursorPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response([shown(one, request) for one in page or []])


class OneRejection(APIView):
    rights = {"GET": "follow"}

    @extend_schema(operation_id="rejections_get", responses=RejectionEntry)
    def get(self, request: Any, project_id: int, rejection_id: int) -> Response:
        return Response(shown(selectors.rejection_of(followed_project(request, project_id), rejection_id), request))


class Deciding(APIView):
    """A person's own act, never a program's; never of who rejected the answer, or gave it."""

    rights = {"POST": "review"}

    def mine(self, request: Any, project_id: int, rejection_id: int) -> Rejection:
        return selectors.rejection_of(selectors.reviewable_project(reviewer(request), project_id), rejection_id)


class ConfirmRejection(Deciding):
    @extend_schema(operation_id="rejections_confirm", request=None, responses=RejectionEntry)
    def post(self, request: Any, project_id: int, rejection_id: int) -> Response:
        """Agree with a rejection that the brake holds: its annotator hears of it now, and may fix the answer."""
        rejection = self.mine(request, project_id, rejection_id)
        cleaned(Nothing, request.data)
        rejecting.confirm(rejection=rejection, actor_id=request.caller.user.pk, now=timezone.now())
        return Response(shown(self.mine(request, project_id, rejection_id), request))


class DismissRejection(Deciding):
    @extend_schema(operation_id="rejections_dismiss", request=None, responses=RejectionEntry)
    def post(self, request: Any, project_id: int, rejection_id: int) -> Response:
        """Not agree: the answer stays, and nobody is told."""
        rejection = self.mine(request, project_id, rejection_id)
        cleaned(Nothing, request.data)
        rejecting.dismiss(rejection=rejection, actor_id=request.caller.user.pk, now=timezone.now())
        return Response(shown(self.mine(request, project_id, rejection_id), request))


class DecideAppealAgainst(Deciding):
    class Input(Strict):
        upheld = serializers.BooleanField(help_text="True: the annotator is right, and the answer counts again.")
        reply = serializers.CharField(max_length=LONGEST_COMMENT, help_text="The annotator reads this.")

    @extend_schema(operation_id="rejections_decide_appeal", request=Input, responses=RejectionEntry)
    def post(self, request: Any, project_id: int, rejection_id: int) -> Response:
        """Decide on the appeal against a rejection."""
        project = selectors.reviewable_project(reviewer(request), project_id)
        appeal = selectors.appeal_of(project, rejection_id)
        data = cleaned(self.Input, request.data)
        appealing.decide_appeal(appeal=appeal, actor_id=request.caller.user.pk, now=timezone.now(), **data)
        return Response(shown(self.mine(request, project_id, rejection_id), request))
