"""Storage connections of the caller's organization: for admins and admin keys. A test key sees those of test mode."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.models import StorageConnection
from tasks.models.buckets import Addressing
from tasks.selectors.connections import connections_of
from tasks.services import connections
from workers.api.caller import ApiRequest, Caller
from workers.api.own import OwnList, own

ADMIN = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), "admin")


class ConnectionOut(serializers.ModelSerializer):
    class Meta:
        model = StorageConnection
        fields = (
            *("id", "name", "endpoint", "region", "bucket", "prefix", "addressing", "access_key_id", "mode"),
            *("checked_at", "check_code", "check_error", "created_at"),
        )


class ConnectionInput(Strict):
    name = serializers.CharField(max_length=100)
    endpoint = serializers.CharField(
        max_length=500, allow_blank=True, required=False, help_text="Empty for AWS, which is found by its region."
    )
    region = serializers.CharField(max_length=40, allow_blank=True, required=False)
    bucket = serializers.CharField(max_length=255)
    prefix = serializers.CharField(
        max_length=500, allow_blank=True, required=False, help_text="A folder: nothing outside of it is touched."
    )
    addressing = serializers.ChoiceField(choices=Addressing.values, required=False)
    access_key_id = serializers.CharField(max_length=200)
    secret = serializers.CharField(max_length=500, write_only=True, help_text="Kept encrypted, and never shown again.")


class ConnectionChange(ConnectionInput):
    name = serializers.CharField(max_length=100, required=False)
    bucket = serializers.CharField(max_length=255, required=False)
    access_key_id = serializers.CharField(max_length=200, required=False)
    secret = serializers.CharField(
        max_length=500, write_only=True, required=False, help_text="The old one stays where none is given."
    )


class CheckOut(serializers.Serializer):
    works = serializers.BooleanField()
    error = serializers.CharField(allow_blank=True, help_text="What is wrong, in plain words.")


def rows_of(caller: Caller) -> QuerySet[StorageConnection]:
    return connections_of(organization=caller.organization, mode=caller.mode)


class Connections(OwnList):
    rights = ADMIN
    serializer_class = ConnectionOut

    def rows(self, caller: Caller) -> QuerySet[StorageConnection]:
        return rows_of(caller)

    @extend_schema(operation_id="connections_list", summary="Storage connections")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="connections_create",
        summary="Connect a bucket",
        request=ConnectionInput,
        responses={201: ConnectionOut},
    )
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        data, caller = cleaned(ConnectionInput, request.data), request.caller
        made = connections.create_connection(
            organization=caller.organization, mode=caller.mode, actor=caller.user, **data
        )
        return Response(ConnectionOut(made).data, status=201)


class OneConnection(APIView):
    rights = ADMIN

    @extend_schema(operation_id="connections_get", summary="One storage connection", responses=ConnectionOut)
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(ConnectionOut(own(rows_of(request.caller), pk)).data)

    @extend_schema(
        operation_id="connections_change", summary="Change it", request=ConnectionChange, responses=ConnectionOut
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        connection = own(rows_of(request.caller), pk)
        data = cleaned(ConnectionChange, request.data)
        changed = connections.change_connection(connection=connection, actor=request.caller.user, **data)
        return Response(ConnectionOut(changed).data)

    @extend_schema(
        operation_id="connections_delete",
        summary="Delete it",
        description="Refused (409) while a dataset reads from it.",
        responses={204: None},
    )
    def delete(self, request: ApiRequest, pk: int) -> Response:
        connections.delete_connection(connection=own(rows_of(request.caller), pk), actor=request.caller.user)
        return Response(status=204)


class CheckConnection(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="connections_check", summary="See whether the bucket answers", request=None, responses=CheckOut
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        connection = own(rows_of(request.caller), pk)
        cleaned(Nothing, request.data)
        error = connections.check_connection(connection=connection, now=timezone.now())
        return Response({"works": not error, "error": error})
