"""Webhooks of the caller's organization: for admins and admin keys. A test key sees those of test mode."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.models import Delivery, Webhook
from tasks.selectors import deliveries as selectors
from tasks.services import delivering, webhooks
from tasks.services.webhook_examples import catalogue
from tasks.states import DeliveryState
from workers.api.caller import ApiRequest, Caller
from workers.api.own import OwnList, own

ADMIN = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), "admin")


class WebhookOut(serializers.ModelSerializer):
    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            "id",
            "url",
            "kinds",
            "description",
            "is_active",
            "disabled_reason",
            "mode",
            "created_at",
            "old_secret_until",
        )


class NewWebhookOut(WebhookOut):
    secret = serializers.CharField(help_text="For checking signatures (Standard Webhooks). Shown once.")

    class Meta(WebhookOut.Meta):
        fields = (*WebhookOut.Meta.fields, "secret")


class AttemptOut(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="Null when no reply came.")
    error = serializers.CharField(allow_blank=True)
    ms = serializers.IntegerField()


class DeliveryOut(serializers.ModelSerializer):
    attempts = AttemptOut(many=True)
    body = serializers.CharField(help_text="The message as it is sent: JSON.")

    class Meta:
        model = Delivery
        fields = (
            *("id", "message_id", "kind", "url", "state", "tries", "due_at"),
            *("attempts", "body", "created_at", "finished_at"),
        )


class WebhookInput(Strict):
    url = serializers.CharField(max_length=2000)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(sorted(webhooks.KINDS)), required=False, help_text="Of events; empty for all."
    )
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)
    secret = serializers.CharField(max_length=100, required=False, write_only=True, help_text="Made when not given.")


class WebhookChange(WebhookInput):
    url = serializers.CharField(max_length=2000, required=False)
    is_active = serializers.BooleanField(required=False)


class SecretInput(Strict):
    overlap_hours = serializers.IntegerField(
        min_value=0,
        max_value=webhooks.HOURS_AT_MOST,
        required=False,
        default=int(webhooks.OVERLAP.total_seconds() // 3600),
        help_text="For so long the old secret signs beside the new one: each message has both signatures.",
    )


class LogFilter(Strict):
    state = serializers.ChoiceField(list(DeliveryState), required=False)
    kind = serializers.CharField(max_length=60, required=False, help_text="Of the event.")
    since = serializers.DateTimeField(required=False)
    search = serializers.CharField(max_length=200, required=False, help_text="Part of the body, or the message's id.")
    cursor = serializers.CharField(required=False)
    limit = serializers.CharField(required=False)


class Since(Strict):
    since = serializers.DateTimeField(help_text="What was made and given up since then is sent again.")


class Redelivered(serializers.Serializer):
    count = serializers.IntegerField(help_text="Messages that are sent again.")


def rows_of(caller: Caller) -> QuerySet[Webhook]:
    return Webhook.objects.filter(organization=caller.organization, mode=caller.mode)


class Webhooks(OwnList):
    rights = ADMIN
    serializer_class = WebhookOut

    def rows(self, caller: Caller) -> QuerySet[Webhook]:
        return rows_of(caller)

    @extend_schema(operation_id="webhooks_list", summary="Webhooks")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="webhooks_create",
        summary="Be told of events at an address",
        request=WebhookInput,
        responses={201: NewWebhookOut},
    )
    @idempotent(shown_once=("secret",))
    def post(self, request: ApiRequest) -> Response:
        data, caller = cleaned(WebhookInput, request.data), request.caller
        made = webhooks.create_webhook(organization=caller.organization, mode=caller.mode, actor=caller.user, **data)
        return Response(NewWebhookOut(made).data, status=201)


class EventOut(serializers.Serializer):
    kind = serializers.CharField()
    description = serializers.CharField()
    example = serializers.CharField(help_text="A message about such an event as it is sent: JSON.")


class WebhookEvents(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="webhooks_events",
        summary="The kinds of events, each with an example of its message",
        responses=EventOut(many=True),
    )
    def get(self, request: ApiRequest) -> Response:
        return Response(EventOut(catalogue(), many=True).data)


class OneWebhook(APIView):
    rights = ADMIN

    @extend_schema(operation_id="webhooks_get", summary="One webhook", responses=WebhookOut)
    def get(self, request: ApiRequest, pk: int) -> Response:
        return Response(WebhookOut(own(rows_of(request.caller), pk)).data)

    @extend_schema(
        operation_id="webhooks_change",
        summary="Change it, or switch it on and off",
        request=WebhookChange,
        responses=WebhookOut,
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        webhook = own(rows_of(request.caller), pk)
        data = cleaned(WebhookChange, request.data)
        changed = webhooks.change_webhook(webhook=webhook, actor=request.caller.user, now=timezone.now(), **data)
        return Response(WebhookOut(changed).data)

    @extend_schema(operation_id="webhooks_delete", summary="Delete it, with its deliveries", responses={204: None})
    def delete(self, request: ApiRequest, pk: int) -> Response:
        webhooks.delete_webhook(webhook=own(rows_of(request.caller), pk), actor=request.caller.user)
        return Response(status=204)


class WebhookSecret(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="webhooks_secret",
        summary="Make a new secret; the old one signs along for a while",
        request=SecretInput,
        responses=NewWebhookOut,
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        webhook = own(rows_of(request.caller), pk)
        overlap = timedelta(hours=cleaned(SecretInput, request.data)["overlap_hours"])
        webhooks.new_webhook_secret(webhook=webhook, actor=request.caller.user, now=timezone.now(), overlap=overlap)
        return Response(NewWebhookOut(webhook).data)


class PingWebhook(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="webhooks_ping", summary="Send a test message", request=None, responses={202: DeliveryOut}
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        webhook = own(rows_of(request.caller), pk)
        cleaned(Nothing, request.data)
        return Response(DeliveryOut(webhooks.ping(webhook=webhook, now=timezone.now())).data, status=202)


class WebhookDeliveries(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="webhooks_deliveries",
        summary="What was sent to it, newest first, with every try",
        parameters=[LogFilter],
        responses=DeliveryOut(many=True),
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        webhook = own(rows_of(request.caller), pk)
        asked = cleaned(LogFilter, request.query_params.dict())
        found = selectors.of_webhook(
            webhook.pk,
            state=asked.get("state", ""),
            kind=asked.get("kind", ""),
            text=asked.get("search", ""),
            since=asked.get("since"),
        )
        pages = CursorPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(DeliveryOut(page, many=True).data)


class Redeliver(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="webhooks_redeliver",
        summary="Send a message once more, under the same id",
        request=None,
        responses={202: DeliveryOut},
    )
    def post(self, request: ApiRequest, pk: int, delivery_id: int) -> Response:
        webhook = own(rows_of(request.caller), pk)
        delivery = own(selectors.of_webhook(webhook.pk), delivery_id)
        cleaned(Nothing, request.data)
        delivering.redeliver(delivery=delivery, now=timezone.now())
        delivery.refresh_from_db()
        return Response(DeliveryOut(delivery).data, status=202)


class RedeliverFailed(APIView):
    rights = ADMIN

    @extend_schema(
        operation_id="webhooks_redeliver_failed",
        summary="Send once more whatever was given up since a time",
        request=Since,
        responses={202: Redelivered},
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        webhook = own(rows_of(request.caller), pk)
        since = cleaned(Since, request.data)["since"]
        count = delivering.redeliver_failed(webhook=webhook, since=since, now=timezone.now())
        return Response({"count": count}, status=202)
