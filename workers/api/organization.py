"""The organization itself, and who in it needs a second factor."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.serializers import Strict, cleaned
from workers.api.caller import ApiRequest, check_factor_shown
from workers.api.shapes import OrganizationOut
from workers.models import Organization, SecondFactorFor
from workers.selectors.second_factors import without_one
from workers.services import second_factors


class OrganizationView(APIView):
    @extend_schema(summary="The organization this key or session belongs to", responses=OrganizationOut)
    def get(self, request: ApiRequest) -> Response:
        return Response(OrganizationOut(request.caller.organization).data)


class SecurityOut(serializers.Serializer):
    second_factor_for = serializers.ChoiceField(SecondFactorFor.choices)
    members_without = serializers.IntegerField(help_text="Active members who have no second factor.")


class OrganizationSecurity(APIView):
    rights = {"GET": "admin", "PUT": "admin"}
    live_only = True

    class Input(Strict):
        second_factor_for = serializers.ChoiceField(SecondFactorFor.choices)

    @extend_schema(summary="Who has to have a second factor", responses=SecurityOut)
    def get(self, request: ApiRequest) -> Response:
        return Response(_told(request.caller.organization))

    @extend_schema(
        summary="Say who has to have a second factor",
        description="Whoever has none sets one up first, from the next page on. API keys are not asked.",
        request=Input,
        responses=SecurityOut,
    )
    def put(self, request: ApiRequest) -> Response:
        check_factor_shown(request)
        who = cleaned(self.Input, request.data)["second_factor_for"]
        caller = request.caller
        second_factors.require(organization=caller.organization, who=who, actor=caller.user)
        return Response(_told(caller.organization))


def _told(organization: Organization) -> dict[str, Any]:
    count = without_one(organization).count()
    return {"second_factor_for": organization.second_factor_for, "members_without": count}
