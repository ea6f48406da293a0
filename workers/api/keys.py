"""API keys of the caller's organization: for admins and admin keys."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.serializers import Strict, cleaned
from workers.api.caller import ApiRequest, Caller, check_factor_shown
from workers.api.own import OwnList, own
from workers.api.shapes import KeyOut, NewKeyOut
from workers.models import ApiKey
from workers.models.access import Mode
from workers.selectors import access
from workers.services.keys import SCOPES, create_key, revoke_key

ADMIN = {"GET": "admin", "POST": "admin", "DELETE": "admin"}


class Keys(OwnList):
    rights = ADMIN
    live_only = True
    serializer_class = KeyOut

    class Input(Strict):
        name = serializers.CharField(max_length=120, allow_blank=True, default="")
        mode = serializers.ChoiceField(Mode.choices)
        scope = serializers.ChoiceField(SCOPES, default="read")
        expires_at = serializers.DateTimeField(required=False, allow_null=True)

        def validate_expires_at(self, value: Any) -> Any:
            if value is not None and value <= timezone.now():
                raise serializers.ValidationError("must be in the future")
            return value

    def rows(self, caller: Caller) -> QuerySet[ApiKey]:
        return access.keys(caller.organization)

    @extend_schema(summary="API keys")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="Make a key; its secret is shown once", request=Input, responses={201: NewKeyOut})
    @idempotent(shown_once=("secret",))
    def post(self, request: ApiRequest) -> Response:
        check_factor_shown(request)
        data = cleaned(self.Input, request.data)
        key, secret = create_key(organization=request.caller.organization, created_by=request.caller.user, **data)
        return Response(KeyOut(key).data | {"secret": secret}, status=201)


class KeyView(APIView):
    rights = ADMIN
    live_only = True

    @extend_schema(summary="Revoke a key, at once", responses={204: None})
    def delete(self, request: ApiRequest, pk: int) -> Response:
        key = own(access.keys(request.caller.organization), pk)
        revoke_key(key=key, actor=request.caller.user, now=timezone.now())
        return Response(status=204)
