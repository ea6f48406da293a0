"""Labels added, renamed, merged, split and retired while a project runs."""

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
from tasks.api.projects import my_project
from tasks.models import Project, SchemaChange
from tasks.services.schema_changing import change_schema, preview_change, undo_change

HELP = (
    'Each is {"op": "add", "value", "label"?, "before"?}, {"op": "rename", "value", "to", "label"?}, {"op": "merge", '
    '"values", "to"?, "label"?}, {"op": "split", "value", "to": [two or more], "keep"?: the one that old answers count '
    'for} or {"op": "retire", "value", "instead"?}. "place" names the list of labels where a schema has several, as a '
    "preview tells them: options, labels, criteria/style/options, labels/car/attributes/state/options …"
)


class SchemaChangeOut(serializers.ModelSerializer[SchemaChange]):
    class Meta:
        model = SchemaChange
        fields = (
            "id", "from_version", "to_version", "operations", "moved", "undoes", "requeue", "state", "total", "done",
            "answers", "unreadable", "settled", "reopened", "error", "created_at", "finished_at",
        )  # fmt: skip


class SchemaPreviewOut(serializers.Serializer):
    labels = serializers.JSONField(help_text="{place: [value]}, as they would be.")
    answers = serializers.IntegerField(help_text="Answers that would say something else.")
    unreadable = serializers.IntegerField(help_text="Answers that could not be said in the new labels.")
    tasks = serializers.IntegerField(help_text="Tasks with such an answer.")
    consensus = serializers.IntegerField()
    gold = serializers.IntegerField(help_text="Known answers that would follow.")
    gold_lost = serializers.IntegerField(help_text="Known answers that would be put aside.")
    examples_lost = serializers.IntegerField()
    own = serializers.IntegerField(help_text="Tasks with a question of their own, whose labels stay as they were sent.")
    is_estimate = serializers.BooleanField(help_text="Scaled up from the newest answers.")


class PreviewInput(Strict):
    changes = serializers.ListField(child=serializers.DictField(), help_text=HELP)


def changes_of(project: Project) -> Any:
    return SchemaChange.objects.filter(project=project).defer("gold_before")


class SchemaChanges(APIView):
    class Input(PreviewInput):
        requeue = serializers.BooleanField(
            default=False, help_text="Ask again where answers cannot be said in the new labels."
        )
        expected_version = serializers.IntegerField(
            required=False, min_value=1, help_text="Refuse it when somebody made a version meanwhile."
        )

    @extend_schema(operation_id="schema_changes_list", responses=SchemaChangeOut(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Newest first, with how far each has got."""
        pages = CursorPages()
        page: Any = pages.paginate_queryset(changes_of(my_project(request, project_id)), request, view=self)
        return pages.get_paginated_response(SchemaChangeOut(page, many=True).data)

    @extend_schema(operation_id="schema_changes_create", request=Input, responses={201: SchemaChangeOut})
    @idempotent
    def post(self, request: Any, project_id: int) -> Response:
        """Make a new version with these changes. Answers are read in its labels at once; consensus follows."""
        project = my_project(request, project_id)
        given = cleaned(self.Input, request.data)
        given["operations"] = given.pop("changes")
        change = change_schema(project=project, actor=request.caller.user, now=timezone.now(), **given)
        return Response(SchemaChangeOut(change).data, status=201)


class PreviewSchemaChange(APIView):
    @extend_schema(operation_id="schema_changes_preview", request=PreviewInput, responses=SchemaPreviewOut)
    def post(self, request: Any, project_id: int) -> Response:
        """What these changes would do. Nothing is written."""
        project = my_project(request, project_id)
        given = cleaned(PreviewInput, request.data)
        return Response(SchemaPreviewOut(preview_change(project=project, operations=given["changes"])).data)


class UndoSchemaChange(APIView):
    @extend_schema(operation_id="schema_changes_undo", request=None, responses={201: SchemaChangeOut})
    def post(self, request: Any, project_id: int, change_id: int) -> Response:
        """Make the labels of before the current ones again, in another version."""
        change = SchemaChange.objects.filter(project=my_project(request, project_id), pk=change_id).first()
        if change is None:
            raise Http404
        cleaned(Nothing, request.data)
        back = undo_change(change=change, actor=request.caller.user, now=timezone.now())
        return Response(SchemaChangeOut(back).data, status=201)
