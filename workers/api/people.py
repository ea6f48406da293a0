"""Members and invitations of the caller's organization."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.serializers import Strict, cleaned
from workers.api.caller import ApiRequest, Caller
from workers.api.own import OwnList, own
from workers.api.shapes import InvitationOut, MemberOut, NewInvitationOut
from workers.links import invitation_link
from workers.models import Invitation, Membership, Role
from workers.selectors import access
from workers.services import invitations, memberships, sessions

MANAGE = {"GET": "manage", "POST": "manage", "PATCH": "manage", "DELETE": "manage"}


@extend_schema(summary="Members")
class Members(OwnList):
    rights = MANAGE
    serializer_class = MemberOut

    def rows(self, caller: Caller) -> QuerySet[Membership]:
        return access.members(caller.organization)


class Member(APIView):
    rights = MANAGE
    live_only = True

    class Input(Strict):
        role = serializers.ChoiceField(Role.choices, required=False)
        is_active = serializers.BooleanField(required=False)
        most_answers = serializers.IntegerField(
            required=False, allow_null=True, min_value=1, max_value=memberships.MOST_ANSWERS, help_text="A day."
        )
        most_minutes = serializers.IntegerField(
            required=False, allow_null=True, min_value=1, max_value=memberships.MOST_MINUTES, help_text="A day."
        )

    @extend_schema(summary="One member", responses=MemberOut)
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(MemberOut(own(access.members(request.caller.organization), pk)).data)

    @extend_schema(
        summary="Change a member's role or limits; deactivate or reactivate", request=Input, responses=MemberOut
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        membership = own(access.members(request.caller.organization), pk)
        data = cleaned(self.Input, request.data)
        by: dict[str, Any] = {"actor": request.caller.user, "actor_role": request.caller.rank}
        limits: dict[str, int | None] = {name: data[name] for name in ("most_answers", "most_minutes") if name in data}
        with transaction.atomic():  # all or nothing
            if "role" in data:
                membership = memberships.change_role(membership=membership, role=data["role"], **by)
            if "is_active" in data:
                move = memberships.reactivate if data["is_active"] else memberships.deactivate
                membership = move(membership=membership, **by)
            if limits:
                membership = memberships.set_limits(membership=membership, limits=limits, **by)
        return Response(MemberOut(membership).data)


class MemberSessions(APIView):
    rights = {"DELETE": "admin"}
    live_only = True

    @extend_schema(summary="Sign a member out on every device", responses={204: None})
    def delete(self, request: ApiRequest, pk: int) -> Response:
        membership = own(access.members(request.caller.organization), pk)
        sessions.end_for(membership=membership, actor=request.caller.user, actor_role=request.caller.rank)
        return Response(status=204)


class Invitations(OwnList):
    rights = MANAGE
    live_only = True
    serializer_class = InvitationOut

    class Input(Strict):
        email = serializers.CharField(max_length=254)
        role = serializers.ChoiceField(Role.choices)

    def rows(self, caller: Caller) -> QuerySet[Invitation]:
        return access.invitations(caller.organization)

    @extend_schema(summary="Waiting invitations")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Invite somebody; link and token are shown once", request=Input, responses={201: NewInvitationOut}
    )
    @idempotent(shown_once=("token", "link"))
    def post(self, request: ApiRequest) -> Response:
        data = cleaned(self.Input, request.data)
        invitation, token = invitations.invite(
            organization=request.caller.organization,
            actor=request.caller.user,
            actor_role=request.caller.rank,
            now=timezone.now(),
            **data,
        )
        body = InvitationOut(invitation).data | {"token": token, "link": invitation_link(token)}
        return Response(body, status=201)


class InvitationView(APIView):
    rights = MANAGE
    live_only = True

    @extend_schema(summary="Revoke an invitation", responses={204: None})
    def delete(self, request: ApiRequest, pk: int) -> Response:
        invitation = own(access.invitations(request.caller.organization), pk)
        invitations.revoke(
            invitation=invitation, actor=request.caller.user, actor_role=request.caller.rank, now=timezone.now()
        )
        return Response(status=204)
