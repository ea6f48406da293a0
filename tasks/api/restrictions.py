"""Restrictions: acts of people, so never by key. And one's own: to read, and to appeal against."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, NotAllowed, Problem
from labeling.http.pages import CursorPages
from labeling.http.serializers import Strict, cleaned
from tasks.api.work import WorkView, annotator
from tasks.models import Project
from tasks.selectors import restrictions as selectors
from tasks.selectors.projects import projects_of
from tasks.services import restricting
from workers.models import Membership, Restriction, RestrictionKind, RestrictionReason, User
from workers.services import restrictions
from workers.services.restrictions import LONGEST


class OwnRestrictionOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(RestrictionKind.choices)
    project = serializers.IntegerField(allow_null=True)
    reason = serializers.ChoiceField(RestrictionReason.choices)
    text = serializers.CharField()
    evidence = serializers.JSONField()
    created_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)
    appeal = serializers.CharField(allow_blank=True)
    appealed_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, row: Restriction) -> dict[str, Any]:
        names = [str(name) for name in self.fields if name not in ("project", "user", "left_out")]
        return {name: getattr(row, name) for name in names} | {"project": row.project_id}


class RestrictionOut(OwnRestrictionOut):
    user = serializers.IntegerField()
    left_out = serializers.ListField(
        child=serializers.IntegerField(), help_text="Projects in which their answers count for nothing because of this."
    )

    def to_representation(self, row: Restriction) -> dict[str, Any]:
        return super().to_representation(row) | {"user": row.user_id, "left_out": row.effects.get("left_out", [])}


class Scope(Strict):
    user = serializers.IntegerField(min_value=1)
    project = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    leaves_out = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Their answers count for nothing: exactly as if they had not been given.",
    )


class RestrictionInput(Scope):
    kind = serializers.ChoiceField(RestrictionKind.choices)
    reason = serializers.ChoiceField(RestrictionReason.choices)
    text = serializers.CharField(max_length=LONGEST, help_text="The person reads this.")


class LeftOutPreview(serializers.Serializer):
    project = serializers.IntegerField()
    answers = serializers.IntegerField()
    tasks = serializers.IntegerField()
    reopened = serializers.IntegerField()
    changed = serializers.IntegerField()
    answers_to_ask = serializers.IntegerField()
    cost = serializers.DecimalField(max_digits=14, decimal_places=4)
    currency = serializers.CharField()
    is_estimate = serializers.BooleanField()


class EffectsOut(serializers.Serializer):
    held = serializers.IntegerField(help_text="Tasks they hold, which go back.")
    left_out = LeftOutPreview(many=True)


class Text(Strict):
    text = serializers.CharField(max_length=LONGEST)


def person(request: Any) -> User:
    """A restriction is never a program's."""
    if request.caller.user is None:
        raise NotAllowed("A restriction is a person's act: sign in for it.")
    return request.caller.user


def project_named(request: Any, project_id: int | None) -> Project | None:
    if project_id is None:
        return None
    caller = request.caller
    found = projects_of(organization_id=caller.organization.pk, mode=caller.mode).filter(pk=project_id).first()
    if found is None:
        raise InvalidInput(Problem("project", f"there is no project {project_id}", "missing"))
    return found


class Restrictions(APIView):
    rights = {"GET": "manage"}

    @extend_schema(operation_id="restrictions_list", responses=RestrictionOut(many=True))
    def get(self, request: Any) -> Response:
        """All of the organization's, the newest first; lifted ones too."""
        pages = CursorPages()
        page = pages.paginate_queryset(selectors.restrictions_of(request.caller.organization), request, view=self)
        return pages.get_paginated_response(RestrictionOut(page, many=True).data)

    @extend_schema(operation_id="restrictions_create", request=RestrictionInput, responses={201: RestrictionOut})
    def post(self, request: Any) -> Response:
        """Pause or remove somebody from a project, or suspend them. They are told, with the reason and the evidence."""
        actor = person(request)
        data = cleaned(RestrictionInput, request.data)
        row = restricting.restrict(
            organization=request.caller.organization,
            user_id=data.pop("user"),
            project=project_named(request, data.pop("project")),
            actor=actor,
            actor_role=request.caller.rank,
            now=timezone.now(),
            **data,
        )
        return Response(RestrictionOut(row).data, status=201)


class PreviewRestriction(APIView):
    @extend_schema(operation_id="restrictions_preview", request=Scope, responses=EffectsOut)
    def post(self, request: Any) -> Response:
        """What it would do. Nothing is written."""
        person(request)
        data = cleaned(Scope, request.data)
        organization = request.caller.organization
        effects = restricting.preview(
            organization=organization,
            user_id=data["user"],
            project=project_named(request, data["project"]),
            leaves_out=data["leaves_out"],
        )
        if not Membership.objects.filter(organization=organization, user=data["user"]).exists():
            raise InvalidInput(Problem("user", f"there is no member {data['user']}", "missing"))
        rows = [{"project": project.pk} | asdict(preview) for project, preview in effects.left_out]
        return Response(EffectsOut({"held": effects.held, "left_out": rows}).data)


class LiftRestriction(APIView):
    @extend_schema(operation_id="restrictions_lift", request=None, responses=RestrictionOut)
    def post(self, request: Any, restriction_id: int) -> Response:
        """They may work again, and what was left out counts again."""
        actor = person(request)
        row = selectors.restriction_of(request.caller.organization, restriction_id)
        restricting.lift(restriction=row, actor=actor, now=timezone.now())
        return Response(RestrictionOut(selectors.restriction_of(request.caller.organization, row.pk)).data)


class DecideAppeal(APIView):
    class Input(Text):
        overturns = serializers.BooleanField(help_text="True lifts the restriction.")

    @extend_schema(operation_id="restrictions_decide", request=Input, responses=RestrictionOut)
    def post(self, request: Any, restriction_id: int) -> Response:
        """Another person than the one who restricted decides on the appeal."""
        actor = person(request)
        row = selectors.restriction_of(request.caller.organization, restriction_id)
        data = cleaned(self.Input, request.data)
        restricting.decide(restriction=row, actor=actor, now=timezone.now(), **data)
        return Response(RestrictionOut(selectors.restriction_of(request.caller.organization, row.pk)).data)


class OwnRestrictions(WorkView):
    @extend_schema(operation_id="work_restrictions", responses=OwnRestrictionOut(many=True))
    def get(self, request: Any) -> Response:
        """What keeps, or kept, one from working, and why."""
        return Response({"results": OwnRestrictionOut(selectors.own_restrictions(annotator(request)), many=True).data})


class AppealRestriction(WorkView):
    @extend_schema(operation_id="work_restrictions_appeal", request=Text, responses=OwnRestrictionOut)
    def post(self, request: Any, restriction_id: int) -> Response:
        """Say why it is wrong; another person decides."""
        row = selectors.own_restriction(annotator(request), restriction_id)
        data = cleaned(Text, request.data)
        restrictions.appeal(restriction=row, user=request.caller.user, text=data["text"], now=timezone.now())
        return Response(OwnRestrictionOut(selectors.own_restriction(annotator(request), row.pk)).data)
