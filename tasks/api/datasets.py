"""Datasets and their items."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.pages import CursorPages
from labeling.http.serializers import Strict, cleaned
from tasks.models import Dataset, Item
from tasks.selectors import datasets, media
from tasks.services.datasets import create_dataset, delete_dataset


class DatasetOut(serializers.ModelSerializer[Dataset]):
    class Meta:
        model = Dataset
        fields = ("id", "name", "description", "mode", "item_count", "created_at")


class ImageOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    thumb_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ItemOut(serializers.ModelSerializer[Item]):
    image = serializers.SerializerMethodField()

    class Meta:
        model = Item
        fields = ("id", "key", "data", "image", "created_at")

    @extend_schema_field(ImageOut(allow_null=True))
    def get_image(self, item: Item) -> dict[str, Any] | None:
        return media.image_links(item.media)


class Datasets(APIView):
    class Input(Strict):
        name = serializers.CharField(max_length=200)
        description = serializers.CharField(max_length=10_000, allow_blank=True, default="")

    @extend_schema(operation_id="datasets_list", responses=DatasetOut(many=True))
    def get(self, request: Any) -> Response:
        caller = request.caller
        found = datasets.datasets_of(organization=caller.organization, mode=caller.mode)
        pages = CursorPages()
        return pages.get_paginated_response(
            DatasetOut(pages.paginate_queryset(found, request, view=self), many=True).data
        )

    @extend_schema(operation_id="datasets_create", request=Input, responses={201: DatasetOut})
    def post(self, request: Any) -> Response:
        given = cleaned(self.Input, request.data)
        caller = request.caller
        dataset = create_dataset(organization=caller.organization, mode=caller.mode, created_by=caller.user, **given)
        return Response(DatasetOut(dataset).data, status=201)


class DatasetDetail(APIView):
    @extend_schema(operation_id="datasets_get", responses=DatasetOut)
    def get(self, request: Any, dataset_id: int) -> Response:
        return Response(DatasetOut(_dataset(request, dataset_id)).data)

    @extend_schema(operation_id="datasets_delete", responses={204: None})
    def delete(self, request: Any, dataset_id: int) -> Response:
        delete_dataset(dataset=_dataset(request, dataset_id), actor=request.caller.user, now=timezone.now())
        return Response(status=204)


class Items(APIView):
    @extend_schema(operation_id="items_list", responses=ItemOut(many=True))
    def get(self, request: Any, dataset_id: int) -> Response:
        pages = CursorPages()
        pages.ordering = "id"
        page = pages.paginate_queryset(datasets.items_of(_dataset(request, dataset_id)), request, view=self)
        return pages.get_paginated_response(ItemOut(page, many=True).data)


def _dataset(request: Any, dataset_id: int) -> Dataset:
    caller = request.caller
    return datasets.dataset_of(organization=caller.organization, mode=caller.mode, dataset_id=dataset_id)
