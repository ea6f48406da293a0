"""Batches of a project: made of its tasks, started, paused, put in order, called off."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidInput, Problem
from labeling.http.idempotency import idempotent
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.filters import Matching, matching_of
from tasks.api.projects import my_project
from tasks.models import Batch, Project
from tasks.models.ordering import BatchKind
from tasks.scale import own_batches, studio
from tasks.selectors import batches as selectors
from tasks.selectors.batches import BatchFigures
from tasks.services import bulk
from tasks.services.batch_tasks import MOST_NEXT, OPEN_FOR_TASKS, put_next
from tasks.states import BatchState


class BatchOut(serializers.Serializer):
    id = serializers.CharField(help_text="Public: what the filter `batch` takes.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(BatchKind.choices)
    state = serializers.ChoiceField([state.value for state in BatchState])
    place = serializers.IntegerField(allow_null=True, help_text="In the order batches are asked in; null: by age.")
    is_ordered = serializers.BooleanField(help_text="A client program orders its tasks through the Scale API.")
    groups = serializers.ListField(child=serializers.IntegerField(), help_text="Asked of these only; of all if empty.")
    callback = serializers.CharField(help_text="A web or e-mail address that is told when it is done.")
    last_delivery = serializers.DictField(allow_null=True)
    tasks = serializers.DictField(child=serializers.IntegerField(), help_text="By state.")
    answers = serializers.DictField(child=serializers.IntegerField(), help_text="Given and wanted.")
    agreement = serializers.FloatField(allow_null=True)
    gold_judged = serializers.IntegerField()
    gold_right = serializers.IntegerField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="At the pace of now, after the batches before it.")
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class BatchInput(Strict):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(BatchKind.choices, default=BatchKind.PRODUCTION)
    callback = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")
    next = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_NEXT, help_text="So many of the tasks that would be asked next."
    )
    filters = Matching(required=False, help_text="Or all open tasks that match, put into it in the background.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "next" in attrs and "filters" in attrs:
            raise serializers.ValidationError({"next": ["Give next or filters, not both."]})
        return attrs


class BatchChange(Strict):
    callback = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    groups = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=100)


class OrderInput(Strict):
    batches = serializers.ListField(
        child=serializers.CharField(max_length=24), max_length=selectors.MOST, help_text="All under way, first to last."
    )


def my_batch(request: Any, project_id: int, batch_id: str) -> tuple[Project, Batch]:
    project = my_project(request, project_id)
    rows = selectors.batches_of(project).select_related("project", "work").prefetch_related("groups")
    found = rows.filter(public_id=batch_id).first()
    if found is None:
        raise Http404
    return project, found


def row(figures: BatchFigures) -> dict[str, Any]:
    batch, last = figures.batch, figures.delivery
    told = {"state": last.state, "tries": last.tries, "created_at": last.created_at} if last else None
    return {
        **{name: getattr(batch, name) for name in ("name", "kind", "state", "place", "is_ordered", "callback")},
        "id": batch.public_id,
        "groups": [group.pk for group in batch.groups.all()],
        "last_delivery": told,
        "tasks": figures.states,
        "answers": {"given": figures.answered, "wanted": figures.wanted},
        **{name: getattr(figures, name) for name in ("agreement", "gold_judged", "gold_right", "ends_at")},
        "created_at": batch.created_at,
        "completed_at": batch.completed_at,
    }


def shown(project: Project, batches: list[Batch]) -> list[dict[str, Any]]:
    figures = selectors.figures_of(project, batches, now=timezone.now())
    return list(BatchOut([row(each) for each in figures], many=True).data)


def one(request: Any, project_id: int, batch_id: str) -> dict[str, Any]:
    project, batch = my_batch(request, project_id, batch_id)
    return shown(project, [batch])[0]


class Batches(APIView):
    @extend_schema(operation_id="batches_list", responses=BatchOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Those under way in the order they are asked in, then those that ended, newest first."""
        project = my_project(request, project_id)
        under_way = selectors.in_order(selectors.batches_of(project))[: selectors.MOST]
        return Response(shown(project, [*under_way, *selectors.ended(project)[: selectors.MOST]]))

    @extend_schema(operation_id="batches_create", request=BatchInput, responses={201: BatchOut})
    @idempotent
    def post(self, request: Any, project_id: int) -> Response:
        """Make one. It waits in staging until it is started."""
        project, now, actor = my_project(request, project_id), timezone.now(), request.caller.user
        given = cleaned(BatchInput, request.data)
        about = {name: given[name] for name in ("name", "kind", "callback")}
        batch = own_batches.create_own_batch(project=project, **about, actor=actor, now=now)
        if "filters" in given:
            filters = matching_of(project, dict(given["filters"]))
            bulk.request_bulk(project=project, kind="batch", filters=filters, batch=batch, actor=actor, now=now)
        elif "next" in given:
            put_next(batch=batch, number=given["next"], now=now)
        return Response(one(request, project_id, batch.public_id), status=201)


