"""Groups of the caller's organization."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.serializers import Strict, cleaned
from workers.api.caller import ApiRequest, Caller
from workers.api.own import OwnList, own
from workers.api.people import MANAGE
from workers.api.shapes import GroupOut
from workers.models import Group
from workers.selectors import access
from workers.services import groups


class GroupIn(Strict):
    name = serializers.CharField(max_length=120)
    users = serializers.ListField(child=serializers.IntegerField(), max_length=10_000, required=False)


class Groups(OwnList):
    rights = MANAGE
    live_only = True
    serializer_class = GroupOut

    def rows(self, caller: Caller) -> QuerySet[Group]:
        return access.groups(caller.organization)

    @extend_schema(summary="Groups")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="Make a group", request=GroupIn, responses={201: GroupOut})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        data = cleaned(GroupIn, request.data)
        group = groups.create(
            organization=request.caller.organization,
            name=data["name"],
            user_ids=data.get("users", ()),
            actor=request.caller.user,
        )
        return Response(GroupOut(group).data, status=201)


class GroupView(APIView):
    rights = MANAGE
    live_only = True

    @extend_schema(summary="One group", responses=GroupOut)
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(GroupOut(own(access.groups(request.caller.organization), pk)).data)

    @extend_schema(summary="Rename a group or replace its people", request=GroupIn, responses=GroupOut)
    def patch(self, request: ApiRequest, pk: int) -> Response:
        group = own(access.groups(request.caller.organization), pk)
        data = cleaned(GroupIn, request.data, partial=True)
        groups.change(group=group, name=data.get("name"), user_ids=data.get("users"), actor=request.caller.user)
        return Response(GroupOut(own(access.groups(request.caller.organization), pk)).data)

    @extend_schema(summary="Delete a group", responses={204: None})
    def delete(self, request: ApiRequest, pk: int) -> Response:
        group = own(access.groups(request.caller.organization), pk)
        groups.delete(group=group, actor=request.caller.user)
        return Response(status=204)
