"""Change many tasks at once, and the views of the items page that are kept."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.http.idempotency import idempotent
from labeling.http.pages import CursorPages
from labeling.http.serializers import Nothing, Strict, cleaned
from tasks.api.filters import Matching, matching_of
from tasks.api.projects import my_project
from tasks.models import Bulk, Project, SavedView
from tasks.models.items import BulkKind
from tasks.selectors.batches import taking_tasks
from tasks.selectors.items import bulks_of, views_of
from tasks.services import bulk, views
from tasks.services.bulk_kinds import KINDS


class ViewOut(serializers.ModelSerializer[SavedView]):
    class Meta:
        model = SavedView
        fields = ("id", "name", "query", "created_at")


class ChangeOut(serializers.ModelSerializer[Bulk]):
    can_undo = serializers.SerializerMethodField()

    class Meta:
        model = Bulk
        fields = (
            "id", "kind", "priority", "state", "total", "changed", "skipped", "undone", "error", "created_at",
            "finished_at", "can_undo",
        )  # fmt: skip

    def get_can_undo(self, change: Bulk) -> bool:
        return change.state in ("done", "failed") and KINDS[BulkKind(change.kind)].can_undo


class ChangePreviewOut(serializers.Serializer):
    matching = serializers.IntegerField()
    affected = serializers.IntegerField(help_text="Of those, the ones in a state to be changed.")
    is_more = serializers.BooleanField(help_text="Both are at least so many: counting ends there.")


class ChangeInput(Strict):
    kind = serializers.ChoiceField(BulkKind.choices)
    priority = serializers.IntegerField(required=False, min_value=-1000, max_value=1000)
    tasks = serializers.ListField(
        child=serializers.IntegerField(), required=False, max_length=bulk.MOST_CHOSEN, help_text="Just these tasks."
    )
    filters = Matching(required=False, help_text="Or all tasks that match; {} for every one.")

    batch = serializers.CharField(
        required=False, max_length=24, help_text="The public id of the batch, of a change of kind batch."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("tasks" in attrs) == ("filters" in attrs):
            raise serializers.ValidationError({"tasks": ["Give tasks or filters, one of them."]})
        return attrs


def asked(project: Project, data: Any) -> dict[str, Any]:
    given = cleaned(ChangeInput, data)
    filters = {"only": given["tasks"]} if "tasks" in given else matching_of(project, dict(given["filters"]))
    batch = taking_tasks(project).filter(public_id=given["batch"]).first() if "batch" in given else None
    about = {"kind": given["kind"], "priority": given.get("priority"), "batch": batch}
    return {"project": project, "filters": filters, **about}


def my_change(request: Any, project_id: int, change_id: int) -> Bulk:
    found = bulks_of(my_project(request, project_id)).select_related("project").filter(pk=change_id).first()
    if found is None:
        raise Http404
    return found


class Changes(APIView):
    @extend_schema(operation_id="changes_list", responses=ChangeOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Newest first."""
        pages = CursorPages()
        page = pages.paginate_queryset(bulks_of(my_project(request, project_id)), request, view=self)
        return pages.get_paginated_response(ChangeOut(page, many=True).data)

    @extend_schema(operation_id="changes_create", request=ChangeInput, responses={201: ChangeOut})
    @idempotent
    def post(self, request: Any, project_id: int) -> Response:
        """Change many tasks, in the background."""
        wanted = asked(my_project(request, project_id), request.data)
        made = bulk.request_bulk(**wanted, actor=request.caller.user, now=timezone.now())
        return Response(ChangeOut(made).data, status=201)


class PreviewChange(APIView):
    @extend_schema(operation_id="changes_preview", request=ChangeInput, responses=ChangePreviewOut)
    def post(self, request: Any, project_id: int) -> Response:
        """How many tasks it would change. Nothing is written."""
        return Response(ChangePreviewOut(bulk.preview(**asked(my_project(request, project_id), request.data))).data)


class OneChange(APIView):
    @extend_schema(operation_id="changes_get", responses=ChangeOut)
    def get(self, request: Any, project_id: int, change_id: int) -> Response:
        return Response(ChangeOut(my_change(request, project_id, change_id)).data)


class UndoChange(APIView):
    @extend_schema(operation_id="changes_undo", request=None, responses=ChangeOut)
    def post(self, request: Any, project_id: int, change_id: int) -> Response:
        """Take it back for every task that nobody has worked on since, in the background."""
        change = my_change(request, project_id, change_id)
        cleaned(Nothing, request.data)
        bulk.undo_bulk(bulk=change, actor=request.caller.user)
        change.refresh_from_db()
        return Response(ChangeOut(change).data)


class Views(APIView):
    class Input(Strict):
        name = serializers.CharField(max_length=views.LONGEST_NAME)
        query = serializers.CharField(max_length=2000, allow_blank=True, help_text="Of the items page's address.")

    @extend_schema(operation_id="views_list", responses=ViewOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        found = views_of(my_project(request, project_id))
        pages = CursorPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(ViewOut(page, many=True).data)

    @extend_schema(operation_id="views_save", request=Input, responses={201: ViewOut})
    def post(self, request: Any, project_id: int) -> Response:
        """Keep a view under a name; one of the same name is replaced."""
        project = my_project(request, project_id)
        view = views.save_view(project=project, actor=request.caller.user, **cleaned(self.Input, request.data))
        return Response(ViewOut(view).data, status=201)


class OneView(APIView):
    @extend_schema(operation_id="views_delete", responses={204: None})
    def delete(self, request: Any, project_id: int, view_id: int) -> Response:
        project = my_project(request, project_id)
        if not views.delete_view(project=project, view_id=view_id, actor=request.caller.user):
            raise Http404
        return Response(status=204)