class OneBatch(APIView):
    @extend_schema(operation_id="batches_get", responses=BatchOut)
    def get(self, request: Request, project_id: int, batch_id: str) -> Response:
        return Response(one(request, project_id, batch_id))

    @extend_schema(operation_id="batches_change", request=BatchChange, responses=BatchOut)
    def patch(self, request: Any, project_id: int, batch_id: str) -> Response:
        """Its callback, or the groups it is kept for."""
        project, batch = my_batch(request, project_id, batch_id)
        given, actor = cleaned(BatchChange, request.data), request.caller.user
        if "groups" in given:
            groups = list(selectors.groups_for(project).filter(pk__in=given["groups"]))
            if missing := set(given["groups"]) - {group.pk for group in groups}:
                raise InvalidInput(Problem("groups", f"there is no group {min(missing)} in this project", "missing"))
            own_batches.change_groups(batch=batch, groups=groups, actor=actor)
        if "callback" in given:
            own_batches.change_callback(batch=batch, callback=given["callback"], actor=actor)
        return Response(one(request, project_id, batch_id))


class BatchTasks(APIView):
    class Input(Strict):
        next = serializers.IntegerField(min_value=1, max_value=MOST_NEXT)

    @extend_schema(operation_id="batches_put_next", request=Input, responses=BatchOut)
    @idempotent
    def post(self, request: Any, project_id: int, batch_id: str) -> Response:
        """Put the tasks into it that would be asked next and are in no batch. Others: a change of kind `batch`."""
        _, batch = my_batch(request, project_id, batch_id)
        number = cleaned(self.Input, request.data)["next"]
        if batch.is_ordered or batch.state not in OPEN_FOR_TASKS:
            raise InvalidInput(Problem("batch", "must be a batch of this project that takes tasks", "choice"))
        put_next(batch=batch, number=number, now=timezone.now())
        return Response(one(request, project_id, batch_id))


class MoveBatch(APIView):
    """`MoveBatch.as_view(to="pause")`."""

    to = ""

    @extend_schema(request=None, responses=BatchOut)
    def post(self, request: Any, project_id: int, batch_id: str) -> Response:
        """Start, pause, resume or cancel it. Whoever holds a task of a paused batch may finish it."""
        _, batch = my_batch(request, project_id, batch_id)
        cleaned(Nothing, request.data)
        own_batches.move_batch(batch=batch, action=self.to, actor=request.caller.user, now=timezone.now())
        return Response(one(request, project_id, batch_id))


class BatchOrder(APIView):
    @extend_schema(operation_id="batches_order", request=OrderInput, responses=BatchOut(many=True))
    def put(self, request: Any, project_id: int) -> Response:
        """The order in which batches are asked, with the same effect as Scale's studio priorities."""
        project = my_project(request, project_id)
        wanted = cleaned(OrderInput, request.data)["batches"]
        known = {batch.public_id: batch for batch in selectors.in_order(selectors.batches_of(project))}
        if missing := [each for each in wanted if each not in known]:
            raise InvalidInput(Problem("batches", f"no batch {missing[0]!r} is under way here", "missing"))
        studio.set_order_within(project=project, batches=[known[each] for each in wanted], now=timezone.now())
        return Response(shown(project, list(selectors.in_order(selectors.batches_of(project)))))
