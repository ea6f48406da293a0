"""What datasets are fed from: folders of buckets, looked through by hand or by schedule."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from labeling.importers.encodings import ENCODINGS
from tasks.api.uploads import ENCODING_HELP, LABELS_AS
from tasks.models import Dataset, FedObject, Feed
from tasks.models.buckets import FeedKind, FeedSchedule
from tasks.selectors import datasets
from tasks.selectors import feeds as selectors
from tasks.selectors.connections import connections_of
from tasks.services import feeds


class FeedOut(serializers.ModelSerializer[Feed]):
    kinds = serializers.ListField(child=serializers.ChoiceField(FeedKind.values))
    error = serializers.CharField(help_text="Why the last sync failed, in plain words.")

    class Meta:
        model = Feed
        fields = (
            *("id", "dataset", "connection", "prefix", "kinds", "options", "schedule", "due_at", "state"),
            *("looked_at", "expected", "fresh", "changed", "refused", "gone", "passed_over", "error"),
            *("started_at", "finished_at", "created_at"),
        )


class FedObjectOut(serializers.ModelSerializer[FedObject]):
    class Meta:
        model = FedObject
        fields = ("id", "key", "size", "kind", "state", "note", "item", "changed_at")


class FeedInput(Strict):
    connection = serializers.IntegerField(help_text="Id of a storage connection.")
    prefix = serializers.CharField(
        max_length=500, allow_blank=True, required=False, help_text="A folder below the connection's own."
    )
    kinds = serializers.ListField(child=serializers.ChoiceField(FeedKind.values), allow_empty=False)
    schedule = serializers.ChoiceField(FeedSchedule.values, required=False)
    text_field = serializers.CharField(max_length=200, required=False)
    id_field = serializers.CharField(max_length=200, required=False)
    labels_as = serializers.ChoiceField(choices=LABELS_AS, required=False)
    encoding = serializers.ChoiceField(choices=tuple(ENCODINGS), required=False, help_text=ENCODING_HELP)


class FeedChange(Strict):
    schedule = serializers.ChoiceField(FeedSchedule.values)


class SyncInput(Strict):
    take_changed = serializers.BooleanField(
        default=False, help_text="Use new versions of objects that were answered already, too."
    )


class Feeds(APIView):
    @extend_schema(operation_id="feeds_list", summary="What a dataset is fed from", responses=FeedOut(many=True))
    def get(self, request: Any, dataset_id: int) -> Response:
        pages = CursorPages()
        page = pages.paginate_queryset(selectors.feeds_of(_dataset(request, dataset_id)), request, view=self)
        return pages.get_paginated_response(FeedOut(page, many=True).data)

    @extend_schema(
        operation_id="feeds_create",
        summary="Feed a dataset from a bucket",
        request=FeedInput,
        responses={201: FeedOut},
    )
    @idempotent
    def post(self, request: Any, dataset_id: int) -> Response:
        dataset = _dataset(request, dataset_id)
        given = cleaned(FeedInput, request.data)
        mine = connections_of(organization=request.caller.organization, mode=request.caller.mode)
        connection = mine.filter(pk=given.pop("connection")).first()
        if connection is None:
            raise InvalidInput(Problem("connection", "there is no such connection", "missing"))
        feed = feeds.create_feed(
            dataset=dataset, connection=connection, actor=request.caller.user, now=timezone.now(), **given
        )
        return Response(FeedOut(feed).data, status=201)


class OneFeed(APIView):
    @extend_schema(operation_id="feeds_get", summary="One feed, and how its sync goes", responses=FeedOut)
    def get(self, request: Any, feed_id: int) -> Response:
        return Response(FeedOut(_feed(request, feed_id)).data)

    @extend_schema(operation_id="feeds_change", summary="Change its schedule", request=FeedChange, responses=FeedOut)
    def patch(self, request: Any, feed_id: int) -> Response:
        feed = _feed(request, feed_id)
        given = cleaned(FeedChange, request.data)
        feeds.change_schedule(feed=feed, actor=request.caller.user, now=timezone.now(), **given)
        return Response(FeedOut(feed).data)

    @extend_schema(
        operation_id="feeds_delete",
        summary="Remove it; its items stay",
        description="Refused (409) while pictures of the dataset lie in its bucket.",
        responses={204: None},
    )
    def delete(self, request: Any, feed_id: int) -> Response:
        feeds.delete_feed(feed=_feed(request, feed_id), actor=request.caller.user)
        return Response(status=204)


class SyncFeed(APIView):
    @extend_schema(
        operation_id="feeds_sync", summary="Look through the bucket now", request=SyncInput, responses={202: FeedOut}
    )
    def post(self, request: Any, feed_id: int) -> Response:
        feed = _feed(request, feed_id)
        given = cleaned(SyncInput, request.data)
        feeds.request_sync(feed=feed, actor=request.caller.user, now=timezone.now(), **given)
        return Response(FeedOut(_feed(request, feed_id)).data, status=202)


class StopFeed(APIView):
    @extend_schema(operation_id="feeds_stop", summary="Stop a sync", request=None, responses=FeedOut)
    def post(self, request: Any, feed_id: int) -> Response:
        feed = _feed(request, feed_id)
        cleaned(Nothing, request.data)
        feeds.stop_sync(feed=feed, actor=request.caller.user, now=timezone.now())
        return Response(FeedOut(_feed(request, feed_id)).data)


class ResumeFeed(APIView):
    @extend_schema(
        operation_id="feeds_resume", summary="Go on with a stopped or failed sync", request=None, responses=FeedOut
    )
    def post(self, request: Any, feed_id: int) -> Response:
        feed = _feed(request, feed_id)
        cleaned(Nothing, request.data)
        feeds.resume_sync(feed=feed, actor=request.caller.user)
        return Response(FeedOut(_feed(request, feed_id)).data)


class FeedObjects(APIView):
    @extend_schema(
        operation_id="feeds_objects",
        summary="Objects that there is something to tell of",
        description="Those that were refused, have changed or are gone; with `all=1` every object.",
        parameters=[OpenApiParameter("all", OpenApiTypes.BOOL)],
        responses=FedObjectOut(many=True),
    )
    def get(self, request: Any, feed_id: int) -> Response:
        feed = _feed(request, feed_id)
        every = request.query_params.get("all", "").lower() in ("1", "true")
        rows = FedObject.objects.filter(feed=feed) if every else selectors.told_of(feed)
        pages = CursorPages()
        pages.ordering = "id"
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(FedObjectOut(page, many=True).data)


def _dataset(request: Any, dataset_id: int) -> Dataset:
    caller = request.caller
    return datasets.dataset_of(organization=caller.organization, mode=caller.mode, dataset_id=dataset_id)


def _feed(request: Any, feed_id: int) -> Feed:
    caller = request.caller
    return selectors.feed_of(organization=caller.organization, mode=caller.mode, feed_id=feed_id)
