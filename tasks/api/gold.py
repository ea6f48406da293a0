"""Known answers of a project: hidden checks, training and test items."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.filters import Pages, filters_of
from tasks.api.projects import my_project
from tasks.models import Gold
from tasks.models.gold import GoldKind, GoldSource
from tasks.selectors import gold as selectors
from tasks.services import gold as services
from tasks.services.gold_reading import LONGEST_EXPLANATION, Told
from tasks.states import GoldState

MOST_AT_ONCE = 1000


class GoldFilters(Pages):
    kind = serializers.ChoiceField(GoldKind.choices, required=False)
    state = serializers.ChoiceField(GoldState.values(), required=False)


class GoldOut(serializers.Serializer):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    item = serializers.CharField(help_text="The key of the item.")
    kind = serializers.ChoiceField(GoldKind.choices)
    state = serializers.ChoiceField(GoldState.values())
    source = serializers.ChoiceField(GoldSource.choices)  # type: ignore[assignment]  # a field, as DRF means it
    answer = serializers.JSONField()
    explanation = serializers.CharField(allow_blank=True)
    schema_version = serializers.IntegerField()
    position = serializers.IntegerField(help_text="Of a training: its place in the order.")
    judged = serializers.IntegerField(help_text="People whose answer was measured by it.")
    failed = serializers.IntegerField()
    failed_by_good = serializers.IntegerField(help_text="Of those, people who are usually right.")
    why = serializers.CharField(allow_blank=True, help_text="Why it is not in use.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, gold: Gold) -> dict[str, Any]:
        names = [str(name) for name in self.fields if name not in ("task", "item")]
        row = {name: getattr(gold, name) for name in names}
        return row | {"task": gold.task_id, "item": gold.task.item.key}


class OneKnown(Strict):
    item = serializers.CharField(max_length=200, help_text="The key of an item in the project's datasets.")
    answer = serializers.JSONField(help_text="As an annotator would give it.")
    kind = serializers.ChoiceField(GoldKind.choices, required=False, default=GoldKind.GOLD.value)
    explanation = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_EXPLANATION, help_text="Shown with a training's feedback."
    )


class GoldInput(Strict):
    items = serializers.ListField(child=OneKnown(), allow_empty=False, max_length=MOST_AT_ONCE)
    replace = serializers.BooleanField(
        required=False, default=False, help_text="Take the place of other answers known to the same items."
    )


class GoldChange(Strict):
    answer = serializers.JSONField(required=False)
    explanation = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_EXPLANATION)
    kind = serializers.ChoiceField(GoldKind.choices, required=False)
    position = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)


class AddedOut(serializers.Serializer):
    added = serializers.IntegerField()


class GoldList(APIView):
    @extend_schema(operation_id="projects_gold", parameters=[GoldFilters], responses=GoldOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """What is known, the newest first."""
        project = my_project(request, project_id)
        found = selectors.gold_of(project, **filters_of(request, GoldFilters))
        pages = CursorPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(GoldOut(page, many=True).data)

    @extend_schema(operation_id="projects_gold_add", request=GoldInput, responses={201: AddedOut})
    @idempotent
    def post(self, request: Any, project_id: int) -> Response:
        """Make checks, training or test items of items with a known answer. All or none; problems name their items."""
        project = my_project(request, project_id)
        data = cleaned(GoldInput, request.data)
        told = [
            Told(f"items[{n}]", one["item"], one["answer"], one["kind"], one.get("explanation", ""))
            for n, one in enumerate(data["items"])
        ]
        added, _ = services.add_gold(
            project=project,
            told=told,
            source=GoldSource.API,
            actor=request.caller.user,
            now=timezone.now(),
            replace=data["replace"],
        )
        return Response({"added": added}, status=201)


class OneGold(APIView):
    @extend_schema(operation_id="gold_get", responses=GoldOut)
    def get(self, request: Request, project_id: int, gold_id: int) -> Response:
        return Response(GoldOut(selectors.one_gold(my_project(request, project_id), gold_id)).data)

    @extend_schema(operation_id="gold_change", request=GoldChange, responses=GoldOut)
    def patch(self, request: Any, project_id: int, gold_id: int) -> Response:
        """Mend it: with another answer everybody is measured anew, and one that was out of use is in use again."""
        gold = selectors.one_gold(my_project(request, project_id), gold_id)
        data = cleaned(GoldChange, request.data)
        if not data:
            raise InvalidInput(Problem("", "nothing to change was given", "required"))
        return Response(GoldOut(services.change_gold(gold=gold, actor=request.caller.user, **data)).data)

    @extend_schema(operation_id="gold_drop", responses={204: None})
    def delete(self, request: Any, project_id: int, gold_id: int) -> Response:
        """Its task is ordinary work again, and nobody is measured by it."""
        gold = selectors.one_gold(my_project(request, project_id), gold_id)
        services.drop_gold(gold=gold, actor=request.caller.user, now=timezone.now())
        return Response(status=204)


class RetireGold(APIView):
    class Input(Strict):
        why = serializers.CharField(max_length=500)

    @extend_schema(operation_id="gold_retire", request=Input, responses=GoldOut)
    def post(self, request: Any, project_id: int, gold_id: int) -> Response:
        """Ask nobody any more; what people answered to it still counts."""
        project = my_project(request, project_id)
        gold = selectors.one_gold(project, gold_id)
        data = cleaned(self.Input, request.data)
        services.retire(gold=gold, actor=request.caller.user, why=data["why"], now=timezone.now())
        return Response(GoldOut(selectors.one_gold(project, gold_id)).data)


class ReactivateGold(APIView):
    @extend_schema(operation_id="gold_reactivate", request=None, responses=GoldOut)
    def post(self, request: Any, project_id: int, gold_id: int) -> Response:
        """Use it again as it is: it was right after all."""
        project = my_project(request, project_id)
        gold = selectors.one_gold(project, gold_id)
        cleaned(Nothing, request.data)
        services.reactivate(gold=gold, actor=request.caller.user)
        return Response(GoldOut(selectors.one_gold(project, gold_id)).data)
